//! What a browser holds: opaque values, one Rust type and one prefix for what each may do.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;

use crate::id::UserId;

/// The secret part of a bearer value: 256 bits from the system's generator.
#[derive(Clone)]
pub struct BearerSecret([u8; 32]);

impl BearerSecret {
    /// Wraps fresh random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// The bytes, for hashing before the database sees them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for BearerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerSecret(..)")
    }
}

macro_rules! bearer {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// Whose.
            pub user: UserId,
            /// What proves it.
            pub secret: BearerSecret,
        }

        impl $name {
            /// A new one for this user.
            pub fn new(user: UserId, random: [u8; 32]) -> Self {
                Self { user, secret: BearerSecret::new(random) }
            }

            /// Reads a cookie's value; `None` for anything that this kind of value can't be.
            pub fn parse(text: &str) -> Option<Self> {
                let (user, secret) = text.strip_prefix($prefix)?.split_once('.')?;
                let secret = BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?;
                Some(Self { user: UserId::parse(user)?, secret: BearerSecret(secret.try_into().ok()?) })
            }

            /// The cookie's value. Whoever has it is let in: never log it.
            pub fn reveal(&self) -> String {
                format!(concat!($prefix, "{}.{}"), self.user, BASE64URL_NOPAD.encode(&self.secret.0))
            }
        }
    };
}

bearer!(
    /// Says that somebody is signed in.
    SessionToken,
    "s."
);
bearer!(
    /// Says that the password was right and something is still due. Good for that and nothing else.
    Ticket,
    "t."
);

bearer!(
    /// Lets a program in for some minutes, in the `Authorization` header.
    AccessToken,
    "a."
);
bearer!(
    /// Goes through a browser to an application, which exchanges it for who has signed in.
    Code,
    "c."
);

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserId {
        UserId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap()
    }

    #[test]
    fn a_value_reads_back() {
        let token = SessionToken::new(user(), [7; 32]);
        let back = SessionToken::parse(&token.reveal()).unwrap();
        assert_eq!((back.user, back.secret.0), (user(), [7; 32]));
    }

    #[test]
    fn one_kind_is_never_taken_for_the_other() {
        assert!(Ticket::parse(&SessionToken::new(user(), [7; 32]).reveal()).is_none());
        assert!(SessionToken::parse(&Ticket::new(user(), [7; 32]).reveal()).is_none());
    }

    #[test]
    fn rubbish_is_nobody() {
        for text in ["", "s.", "s..", "s.a.b", "s.a.####", "s.é.AAAA", &"s.".repeat(9999)] {
            assert!(SessionToken::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let shown = format!("{:?}", SessionToken::new(user(), [b'A'; 32]));
        assert!(!shown.contains("QUFB") && !shown.contains("65"));
    }
}
