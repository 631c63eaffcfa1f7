//! One's own passkeys: asked for, added and removed, with fresh proof (MF-13, AC-4). What was asked is kept with the session, for
//! five minutes and one answer.

use data_encoding::BASE64URL_NOPAD;
use domain::bearer::SessionToken;
use domain::passkey::{CHALLENGE_SECONDS, MOST_PASSKEYS};
use domain::session::Session;
use domain::time::later;
use domain::user::User;
use domain::username;
use domain::work::Event;
use serde_json::Value;

use super::Trouble;
use super::change_password::Again;
use super::factor::{Proven, fresh, used_up};
use super::reset::notice;
use super::session::in_browser;
use super::sign_in::Visitor;
use super::verify_code::{Proof, proven};
use crate::app::App;
use crate::passkeys::{House, Owner};
use crate::store::{PasskeyAsked, PasskeyChange};

/// What becomes of asking for a new passkey, the proof being right.
#[derive(Debug)]
pub enum AskedNew {
    /// What the browser is to ask its device.
    Options(Value),
    /// They have as many as one may have.
    TooMany,
    /// The house stands at an address that browsers make no passkeys for.
    NotHere,
}

/// What becomes of a change.
#[derive(Debug)]
pub enum Changed {
    /// Done; a new session has begun in this browser, all others have ended. What the passkey is found by comes along.
    Yes(String, SessionToken, Box<Session>),
    /// Not an answer to what was asked, too late, or there is no such passkey.
    No,
}

/// Asks for a new passkey, of whoever shows their password, and a code where they have an authenticator.
pub async fn ask_new(
    app: &App,
    by: (&User, &Session),
    again: Again<'_>,
    proof: Option<Proof<'_>>,
) -> Result<Proven<AskedNew>, Trouble> {
    let (user, held) = by;
    let Some(house) = House::at(&app.origin) else { return Ok(Proven::Yes(AskedNew::NotHere)) };
    if user.passkeys.len() >= MOST_PASSKEYS {
        return Ok(Proven::Yes(AskedNew::TooMany));
    }
    // The same for all of a user's passkeys, so that a device knows them for one account.
    let known = user.passkeys.values().find_map(|passkey| BASE64URL_NOPAD.decode(passkey.handle.as_bytes()).ok());
    let handle = match known.and_then(|known| known.try_into().ok()) {
        Some(known) => known,
        None => app.random.bytes()?,
    };
    let owner = Owner { handle, username: &user.username, name: &user.person.name() };
    let Some(asked) = house.ask_new(&owner, user.passkeys.values()) else {
        return Ok(Proven::Yes(AskedNew::NotHere));
    };
    let ends_at = later(app.clock.now(), CHALLENGE_SECONDS);
    let kept = PasskeyAsked { asked: BASE64URL_NOPAD.encode(&asked.state), epoch: user.epoch, ends_at };
    // What is asked is of no use to whoever is not told; a code that is used up for nothing would be gone.
    app.store.ask_passkey(&user.id, &held.family, &kept).await?;
    let shown = match fresh(app, by, again, proof).await?.or() {
        Ok(shown) => shown,
        Err(refused) => return Ok(refused),
    };
    if !used_up(app, user, shown.as_ref(), Vec::new()).await? {
        return Ok(Proven::WrongCode(None));
    }
    Ok(Proven::Yes(AskedNew::Options(asked.options)))
}

/// Adds the passkey that a device has made.
pub async fn add(
    app: &App,
    by: (&User, &Session),
    name: String,
    sent: &Value,
    visitor: Visitor<'_>,
) -> Result<Changed, Trouble> {
    let (user, held) = by;
    let now = app.clock.now();
    let asked = app.store.asked_passkey(&user.id, &held.family).await?;
    let asked = asked.filter(|asked| asked.epoch == user.epoch && now < asked.ends_at);
    let made = asked.as_ref().and_then(|asked| {
        let state = BASE64URL_NOPAD.decode(asked.asked.as_bytes()).ok()?;
        House::at(&app.origin)?.made(&state, sent, name, now)
    });
    let Some((asked, (id, passkey))) = asked.zip(made) else { return Ok(Changed::No) };
    if user.passkeys.len() >= MOST_PASSKEYS {
        return Ok(Changed::No);
    }
    let next = Next::of(app, by, visitor).await?;
    let change = next.change(app, user, &id, Event::PasskeyAdded)?;
    let done = app.store.add_passkey(&change, &passkey, (&held.family, &asked)).await?;
    Ok(if done { next.done(id) } else { Changed::No })
}

/// Removes a passkey, for whoever shows their password, and a code where they have an authenticator.
pub async fn remove(
    app: &App,
    by: (&User, &Session),
    id: &str,
    shown: (Again<'_>, Option<Proof<'_>>),
    visitor: Visitor<'_>,
) -> Result<Proven<Changed>, Trouble> {
    let user = by.0;
    if !user.passkeys.contains_key(id) {
        return Ok(Proven::Yes(Changed::No));
    }
    let shown = match fresh(app, by, shown.0, shown.1).await?.or() {
        Ok(shown) => shown,
        Err(refused) => return Ok(refused),
    };
    let next = Next::of(app, by, visitor).await?;
    let change = next.change(app, user, id, Event::PasskeyRemoved)?;
    let code = proven(user).zip(shown.as_ref());
    let done = app.store.remove_passkey(&PasskeyChange { code, ..change }).await?;
    Ok(Proven::Yes(if done { next.done(id.to_owned()) } else { Changed::No }))
}

/// The session that takes the place of the one in which passkeys are changed.
struct Next {
    token: SessionToken,
    session: Session,
    name: String,
}

impl Next {
    async fn of(app: &App, by: (&User, &Session), visitor: Visitor<'_>) -> Result<Self, Trouble> {
        let (user, held) = by;
        let settings = app.settings().await?;
        let (token, session) = in_browser(app, held.successor(user.kind, &settings, app.clock.now()), visitor)?;
        Ok(Self { token, session, name: username::canonical(&user.username) })
    }

    fn change<'a>(
        &'a self,
        app: &App,
        user: &'a User,
        id: &'a str,
        event: Event,
    ) -> Result<PasskeyChange<'a>, Trouble> {
        let notice = notice(app, user, event, app.clock.now())?;
        Ok(PasskeyChange { user, name: &self.name, id, session: (&self.token, &self.session), notice, code: None })
    }

    fn done(self, id: String) -> Changed {
        Changed::Yes(id, self.token, self.session.into())
    }
}
