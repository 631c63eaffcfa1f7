//! Merge items: `!NAME!` in a layout becomes a value. Values are escaped once and never read as merge items (ML-3).

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The values for one letter, by the item's name without its marks.
pub type Values<'a> = BTreeMap<&'static str, Cow<'a, str>>;

/// A layout names something that its occasion doesn't have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no merge item !{name}! for this mail (at character {at})")]
pub struct MergeError {
    /// The name between the marks.
    pub name: String,
    /// Where it stands, counted in bytes.
    pub at: usize,
}

/// A stretch of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// To be kept as it is.
    Text(&'a str),
    /// To be replaced by a value.
    Item {
        /// The name between the marks.
        name: &'a str,
        /// Where its first mark stands, counted in bytes.
        at: usize,
    },
}

/// A text, piece by piece. What is between two marks and no name is text.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        if let Some(name) = item_name(rest) {
            let piece = Piece::Item { name, at };
            at += name.len() + 2;
            return Some(piece);
        }
        let next = rest.char_indices().skip(1).find(|(at, c)| *c == '!' && item_name(&rest[*at..]).is_some());
        let (text, _) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        at += text.len();
        Some(Piece::Text(text))
    })
}

/// Puts the values into a text.
pub fn merge(text: &str, values: &Values<'_>, escape: fn(&str) -> String) -> Result<String, MergeError> {
    let mut merged = String::with_capacity(text.len() * 2);
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => merged.push_str(text),
            Piece::Item { name, at } => match values.get(name) {
                Some(value) => merged.push_str(&escape(value)),
                None => return Err(MergeError { name: name.to_owned(), at }),
            },
        }
    }
    Ok(merged)
}

/// The name of the item that a text starts with.
fn item_name(from: &str) -> Option<&str> {
    let (name, _) = from.strip_prefix('!')?.split_once('!')?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    plain.then_some(name)
}

/// As it is, line breaks and other control characters as spaces.
pub fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// For HTML text and attribute values.
pub fn html(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in plain(value).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(text: &str, name: &str) -> Result<String, MergeError> {
        merge(text, &Values::from([("NAME", Cow::Borrowed(name))]), html)
    }

    /// ML-3
    #[test]
    fn a_value_is_escaped_once_and_never_read_again() {
        assert_eq!(merged("Dear !NAME!,", "<b>&\"!NAME!").unwrap(), "Dear &lt;b&gt;&amp;&quot;!NAME!,");
        assert_eq!(merged("!NAME!!NAME!", "a").unwrap(), "aa");
        assert_eq!(merged("{{NAME}} {{{x}}}", "a").unwrap(), "{{NAME}} {{{x}}}");
        assert_eq!(merged("!!NAME!!", "a").unwrap(), "!a!");
    }

    #[test]
    fn a_lone_mark_is_a_mark() {
        for text in ["Wow! Great!", "!", "!!", "a!b", "!name!", "!NA ME!", "é!ö"] {
            assert_eq!(merged(text, "a").unwrap(), text);
        }
    }

    /// ML-3
    #[test]
    fn an_unknown_item_is_an_error_with_its_place() {
        assert_eq!(merged("Hi !NOBODY!", "a"), Err(MergeError { name: "NOBODY".to_owned(), at: 3 }));
    }

    #[test]
    fn a_value_can_not_break_a_line() {
        assert_eq!(plain("a\r\nBcc: b"), "a  Bcc: b");
    }
}
