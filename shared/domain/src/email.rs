//! E-mail addresses, as few of RFC 5321's forms as people have: `local@domain`, no quotes, no comments, no address literals.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::MixedScript;

use crate::username::{fold, is_invisible, is_word};

/// RFC 5321, 4.5.3.1.1, in octets.
const LONGEST_LOCAL: usize = 64;
/// RFC 5321, 4.5.3.1.3 without the angle brackets, in octets.
const LONGEST: usize = 254;

/// An e-mail address, as its owner typed it and in the one form that is compared.
///
/// Reading one back checks it anew, so a text that isn't an address never becomes one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    shown: String,
    canonical: String,
}

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// More than 254 octets in all, or 64 before the `@`.
    #[error("too long")]
    TooLong,
    /// None or several `@`.
    #[error("does not have exactly one @")]
    NotOneAt,
    /// A control, zero-width or other character that can't be seen.
    #[error("contains an invisible character")]
    Invisible,
    /// A blank within.
    #[error("contains a blank")]
    Blank,
    /// Nothing before the `@`, or characters or dots that don't belong there.
    #[error("the part before @ is not a dot-string")]
    Local,
    /// Letters of scripts that aren't written together, before the `@` or in a part of the domain.
    #[error("mixes scripts")]
    MixedScripts,
    /// Not the name of a host with at least two labels.
    #[error("the part after @ is not a domain")]
    Domain,
}

impl Email {
    /// Takes a text as an address; blanks around it are dropped.
    pub fn parse(typed: &str) -> Result<Self, EmailError> {
        if typed.chars().any(char::is_control) {
            return Err(EmailError::Invisible);
        }
        let shown = typed.trim();
        if shown.chars().nth(LONGEST).is_some() {
            return Err(EmailError::TooLong);
        }
        let plain: String = shown.nfkc().collect();
        if plain.contains(char::is_whitespace) {
            return Err(EmailError::Blank);
        }
        if plain.contains(is_invisible) {
            return Err(EmailError::Invisible);
        }
        let (local, domain) = plain.split_once('@').ok_or(EmailError::NotOneAt)?;
        if domain.contains('@') {
            return Err(EmailError::NotOneAt);
        }
        let domain = ascii_domain(domain)?;
        let folded = fold(local);
        for form in [local, &folded] {
            check_local(form)?;
            if form.len() + 1 + domain.len() > LONGEST {
                return Err(EmailError::TooLong);
            }
        }
        Ok(Self { shown: shown.to_owned(), canonical: format!("{folded}@{domain}") })
    }

    /// The address as its owner typed it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The form that is compared: folded before the `@`, the ASCII domain after it.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The part before the `@`, as typed.
    pub fn local(&self) -> &str {
        self.shown.split(is_at).next().unwrap_or_default()
    }

    /// The domain in ASCII, lower case.
    pub fn domain(&self) -> &str {
        self.canonical.split('@').next_back().unwrap_or_default()
    }

    /// The address to hand to a mail server: what was typed before the `@` (NFKC, case kept), the ASCII domain after it.
    pub fn deliverable(&self) -> String {
        let local: String = self.local().nfkc().collect();
        format!("{local}@{}", self.domain())
    }

    /// The address as logs may show it: `m***@members.example`.
    pub fn masked(&self) -> String {
        let first: String = self.canonical.chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

/// Addresses are masked in logs.
impl fmt::Debug for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Email").field(&self.masked()).finish()
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.shown
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

/// The `@` and the two characters that NFKC makes one.
fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{FF20}' | '\u{FE6B}')
}

/// A dot-string (RFC 5321, 4.1.2) of atext, or of letters of one script (RFC 6531).
fn check_local(local: &str) -> Result<(), EmailError> {
    if local.len() > LONGEST_LOCAL {
        return Err(EmailError::TooLong);
    }
    let is_atom = |atom: &str| !atom.is_empty() && !atom.starts_with(is_combining_mark) && atom.chars().all(is_atext);
    if !local.split('.').all(is_atom) {
        return Err(EmailError::Local);
    }
    if !local.is_single_script() {
        return Err(EmailError::MixedScripts);
    }
    Ok(())
}

fn is_atext(c: char) -> bool {
    is_word(c) || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// The domain by UTS 46, no part of which mixes scripts: letters, digits and hyphens, two labels or more, the last not a number (that would be an IP address).
fn ascii_domain(domain: &str) -> Result<String, EmailError> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| EmailError::Domain)?;
    let (_, last) = ascii.rsplit_once('.').ok_or(EmailError::Domain)?;
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(EmailError::Domain);
    }
    let (spoken, _) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    if !spoken.split('.').all(MixedScript::is_single_script) {
        return Err(EmailError::MixedScripts);
    }
    Ok(ascii.into_owned())
}

#[cfg(test)]
mod tests;
