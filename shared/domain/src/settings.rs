//! Everything an operator or administrator can set: one struct, with defaults and ranges.

pub mod about;
mod choices;
mod defaults;
mod ranges;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use self::about::{ABOUT, About, Given};
use crate::colour::{Colour, READABLE};
use crate::email::Email;
use crate::language::{Language, Text};
use crate::layout::{self, Occasion};
use crate::logo;
use crate::password::Criteria;

pub use choices::{Asked, Corners, Letters, LockMode, MfaScope, PasswordMode, PinChannel, SharedAddress};
pub use ranges::OutOfRange;

/// What `sign_in.message` says unless somebody changes it (SI-3, SI-4).
pub const SIGN_IN_FAILS: &str = "We could not sign you in with these details. Check them and try again, \
     or use the links below to get back in.";

/// What `sign_up.not_found_message` says unless somebody changes it (SU-6).
pub const NOT_FOUND: &str = "We could not make an account with these details. Check them and try again, or contact us: \
     you may be known to us by another name or address, or have an account already.";

/// The settings. Keys are those of the API; a missing key has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that people know by its name")]
pub struct Settings {
    /// What the organisation is called on pages and in mail.
    #[serde(rename = "organisation.name")]
    pub organisation_name: String,
    /// The sender of mail, and whom people are told to contact.
    #[serde(rename = "organisation.email")]
    pub organisation_email: Option<Email>,
    /// What this installation is called.
    #[serde(rename = "organisation.environment_name")]
    pub organisation_environment_name: Option<String>,
    /// The language of pages and mails for whoever has and asks for none (OP-7).
    #[serde(rename = "organisation.language")]
    pub organisation_language: Language,
    /// The colour of pages, such as `#17594c`.
    #[serde(rename = "organisation.colour")]
    pub organisation_colour: Option<String>,
    /// What the picture over the door is called ([`logo::Logo`]).
    #[serde(rename = "organisation.logo")]
    pub organisation_logo: Option<String>,
    /// The corners of fields and buttons.
    #[serde(rename = "organisation.corners")]
    pub organisation_corners: Corners,
    /// The letters of pages.
    #[serde(rename = "organisation.letters")]
    pub organisation_letters: Letters,
    /// The one answer to every refused sign-in (SI-3).
    #[serde(rename = "sign_in.message")]
    pub sign_in_message: String,
    /// Other origins that `return_to` may lead to (SI-2).
    #[serde(rename = "sign_in.return_origins")]
    pub sign_in_return_origins: Vec<String>,
    /// Milliseconds that a refused sign-in takes at least, 0 to 5,000; an import of password hashes raises it (IO-2).
    #[serde(rename = "sign_in.refusal_milliseconds")]
    pub sign_in_refusal_milliseconds: u16,
    /// Days a remembered session lasts, 1 to 90 (SE-1).
    #[serde(rename = "session.remember_days")]
    pub session_remember_days: u16,
    /// Days without use that end a remembered session, 1 to 90 (SE-2).
    #[serde(rename = "session.remembered_idle_days")]
    pub session_remembered_idle_days: u16,
    /// Minutes without use that end a session, 1 to 1,440 (SE-2).
    #[serde(rename = "session.idle_minutes")]
    pub session_idle_minutes: u16,
    /// Hours a session lasts at the most, 1 to 72 (SE-2).
    #[serde(rename = "session.absolute_hours")]
    pub session_absolute_hours: u16,
    /// Failures that lock a user, 1 to 100 (LK-1).
    #[serde(rename = "lock.attempts")]
    pub lock_attempts: u16,
    /// How a lock ends (LK-3).
    #[serde(rename = "lock.mode")]
    pub lock_mode: LockMode,
    /// Failures from one network address in ten minutes after which it has to wait, 10 to 1,000,000 (LK-2).
    #[serde(rename = "throttle.address_failures")]
    pub throttle_address_failures: u32,
    /// Whether people may get back in by mail (RP-7).
    #[serde(rename = "recovery.by_mail")]
    pub recovery_by_mail: bool,
    /// What *forgot password* mails (RP-1).
    #[serde(rename = "recovery.password_mode")]
    pub recovery_password_mode: PasswordMode,
    /// Whether a contact who forgot a username they never had gets an account (FU-3).
    #[serde(rename = "recovery.create_credentials")]
    pub recovery_create_credentials: bool,
    /// Minutes a mailed link holds, 5 to 1,440 (RP-3).
    #[serde(rename = "recovery.link_minutes")]
    pub recovery_link_minutes: u16,
    /// Where a shared address is spoken of (FU-5).
    #[serde(rename = "recovery.shared_address")]
    pub recovery_shared_address: SharedAddress,
    /// Recovery mails to one address in an hour, 1 to 1,000 (FU-6).
    #[serde(rename = "recovery.mails_per_address")]
    pub recovery_mails_per_address: u32,
    /// Mails to addresses nobody has, to one in a day, 1 to 100 (FU-6).
    #[serde(rename = "recovery.unknown_mails_per_address")]
    pub recovery_unknown_mails_per_address: u32,
    /// Mails to addresses nobody has, to all in an hour, 0 to 1,000,000 (FU-6).
    #[serde(rename = "recovery.unknown_mails_in_all")]
    pub recovery_unknown_mails_in_all: u32,
    /// What staff send to let somebody in (BR-5).
    #[serde(rename = "resend.mode")]
    pub resend_mode: PasswordMode,
    /// Days a temporary password holds, and a link that staff send, 1 to 90 (TP-2).
    #[serde(rename = "temporary.days")]
    pub temporary_days: u16,
    /// The layout of the mail that carries a PIN (ML-1).
    #[serde(rename = "PINCODE_EMAIL_BODY")]
    pub layout_pin: String,
    /// The layout of a new user's first mail (ML-1).
    #[serde(rename = "PASSWORD_EMAIL_NEW")]
    pub layout_new_account: String,
    /// The layout of the mail with the link to a new password (ML-1).
    #[serde(rename = "PASSWORD_EMAIL_CHANGE")]
    pub layout_password_link: String,
    /// Whether somebody unknown who asks for an account becomes a contact (SU-5).
    #[serde(rename = "sign_up.create_contact")]
    pub sign_up_create_contact: bool,
    /// What somebody is told who can't be given an account by the form (SU-6).
    #[serde(rename = "sign_up.not_found_message")]
    pub sign_up_not_found_message: String,
    /// Whether the form for a new account asks for a phone number (SU-1).
    #[serde(rename = "sign_up.phone")]
    pub sign_up_phone: Asked,
    /// The country whose phone numbers are written without a country code, as two letters such as GB (SU-2).
    #[serde(rename = "organisation.country")]
    pub organisation_country: Option<String>,
    /// Who must show a second factor (MF-1).
    #[serde(rename = "mfa.scope")]
    pub mfa_scope: MfaScope,
    /// Where a PIN can be used (PN-1).
    #[serde(rename = "pin.channel")]
    pub pin_channel: PinChannel,
    /// Whether a PIN passes on administration and the right to sponsor (PN-5).
    #[serde(rename = "pin.inherit_administration")]
    pub pin_inherit_administration: bool,
    /// Wrong PINs from one network address in ten minutes, 1 to 1,000 (PN-7).
    #[serde(rename = "pin.wrong_per_address")]
    pub pin_wrong_per_address: u32,
    /// Wrong PINs from everywhere in an hour, 10 to 100,000 (PN-7).
    #[serde(rename = "pin.wrong_in_all")]
    pub pin_wrong_in_all: u32,
    /// Code points a password has at least, 8 to 128 (PW-1).
    #[serde(rename = "password.length")]
    pub password_length: u16,
    /// Upper-case letters it has at least, 0 to 16 (PW-1).
    #[serde(rename = "password.upper")]
    pub password_upper: u16,
    /// Digits it has at least, 0 to 16 (PW-1).
    #[serde(rename = "password.digits")]
    pub password_digits: u16,
    /// Symbols it has at least, 0 to 16 (PW-1).
    #[serde(rename = "password.symbols")]
    pub password_symbols: u16,
    /// Letters it has at least, 0 to 16 (PW-1).
    #[serde(rename = "password.letters")]
    pub password_letters: u16,
    /// What people are told of all that; {0} is the length, {1} the number of symbols (PW-3).
    #[serde(rename = "password.requirements_text")]
    pub password_requirements_text: Option<String>,
    /// Passwords before the present one that can't be used again, 0 to 10 (PW-7).
    #[serde(rename = "password.history")]
    pub password_history: u16,
    /// Days after which a password expires: 30, 60, 90, 180, 365, or 0 for never (PW-4).
    #[serde(rename = "password.expiry_days")]
    pub password_expiry_days: u16,
    /// Days beforehand from which people are told, 1 to 90; at most half the period counts (PW-5).
    #[serde(rename = "password.warn_days")]
    pub password_warn_days: u16,
    /// Since when passwords expire. Set by itself when they begin to (PW-8).
    #[serde(rename = "password.expiry_since")]
    pub password_expiry_since: Option<Timestamp>,
}

/// What `organisation.logo` has to be.
pub const NO_LOGO: Text = Text(
    "must be a picture as a data: address in Base64, or the name of one that was handed in before",
    "debe ser una imagen como dirección data: en Base64, o el nombre de una que ya se entregó",
);

/// The one setting that nobody sets.
const SET_BY_ITSELF: &str = "password.expiry_since";

/// The periods after which passwords can expire, in days; 0 is never (PW-4).
pub const EXPIRY_PERIODS: [u16; 6] = [0, 30, 60, 90, 180, 365];

/// Origins that one may be sent on to, at the most: they all stand in a header of the sign-in page.
const MOST_ORIGINS: usize = 32;

/// The longest text that a setting holds, in bytes.
const LONGEST_TEXT: usize = 2_000;

/// A change that can't be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// There is no such setting.
    #[error("there is no setting {0:?}")]
    Unknown(String),
    /// Not the type, or not one of the words, that the setting takes.
    #[error("a setting has the wrong type: {0}")]
    WrongType(String),
    /// A text or a number that the setting can't be, such as an address that is none, a word it doesn't know, or less than nothing.
    #[error("{0} can't be that")]
    Unread(&'static str),
    /// Outside their ranges.
    #[error("outside the range: {0:?}")]
    OutOfRange(Vec<OutOfRange>),
    /// A value that this setting can't have, and which it can.
    #[error("{0} {1}")]
    Unfit(&'static str, Text),
}

impl Settings {
    /// These settings with some of them changed, now.
    pub fn with(
        &self,
        changes: &serde_json::Map<String, serde_json::Value>,
        now: Timestamp,
    ) -> Result<Self, SettingsError> {
        let before = serde_json::to_value(self).map_err(|e| SettingsError::WrongType(e.to_string()))?;
        let serde_json::Value::Object(mut all) = before else { return Ok(self.clone()) };
        if let Some(unknown) = changes.keys().find(|key| !all.contains_key(*key)) {
            return Err(SettingsError::Unknown(unknown.clone()));
        }
        if changes.contains_key(SET_BY_ITSELF) {
            return Err(SettingsError::Unfit(
                SET_BY_ITSELF,
                Text(
                    "is set by itself when password.expiry_days is",
                    "se fija solo cuando se fija password.expiry_days",
                ),
            ));
        }
        all.extend(changes.clone());
        let renewed: Self =
            serde_json::from_value(all.into()).map_err(|error| self.unread(changes, &error.to_string()))?;
        let out = renewed.out_of_range();
        if !out.is_empty() {
            return Err(SettingsError::OutOfRange(out));
        }
        renewed.unfit().map_or(Ok(()), |(key, why)| Err(SettingsError::Unfit(key, why)))?;
        let of_expiry = ["password.expiry_days", "password.warn_days"].iter().any(|key| changes.contains_key(*key));
        if of_expiry && renewed.password_expiry_days > 0 && renewed.warn_days() < renewed.password_warn_days {
            return Err(SettingsError::Unfit(
                "password.warn_days",
                Text(
                    "must be at most half of password.expiry_days",
                    "debe ser como máximo la mitad de password.expiry_days",
                ),
            ));
        }
        Ok(renewed.following(self, now))
    }

    /// These settings as they come into force after others: a first round of expiry begins with it, and with a shorter period
    /// (PW-8).
    #[must_use]
    pub fn following(self, before: &Self, now: Timestamp) -> Self {
        let password_expiry_since = match (before.password_expiry_days, self.password_expiry_days) {
            (_, 0) => None,
            (0, _) => Some(now),
            (was, is) if is < was => Some(now),
            _ => before.password_expiry_since,
        };
        Self { password_expiry_since, ..self }
    }

    /// Which of these changes can't be read, if it is a text or a number where one is taken; else that a type is wrong.
    fn unread(&self, changes: &serde_json::Map<String, serde_json::Value>, error: &str) -> SettingsError {
        let is_of_type = |about: &&About| {
            let to = changes.get(about.key);
            match about.given {
                Given::Switch | Given::List => false,
                Given::Number | Given::OneNumberOf(_) => to.is_some_and(|to| to.is_i64() || to.is_u64()),
                _ => to.is_some_and(serde_json::Value::is_string),
            }
        };
        let given = ABOUT.iter().filter(is_of_type);
        let alone = |key: &str| -> Option<Self> {
            let serde_json::Value::Object(mut all) = serde_json::to_value(self).ok()? else { return None };
            all.insert(key.to_owned(), changes.get(key)?.clone());
            serde_json::from_value(all.into()).ok()
        };
        let broken = given.map(|about| about.key).find(|key| alone(key).is_none());
        broken.map_or_else(|| SettingsError::WrongType(error.to_owned()), SettingsError::Unread)
    }

    /// Whether pages may be painted in a colour: white can be read on it, and it can be read on the paper of the pages.
    pub fn is_fit_for_pages(colour: &str) -> bool {
        let paper = Colour::new(0xff, 0xfd, 0xf9);
        Colour::parse(colour)
            .is_some_and(|colour| colour.contrast(Colour::WHITE) >= READABLE && colour.contrast(paper) >= READABLE)
    }

    /// A setting of the right type whose value means nothing, and what it should be.
    fn unfit(&self) -> Option<(&'static str, Text)> {
        let texts = [
            ("organisation.name", Some(&self.organisation_name)),
            ("organisation.environment_name", self.organisation_environment_name.as_ref()),
            ("sign_in.message", Some(&self.sign_in_message)),
            ("sign_up.not_found_message", Some(&self.sign_up_not_found_message)),
            ("password.requirements_text", self.password_requirements_text.as_ref()),
        ];
        let bad = |text: &String| text.trim().is_empty() || text.len() > LONGEST_TEXT || text.contains('\0');
        if let Some((key, _)) = texts.into_iter().find(|(_, text)| text.is_some_and(bad)) {
            return Some((key, Text("must have 1 to 2,000 bytes", "debe tener de 1 a 2000 bytes")));
        }
        if self.organisation_name.chars().any(char::is_control) {
            return Some(("organisation.name", Text("must be one line", "debe ser una sola línea")));
        }
        if self.organisation_colour.as_ref().is_some_and(|colour| !Self::is_fit_for_pages(colour)) {
            return Some((
                "organisation.colour",
                Text(
                    "must be a colour such as #17594c, dark enough for white letters on it",
                    "debe ser un color como #17594c, bastante oscuro para letras blancas",
                ),
            ));
        }
        if self.organisation_logo.as_ref().is_some_and(|name| logo::Told::of(name).is_none()) {
            return Some(("organisation.logo", NO_LOGO));
        }
        if self.sign_in_return_origins.len() > MOST_ORIGINS {
            return Some((
                "sign_in.return_origins",
                Text("must be at most 32 origins", "debe tener como máximo 32 orígenes"),
            ));
        }
        if !self.sign_in_return_origins.iter().all(|origin| is_origin(origin)) {
            return Some((
                "sign_in.return_origins",
                Text(
                    "must be origins such as https://www.example.org, without a path",
                    "deben ser orígenes como https://www.example.org, sin ruta",
                ),
            ));
        }
        if self.mfa_scope != MfaScope::Off && self.organisation_email.is_none() {
            return Some((
                "mfa.scope",
                Text(
                    "needs organisation.email first: the mail that sets up a second factor is sent from it",
                    "necesita antes organisation.email: desde allí se envía el correo que configura el segundo factor",
                ),
            ));
        }
        let named = self.layouts().into_iter().find(|(_, _, name)| !layout::is_name(name));
        if let Some((key, ..)) = named {
            return Some((key, Text("must be the name of a layout", "debe ser el nombre de un diseño")));
        }
        let country = self.organisation_country.as_ref();
        if country.is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase())) {
            return Some((
                "organisation.country",
                Text("must be two capital letters, such as GB", "debe ser dos letras mayúsculas, por ejemplo ES"),
            ));
        }
        if !EXPIRY_PERIODS.contains(&self.password_expiry_days) {
            return Some((
                "password.expiry_days",
                Text("must be 0, 30, 60, 90, 180 or 365", "debe ser 0, 30, 60, 90, 180 o 365"),
            ));
        }
        None
    }

    /// The three settings whose values are names of layouts: key, occasion, name (ML-1).
    pub fn layouts(&self) -> [(&'static str, Occasion, &str); 3] {
        [
            ("PINCODE_EMAIL_BODY", Occasion::Pin, &self.layout_pin),
            ("PASSWORD_EMAIL_NEW", Occasion::NewAccount, &self.layout_new_account),
            ("PASSWORD_EMAIL_CHANGE", Occasion::PasswordLink, &self.layout_password_link),
        ]
    }

    /// The name of the layout for an occasion.
    pub fn layout(&self, occasion: Occasion) -> &str {
        let named = self.layouts().into_iter().find(|(_, of, _)| *of == occasion);
        named.map_or(occasion.name(), |(_, _, name)| name)
    }

    /// Days before its end from which a password is said to end soon: never more than half its time (PW-5).
    pub fn warn_days(&self) -> u16 {
        self.password_warn_days.min(self.password_expiry_days / 2)
    }

    /// What a password must have.
    pub fn criteria(&self) -> Criteria {
        Criteria {
            length: self.password_length,
            upper: self.password_upper,
            digits: self.password_digits,
            symbols: self.password_symbols,
            letters: self.password_letters,
        }
    }
}

/// Whether this is an origin as browsers write it: scheme, host, perhaps a port, and nothing more.
pub fn is_origin(text: &str) -> bool {
    let parsed = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    parsed.is_some_and(|url| url.origin().ascii_serialization() == text && !text.contains('*'))
}

#[cfg(test)]
mod tests;
