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

fn ulid(now: Timestamp, random: [u8; 10]) -> String {
    let mut wide = [0; 16];
    wide[6..].copy_from_slice(&random);
    let ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
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
