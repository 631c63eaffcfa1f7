//! A layout and its values become a letter: subject, text, HTML.

use domain::language::Text;
use domain::layout::{Layout, MergeError, Values, html, merge, plain};
use domain::settings::Settings;

/// A mail, ready to be sent. It can't be printed: links and temporary passwords are in it.
#[derive(Default)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// For those who read text.
    pub text: String,
    /// For those who read HTML.
    pub html: String,
}

impl Letter {
    /// Writes a letter. The organisation's own values are filled in.
    pub fn write(layout: &Layout, settings: &Settings, origin: &str, values: Values<'_>) -> Result<Self, MergeError> {
        let mut all = common(settings, origin);
        all.extend(values);
        Ok(Self {
            subject: merge(&layout.subject, &all, plain)?,
            text: merge(&layout.text, &all, plain)?,
            html: merge(&layout.html, &all, html)?,
        })
    }
}

fn common<'a>(settings: &'a Settings, origin: &str) -> Values<'a> {
    let contact =
        settings.organisation_email.as_ref().map_or(Text("our staff", "nuestro personal").say(), |email| email.shown());
    let environment = settings.organisation_environment_name.as_deref().unwrap_or(&settings.organisation_name);
    Values::from([
        ("ORGANISATION", settings.organisation_name.as_str().into()),
        ("ENVIRONMENT", environment.into()),
        ("CONTACT", contact.into()),
        ("SIGN_IN", format!("{origin}/sign-in").into()),
        ("FORGOT_PASSWORD", format!("{origin}/forgot-password").into()),
    ])
}

#[cfg(test)]
mod tests;
