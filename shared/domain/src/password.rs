//! Passwords: what one is, what the organisation asks of a new one (PW-1), and what is never one (PW-2).

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zxcvbn::{Entropy, Score, matching::patterns::MatchPattern, zxcvbn};

use crate::username::{fold, is_invisible, is_word};

/// The most code points a password has.
pub const LONGEST: u16 = 256;
/// The least length an administrator can ask for.
pub const FLOOR: u16 = 8;

/// Strength is judged by the first 36 characters: the meter's time grows with the square of the length, and a password
/// isn't weaker than its beginning.
const METERED: usize = 36;
/// Shorter words of the context are found in too many innocent passwords.
const SHORTEST_WORD: usize = 3;
/// What must be left of a password without the words of its context.
const LEAST_OF_ONES_OWN: usize = 6;

/// A password in NFC. It can't be printed or compared, and its memory is overwritten when it is dropped.
#[derive(Debug)]
pub struct Password(SecretString);

/// A password of more than 256 code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("longer than 256 code points")]
pub struct PasswordTooLong;

/// What an administrator asks of new passwords, in code points after NFC; a count of 0 asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Criteria {
    /// At least this many code points, 8 to 256; smaller and larger numbers count as these.
    pub length: u16,
    /// At least this many upper case letters (Unicode `Uppercase`).
    pub upper: u16,
    /// At least this many digits (Unicode `N*`).
    pub digits: u16,
    /// At least this many symbols: what can be seen and is no letter, digit, accent or blank.
    pub symbols: u16,
    /// At least this many letters of either case or none (Unicode `Alphabetic`).
    pub letters: u16,
}

/// Why a password can't be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Fewer code points than asked for.
    #[error("shorter than {length}")]
    TooShort {
        /// How many it needs.
        length: u16,
    },
    /// More than 256 code points.
    #[error("longer than 256 code points")]
    TooLong,
    /// Too few upper case letters.
    #[error("fewer than {count} upper case letters")]
    NeedsUpper {
        /// How many it needs.
        count: u16,
    },
    /// Too few digits.
    #[error("fewer than {count} digits")]
    NeedsDigits {
        /// How many it needs.
        count: u16,
    },
    /// Too few symbols.
    #[error("fewer than {count} symbols")]
    NeedsSymbols {
        /// How many it needs.
        count: u16,
    },
    /// Too few letters.
    #[error("fewer than {count} letters")]
    NeedsLetters {
        /// How many it needs.
        count: u16,
    },
    /// As a whole a known-common password, name or word, perhaps reversed, repeated or with digits for letters.
    #[error("a common password")]
    Common,
    /// Little more than the username, name, e-mail or organisation.
    #[error("made of the username, name, e-mail or organisation")]
    ContainsContext,
    /// Guessed within a million tries: sequences, repetitions, keyboard walks, dates.
    #[error("too easy to guess")]
    TooEasy,
}

/// How hard a password is to guess, by zxcvbn: 0 (at once) to 4 (very).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Strength(u8);

impl Strength {
    /// The strength as a number, 0 to 4.
    pub fn score(self) -> u8 {
        self.0
    }
}

impl Password {
    /// Takes what was typed, normalised to NFC, nothing trimmed or cut; an empty one is a wrong guess like any other.
    pub fn parse(typed: &str) -> Result<Self, PasswordTooLong> {
        let longest = usize::from(LONGEST);
        let count = typed.nfc().take(longest + 1).count();
        if count > longest {
            return Err(PasswordTooLong);
        }
        // Allocated once, exactly: growing would leave pieces of it in memory.
        let mut text = String::with_capacity(typed.nfc().map(char::len_utf8).sum());
        text.extend(typed.nfc());
        Ok(Self(text.into()))
    }

    /// The bytes to hash: NFC in UTF-8, 1024 at most.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }
}

impl Default for Criteria {
    fn default() -> Self {
        Self { length: 12, upper: 0, digits: 0, symbols: 0, letters: 0 }
    }
}

impl From<PasswordTooLong> for Reason {
    fn from(_: PasswordTooLong) -> Self {
        Self::TooLong
    }
}

/// Says how strong a new password is, or everything that speaks against it.
///
/// `context` is what others know of its owner: username, first and last name, e-mail addresses, the organisation's name.
pub fn check(password: &Password, criteria: &Criteria, context: &[&str]) -> Result<Strength, Vec<Reason>> {
    let text = password.0.expose_secret();
    let words = words(context);
    let metered: String = text.chars().take(METERED).collect();
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    let guess = zxcvbn(&metered, &inputs);
    let known = whole_match(&guess);

    let mut reasons = criteria.unmet(text);
    let named = known.is_some_and(|word| inputs.contains(&word));
    if named || is_mostly(&words, text) {
        reasons.push(Reason::ContainsContext);
    }
    if known.is_some() && !named {
        reasons.push(Reason::Common);
    } else if guess.score() < Score::Two {
        reasons.push(Reason::TooEasy);
    }
    if reasons.is_empty() { Ok(Strength(guess.score().into())) } else { Err(reasons) }
}

impl Criteria {
    fn unmet(&self, text: &str) -> Vec<Reason> {
        let length = self.length.clamp(FLOOR, LONGEST);
        [
            (length, always as fn(char) -> bool, Reason::TooShort { length }),
            (self.upper, char::is_uppercase, Reason::NeedsUpper { count: self.upper }),
            (self.digits, char::is_numeric, Reason::NeedsDigits { count: self.digits }),
            (self.symbols, is_symbol, Reason::NeedsSymbols { count: self.symbols }),
            (self.letters, is_letter, Reason::NeedsLetters { count: self.letters }),
        ]
        .into_iter()
        .filter(|(least, counts, _)| text.chars().filter(|&c| counts(c)).count() < usize::from(*least))
        .map(|(_, _, reason)| reason)
        .collect()
    }
}

fn always(_: char) -> bool {
    true
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_combining_mark(c)
}

fn is_symbol(c: char) -> bool {
    !(is_word(c) || c.is_whitespace() || is_invisible(c))
}

/// The known word that the whole password is, or that it repeats.
fn whole_match(guess: &Entropy) -> Option<&str> {
    let [only] = guess.sequence() else { return None };
    match &only.pattern {
        MatchPattern::Dictionary(found) => Some(&found.matched_word),
        MatchPattern::Repeat(found) => match found.base_matches.as_slice() {
            [base] => match &base.pattern {
                MatchPattern::Dictionary(found) => Some(&found.matched_word),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

/// The context as bare words: each text as a whole and in its parts, from three letters up.
fn words(context: &[&str]) -> Vec<String> {
    let parts = context.iter().flat_map(|text| text.split(|c: char| !is_word(c)));
    let mut words: Vec<String> = context.iter().copied().chain(parts).map(bare).collect();
    words.retain(|word| word.chars().count() >= SHORTEST_WORD);
    words.sort_unstable();
    words.dedup();
    words
}

/// Letters and digits only, folded, without accents.
fn bare(text: &str) -> String {
    fold(text).nfd().filter(|&c| c.is_alphanumeric() && !is_combining_mark(c)).nfc().collect()
}

/// Whether the words are found in the password and leave fewer than six letters and digits of it.
fn is_mostly(words: &[String], text: &str) -> bool {
    let text: Vec<char> = bare(text).chars().collect();
    let mut covered = vec![false; text.len()];
    for word in words {
        let word: Vec<char> = word.chars().collect();
        for (start, _) in text.windows(word.len()).enumerate().filter(|(_, part)| **part == *word) {
            covered[start..start + word.len()].fill(true);
        }
    }
    let left = covered.iter().filter(|covered| !**covered).count();
    left < covered.len() && left < LEAST_OF_ONES_OWN
}

#[cfg(test)]
mod tests;
