//! Mail layouts: which occasions there are, which merge items each takes and needs, and where a layout is wrong (ML-1, ML-3).

mod links;
mod merge;
mod occasion;

use serde::{Deserialize, Serialize};

pub use links::{Link, links};
pub use merge::{MergeError, Piece, Values, html, merge, pieces, plain};
pub use occasion::{COMMON_ITEMS, Occasion};

/// Characters that a subject has at the most.
const LONGEST_SUBJECT: usize = 200;

/// Bytes that a body has at the most, HTML or text.
const LONGEST_BODY: usize = 100_000;

/// An editable mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// One line, with merge items.
    pub subject: String,
    /// For those who read HTML, with merge items.
    pub html: String,
    /// For those who read text, with merge items.
    pub text: String,
}

/// Whether a layout can be called so: 1 to 64 small letters, digits, dashes and underscores.
pub fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

/// A part of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The subject.
    Subject,
    /// The HTML.
    Html,
    /// The text.
    Text,
}

impl Part {
    /// Its key in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
        }
    }
}

/// Something that keeps a layout from being saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The occasion needs an item that this part lacks: a PIN mail without the PIN.
    Missing(Part, &'static str),
    /// There is no such item for this occasion; line and column count from 1, columns in characters.
    Unknown {
        /// Where.
        part: Part,
        /// What stands between the marks.
        name: String,
        /// The line.
        line: usize,
        /// The character in it.
        column: usize,
    },
    /// Nothing is in it.
    Empty(Part),
    /// It is longer than can be sent.
    TooLong(Part),
    /// The subject has more than one line, or a character that can't be seen.
    NotOneLine,
}

impl Layout {
    /// Everything that is wrong with it for this occasion; empty when it can be saved.
    pub fn flaws(&self, occasion: Occasion) -> Vec<Flaw> {
        let parts = [(Part::Subject, &self.subject), (Part::Html, &self.html), (Part::Text, &self.text)];
        let mut flaws = Vec::new();
        for (part, text) in parts {
            let too_long = match part {
                Part::Subject => text.chars().count() > LONGEST_SUBJECT,
                Part::Html | Part::Text => text.len() > LONGEST_BODY,
            };
            if too_long {
                flaws.push(Flaw::TooLong(part));
            } else if text.trim().is_empty() {
                flaws.push(Flaw::Empty(part));
            } else {
                flaws.extend(unknown(part, text, occasion));
                flaws.extend(missing(part, text, occasion));
            }
        }
        if self.subject.chars().any(char::is_control) {
            flaws.push(Flaw::NotOneLine);
        }
        flaws
    }
}

fn unknown(part: Part, text: &str, occasion: Occasion) -> impl Iterator<Item = Flaw> {
    pieces(text).filter_map(move |piece| match piece {
        Piece::Item { name, at } if !occasion.takes(name) => {
            let before = &text[..at];
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
            Some(Flaw::Unknown { part, name: name.to_owned(), line, column })
        }
        _ => None,
    })
}

/// What a reader needs must stand in both bodies: they see one of them.
fn missing(part: Part, text: &str, occasion: Occasion) -> Vec<Flaw> {
    let has = |item: &str| pieces(text).any(|piece| matches!(piece, Piece::Item { name, .. } if name == item));
    let needed = if part == Part::Subject { &[][..] } else { occasion.required() };
    needed.iter().filter(|item| !has(item)).map(|item| Flaw::Missing(part, item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin() -> Layout {
        let text = "Hello !NAME!,\n\n!PINCODE!".to_owned();
        Layout { subject: "Your PIN".to_owned(), html: format!("<p>{text}</p>"), text }
    }

    /// ML-3
    #[test]
    fn what_an_occasion_needs_must_be_in_both_bodies() {
        assert_eq!(pin().flaws(Occasion::Pin), []);
        let without = Layout { html: "<p>Hello</p>".to_owned(), ..pin() };
        assert_eq!(without.flaws(Occasion::Pin), [Flaw::Missing(Part::Html, "PINCODE")]);
        let spoiled = Layout { text: "! PINCODE! !pincode! !PINCODE".to_owned(), ..pin() };
        assert_eq!(spoiled.flaws(Occasion::Pin), [Flaw::Missing(Part::Text, "PINCODE")]);
    }

    /// ML-3
    #[test]
    fn an_unknown_item_is_told_with_its_line_and_column() {
        let odd = Layout { text: "Über !NAME!\nund !PASSWORD!, !PINCODE!".to_owned(), ..pin() };
        let expected = Flaw::Unknown { part: Part::Text, name: "PASSWORD".to_owned(), line: 2, column: 5 };
        assert_eq!(odd.flaws(Occasion::Pin), [expected]);
    }

    #[test]
    fn a_subject_is_one_short_line() {
        let with = |subject: &str| Layout { subject: subject.to_owned(), ..pin() }.flaws(Occasion::Pin);
        assert_eq!(with("a\r\nBcc: b@c.example"), [Flaw::NotOneLine]);
        assert_eq!(with(" "), [Flaw::Empty(Part::Subject)]);
        assert_eq!(with(&"x".repeat(201)), [Flaw::TooLong(Part::Subject)]);
        assert_eq!(with("Greetings from !ORGANISATION!"), []);
    }
}
