//! Forms, read into what programs say in JSON: one way of checking for both.

use domain::language::Language::{English, Spanish};
use domain::language::spoken;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use web::pages::console::Typed;
use web::{Fields, Problem, Sent};

/// What a form's text stands for in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    /// Text as it is.
    Text,
    /// Text, or null when it is empty.
    OrNull,
    /// A list, a line each; empty lines are nothing.
    Lines,
    /// A box: ticked or not.
    Tick,
    /// A whole number.
    Number,
}

/// The text of each field of a form.
pub(crate) fn texts(fields: &Fields) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    // Browsers send line ends as carriage return and line feed.
    fields.0.iter().map(|(name, value)| (name.clone(), text(value).replace("\r\n", "\n"))).collect()
}

/// The form as JSON; fields that it doesn't have are left out, but boxes, which a browser leaves out unless they are ticked.
pub(crate) fn object(texts: &BTreeMap<String, String>, shape: &[(&str, As)]) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, kind) in shape {
        let text = texts.get(*name);
        let value = match (kind, text) {
            (As::Tick, None) => Some(Value::Bool(false)),
            // What is neither is refused as it is, by whoever reads it.
            (As::Tick, Some(text)) => Some(text.parse().map_or_else(|_| text.as_str().into(), Value::Bool)),
            (_, None) => None,
            (As::Text, Some(text)) => Some(text.as_str().into()),
            (As::OrNull, Some(text)) if text.trim().is_empty() => Some(Value::Null),
            (As::OrNull, Some(text)) => Some(text.trim().into()),
            (As::Lines, Some(text)) => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                Some(lines.map(Value::from).collect())
            }
            (As::Number, Some(text)) => {
                Some(text.trim().parse::<i64>().map_or_else(|_| text.as_str().into(), Value::from))
            }
        };
        object.extend(value.map(|value| ((*name).to_owned(), value)));
    }
    object
}

/// What was sent as what a handler takes, by a form or by a program.
pub(crate) fn typed<T: DeserializeOwned>(sent: Sent, shape: &[(&str, As)]) -> Result<T, Problem> {
    if sent.form {
        let texts = texts(&sent.fields);
        if let Some(unknown) = texts.keys().find(|name| !shape.iter().any(|(known, _)| known == name)) {
            let unknown: String = unknown.chars().take(80).collect();
            return Err(Problem::malformed(match spoken() {
                English => format!("The form does not fit: unknown field `{unknown}`."),
                Spanish => format!("El formulario no encaja: campo desconocido `{unknown}`."),
            }));
        }
        return read(object(&texts, shape));
    }
    sent.fields.typed()
}

/// JSON as what a handler takes.
pub(crate) fn read<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T, Problem> {
    Fields(object).typed()
}

/// A value that a form may leave empty, and that a program gives as it is.
pub(crate) fn filled<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + FromStr,
    T::Err: Display,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given<T> {
        Typed(T),
        Text(String),
    }
    match Option::<Given<T>>::deserialize(from)? {
        None => Ok(None),
        Some(Given::Typed(value)) => Ok(Some(value)),
        Some(Given::Text(text)) if text.trim().is_empty() => Ok(None),
        Some(Given::Text(text)) => text.trim().parse().map(Some).map_err(serde::de::Error::custom),
    }
}

/// What was typed and why it can't be taken, for the page to show; any other problem stays one.
pub(crate) fn refused(problem: Problem, values: BTreeMap<String, String>) -> Result<Typed, Problem> {
    if problem.errors.is_empty() {
        return Err(problem);
    }
    let errors = problem.errors.into_iter().map(|(field, reasons)| (field.into_owned(), reasons)).collect();
    Ok(Typed { values, errors })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// AD-1: what a form says is what a program would say.
    #[test]
    fn a_form_says_what_a_program_says() {
        let form = [
            ("name", " A "),
            ("company", ""),
            ("list", "one\n\n two \n"),
            ("days", "30"),
            ("on", "true"),
            ("no", "false"),
            ("neither", "AAA"),
        ];
        let texts = form.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let shape = [
            ("name", As::Text),
            ("company", As::OrNull),
            ("list", As::Lines),
            ("days", As::Number),
            ("on", As::Tick),
            ("off", As::Tick),
            ("no", As::Tick),
            ("neither", As::Tick),
            ("absent", As::Text),
        ];
        let expected = json!({
            "name": " A ", "company": null, "list": ["one", "two"], "days": 30,
            "on": true, "off": false, "no": false, "neither": "AAA",
        });
        assert_eq!(Value::Object(object(&texts, &shape)), expected);
    }
}
