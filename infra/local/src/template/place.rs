//! A place in the template: its value, with references resolved, and its address, for errors.

use std::collections::BTreeMap;

use serde_norway::Value;
use serde_norway::value::TaggedValue;

/// The template says something the runner does not understand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template.yaml, {place}: {problem}")]
pub struct TemplateError {
    /// Where, such as `Resources.OutboxTable.Properties.KeySchema[0]`.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

/// What the names in `!Ref`, `!Sub` and `!GetAtt` stand for on this machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Parameters and pseudo parameters.
    pub(super) values: BTreeMap<String, String>,
    /// Logical ids. On this machine a resource is called what the template calls it.
    pub(super) resources: Vec<String>,
}

/// One place in the template. Asking below a place that is not there gives places that are not there.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    path: String,
    value: Option<&'a Value>,
    names: &'a Names,
}

impl<'a> Place<'a> {
    pub(super) fn root(value: &'a Value, names: &'a Names) -> Self {
        Self { path: String::new(), value: Some(value), names }
    }

    /// The place under a key.
    pub(super) fn at(&self, key: &str) -> Place<'a> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let value = self.value.and_then(|value| match value {
            Value::Mapping(map) => map.get(key),
            _ => None,
        });
        Place { path, value, names: self.names }
    }

    /// The place at the end of several keys.
    pub(super) fn below<const N: usize>(&self, keys: [&str; N]) -> Place<'a> {
        keys.iter().fold(self.clone(), |place, key| place.at(key))
    }

    pub(super) fn exists(&self) -> bool {
        self.value.is_some_and(|value| !value.is_null())
    }

    pub(super) fn error(&self, problem: impl Into<String>) -> TemplateError {
        TemplateError { place: self.path.clone(), problem: problem.into() }
    }

    /// What is here, if anything is.
    pub(super) fn optional<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, TemplateError>,
    ) -> Result<Option<T>, TemplateError> {
        if self.exists() { read(self).map(Some) } else { Ok(None) }
    }

    /// A text; references in it are resolved.
    pub(super) fn text(&self) -> Result<String, TemplateError> {
        match self.value {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(Value::Bool(yes)) => Ok(yes.to_string()),
            Some(Value::Tagged(tagged)) => self.resolved(tagged),
            Some(_) => Err(self.error("a text is expected")),
            None => Err(self.error("is missing")),
        }
    }

    /// A whole number.
    pub(super) fn number(&self) -> Result<u64, TemplateError> {
        let text = self.text()?;
        text.parse().map_err(|_| self.error(format!("{text:?} is not a whole number")))
    }

    /// Yes or no.
    pub(super) fn yes(&self) -> Result<bool, TemplateError> {
        match self.text()?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => Err(self.error(format!("{other:?} is neither true nor false"))),
        }
    }

    /// A text that holds JSON.
    pub(super) fn json(&self) -> Result<serde_json::Value, TemplateError> {
        serde_json::from_str(&self.text()?).map_err(|error| self.error(format!("not JSON: {error}")))
    }

    /// The elements of a list.
    pub(super) fn list(&self) -> Result<Vec<Place<'a>>, TemplateError> {
        let Some(Value::Sequence(elements)) = self.value else { return Err(self.error("a list is expected")) };
        let place = |(i, value)| Place { path: format!("{}[{i}]", self.path), value: Some(value), names: self.names };
        Ok(elements.iter().enumerate().map(place).collect())
    }

    /// The entries of a mapping, in the order they are written; none where nothing is written.
    pub(super) fn entries(&self) -> Result<Vec<(String, Place<'a>)>, TemplateError> {
        let map = match self.value {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Mapping(map)) => map,
            Some(_) => return Err(self.error("a mapping is expected")),
        };
        let keys = map.keys().map(|key| key.as_str().ok_or_else(|| self.error("a key that is not a text")));
        keys.map(|key| key.map(|key| (key.to_owned(), self.at(key)))).collect()
    }

    /// The resource and attribute that a `!GetAtt` here names.
    pub(super) fn attribute(&self) -> Result<(String, String), TemplateError> {
        let Some(Value::Tagged(tagged)) = self.value else { return Err(self.error("a !GetAtt is expected")) };
        match &tagged.value {
            Value::String(text) if tagged.tag == "GetAtt" => self.split(text),
            _ => Err(self.error("a !GetAtt is expected")),
        }
    }

    fn resolved(&self, tagged: &TaggedValue) -> Result<String, TemplateError> {
        let Value::String(text) = &tagged.value else {
            return Err(self.error(format!("{} of something other than a text is not understood", tagged.tag)));
        };
        match tagged.tag.to_string().as_str() {
            "!Ref" => self.named(text),
            "!GetAtt" => self.split(text).map(|(resource, attribute)| address(&resource, &attribute)),
            "!Sub" => self.filled(text),
            other => Err(self.error(format!("{other} is not understood"))),
        }
    }

    fn named(&self, name: &str) -> Result<String, TemplateError> {
        let resource = || self.names.resources.iter().find(|id| *id == name);
        self.names
            .values
            .get(name)
            .or_else(resource)
            .cloned()
            .ok_or_else(|| self.error(format!("nothing is called {name}")))
    }

    fn split(&self, text: &str) -> Result<(String, String), TemplateError> {
        let (resource, attribute) =
            text.split_once('.').ok_or_else(|| self.error("resource and attribute are expected"))?;
        self.named(resource).map(|resource| (resource, attribute.to_owned()))
    }

    /// `!Sub`: every `${name}` or `${resource.attribute}` replaced.
    fn filled(&self, text: &str) -> Result<String, TemplateError> {
        let mut pieces = text.split("${");
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once('}').ok_or_else(|| self.error("${ without }"))?;
            let value = if name.contains('.') {
                self.split(name).map(|(resource, what)| address(&resource, &what))
            } else {
                self.named(name)
            };
            filled = filled + &value? + rest;
        }
        Ok(filled)
    }
}

/// What an attribute of a resource is here: its name, or an ARN made of it.
fn address(resource: &str, attribute: &str) -> String {
    match attribute {
        "Arn" | "StreamArn" => format!("arn:aws:local:{resource}"),
        _ => resource.to_owned(),
    }
}
