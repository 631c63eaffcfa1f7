//! Secrets that are made on the spot.

use serde_json::{Map, Value};

use super::place::{Place, TemplateError};

/// A secret, and how its first value is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// The object that the generated text is put into.
    pub template: Map<String, Value>,
    /// The key under which it is put there.
    pub key: String,
    /// How many characters it has.
    pub length: usize,
}

impl Secret {
    pub(super) fn read(name: &str, place: &Place<'_>) -> Result<Self, TemplateError> {
        let generate = place.below(["Properties", "GenerateSecretString"]);
        let template = generate.at("SecretStringTemplate");
        let Value::Object(object) = template.json()? else { return Err(template.error("a JSON object is expected")) };
        let punctuation = generate.at("ExcludePunctuation");
        if !punctuation.yes()? {
            return Err(punctuation.error("only letters and digits are understood"));
        }
        let length = generate.at("PasswordLength");
        let characters = usize::try_from(length.number()?).ok().filter(|n| (32..=4096).contains(n));
        Ok(Self {
            name: name.to_owned(),
            template: object,
            key: generate.at("GenerateStringKey").text()?,
            length: characters.ok_or_else(|| length.error("32 to 4096 characters are expected"))?,
        })
    }
}
