//! Usernames: what may be one, and when two are the same (SI-5).

use std::fmt;

use caseless::Caseless;
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::{GeneralSecurityProfile, MixedScript, general_security_profile::IdentifierType};

use crate::email::Email;

const SHORTEST: usize = 2;
const LONGEST: usize = 64;
const LONGEST_TYPED: usize = 256;
/// In bytes: more than any username or e-mail address comes to, less than half of what a key of the table may have.
const LONGEST_LOOKUP: usize = 1024;

/// A username, as its owner typed it and in the one form that is compared.
///
/// Reading one back checks it anew, so a text that isn't a username never becomes one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username {
    shown: String,
    canonical: String,
}

/// Why a text can't be a username.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UsernameError {
    /// Fewer than 2 code points.
    #[error("shorter than 2 code points")]
    TooShort,
    /// More than 64 code points, as typed or after NFKC.
    #[error("longer than 64 code points")]
    TooLong,
    /// A blank within.
    #[error("contains white space")]
    Space,
    /// A control, zero-width, bidirectional or other character that can't be seen.
    #[error("contains an invisible character")]
    Invisible,
    /// Something other than letters, marks, digits and `. _ - ' + @`.
    #[error("contains a character that is not allowed")]
    Symbol,
    /// Nothing but punctuation.
    #[error("contains neither letter nor digit")]
    NoLetterOrDigit,
    /// Letters of scripts that aren't written together (UTS 39, section 5.1).
    #[error("mixes scripts")]
    MixedScripts,
    /// An `@`, but no e-mail address.
    #[error("contains @ and is not an e-mail address")]
    NotAnEmail,
}

impl Username {
    /// Takes a text as a new username; blanks around it are dropped.
    pub fn parse(typed: &str) -> Result<Self, UsernameError> {
        if typed.chars().any(char::is_control) {
            return Err(UsernameError::Invisible);
        }
        let shown = typed.trim();
        let plain: String = shown.chars().take(LONGEST + 1).nfkc().collect();
        check_length(shown)?;
        check_length(&plain)?;
        check_characters(&plain)?;
        if plain.contains('@') {
            Email::parse(shown).map_err(|_| UsernameError::NotAnEmail)?;
        } else if !plain.as_str().is_single_script() {
            return Err(UsernameError::MixedScripts);
        }
        Ok(Self { shown: shown.to_owned(), canonical: canonical(shown) })
    }

    /// The username as its owner typed it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The form that is compared and claimed, at most 1024 bytes.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// A username as it is shown to whoever should know it from a hint alone: the first and the last letter (FU-9).
pub fn masked(username: &str) -> String {
    let letters: Vec<char> = username.chars().collect();
    match letters[..] {
        [first, _, _, .., last] => format!("{first}••{last}"),
        [first, ..] => format!("{first}••"),
        [] => "••".to_owned(),
    }
}

/// A username can be an e-mail address, and those are masked in logs.
impl fmt::Debug for Username {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let masked = Email::parse(&self.shown).map_or_else(|_| self.shown.clone(), |email| email.masked());
        out.debug_tuple("Username").field(&masked).finish()
    }
}

impl From<Username> for String {
    fn from(username: Username) -> Self {
        username.shown
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameError;

    fn try_from(text: String) -> Result<Self, UsernameError> {
        Self::parse(&text)
    }
}

/// The form in which names are compared: NFKC, trimmed, case-folded, NFKC; for an e-mail address its own canonical form.
pub fn canonical(typed: &str) -> String {
    if let Ok(email) = Email::parse(typed) {
        return email.canonical().to_owned();
    }
    // What is no address as it is typed may be one once it is folded.
    let folded = fold(typed);
    Email::parse(&folded).map_or(folded, |email| email.canonical().to_owned())
}

/// The form under which to look up what someone typed at sign-in.
///
/// `None` when it is empty, longer than 256 code points (1024 bytes when canonical), or holds control characters.
pub fn lookup_form(typed: &str) -> Option<String> {
    if typed.chars().nth(LONGEST_TYPED).is_some() || typed.chars().any(char::is_control) {
        return None;
    }
    let form = canonical(typed);
    (1..=LONGEST_LOOKUP).contains(&form.len()).then_some(form)
}

/// NFKC, trimmed, default case folding, NFKC again: folding twice changes nothing.
pub(crate) fn fold(text: &str) -> String {
    let plain: String = text.nfkc().collect();
    plain.trim().chars().default_case_fold().nfkc().collect()
}

/// Whether a character has no shape of its own: controls, zero-width and bidirectional characters, variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    let ignorable = [IdentifierType::Default_Ignorable, IdentifierType::Deprecated];
    c.is_control() || c.identifier_type().is_some_and(|kind| ignorable.contains(&kind))
}

/// Whether a character is a letter, mark or digit of any script; a few of these are invisible.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn check_length(text: &str) -> Result<(), UsernameError> {
    match text.chars().count() {
        ..SHORTEST => Err(UsernameError::TooShort),
        SHORTEST..=LONGEST => Ok(()),
        _ => Err(UsernameError::TooLong),
    }
}

fn check_characters(plain: &str) -> Result<(), UsernameError> {
    for c in plain.chars() {
        if c.is_whitespace() {
            return Err(UsernameError::Space);
        }
        if is_invisible(c) {
            return Err(UsernameError::Invisible);
        }
        if !is_word(c) && !"._-'+@".contains(c) {
            return Err(UsernameError::Symbol);
        }
    }
    if plain.starts_with(is_combining_mark) {
        return Err(UsernameError::Symbol);
    }
    if !plain.contains(char::is_alphanumeric) {
        return Err(UsernameError::NoLetterOrDigit);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
