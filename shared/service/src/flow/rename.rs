//! Changing one's username, with the password as fresh proof (AC-1, AC-5).

use domain::bearer::SessionToken;
use domain::session::Session;
use domain::user::User;
use domain::username::{self, Username};
use domain::work::Event;

use super::Trouble;
use super::change_password::{Again, knows_old};
use super::reset::{notice, somebody_elses_address};
use super::session::in_browser;
use super::sign_in::Visitor;
use crate::app::App;
use crate::store::{NewName, PasswordSet, Renames};

/// What became of it.
#[derive(Debug)]
pub enum Renamed {
    /// Changed; a new session has begun in this browser, all others and all links have ended.
    SignedIn(SessionToken, Box<Session>),
    /// Not the password, or too many tries.
    WrongPassword,
    /// Somebody else has that username, or has it as their address.
    NameTaken,
    /// It is the username they have.
    Unchanged,
    /// The account has changed meanwhile.
    SignedOut,
}

/// Gives a user another name. Of any number who want one name at once exactly one gets it.
pub async fn rename(
    app: &App,
    by: (&User, &Session),
    to: &Username,
    again: Again<'_>,
    visitor: Visitor<'_>,
) -> Result<Renamed, Trouble> {
    let (user, held) = by;
    let name = username::canonical(&user.username);
    let Some(login) = app.store.login(&name).await? else { return Ok(Renamed::SignedOut) };
    if !knows_old(app, (&name, &login), again).await? {
        return Ok(Renamed::WrongPassword);
    }
    if to.shown() == user.username {
        return Ok(Renamed::Unchanged);
    }
    if somebody_elses_address(app, to, user).await? {
        return Ok(Renamed::NameTaken);
    }
    let (settings, now) = (app.settings().await?, app.clock.now());
    let (token, begun) = in_browser(app, held.successor(user.kind, &settings, now), visitor)?;
    let notice = notice(app, user, Event::UsernameChanged, now)?;
    let change = NewName { user, login: &login, name: &name, to, by: Renames::Owner(&token, &begun), notice };
    Ok(match app.store.rename(&change).await? {
        PasswordSet::Yes => Renamed::SignedIn(token, begun.into()),
        PasswordSet::NameTaken => Renamed::NameTaken,
        PasswordSet::Gone => Renamed::SignedOut,
    })
}
