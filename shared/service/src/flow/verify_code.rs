//! The security code after the password (MF-4 to MF-11): charge, look, begin. Two waits on the database.

use domain::audit::Outcome;
use domain::bearer::{SessionToken, Ticket};
use domain::factor::{Factor, RECOVERY_CODES, Verdict, may_be_remembered, step_at};
use domain::id::UserId;
use domain::login::ChangeReason;
use domain::session::{CodeStage, Due, Session, TicketState};
use domain::settings::Settings;
use domain::temporary::{normalise, readable};
use domain::user::{State, User};
use domain::work::{Event, Work};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::known_browser::remember;
use super::session::in_browser;
use super::sign_in::Visitor;
use super::{Trouble, audit, letter, ticket};
use crate::app::App;
use crate::key_ring::{KeyRing, Purpose};
use crate::metrics;
use crate::store::{Charge, CodeUse, Counter, Found, Gets, LockRule, Shown, ticket_digest};

/// What somebody typed.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// A code of their authenticator.
    Code(&'a str),
    /// One of their recovery codes.
    Recovery(&'a str),
}

/// What became of it.
#[derive(Debug)]
pub enum Verified {
    /// Signed in: what the browser is to hold, its passes, where to go, and the recovery codes that come with a new factor.
    SignedIn(Box<Begun>),
    /// A new password is due as well.
    ChangePassword(Ticket, ChangeReason, Vec<String>),
    /// Not the code; if it is right for another time, by how many seconds the app is ahead (MF-11).
    Wrong(Option<i64>),
    /// The ticket is over, or something else is due.
    SignedOut,
}

/// A session that has begun.
#[derive(Debug)]
pub struct Begun {
    /// What the browser is to hold.
    pub token: SessionToken,
    /// The session.
    pub session: Session,
    /// Its passes (LK-4).
    pub passes: String,
    /// Where to go.
    pub return_to: Option<String>,
    /// The recovery codes, shown once (MF-10); empty unless a factor was set up.
    pub recovery: Vec<String>,
}

/// Looks at a code and begins a session, or what is still due. A code, a recovery code and a ticket are used once, whoever tries.
pub async fn verify(
    app: &App,
    held: &Ticket,
    proof: Proof<'_>,
    passes: &str,
    visitor: Visitor<'_>,
) -> Result<Verified, Trouble> {
    let (settings, ring) = tokio::join!(app.settings(), app.keys.ring());
    let (settings, ring) = (settings?, ring?);
    if !ticket::is_ours(&ring, held) {
        return Ok(Verified::SignedOut); // before anybody's tries are counted
    }
    let now = app.clock.now();
    let Some((charge, Found { held: state, user })) = charged(app, held, &settings, now).await? else {
        return Ok(Verified::SignedOut);
    };
    let looked = look(app, &ring, (&user, charge), proof, now).await?;
    let (shown, recovery) = match looked {
        Looked::Right(shown, recovery) => (shown, recovery),
        Looked::Wrong(offset) => {
            wrong(app, &user, charge, &settings).await?;
            metrics::security_code("wrong");
            return Ok(Verified::Wrong(offset));
        }
    };
    let passes = remember(&ring, passes, &state.name, app.random.bytes()?);
    let right = Right { ticket: held, state: &state, user: &user, shown, recovery };
    let became = right.begin(app, &ring, (&settings, passes), visitor).await;
    if became.is_err() {
        // They had it right: what failed is ours.
        app.store.refund(Counter::Code(&user.id), charge).await?;
    }
    became
}

/// Counts one try for a ticket of ours, and reads what it stands for if a second factor is due with it; else the try is given back.
pub(super) async fn charged(
    app: &App,
    held: &Ticket,
    settings: &Settings,
    now: Timestamp,
) -> Result<Option<(Charge, Found<TicketState>)>, Trouble> {
    let (charge, found) = tokio::join!(charge(app, &held.user, settings), app.store.ticket(held));
    let (charge, tried) = (charge?, Counter::Code(&held.user));
    let found = app.store.to_compare((tried, charge), found).await?;
    let whose = (&held.user, &*ticket_digest(held));
    let found = match ticket::in_time(app, whose, found, |found| found.held.ends_at).await {
        Ok(found) => found,
        Err(trouble) => {
            app.store.refund(tried, charge).await?;
            return Err(trouble);
        }
    };
    let holds = |f: &Found<TicketState>| f.held.holds(f.user.epoch, now) && f.user.state != State::Disabled;
    let found = found.filter(|found| holds(found) && found.held.due() == Due::SecurityCode);
    if found.is_none() {
        app.store.refund(tried, charge).await?;
    }
    Ok(found.map(|found| (charge, found)))
}

/// Counts one try before anything is compared (MF-7).
pub(super) async fn charge(app: &App, user: &UserId, settings: &Settings) -> Result<Charge, Trouble> {
    let rule = LockRule::of(settings);
    Ok(app.store.charge(Counter::Code(user), rule, app.clock.now()).await?)
}

/// What a proof turned out to be.
pub(super) enum Looked {
    /// Right; and the recovery codes that come with the first code of a new factor, in plain.
    Right(Shown, Vec<String>),
    /// Wrong, used, or right for another time.
    Wrong(Option<i64>),
}

/// Compares a proof with what the user has. What was told to be right for a later time is never taken then.
pub(super) async fn look(
    app: &App,
    ring: &KeyRing,
    whose: (&User, Charge),
    proof: Proof<'_>,
    now: Timestamp,
) -> Result<Looked, Trouble> {
    let (user, charge) = whose;
    let Some(factor) = user.factor.as_ref().filter(|_| charge != Charge::Locked) else {
        return Ok(Looked::Wrong(None));
    };
    let code = match proof {
        Proof::Code(code) => code,
        Proof::Recovery(typed) => {
            let known = recovery_hashes(ring, user, typed).into_iter().find(|hash| user.recovery.contains_key(hash));
            let known = known.filter(|_| factor.is_proven());
            return Ok(known.map_or(Looked::Wrong(None), |hash| Looked::Right(Shown::Recovery(hash), Vec::new())));
        }
    };
    let secret = ring.open(&sealed_for(&user.id), &factor.sealed);
    let Ok(secret) = secret else {
        tracing::error!(user = %user.id, "the secret of a second factor can't be opened");
        return Ok(Looked::Wrong(None));
    };
    match factor.check(&secret, code, now) {
        Verdict::Right(step) if factor.is_proven() => Ok(Looked::Right(Shown::Step(step), Vec::new())),
        Verdict::Right(step) => {
            let (codes, hashes) = recovery_codes(app, ring, user)?;
            Ok(Looked::Right(Shown::FirstStep(step, hashes), codes))
        }
        Verdict::OtherTime(offset) => {
            if offset > 0 {
                app.store.burn_step(&user.id, factor, step_at(now, offset)).await?;
            }
            Ok(Looked::Wrong(Some(offset)))
        }
        Verdict::Wrong => Ok(Looked::Wrong(None)),
    }
}

/// Written down; and the owner hears of it when that was the last try.
pub(super) async fn wrong(app: &App, user: &User, charge: Charge, settings: &Settings) -> Result<(), Trouble> {
    if charge != Charge::Allowed(settings.lock_attempts.into()) {
        let reason = if charge == Charge::Locked { "locked" } else { "wrong" };
        let entry = audit::entry(app, "security_code.refused")?.ended(Some(Outcome::Refused));
        return Ok(app.store.write_down(&entry.on(audit::user(user)).with("reason", reason)).await?);
    }
    tracing::warn!(user = %user.id, "too many wrong security codes");
    let work = Work::Notice { user: user.id.clone(), event: Event::CodeLocked, to: None, by: None };
    Ok(app.store.post(&letter(app, work)?).await?)
}

/// A proof that was right, and where it was shown.
struct Right<'a> {
    ticket: &'a Ticket,
    state: &'a TicketState,
    user: &'a User,
    shown: Shown,
    recovery: Vec<String>,
}

impl Right<'_> {
    async fn begin(
        self,
        app: &App,
        ring: &KeyRing,
        with: (&Settings, String),
        visitor: Visitor<'_>,
    ) -> Result<Verified, Trouble> {
        let (settings, passes) = with;
        let (now, user) = (app.clock.now(), self.user);
        let event = match self.shown {
            Shown::FirstStep(..) => Some(Event::FactorSet),
            Shown::Recovery(_) => Some(Event::RecoveryCodeUsed),
            Shown::Step(_) => None,
        };
        let notices = event.map(|event| super::reset::notice(app, user, event, now)).transpose()?;
        let Some(factor) = &user.factor else { return Ok(Verified::Wrong(None)) };
        let right = if matches!(self.shown, Shown::FirstStep(..)) { "set_up" } else { "right" };
        let done = if self.state.reason.is_some() { "security_code.right" } else { "sign_in" };
        let entry =
            audit::entry(app, done)?.by(audit::user(user)).on(audit::user(user)).with("factor", "security_code");
        let code = |gets| CodeUse {
            user,
            name: &self.state.name,
            factor,
            shown: &self.shown,
            ticket: Some(self.ticket),
            gets,
            recovery: None,
            notices: notices.iter().cloned().collect(),
            entry: Some(entry.clone()),
        };
        let whose = (&user.id, user.epoch, self.state.name.as_str());
        if let Some(reason) = self.state.reason {
            let next = ticket::new(ring, &user.id, app.random.bytes()?);
            let after = (self.state.return_to.clone(), self.state.keep);
            let state = ticket::state(whose, (CodeStage::Proven, Some(reason)), after, now);
            return Ok(if app.store.use_code(&code(Gets::Ticket(&next, &state))).await? {
                metrics::security_code(right);
                Verified::ChangePassword(next, reason, self.recovery)
            } else {
                metrics::security_code("used");
                Verified::Wrong(None)
            });
        }
        let keep = self.state.keep && may_be_remembered(settings, user.kind);
        let session = Session { proven: true, ..Session::begin(user.id.clone(), user.epoch, keep, settings, now) };
        let (token, session) = in_browser(app, session, visitor)?;
        Ok(if app.store.use_code(&code(Gets::Session(&token, &session))).await? {
            metrics::security_code(right);
            let (return_to, recovery) = (self.state.return_to.clone(), self.recovery);
            Verified::SignedIn(Begun { token, session, passes, return_to, recovery }.into())
        } else {
            metrics::security_code("used");
            Verified::Wrong(None)
        })
    }
}

/// Ten new recovery codes, in plain and as they are kept.
pub(super) fn recovery_codes(app: &App, ring: &KeyRing, user: &User) -> Result<(Vec<String>, Vec<String>), Trouble> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        codes.push(readable(&app.random.bytes()?).expose_secret().to_owned());
    }
    let hash = |code: &String| recovery_hash(ring, ring.current(), user, code);
    let hashes = codes.iter().filter_map(hash).collect();
    Ok((codes, hashes))
}

fn recovery_hash(ring: &KeyRing, key: &str, user: &User, typed: &str) -> Option<String> {
    let derived = ring.derive(key, Purpose::RecoveryCode, &[user.id.as_str(), &normalise(typed)])?;
    Some(kept(&derived))
}

/// Half of a keyed hash is as good, and ten of them keep the user's item small.
fn kept(derived: &[u8; 32]) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&derived[..16])
}

/// Bytes that a typed recovery code has at the most; what is longer is not looked at.
const LONGEST_RECOVERY: usize = 64;

fn recovery_hashes(ring: &KeyRing, user: &User, typed: &str) -> Vec<String> {
    if typed.len() > LONGEST_RECOVERY {
        return Vec::new();
    }
    let all = ring.candidates(Purpose::RecoveryCode, &[user.id.as_str(), &normalise(typed)]);
    all.iter().map(kept).collect()
}

/// Whom the secret of a factor is sealed for.
pub(super) fn sealed_for(user: &UserId) -> String {
    format!("factor#{user}")
}

/// The factor that is proven, if one is.
pub(super) fn proven(user: &User) -> Option<&Factor> {
    user.factor.as_ref().filter(|factor| factor.is_proven())
}
