//! Filters of stream mappings, as EventBridge understands them.

use serde_json::Value;

/// What a record has to look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// An object each of whose named members fits.
    Object(Vec<(String, Pattern)>),
    /// A value that fits any of these.
    AnyOf(Vec<Test>),
}

/// One thing a value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Exactly this.
    Equals(Value),
    /// This text, whatever its case.
    EqualsIgnoringCase(String),
    /// A text that begins so.
    Prefix(String),
    /// A text that ends so.
    Suffix(String),
    /// There, or not there.
    Exists(bool),
    /// There, and none of these.
    AnythingBut(Vec<Test>),
}

impl Pattern {
    /// Reads a pattern; the error says what is not understood.
    pub fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| Ok((name.clone(), Self::parse(value)?));
                members.iter().map(member).collect::<Result<_, String>>().map(Self::Object)
            }
            Value::Array(tests) => tests.iter().map(Test::parse).collect::<Result<_, _>>().map(Self::AnyOf),
            other => Err(format!("an object or a list is expected, not {other}")),
        }
    }

    /// Whether a value fits. `None` is a value that is not there.
    pub fn fits(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Object(members), value) => {
                let member = |name: &str| value.and_then(|value| value.get(name));
                members.iter().all(|(name, pattern)| pattern.fits(member(name)))
            }
            // A list fits when one of its elements does.
            (Self::AnyOf(tests), Some(Value::Array(elements))) if !elements.is_empty() => {
                elements.iter().any(|element| tests.iter().any(|test| test.passes(Some(element))))
            }
            (Self::AnyOf(tests), value) => tests.iter().any(|test| test.passes(value)),
        }
    }
}

impl Test {
    fn parse(value: &Value) -> Result<Self, String> {
        let Value::Object(object) = value else {
            return if value.is_array() { Err("a list in a list".to_owned()) } else { Ok(Self::Equals(value.clone())) };
        };
        let [(name, argument)] = object.iter().collect::<Vec<_>>()[..] else {
            return Err(format!("one comparison is expected in {value}"));
        };
        let text = || argument.as_str().map(str::to_owned).ok_or_else(|| format!("{name} takes a text"));
        match name.as_str() {
            "prefix" => text().map(Self::Prefix),
            "suffix" => text().map(Self::Suffix),
            "equals-ignore-case" => text().map(|text| Self::EqualsIgnoringCase(text.to_lowercase())),
            "exists" => argument.as_bool().map(Self::Exists).ok_or_else(|| "exists takes true or false".to_owned()),
            "anything-but" => Self::anything_but(argument),
            other => Err(format!("{other} is not understood")),
        }
    }

    fn anything_but(argument: &Value) -> Result<Self, String> {
        let excluded = match argument {
            Value::Array(values) => values.iter().map(Self::parse).collect::<Result<_, _>>()?,
            one => vec![Self::parse(one)?],
        };
        let plain = |test: &Self| matches!(test, Self::Equals(_) | Self::Prefix(_) | Self::Suffix(_));
        if excluded.iter().all(plain) {
            Ok(Self::AnythingBut(excluded))
        } else {
            Err(format!("anything-but {argument}"))
        }
    }

    fn passes(&self, value: Option<&Value>) -> bool {
        let text = value.and_then(Value::as_str);
        match self {
            // To EventBridge only a leaf exists.
            Self::Exists(wanted) => *wanted == value.is_some_and(|value| !value.is_object()),
            Self::Equals(wanted) => value == Some(wanted),
            Self::EqualsIgnoringCase(wanted) => text.is_some_and(|text| text.to_lowercase() == *wanted),
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            Self::AnythingBut(excluded) => value.is_some() && !excluded.iter().any(|test| test.passes(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_fit_as_eventbridge_says() {
        let cases = [
            (json!({}), json!({"a": 1}), true),
            (json!({"a": ["x"]}), json!({"a": "x", "b": 1}), true),
            (json!({"a": ["x", "y"]}), json!({"a": "y"}), true),
            (json!({"a": ["x"]}), json!({"a": "X"}), false),
            (json!({"a": ["x"]}), json!({}), false),
            (json!({"a": ["x"]}), json!({"a": {"S": "x"}}), false),
            (json!({"a": ["x"]}), json!({"a": ["w", "x"]}), true),
            (json!({"a": [1]}), json!({"a": 1}), true),
            (json!({"a": [1]}), json!({"a": "1"}), false),
            (json!({"a": [null]}), json!({"a": null}), true),
            (json!({"a": [true]}), json!({"a": true}), true),
            (json!({"a": {"b": ["x"]}, "c": ["y"]}), json!({"a": {"b": "x"}, "c": "y"}), true),
            (json!({"a": {"b": ["x"]}, "c": ["y"]}), json!({"a": {"b": "x"}, "c": "z"}), false),
            (json!({"a": {"b": ["x"]}}), json!({"a": "b"}), false),
            (json!({"a": [{"prefix": "MAIL#"}]}), json!({"a": "MAIL#1"}), true),
            (json!({"a": [{"prefix": "MAIL#"}]}), json!({"a": "mail#1"}), false),
            (json!({"a": [{"prefix": "1"}]}), json!({"a": 1}), false),
            (json!({"a": [{"suffix": ".org"}]}), json!({"a": "x.org"}), true),
            (json!({"a": [{"equals-ignore-case": "Now"}]}), json!({"a": "nOW"}), true),
            (json!({"a": [{"exists": true}]}), json!({"a": 0}), true),
            (json!({"a": [{"exists": true}]}), json!({"a": {"S": "leaf below"}}), false),
            (json!({"a": [{"exists": true}]}), json!({}), false),
            (json!({"a": [{"exists": false}]}), json!({}), true),
            (json!({"a": {"b": [{"exists": false}]}}), json!({}), true),
            (json!({"a": {"b": [{"exists": false}]}}), json!({"a": {"b": 1}}), false),
            (json!({"a": [{"anything-but": "x"}]}), json!({"a": "y"}), true),
            (json!({"a": [{"anything-but": ["x", "y"]}]}), json!({"a": "y"}), false),
            (json!({"a": [{"anything-but": ["x"]}]}), json!({}), false),
            (json!({"a": [{"anything-but": {"prefix": "x"}}]}), json!({"a": "xy"}), false),
            (json!({"a": ["w", {"prefix": "x"}]}), json!({"a": "xy"}), true),
        ];
        for (pattern, value, expected) in cases {
            assert_eq!(Pattern::parse(&pattern).unwrap().fits(Some(&value)), expected, "{pattern} on {value}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let broken = [
            json!("x"),
            json!({"a": "x"}),
            json!({"a": [["x"]]}),
            json!({"a": [{"numeric": ["=", 1]}]}),
            json!({"a": [{"prefix": 1}]}),
            json!({"a": [{"exists": "yes"}]}),
            json!({"a": [{"prefix": "a", "suffix": "b"}]}),
            json!({"a": [{}]}),
            json!({"a": [{"anything-but": {"exists": true}}]}),
        ];
        for pattern in broken {
            assert!(Pattern::parse(&pattern).is_err(), "{pattern}");
        }
    }
}
