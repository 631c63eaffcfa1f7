//! What is said of who somebody is, read and checked the same for users and contacts.

use domain::email::Email;
use domain::language::Language::{English, Spanish};
use domain::language::{Language, Text, spoken};
use domain::source::parted;
use domain::{message, phone};
use jiff::Timestamp;
use serde::Deserialize;
use service::flow::users::{PersonPatch, Wish};

/// The longest text of a field, in bytes.
pub(crate) const LONGEST: usize = 200;

/// What is said in one and apart.
const IN_ONE_WAY: Text = Text("Say it in one way, not in two.", "Dígalo de una manera, no de dos.");

/// Reasons by field.
pub(crate) type Errors = Vec<(&'static str, Vec<String>)>;

/// What is to change of somebody, as typed.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Persona {
    /// First and last name in one.
    pub(crate) name: Option<String>,
    /// Both addresses in one.
    pub(crate) emails: Option<Vec<String>>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) nickname: Wish<String>,
    pub(crate) email: Wish<String>,
    pub(crate) address_email: Wish<String>,
    pub(crate) phone: Wish<String>,
    pub(crate) company: Wish<String>,
    pub(crate) group: Wish<String>,
    pub(crate) locale: Wish<String>,
}

/// A moment as it is kept: to the second.
pub(crate) fn to_the_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// One line of text.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

/// A language that we write in, as browsers name it: `es` or `es-MX` (RFC 5646, as far as people use it). Another would be kept
/// and never spoken.
pub(crate) fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().is_some_and(|part| Language::ALL.iter().any(|language| language.tag() == part));
    let rest = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    language && text.len() <= 35 && parts.all(rest)
}

/// First and last name, said apart or in one: then the last word is the last name, or what stands before a comma.
pub(crate) fn names(
    whole: Option<&String>,
    apart: (Option<String>, Option<String>),
    errors: &mut Errors,
) -> (Option<String>, Option<String>) {
    let Some(whole) = whole else { return apart };
    if apart.0.is_some() || apart.1.is_some() {
        errors.push(("name", vec![IN_ONE_WAY.into()]));
        return apart;
    }
    let (first, last) = parted(whole);
    (Some(first), Some(last))
}

/// The two addresses of a list; `None` where no list is given.
pub(crate) fn addresses(
    all: Option<&Vec<String>>,
    apart: bool,
    errors: &mut Errors,
) -> Option<(Option<String>, Option<String>)> {
    let all = all?;
    if apart {
        errors.push(("emails", vec![IN_ONE_WAY.into()]));
    } else if all.len() > 2 {
        errors.push(("emails", vec![Text("Two addresses at most.", "Dos direcciones como máximo.").into()]));
    }
    Some((all.first().cloned(), all.get(1).cloned()))
}

impl Persona {
    /// What is to change; reasons go to `errors`.
    pub(crate) fn patch(mut self, errors: &mut Errors) -> PersonPatch {
        let apart = (self.first_name.take(), self.last_name.take());
        (self.first_name, self.last_name) = names(self.name.as_ref(), apart, errors);
        let apart = [&self.email, &self.address_email].iter().any(|wish| !matches!(wish, Wish::Keep));
        if let Some((email, address_email)) = addresses(self.emails.as_ref(), apart, errors) {
            let wish = |email: Option<String>| email.map_or(Wish::Clear, Wish::Set);
            (self.email, self.address_email) = (wish(email), wish(address_email));
        }
        self.checked(errors)
    }

    fn checked(&self, errors: &mut Errors) -> PersonPatch {
        let names = [("first_name", &self.first_name), ("last_name", &self.last_name)];
        for (field, name) in names {
            let bad = |name: &String| name.len() > LONGEST || name.chars().any(char::is_control);
            if name.as_ref().is_some_and(bad) {
                errors.push((
                    field,
                    vec![match spoken() {
                        English => format!("One line of at most {LONGEST} bytes."),
                        Spanish => format!("Una línea de {LONGEST} bytes como máximo."),
                    }],
                ));
            }
        }
        let texts = [("nickname", &self.nickname), ("company", &self.company), ("group", &self.group)];
        for (field, text) in texts {
            if text.value().is_some_and(|text| !is_plain(text)) {
                errors.push((
                    field,
                    vec![match spoken() {
                        English => format!("One line of 1 to {LONGEST} bytes, or null."),
                        Spanish => format!("Una línea de 1 a {LONGEST} bytes, o null."),
                    }],
                ));
            }
        }
        let mut email = |field, typed: &Wish<String>| match typed {
            Wish::Keep => Wish::Keep,
            Wish::Clear => Wish::Clear,
            Wish::Set(typed) => match Email::parse(typed) {
                Ok(email) => Wish::Set(email),
                Err(error) => {
                    errors.push((field, vec![message::email(&error)]));
                    Wish::Keep
                }
            },
        };
        let (email, address_email) = (email("email", &self.email), email("address_email", &self.address_email));
        let phone = self.phone.parsed(|phone| phone::parse(phone));
        if phone.is_none() {
            errors.push(("phone", vec![message::PHONE.into()]));
        }
        if self.locale.value().is_some_and(|locale| !is_locale(locale)) {
            errors.push((
                "locale",
                vec![
                    Text(
                        "A language that we write in, en or es, or null.",
                        "Un idioma en el que escribimos, en o es, o null.",
                    )
                    .into(),
                ],
            ));
        }
        let trimmed = |name: &Option<String>| name.as_ref().map(|name| name.trim().to_owned());
        PersonPatch {
            first_name: trimmed(&self.first_name),
            last_name: trimmed(&self.last_name),
            nickname: self.nickname.clone(),
            email,
            address_email,
            phone: phone.unwrap_or_default(),
            company: self.company.clone(),
            group: self.group.clone(),
            locale: self.locale.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AD-4: every reason is told at once, and what is good is taken over.
    #[test]
    fn what_is_typed_is_checked_field_by_field() {
        let typed = |value: serde_json::Value| serde_json::from_value::<Persona>(value).unwrap();
        let mut errors = Errors::new();
        let bad = typed(serde_json::json!({
            "first_name": "a\nb", "email": "no", "phone": "x", "locale": "English", "group": " "
        }));
        bad.patch(&mut errors);
        let mut fields: Vec<_> = errors.iter().map(|(field, _)| *field).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["email", "first_name", "group", "locale", "phone"]);
        let mut errors = Errors::new();
        let patch =
            typed(serde_json::json!({"last_name": " Quist ", "company": null, "locale": "es"})).patch(&mut errors);
        assert!(errors.is_empty());
        assert_eq!(patch.last_name.as_deref(), Some("Quist"));
        assert_eq!((patch.company, patch.nickname), (Wish::Clear, Wish::Keep));
    }

    #[test]
    fn a_language_is_named_as_browsers_do() {
        for good in ["en", "es", "es-MX", "en-Latn-GB"] {
            assert!(is_locale(good), "{good}");
        }
        for bad in ["", "e", "EN", "english", "en_GB", "en-", "en-<b>", "pt-BR", "xx", "eng"] {
            assert!(!is_locale(bad), "{bad}");
        }
    }
}
