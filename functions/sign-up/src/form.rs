//! What is typed into the form, and what is wrong with it.

use domain::email::Email;
use domain::matching::Applicant;
use domain::settings::Asked;
use domain::{message, name, phone};
use serde::Deserialize;

/// Which field, and why.
pub(crate) type Errors = Vec<(&'static str, String)>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) phone: Option<String>,
    pub(crate) instance: Option<String>,
}

impl Typed {
    /// Whoever this is, or every field that can't be so.
    pub(crate) fn applicant(&self, phone_asked: Asked) -> Result<Applicant, Errors> {
        let first_name = name::parse(&self.first_name).map_err(|error| ("first_name", message::name(error)));
        let last_name = name::parse(&self.last_name).map_err(|error| ("last_name", message::name(error)));
        let email = Email::parse(&self.email).map_err(|error| ("email", message::email(&error)));
        let phone = self.phone(phone_asked).map_err(|reason| ("phone", reason));
        match (first_name, last_name, email, phone) {
            (Ok(first_name), Ok(last_name), Ok(email), Ok(phone)) => {
                Ok(Applicant { first_name, last_name, email, phone })
            }
            (first_name, last_name, email, phone) => {
                let errors = [first_name.err(), last_name.err(), email.err(), phone.err()];
                Err(errors.into_iter().flatten().collect())
            }
        }
    }

    fn phone(&self, asked: Asked) -> Result<Option<String>, String> {
        let typed = self.phone.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
        match (typed, asked) {
            (_, Asked::No) | (None, Asked::Optional) => Ok(None),
            (None, Asked::Required) => Err(message::REQUIRED.into()),
            (Some(typed), _) => phone::parse(typed).map(Some).ok_or_else(|| message::PHONE.into()),
        }
    }
}
