//! Signing in: charge, compare, begin. Two waits on the database, whatever the outcome; more only for a browser that is let in and holds
//! a session already, which ends.

use std::sync::Arc;
use std::time::Duration;

use domain::audit::{Entry, Outcome, Party};
use domain::bearer::{SessionToken, Ticket};
use domain::factor::{covers, may_be_remembered};
use domain::id::{TemporaryId, UserId};
use domain::login::{ChangeReason, Login, Proof, Refusal, Step};
use domain::password::Password;
use domain::session::{CodeStage, Due, Session};
use domain::settings::Settings;
use domain::user::Kind;
use domain::work::Work;
use domain::{expiry, temporary, username};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

use super::known_browser::{known_as, remember};
use super::session::{end_before, in_browser};
use super::{Trouble, audit, letter, ticket};
use crate::app::App;
use crate::hasher::{Patience, Place, Verdict};
use crate::key_ring::{KeyRing, Purpose};
use crate::metrics;
use crate::store::{Before, Charge, Counter, LockRule};

/// Bytes that a typed temporary password has at the most; what is longer is not looked at.
const LONGEST_TEMPORARY: usize = 64;

/// What somebody typed, and where. It can't be printed: the password is in it.
pub struct Credentials<'a> {
    /// A username, or an e-mail address that one user has (SI-6).
    pub typed: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// *Keep me logged in*.
    pub keep: bool,
    /// Where to go afterwards, checked.
    pub return_to: Option<&'a str>,
    /// The passes of a browser that somebody signed in from before (LK-4); may be empty.
    pub passes: &'a str,
    /// What the browser holds already: signing in ends it (SI-8).
    pub held: Before<'a>,
    /// Where from.
    pub visitor: Visitor<'a>,
}

/// Where somebody comes from, as the gateway saw it.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    /// The network address.
    pub address: &'a str,
    /// The browser as it describes itself.
    pub browser: &'a str,
}

/// What became of it.
#[derive(Debug)]
pub enum SignIn {
    /// Signed in: what the browser is to hold, its passes last.
    SignedIn(SessionToken, Box<Session>, String),
    /// A new password is due first: what the browser is to hold, and why.
    ChangePassword(Ticket, ChangeReason),
    /// The security code is due first: what the browser is to hold.
    SecurityCode(Ticket),
    /// The one message for every refusal (SI-3).
    Refused(String),
    /// Too many failures from this network address: seconds to wait.
    MustWait(i64),
}

/// Signs a person in. Unknown, locked and wrong look the same from outside.
pub async fn sign_in(app: &App, given: Credentials<'_>) -> Result<SignIn, Trouble> {
    let outcome = attempt(app, given).await?;
    metrics::sign_in(&outcome);
    Ok(outcome)
}

async fn attempt(app: &App, given: Credentials<'_>) -> Result<SignIn, Trouble> {
    let examined = match examine(app, &given).await? {
        Examination::MustWait(seconds) => return Ok(SignIn::MustWait(seconds)),
        Examination::Done(examined) => *examined,
    };
    let Examined { settings, ring, name, login, known, step, by_name, charge, patience } = examined;
    if matches!(step, Step::Refused(_)) {
        patience.over().await;
    }
    let own = known.as_deref().map(|id| Counter::Browser { name: &name, id });
    let counted: Vec<Counter<'_>> = own.into_iter().chain(by_name.then_some(Counter::Name(&name))).collect();
    let became = match (step, login) {
        (Step::SignedIn, Some(login)) if covers(&settings, login.kind) => {
            begin_ticket(app, &given, &name, (&login, &counted, None), &settings).await
        }
        (Step::SignedIn, Some(login)) => {
            let passes = remember(&ring, given.passes, &name, app.random.bytes()?);
            let begun = begin_session(app, &given, (&login, &name, &counted), &settings).await;
            begun.map(|(token, session)| SignIn::SignedIn(token, session.into(), passes))
        }
        (Step::ChangePassword(reason), Some(login)) => {
            begin_ticket(app, &given, &name, (&login, &counted, Some(reason)), &settings).await
        }
        (Step::Refused(why), login) => {
            refuse(app, (&name, login.as_ref()), why, given.visitor.address, &settings).await.map(SignIn::Refused)
        }
        (_, None) => {
            let refused = refuse(app, (&name, None), Refusal::Unknown, given.visitor.address, &settings).await;
            refused.map(SignIn::Refused)
        }
    };
    if became.is_err() && !matches!(step, Step::Refused(_)) {
        // They had it right: what failed is ours, and must not bring them nearer to a lock.
        if let Some(counter) = counted.last() {
            app.store.refund(*counter, charge).await?;
        }
    }
    became
}

/// What a name and password came to.
pub(super) struct Examined {
    pub(super) settings: Arc<Settings>,
    ring: Arc<KeyRing>,
    /// The canonical name that was meant.
    pub(super) name: String,
    pub(super) login: Option<Login>,
    /// The browser's own id for this name, if somebody with it signed in from it before.
    known: Option<String>,
    pub(super) step: Step,
    /// Whether the try was counted under the name, beside or instead of the browser's own count.
    by_name: bool,
    /// What counting it came to.
    pub(super) charge: Charge,
    /// When a refusal may leave.
    pub(super) patience: Patience,
}

/// What becomes of looking at a name and password.
pub(super) enum Examination {
    /// Looked at.
    Done(Box<Examined>),
    /// Too many failures from this network address: seconds to wait.
    MustWait(i64),
}

/// Charges the try, compares, and judges. Nothing has begun yet.
pub(super) async fn examine(app: &App, given: &Credentials<'_>) -> Result<Examination, Trouble> {
    let now = app.clock.now();
    if let Some(seconds) = app.throttle.must_wait(given.visitor.address, now) {
        return Ok(Examination::MustWait(seconds));
    }
    let place = app.hasher.place()?;
    let (settings, ring) = tokio::join!(app.settings(), app.keys.ring());
    let (settings, ring) = (settings?, ring?);
    let patience = Patience::of(Duration::from_millis(settings.sign_in_refusal_milliseconds.into()));
    let (name, meant) = name_behind(app, given.typed).await?;
    let known = known_as(&ring, given.passes, &name);
    let own = known.as_deref().map(|id| Counter::Browser { name: &name, id });
    let rule = LockRule::of(&settings);
    let first = own.unwrap_or(Counter::Name(&name));
    let (charge, login) = tokio::join!(app.store.charge(first, rule, now), app.store.login(&name));
    let mut charge = charge?;
    // A browser that has used up its own tries is one among all the others.
    let as_others = charge == Charge::Locked && own.is_some();
    if as_others {
        charge = app.store.charge_at_once(Counter::Name(&name), rule, now).await?;
    }
    let by_name = own.is_none() || as_others;
    // An address means a person, whoever has their name by now.
    let login = login.map(|login| login.filter(|login| meant.as_ref().is_none_or(|meant| login.user == *meant)));
    let tried = (if as_others { Counter::Name(&name) } else { first }, charge);
    let login = app.store.to_compare(tried, login).await?;
    let (proof, renewed) = prove(app, (&place, &ring), given, (login.as_ref(), charge)).await?;
    let step = judge(login.as_ref(), charge, proof, &settings, now);
    if let (Some(login), Some(hash)) = (&login, renewed) {
        renew(app, (&name, login), &hash).await;
    }
    Ok(Examination::Done(Examined { settings, ring, name, login, known, step, by_name, charge, patience }.into()))
}

/// The canonical username that was meant, and whose it is if an address was typed. One wait more for whoever types one, known or
/// not.
async fn name_behind(app: &App, typed: &str) -> Result<(String, Option<UserId>), Trouble> {
    let name = username::lookup_form(typed).unwrap_or_default();
    let Some(email) = domain::email::Email::parse(typed).ok().filter(|_| name.contains('@')) else {
        return Ok((name, None));
    };
    let (login, holders) = tokio::join!(app.store.login(&name), app.store.at_address(email.canonical()));
    let (login, holders) = (login?, holders?);
    let only = holders.only_user().filter(|_| login.is_none());
    Ok(only.map_or((name, None), |(user, name)| (name, Some(user))))
}

/// Exactly one Argon2id, whoever it is; the temporary password is compared beside it. A lock closes the password only: a
/// mailed temporary password is a way back in (LK-3), and too long to be guessed.
async fn prove(
    app: &App,
    with: (&Place, &Arc<KeyRing>),
    given: &Credentials<'_>,
    at: (Option<&Login>, Charge),
) -> Result<(Proof, Option<String>), Trouble> {
    let ((place, ring), (login, charge)) = (with, at);
    let password = Password::parse(given.password).ok();
    let stored = login.filter(|_| charge != Charge::Locked).and_then(|login| login.hash.as_deref());
    let Verdict { right, renewed } = place.examine(password.as_ref(), stored, app.random.bytes()?).await?;
    let temporary = login.is_some_and(|login| is_temporary_password(ring, login, given.password));
    let swept = login.is_some_and(|login| was_temporary_password(ring, login, given.password));
    let proof = match (right, temporary, swept) {
        (true, ..) => Proof::Password,
        (false, true, _) => Proof::Temporary,
        (false, false, true) => Proof::SweptTemporary,
        (false, false, false) => Proof::Wrong,
    };
    Ok((proof, renewed))
}

/// SI-9: what was hashed elsewhere, or with what was once enough, is kept as it is hashed now. A password that was changed
/// meanwhile stays changed; if it can't be written, the next sign-in does it.
async fn renew(app: &App, whose: (&str, &Login), hash: &str) {
    match app.store.renew_hash(whose, hash).await {
        Ok(done) => tracing::info!(done, "a password hash was renewed"),
        Err(error) => tracing::warn!(%error, "a password hash was not renewed"),
    }
}

/// Whether this is the login's temporary password, made by the present key or one before it.
pub(super) fn is_temporary_password(ring: &KeyRing, login: &Login, typed: &str) -> bool {
    login.temporary.as_ref().is_some_and(|issued| is_derived_from(ring, login, &issued.id, typed))
}

/// Whether it was their last one, which was swept away when its days were over.
pub(super) fn was_temporary_password(ring: &KeyRing, login: &Login, typed: &str) -> bool {
    login.swept.as_ref().is_some_and(|swept| is_derived_from(ring, login, swept, typed))
}

fn is_derived_from(ring: &KeyRing, login: &Login, id: &TemporaryId, typed: &str) -> bool {
    if typed.len() > LONGEST_TEMPORARY {
        return false;
    }
    let typed = temporary::normalise(typed);
    let candidates = ring.candidates(Purpose::TemporaryPassword, &[login.user.as_str(), id.as_str()]);
    candidates.iter().any(|derived| {
        let expected = temporary::normalise(&temporary_password(derived));
        bool::from(expected.as_bytes().ct_eq(typed.as_bytes()))
    })
}

/// The temporary password that these derived bytes stand for.
pub(super) fn temporary_password(derived: &[u8; 32]) -> String {
    use secrecy::ExposeSecret;
    let mut half = [0; 16];
    half.copy_from_slice(&derived[..16]);
    temporary::readable(&half).expose_secret().to_owned()
}

pub(super) fn judge(login: Option<&Login>, charge: Charge, proof: Proof, settings: &Settings, now: Timestamp) -> Step {
    let last = matches!(charge, Charge::Allowed(tries) if tries >= u32::from(settings.lock_attempts));
    let step = match (charge, login) {
        (Charge::Locked, Some(login)) if proof == Proof::Temporary => login.next_step(proof, now),
        (Charge::Locked, _) => Step::Refused(Refusal::Locked),
        (_, None) => Step::Refused(Refusal::Unknown),
        (_, Some(login)) => login.next_step(proof, now),
    };
    match step {
        Step::Refused(Refusal::Unknown | Refusal::WrongPassword) if last => Step::Refused(Refusal::NowLocked),
        Step::SignedIn if login.is_some_and(|login| has_expired(login, settings, now)) => {
            Step::ChangePassword(ChangeReason::Expired)
        }
        other => other,
    }
}

/// PW-6. Programs choose no passwords; theirs don't expire.
fn has_expired(login: &Login, settings: &Settings, now: Timestamp) -> bool {
    let set_at = login.password_set_at.unwrap_or(Timestamp::UNIX_EPOCH);
    login.kind != Kind::Api && expiry::ends_at(settings, &login.user, set_at).is_some_and(|end| end <= now)
}

async fn begin_session(
    app: &App,
    given: &Credentials<'_>,
    to: (&Login, &str, &[Counter<'_>]),
    settings: &Settings,
) -> Result<(SessionToken, Session), Trouble> {
    let (login, name, counted) = to;
    let keep = given.keep && may_be_remembered(settings, login.kind);
    let session = Session::begin(login.user.clone(), login.epoch, keep, settings, app.clock.now());
    let (token, session) = in_browser(app, session, given.visitor)?;
    let who = Party::user(login.user.as_str(), name);
    let entry = audit::entry(app, "sign_in")?.by(who.clone()).on(who);
    end_before(app, given.held.session).await?;
    app.store.begin_session((&token, &session), counted, &given.held, &entry).await?;
    Ok((token, session))
}

async fn begin_ticket(
    app: &App,
    given: &Credentials<'_>,
    name: &str,
    to: (&Login, &[Counter<'_>], Option<ChangeReason>),
    settings: &Settings,
) -> Result<SignIn, Trouble> {
    let (login, counted, reason) = to;
    let ring = app.keys.ring().await?;
    let code = if covers(settings, login.kind) { CodeStage::Due } else { CodeStage::NotAsked };
    let held = ticket::new(&ring, &login.user, app.random.bytes()?);
    let after = (given.return_to.map(str::to_owned), given.keep);
    let state = ticket::state((&login.user, login.epoch, name), (code, reason), after, app.clock.now());
    let who = Party::user(login.user.as_str(), name);
    let entry = audit::entry(app, "sign_in.password_right")?.by(who.clone()).on(who);
    let (due, entry) = match state.due() {
        Due::ChangePassword(reason) => (Some(reason), entry.with("due", "change_password")),
        Due::SecurityCode | Due::Nothing => (None, entry.with("due", "security_code")),
    };
    end_before(app, given.held.session).await?;
    app.store.begin_ticket((&held, &state), counted, &given.held, &entry).await?;
    Ok(due.map_or_else(|| SignIn::SecurityCode(held.clone()), |reason| SignIn::ChangePassword(held.clone(), reason)))
}

/// Writes down why somebody was refused, or has the courier do so who mails them what to do next.
pub(super) async fn note_refusal(app: &App, whose: (&str, Option<&Login>), why: Refusal) -> Result<(), Trouble> {
    if why.is_worth_a_mail() {
        let work = Work::SignInRefused { name: whose.0.to_owned(), why };
        return Ok(app.store.post(&letter(app, work)?).await?);
    }
    // What nobody has for a name is not kept: people type passwords into the wrong field.
    let on = whose.1.map(|login| Party::user(login.user.as_str(), whose.0));
    let entry = audit::entry(app, "sign_in.refused")?.ended(Some(Outcome::Refused)).with("reason", why.as_str());
    Ok(app.store.write_down(&Entry { on, ..entry }).await?)
}

/// The same two writes for every reason: what happened, and a failure of this network address. Answers the one message.
pub(super) async fn refuse(
    app: &App,
    whose: (&str, Option<&Login>),
    why: Refusal,
    address: &str,
    settings: &Settings,
) -> Result<String, Trouble> {
    let now = app.clock.now();
    let (noted, failures) = tokio::join!(note_refusal(app, whose, why), app.store.charge_address(address, now));
    noted?;
    if failures? >= settings.throttle_address_failures {
        app.throttle.block(address, now);
    }
    tracing::info!(?why, "sign-in refused");
    Ok(domain::message::sign_in_fails(&settings.sign_in_message))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LK-1: the try that reaches the limit is the one that locks; SI-3: nobody sees it.
    #[test]
    fn the_last_wrong_try_locks_whether_or_not_anybody_is_there() {
        let settings = Settings::default();
        let judged = |charge| judge(None, charge, Proof::Wrong, &settings, Timestamp::UNIX_EPOCH);
        assert_eq!(judged(Charge::Allowed(4)), Step::Refused(Refusal::Unknown));
        assert_eq!(judged(Charge::Allowed(5)), Step::Refused(Refusal::NowLocked));
        assert_eq!(judged(Charge::Locked), Step::Refused(Refusal::Locked));
    }
}
