//! Passkeys (WebAuthn): what is kept of one, and what they may be called (MF-13).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Passkeys that a user may have.
pub const MOST_PASSKEYS: usize = 10;

/// How long a challenge can be answered, in seconds.
pub const CHALLENGE_SECONDS: i64 = 300;

/// Characters that a passkey's name may have.
const LONGEST_NAME: usize = 60;

/// One of a user's passkeys. Nothing of it is secret: the private key never leaves its owner's device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// What its owner calls it.
    pub name: String,
    /// The credential's id, in base64url.
    pub credential: String,
    /// Whose it is to the device: random, and the same for all passkeys of a user, in base64url.
    pub handle: String,
    /// The public key and what else never changes, in base64url.
    pub key: String,
    /// The signature counter and what else changes with use, in base64url.
    pub standing: String,
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "jiff::fmt::serde::timestamp::second::optional")]
    pub used_at: Option<Timestamp>,
}

/// A passkey's name, trimmed. `None` when it is empty, longer than 60 characters or more than a line.
pub fn name(typed: &str) -> Option<String> {
    let name = typed.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MF-13
    #[test]
    fn a_name_is_a_short_line() {
        assert_eq!(name("  My phone "), Some("My phone".to_owned()));
        assert_eq!(name(&"é".repeat(60)), Some("é".repeat(60)));
        for bad in ["", "  ", "a\nb", &"x".repeat(61)] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }
}
