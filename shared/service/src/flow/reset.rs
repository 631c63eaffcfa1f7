//! Using a mailed link: a new password and, where the link allows it, a new username, or either of them. Nobody is signed in by
//! it (RP-6).

use domain::id::{MailId, UserId};
use domain::password::{Password, Reason};
use domain::user::{LinkPurpose, User};
use domain::username::{self, Username};
use domain::work::{Event, Lane, Work};
use jiff::Timestamp;

use super::{Trouble, letter, was_used, weaknesses};
use crate::app::App;
use crate::key_ring::Purpose;
use crate::store::{Gets, Letterbox, NewName, NewPassword, PasswordSet, Renames, Via};

/// What the person behind the link chose.
pub struct Choice<'a> {
    /// The mailed token.
    pub token: &'a str,
    /// The new password, if they want one; a link for the password alone takes nothing else.
    pub password: Option<&'a Password>,
    /// A new username, if they want one.
    pub username: Option<&'a Username>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reset {
    /// Done: on to signing in.
    Done,
    /// The link is used, too old, overtaken or forged (RP-3).
    LinkDead,
    /// The password may not be used.
    Weak(Vec<Reason>),
    /// It is the old password.
    Unchanged,
    /// Somebody else has that username.
    NameTaken,
    /// The link may not change the username.
    PasswordOnly,
    /// There is no new password, and the link is for nothing else or nothing else was chosen.
    PasswordMissing,
    /// It is the username that they have, and no password was chosen.
    SameName,
}

/// Whose link this is and what it opens, if it still opens anything. Changes nothing (RP-4), but that one which is told to be over
/// stays so, whatever becomes of the clock.
pub async fn look(app: &App, token: &str) -> Result<Option<(User, MailId, LinkPurpose)>, Trouble> {
    let ring = app.keys.ring().await?;
    let Some([user, link]) = ring.check(Purpose::ResetLink, token) else { return Ok(None) };
    let Some((user, link)) = UserId::parse(&user).zip(MailId::parse(&link)) else { return Ok(None) };
    let Some(user) = app.store.user(&user).await? else { return Ok(None) };
    let now = app.clock.now();
    if user.link.as_ref().is_some_and(|open| open.id == link && now >= open.ends_at) {
        app.store.close_link(&user.id, &link).await?;
    }
    let open = user.honours(&link, now).map(|open| open.purpose);
    Ok(open.map(|purpose| (user, link, purpose)))
}

/// Sets what was chosen behind a link. Of any number of presses exactly one is `Done`.
pub async fn reset(app: &App, choice: Choice<'_>) -> Result<Reset, Trouble> {
    let Some((user, link, purpose)) = look(app, choice.token).await? else { return Ok(Reset::LinkDead) };
    match (choice.password, choice.username) {
        (Some(password), _) => set_password(app, &choice, password, (user, &link, purpose)).await,
        (None, Some(_)) if purpose == LinkPurpose::Password => Ok(Reset::PasswordOnly),
        (None, Some(name)) => set_name(app, name, (user, &link)).await,
        (None, None) => Ok(Reset::PasswordMissing),
    }
}

/// RP-2: the username alone. The password stays.
async fn set_name(app: &App, to: &Username, (user, link): (User, &MailId)) -> Result<Reset, Trouble> {
    if to.shown() == user.username {
        return Ok(Reset::SameName);
    }
    if somebody_elses_address(app, to, &user).await? {
        return Ok(Reset::NameTaken);
    }
    let name = username::canonical(&user.username);
    let Some(login) = app.store.login(&name).await? else { return Ok(Reset::LinkDead) };
    let notice = notice(app, &user, Event::UsernameChanged, app.clock.now())?;
    let change = NewName { user: &user, login: &login, name: &name, to, by: Renames::Link(link), notice };
    Ok(match app.store.rename(&change).await? {
        PasswordSet::Yes => Reset::Done,
        PasswordSet::Gone => Reset::LinkDead,
        PasswordSet::NameTaken => Reset::NameTaken,
    })
}

async fn set_password(
    app: &App,
    choice: &Choice<'_>,
    password: &Password,
    (user, link, purpose): (User, &MailId, LinkPurpose),
) -> Result<Reset, Trouble> {
    let settings = app.settings().await?;
    let weak = weaknesses(password, &user, &settings);
    if !weak.is_empty() {
        return Ok(Reset::Weak(weak));
    }
    let name = username::canonical(&user.username);
    let Some(login) = app.store.login(&name).await? else { return Ok(Reset::LinkDead) };
    if was_used(app, password, &login, &settings).await? {
        return Ok(Reset::Unchanged);
    }
    let rename = choice.username.filter(|new| new.canonical() != name);
    if rename.is_some() && purpose == LinkPurpose::Password {
        return Ok(Reset::PasswordOnly);
    }
    if let Some(new) = rename
        && somebody_elses_address(app, new, &user).await?
    {
        return Ok(Reset::NameTaken);
    }
    let hash = app.hasher.hash(password, app.random.bytes()?).await?;
    let now = app.clock.now();
    let mut notices = vec![notice(app, &user, Event::PasswordChanged, now)?];
    if rename.is_some() {
        notices.push(notice(app, &user, Event::UsernameChanged, now)?);
    }
    let via = Via::Link(link);
    let (gets, ends) = (Gets::Nothing, None); // RP-6: nobody is signed in
    let history = settings.password_history;
    let change = NewPassword {
        user: &user,
        login: &login,
        name: &name,
        hash: &hash,
        history,
        via,
        rename,
        gets,
        ends,
        notices,
        entry: None,
        now,
    };
    Ok(match app.store.set_password(&change).await? {
        PasswordSet::Yes => Reset::Done,
        PasswordSet::Gone => Reset::LinkDead,
        PasswordSet::NameTaken => Reset::NameTaken,
    })
}

/// A username is never another person's address, nor one that may become somebody's (SI-5).
pub(super) async fn somebody_elses_address(app: &App, name: &Username, user: &User) -> Result<bool, Trouble> {
    if !name.canonical().contains('@') {
        return Ok(false);
    }
    let own = user.person.emails().iter().any(|email| email.canonical() == name.canonical());
    Ok(!own || !app.store.at_address(name.canonical()).await?.are_all(&user.id))
}

/// Mail that tells the owner of a change.
pub(super) fn notice(app: &App, user: &User, event: Event, now: Timestamp) -> Result<Letterbox, Trouble> {
    let id = MailId::new(now, app.random.bytes()?);
    Ok(Letterbox::new(id, Work::Notice { user: user.id.clone(), event, to: None, by: None }, Lane::Now, now))
}

/// The same of what staff have done.
pub(super) fn notice_by_staff(app: &App, user: &User, event: Event, by: &User) -> Result<Letterbox, Trouble> {
    letter(app, Work::Notice { user: user.id.clone(), event, to: None, by: Some(by.id.clone()) })
}
