//! How a temporary password is written and read: 16 letters and digits that can be told apart on paper (TP-1).
//!
//! The bytes are derived from a key elsewhere; this is only their spelling.

use secrecy::SecretString;
use unicode_normalization::UnicodeNormalization;

use crate::username::is_invisible;

/// No vowels, so that no words appear, and of each look-alike pair (0 O, 1 I L, 2 Z, 5 S, 6 B 8, U V) one at most.
const ALPHABET: [char; 20] =
    ['c', 'd', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'r', 't', 'w', 'x', 'y', '3', '4', '6', '7', '9'];
const SYMBOLS: usize = 16;
const GROUP: usize = 4;

/// Spells 128 derived bits as `wkrd-9hfm-tcxp-n47c`, keeping 69 of them (log2 of 20^16).
pub fn readable(bytes: &[u8; 16]) -> SecretString {
    let mut left = u128::from_be_bytes(*bytes);
    let mut text = String::with_capacity(SYMBOLS + SYMBOLS / GROUP - 1); // exact, so that no copy is left behind
    for place in 0..SYMBOLS {
        if place > 0 && place % GROUP == 0 {
            text.push('-');
        }
        text.push(symbol(left));
        left /= ALPHABET.len() as u128;
    }
    text.into()
}

/// The form in which temporary passwords are compared: lower case, without blanks, dashes and invisible characters.
pub fn normalise(typed: &str) -> String {
    typed.nfkc().filter(|&c| !is_separator(c)).flat_map(char::to_lowercase).nfkc().collect()
}

fn symbol(number: u128) -> char {
    let index = usize::try_from(number % ALPHABET.len() as u128).unwrap_or_default();
    ALPHABET[index]
}

/// Blanks, the dashes that phones and word processors make of `-`, and what can't be seen.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    fn spelled(bytes: &[u8; 16]) -> String {
        readable(bytes).expose_secret().to_owned()
    }

    /// TP-1
    #[test]
    fn a_temporary_password_has_at_least_64_bits() {
        assert!(20_u128.pow(16) > 1 << 64);
        let mut unlike = ALPHABET.to_vec();
        unlike.sort_unstable();
        unlike.dedup();
        assert_eq!(unlike.len(), 20);
    }

    /// TP-1
    #[test]
    fn no_two_letters_look_alike() {
        for alike in ["0oq", "1il", "2z", "5s", "6b8", "uv"] {
            assert!(ALPHABET.iter().filter(|&&c| alike.contains(c)).count() <= 1, "{alike}");
        }
        assert!(!ALPHABET.iter().any(|c| "01258ilosubvz".contains(*c)));
    }

    /// TP-1
    #[test]
    fn the_spelling_stays_as_mailed() {
        assert_eq!(spelled(&[0; 16]), "cccc-cccc-cccc-cccc");
        assert_eq!(spelled(&17_u128.to_be_bytes()), "6ccc-cccc-cccc-cccc");
        assert_eq!(spelled(&20_u128.to_be_bytes()), "cdcc-cccc-cccc-cccc");
    }

    /// TP-3
    #[test]
    fn however_it_is_typed_it_is_the_same_password() {
        for typed in [
            "wkrd-9hfm-tcxp-n47c",
            " wkrd-9hfm-tcxp-n47c\n",
            "WKRD-9HFM-TCXP-N47C",
            "wkrd 9hfm tcxp n47c",
            "wkrd9hfmtcxpn47c",
            "wkrd–9hfm—tcxp−n47c",
            "wkrd‐9hfm‑tcxp - n47c",
            "ｗｋｒｄ－９ｈｆｍ－ｔｃｘｐ－ｎ４７ｃ",
            "wkrd\u{ad}9hfm\u{200b}tcxp\u{a0}n47c",
        ] {
            assert_eq!(normalise(typed), "wkrd9hfmtcxpn47c", "{typed:?}");
        }
        assert_ne!(normalise("wkrd-9hfm-tcxp-n47d"), "wkrd9hfmtcxpn47c");
        assert_eq!(normalise(" - "), "");
    }

    proptest! {
        /// TP-3
        #[test]
        fn case_and_dashes_make_no_difference(bytes: [u8; 16]) {
            let mailed = spelled(&bytes);
            let typed = format!("  {} ", mailed.to_uppercase().replace('-', " "));
            prop_assert_eq!(normalise(&typed), normalise(&mailed));
            prop_assert_eq!(normalise(&mailed), mailed.replace('-', ""));
        }

        /// TP-1
        #[test]
        fn other_bytes_make_another_password(one in 0..20_u128.pow(16), other in 0..20_u128.pow(16)) {
            let same = spelled(&one.to_be_bytes()) == spelled(&other.to_be_bytes());
            prop_assert_eq!(same, one == other);
        }

        /// TP-1
        #[test]
        fn it_is_four_groups_of_four(bytes: [u8; 16]) {
            let mailed = spelled(&bytes);
            let groups: Vec<&str> = mailed.split('-').collect();
            prop_assert_eq!(groups.len(), 4);
            prop_assert!(groups.iter().all(|g| g.len() == 4 && g.chars().all(|c| ALPHABET.contains(&c))));
        }

        #[test]
        fn normalising_twice_changes_nothing(typed in any::<String>()) {
            let once = normalise(&typed);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
