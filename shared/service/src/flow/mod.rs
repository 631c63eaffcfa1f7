//! The flows: one file each, read top to bottom. What can become of one is its outcome; what hinders it is a `Trouble`.

pub mod applications;
pub mod audit;
pub mod bulk;
pub mod change_password;
pub mod choose;
pub mod credentials;
pub mod deliver;
pub mod enrol;
pub mod erase;
pub mod explain;
pub mod export;
pub mod factor;
pub mod federated;
pub mod import;
pub mod kept;
pub mod known_browser;
pub mod layouts;
mod letters;
pub mod lists;
pub mod mail_log;
pub mod passkey;
pub mod passkey_sign_in;
pub mod pin_sign_up;
pub mod recover;
pub mod rename;
pub mod report;
pub mod reset;
mod sealed;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod sign_up;
pub mod sponsor;
pub mod stuck;
pub mod sweep;
mod ticket;
pub mod token;
pub mod users;
pub mod verify_code;

use domain::id::MailId;
use domain::login::Login;
use domain::password::Password;
use domain::settings::Settings;
use domain::user::User;
use domain::work::{Lane, Work};

use self::sign_in::{is_temporary_password, was_temporary_password};

use crate::hasher::Busy;
use crate::key_ring::BadSecret;
use crate::keys::KeysError;
use crate::random::NoRandomness;
use crate::store::{Letterbox, StoreError};

/// Something that is needed does not answer. Nothing is half done; the same again may go through.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The processors: too many passwords at once.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The system's generator.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl Trouble {
    /// The keys can't do what they are for.
    pub fn no_keys() -> Self {
        Self::Keys(KeysError::Bad(BadSecret))
    }
}

/// A piece of work for the courier, at once.
fn letter(app: &crate::App, work: Work) -> Result<Letterbox, Trouble> {
    let now = app.clock.now();
    Ok(Letterbox::new(MailId::new(now, app.random.bytes()?), work, Lane::Now, now))
}

/// The words a user's password may not be made of (PW-2).
fn context<'a>(user: &'a User, settings: &'a Settings) -> Vec<&'a str> {
    let person = &user.person;
    let mut words = vec![&*user.username, &*person.first_name, &*person.last_name, &*settings.organisation_name];
    words.extend([&person.nickname, &person.company].into_iter().flatten().map(String::as_str));
    words.extend(person.emails().iter().map(|email| email.shown()));
    words
}

/// Every rule a new password breaks; empty when it may be used (PW-1, PW-2).
fn weaknesses(password: &Password, user: &User, settings: &Settings) -> Vec<domain::password::Reason> {
    domain::password::check(password, &settings.criteria(), &context(user, settings)).err().unwrap_or_default()
}

/// Whether this is the login's password or one of those before it that may not come back (RP-5, PW-7), or its temporary password,
/// which never becomes the password (TP-3).
async fn was_used(app: &crate::App, new: &Password, login: &Login, settings: &Settings) -> Result<bool, Trouble> {
    let (ring, typed) = (app.keys.ring().await?, String::from_utf8_lossy(new.expose_bytes()));
    if is_temporary_password(&ring, login, &typed) || was_temporary_password(&ring, login, &typed) {
        return Ok(true);
    }
    let before = login.history.iter().take(settings.password_history.into());
    for hash in login.hash.iter().chain(before) {
        if app.hasher.verify(Some(new), Some(hash)).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
