//! Who is signed in, where else, and signing out. The token of a remembered session is replaced as it is used; one that was
//! replaced and comes again has been copied (SE-6).

use data_encoding::BASE64URL_NOPAD;
use domain::bearer::{SessionToken, Ticket};
use domain::factor::covers;
use domain::id::MailId;
use domain::session::{Replaced, Session};
use domain::settings::Settings;
use domain::user::{State, User};
use domain::work::{Event, Lane, Work};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::sign_in::Visitor;
use super::{Trouble, audit, ticket};
use crate::app::App;
use crate::key_ring::{KeyRing, Purpose};
use crate::store::{Found, Letterbox, ticket_digest};

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who, as they are now.
    pub user: User,
    /// Their session in this browser.
    pub held: Session,
    /// The token that the browser is to hold from now on, if it is another one than it came with.
    pub renewed: Option<SessionToken>,
}

/// A session as it begins in a browser, and the token for it: a family of its own.
pub(super) fn in_browser(
    app: &App,
    session: Session,
    visitor: Visitor<'_>,
) -> Result<(SessionToken, Session), Trouble> {
    let token = SessionToken::new(session.user.clone(), app.random.bytes()?);
    let family = BASE64URL_NOPAD.encode(&app.random.bytes::<12>()?);
    Ok((token, session.from_browser(visitor.browser, visitor.address, family)))
}

/// The session behind a token and its user, if it still holds. One wait; a second one at most every five minutes.
pub async fn current(app: &App, token: &SessionToken) -> Result<Option<SignedIn>, Trouble> {
    let now = app.clock.now();
    let (found, settings) = tokio::join!(app.store.session(token), app.settings());
    let (found, settings) = (found?, settings?);
    if let Some(over) = found.as_ref().filter(|found| now >= found.held.expires_at()) {
        // What is told to be over stays over, whatever becomes of the clock.
        app.store.end_session(token, &over.held).await?;
        return Ok(None);
    }
    let Some(Found { mut held, user }) = found.filter(|found| lets_in(found, &settings, now)) else { return Ok(None) };
    if let Some(replaced) = held.replaced.take() {
        return Box::pin(came_late(app, token, (user, held), &replaced, now)).await;
    }
    if held.untried {
        app.store.try_session(token).await?;
        held.untried = false;
    }
    if !held.wants_touch(now) {
        return Ok(Some(SignedIn { user, held, renewed: None }));
    }
    if held.remembered {
        return Box::pin(rotate(app, token, (user, held), now)).await; // seldom: kept out of everybody's future
    }
    app.store.touch_session(token, now).await?;
    held.last_used = now;
    Ok(Some(SignedIn { user, held, renewed: None }))
}

/// The user behind a token, for a service that can't hand a new token on. One wait; a second one at most every five minutes.
pub async fn shown(app: &App, token: &SessionToken) -> Result<Option<User>, Trouble> {
    let now = app.clock.now();
    let Some(Found { held, user }) = holding(app, token, now).await? else { return Ok(None) };
    // A token whose place another has taken is good for what was under way. A copy is found out where it can be replaced.
    if held.replaced.as_ref().is_some_and(|replaced| !replaced.is_recent(now)) {
        return Ok(None);
    }
    if !held.remembered && held.wants_touch(now) {
        app.store.touch_session(token, now).await?;
    }
    Ok(Some(user))
}

async fn holding(app: &App, token: &SessionToken, now: Timestamp) -> Result<Option<Found<Session>>, Trouble> {
    let (found, settings) = tokio::join!(app.store.session(token), app.settings());
    let (found, settings) = (found?, settings?);
    Ok(found.filter(|found| lets_in(found, &settings, now)))
}

/// Whoever a second factor has come to cover since shows it first (MF-1).
fn lets_in(found: &Found<Session>, settings: &Settings, now: Timestamp) -> bool {
    let Found { held, user } = found;
    let proven = held.proven || !covers(settings, user.kind);
    held.holds(user.epoch, now) && user.state != State::Disabled && proven
}

/// The token that takes another one's place: the same for all who ask at once, and for whoever asks again.
fn successor(ring: &KeyRing, key: &str, token: &SessionToken) -> Option<SessionToken> {
    let secret = BASE64URL_NOPAD.encode(token.secret.expose());
    let derived = ring.derive(key, Purpose::SessionRotation, &[token.user.as_str(), &secret])?;
    Some(SessionToken::new(token.user.clone(), derived))
}

async fn rotate(
    app: &App,
    token: &SessionToken,
    whose: (User, Session),
    now: Timestamp,
) -> Result<Option<SignedIn>, Trouble> {
    let (user, held) = whose;
    let ring = app.keys.ring().await?;
    let replaced = Replaced { at: now, key: ring.current().to_owned() };
    let Some(next) = successor(&ring, &replaced.key, token) else { return Ok(None) };
    let session = Session { last_used: now, untried: true, ..held };
    if app.store.rotate_session(token, &replaced, (&next, &session)).await? {
        return Ok(Some(SignedIn { user, held: session, renewed: Some(next) }));
    }
    // Another request of this browser was first, or the session has ended.
    let Some(Found { mut held, user }) = holding(app, token, now).await? else { return Ok(None) };
    match held.replaced.take() {
        Some(replaced) => came_late(app, token, (user, held), &replaced, now).await,
        None => Ok(None),
    }
}

/// Somebody with a token whose place another has taken: a request that was under way, a browser that never got the new one, or
/// a copy.
async fn came_late(
    app: &App,
    token: &SessionToken,
    whose: (User, Session),
    replaced: &Replaced,
    now: Timestamp,
) -> Result<Option<SignedIn>, Trouble> {
    let ring = app.keys.ring().await?;
    let Some(next) = successor(&ring, &replaced.key, token) else { return Ok(None) };
    let Some(Found { held, user }) = holding(app, &next, now).await? else { return Ok(None) };
    if replaced.is_recent(now) || (held.untried && replaced.may_be_late(now)) {
        return Ok(Some(SignedIn { user, held, renewed: Some(next) }));
    }
    let (user, old) = whose;
    tracing::warn!(user = %user.id, "an old token of a remembered session came again");
    // The owner is told first: broken off after the sessions have ended, this would leave nothing to be told of.
    let work = Work::Notice { user: user.id.clone(), event: Event::TokenReused, to: None, by: None };
    // However often it comes, they are told once.
    let mut of_this = [0; 10];
    of_this.copy_from_slice(&Sha256::digest(old.family.as_bytes())[..10]);
    let id = MailId::new(replaced.at, of_this);
    app.store.post(&Letterbox::new(id, work, Lane::Now, now)).await?;
    app.store.end_sessions(&user.id, Some(&old.family)).await?;
    Ok(None)
}

/// A user's sessions that still hold, the one last used first (SE-4).
pub async fn list(app: &App, user: &User) -> Result<Vec<Session>, Trouble> {
    let now = app.clock.now();
    let mut all = app.store.sessions_of(&user.id).await?;
    all.retain(|session| session.holds(user.epoch, now));
    all.sort_by_key(|session| std::cmp::Reverse((session.last_used, session.started_at)));
    Ok(all)
}

/// Whether one of a family of sessions still holds.
pub(super) fn is_open(all: &[Session], family: &str, user: &User, now: Timestamp) -> bool {
    all.iter().any(|session| session.family == family && session.holds(user.epoch, now))
}

/// Ends what the session that a browser held has become, where another begins in it (SI-8): a remembered one may have been replaced
/// since, here or wherever its token was copied to (SE-6).
pub(super) async fn end_before(app: &App, held: Option<&SessionToken>) -> Result<(), Trouble> {
    let Some(token) = held else { return Ok(()) };
    let Some(Found { held, .. }) = app.store.session(token).await?.filter(|found| found.held.remembered) else {
        return Ok(());
    };
    if held.replaced.is_some() {
        Box::pin(current(app, token)).await?; // which tells the owner of a copy
    }
    app.store.end_sessions(&token.user, Some(&held.family)).await?;
    Ok(())
}

/// Ends one of a user's sessions, or all of them. `false` when there was none.
pub async fn end(app: &App, user: &User, family: Option<&str>) -> Result<bool, Trouble> {
    let what = if family.is_some() { "session.ended" } else { "session.all_ended" };
    let entry = audit::entry(app, what)?.by(audit::user(user)).on(audit::user(user));
    app.store.write_down(&entry).await?;
    Ok(app.store.end_sessions(&user.id, family).await?)
}

/// Ends every session of a user, as staff do; whoever asks writes it down.
pub async fn end_all(app: &App, user: &User) -> Result<bool, Trouble> {
    Ok(app.store.end_sessions(&user.id, None).await?)
}

/// Ends a sign-in that is still under way, and the mailed link that is bound to it (MF-9).
pub async fn give_up(app: &App, held: &Ticket) -> Result<(), Trouble> {
    let ring = app.keys.ring().await?;
    if ticket::is_ours(&ring, held) {
        app.store.end_ticket(&held.user, &ticket_digest(held)).await?;
    }
    Ok(())
}

/// Ends a session on the server, and what took its place (SE-4). Ending one that is over already is no error.
pub async fn sign_out(app: &App, token: &SessionToken) -> Result<(), Trouble> {
    if let Some(found) = app.store.session(token).await? {
        let entry = audit::entry(app, "sign_out")?.by(audit::user(&found.user)).on(audit::user(&found.user));
        app.store.write_down(&entry).await?;
        app.store.end_sessions(&token.user, Some(&found.held.family)).await?;
    }
    Ok(())
}
