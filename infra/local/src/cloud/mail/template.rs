//! Templates of mail, as SES fills them.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Every `{{name}}` replaced, unescaped, as SES does it. `Err` names what there is nothing for, or is no plain name.
pub(super) fn fill<'a>(text: &'a str, data: &Map<String, Value>) -> Result<Cow<'a, str>, String> {
    let mut pieces = text.split("{{");
    let first = pieces.next().unwrap_or_default();
    let mut filled = String::new();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").ok_or_else(|| "{{ without }}".to_owned())?;
        match data.get(name.trim()) {
            Some(Value::String(value)) => filled.push_str(value),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => filled.push_str(&value.to_string()),
            _ => return Err(format!("Attribute '{}' is not present in the rendering data.", name.trim())),
        }
        filled.push_str(rest);
    }
    Ok(if filled.is_empty() && first.len() == text.len() { text.into() } else { (first.to_owned() + &filled).into() })
}
