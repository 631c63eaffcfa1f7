//! Identifiers: who or what an item is about. Opaque text, made once, never reused.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new identifier that sorts by the time it was made: 26 characters (ULID).
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(ulid(now, random))
            }

            /// Takes back what `as_str` gave: 1 to 64 letters, digits or dashes; `None` for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                let fits = (1..=64).contains(&text.len());
                let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                (fits && plain).then(|| Self(text.to_owned()))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// An account.
    UserId
);
id!(
    /// A person the organisation knows.
    ContactId
);
id!(
    /// One thing that is to happen by mail. Later ones sort after earlier ones.
    MailId
);
id!(
    /// One temporary password. Says nothing about it.
    TemporaryId
);

id!(
    /// An office with its own sender address.
    LocationId
);
id!(
    /// A bulk run. Later ones sort after earlier ones.
    RunId
);
id!(
    /// One thing that happened. Later ones sort after earlier ones.
    AuditId
);

impl ContactId {
    /// A contact's number as people read it aloud and type it: eight digits.
    pub fn number(random: [u8; 8]) -> Self {
        Self(format!("{:08}", u64::from_le_bytes(random) % 100_000_000))
    }
}

impl MailId {
    /// One mail of a bulk run. It sorts where the run does, to the millisecond: after whatever was asked for before the run was.
    pub fn of_run(run: &RunId, random: [u8; 10]) -> Self {
        let planned = Ulid::from_string(run.as_str()).map(|run| run.timestamp_ms()).unwrap_or_default();
        Self(at(planned, random))
    }
}

fn ulid(now: Timestamp, random: [u8; 10]) -> String {
    at(u64::try_from(now.as_millisecond()).unwrap_or_default(), random)
}

fn at(ms: u64, random: [u8; 10]) -> String {
    let mut wide = [0; 16];
    wide[6..].copy_from_slice(&random);
    Ulid::from_parts(ms, u128::from_be_bytes(wide)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_identifiers_sort_after_earlier_ones() {
        let at = |s| MailId::new(Timestamp::from_second(s).unwrap(), [255; 10]);
        assert!(at(1_700_000_000) < at(1_700_000_001));
    }

    /// BR-8: the mails of a run come after what was asked for in the same second, before it was planned.
    #[test]
    fn the_mails_of_a_run_sort_where_the_run_does() {
        let at = |ms: i64| Timestamp::from_millisecond(1_700_000_000_000 + ms).unwrap();
        let run = RunId::new(at(500), [7; 10]);
        for random in [[0; 10], [255; 10]] {
            assert!(MailId::new(at(499), [255; 10]) < MailId::of_run(&run, random));
            assert!(MailId::of_run(&run, random) < MailId::new(at(501), [0; 10]));
        }
    }

    #[test]
    fn only_plain_text_is_an_identifier() {
        for bad in ["", "a b", "a#b", "é", "a/b", &"x".repeat(65)] {
            assert_eq!(UserId::parse(bad), None, "{bad:?}");
        }
        let id = UserId::new(Timestamp::UNIX_EPOCH, [7; 10]);
        assert_eq!(UserId::parse(id.as_str()), Some(id));
    }

    #[test]
    fn a_contact_number_has_eight_digits() {
        assert_eq!(ContactId::number([0; 8]).as_str(), "00000000");
        assert_eq!(ContactId::number([255; 8]).as_str().len(), 8);
    }
}
