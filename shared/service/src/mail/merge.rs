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

/// Puts the values into a text.
pub(crate) fn merge(text: &str, values: &Values<'_>, escape: fn(&str) -> String) -> Result<String, MergeError> {
    let mut merged = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find('!') {
        let (before, from) = rest.split_at(start);
        merged.push_str(before);
        let Some(name) = item_name(from) else {
            merged.push('!');
            rest = &from[1..];
            continue;
        };
        let Some(value) = values.get(name) else {
            return Err(MergeError { name: name.to_owned(), at: text.len() - from.len() });
        };
        merged.push_str(&escape(value));
        rest = &from[name.len() + 2..];
    }
    merged.push_str(rest);
    Ok(merged)
}

/// The name of the item that a text starts with.
fn item_name(from: &str) -> Option<&str> {
    let (name, _) = from.get(1..)?.split_once('!')?;
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    plain.then_some(name)
}

/// As it is, line breaks and other control characters as spaces.
pub(crate) fn plain(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// For HTML text and attribute values.
pub(crate) fn html(value: &str) -> String {
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
        assert_eq!(merged("{{NAME}}", "a").unwrap(), "{{NAME}}");
    }

    #[test]
    fn a_lone_mark_is_a_mark() {
        for text in ["Wow! Great!", "!", "!!", "a!b", "!name!", "!NA ME!"] {
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
