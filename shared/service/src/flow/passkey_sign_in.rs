//! Signing in with a passkey (MF-13): as the second factor with a ticket, or alone in place of password and code. What is asked
//! costs no write: the browser holds it, sealed, and a right answer leaves a mark so that none comes twice.

use data_encoding::BASE64URL_NOPAD;
use domain::bearer::Ticket;
use domain::factor::may_be_remembered;
use domain::login::{Login, Proof, Refusal, Step};
use domain::passkey::{CHALLENGE_SECONDS, Passkey};
use domain::session::{CodeStage, Session, TicketState};
use domain::settings::Settings;
use domain::time::later;
use domain::user::{Kind, User};
use domain::username;
use domain::work::Event;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::known_browser::{known_as, remember};
use super::reset::notice;
use super::session::{end_before, in_browser};
use super::sign_in::{SignIn, Visitor, judge, refuse};
use super::verify_code::{Begun, Verified, charge, charged, wrong};
use super::{Trouble, audit, ticket};
use crate::app::App;
use crate::key_ring::KeyRing;
use crate::metrics;
use crate::passkeys::{Answered, House, Verdict};
use crate::store::{Before, Charge, Counter, Found, Gets, LockRule, PasskeyUse, ticket_digest};

/// Whom a question is sealed for: nothing else that is sealed is ever taken for one.
const SEALED_FOR: &str = "passkey question";

/// What a browser was asked.
#[derive(Serialize, Deserialize)]
struct Question {
    /// What the answer is to be held against, in base64url.
    asked: String,
    /// The hash of the ticket that it is asked for, if it is the second factor.
    ticket: Option<String>,
    /// Over from this second on.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    ends_at: Timestamp,
}

impl Question {
    fn open(ring: &KeyRing, sealed: &str, now: Timestamp) -> Option<Self> {
        let question: Self = serde_json::from_slice(&ring.open(SEALED_FOR, sealed).ok()?).ok()?;
        (now < question.ends_at).then_some(question)
    }

    fn check(&self, app: &App, answered: &Answered, kept: &Passkey) -> Verdict {
        let state = BASE64URL_NOPAD.decode(self.asked.as_bytes()).ok().zip(House::at(&app.origin));
        state.map_or(Verdict::Wrong, |(state, house)| house.check(&state, answered, kept))
    }
}

/// What becomes of asking.
#[derive(Debug)]
pub enum Asking {
    /// What the browser is to ask its device, and what it is to hold meanwhile.
    Asked(Value, String),
    /// The ticket is none of ours.
    SignedOut,
    /// The house stands at an address that browsers know no passkeys for.
    NotHere,
}

/// Asks for a passkey: of the ticket's holder, or of whoever is there. Reads and writes nothing.
pub async fn ask(app: &App, held: Option<&Ticket>) -> Result<Asking, Trouble> {
    let ring = app.keys.ring().await?;
    if held.is_some_and(|held| !ticket::is_ours(&ring, held)) {
        return Ok(Asking::SignedOut);
    }
    let Some(asked) = House::at(&app.origin).and_then(|house| house.ask()) else { return Ok(Asking::NotHere) };
    let question = Question {
        asked: BASE64URL_NOPAD.encode(&asked.state),
        ticket: held.map(ticket_digest),
        ends_at: later(app.clock.now(), CHALLENGE_SECONDS),
    };
    let plain = serde_json::to_vec(&question).unwrap_or_default();
    let Some(sealed) = ring.seal(SEALED_FOR, &plain, app.random.bytes()?) else { return Ok(Asking::NotHere) };
    Ok(Asking::Asked(asked.options, sealed))
}

/// What a browser answers, and where.
#[derive(Clone, Copy, Debug)]
pub struct Answering<'a> {
    /// What it was asked, as it held it.
    pub question: &'a str,
    /// What its device says.
    pub sent: &'a Value,
    /// *Keep me logged in*.
    pub keep: bool,
    /// Where to go afterwards, checked.
    pub return_to: Option<&'a str>,
    /// The passes of a browser that somebody signed in from before (LK-4); may be empty.
    pub passes: &'a str,
    /// What the browser holds already.
    pub held: Before<'a>,
    /// Where from.
    pub visitor: Visitor<'a>,
}

/// What became of it.
#[derive(Debug)]
pub enum Became {
    /// As of a security code.
    Factor(Verified),
    /// As of a sign-in.
    SignIn(SignIn),
}

/// Looks at a passkey's answer and begins a session, or what is still due. A challenge is used once, whoever tries.
pub async fn sign_in(app: &App, given: Answering<'_>) -> Result<Became, Trouble> {
    let ring = app.keys.ring().await?;
    let question = Question::open(&ring, given.question, app.clock.now());
    let asked_for = question.as_ref().and_then(|question| question.ticket.clone());
    let Some(asked_for) = asked_for else {
        let outcome = Box::pin(alone(app, &ring, question.as_ref(), given)).await?;
        metrics::sign_in(&outcome);
        return Ok(Became::SignIn(outcome));
    };
    let held = given.held.ticket.filter(|held| ticket::is_ours(&ring, held) && ticket_digest(held) == asked_for);
    let Some((held, question)) = held.zip(question) else { return Ok(Became::Factor(Verified::SignedOut)) };
    Box::pin(as_factor(app, &ring, (held, &question), given)).await.map(Became::Factor)
}

/// After the password. Wrong tries are charged as wrong codes are, before anything is looked at (MF-7).
async fn as_factor(
    app: &App,
    ring: &KeyRing,
    by: (&Ticket, &Question),
    given: Answering<'_>,
) -> Result<Verified, Trouble> {
    let ((held, question), settings, now) = (by, app.settings().await?, app.clock.now());
    let Some((charge, Found { held: state, user })) = charged(app, held, &settings, now).await? else {
        return Ok(Verified::SignedOut);
    };
    let (user, state) = (&user, &state);
    let Some(right) = examine(app, question, (user, charge), given.sent).await? else {
        wrong(app, user, charge, &settings).await?;
        metrics::security_code("wrong");
        return Ok(Verified::Wrong(None));
    };
    let passes = remember(ring, given.passes, &state.name, app.random.bytes()?);
    let became = go_on(app, ring, (held, state, user), &right, (&settings, passes, given.visitor)).await;
    if became.is_err() {
        // They had it right: what failed is ours.
        app.store.refund(Counter::Code(&user.id), charge).await?;
    }
    became
}

async fn go_on(
    app: &App,
    ring: &KeyRing,
    by: (&Ticket, &TicketState, &User),
    right: &Right,
    with: (&Settings, String, Visitor<'_>),
) -> Result<Verified, Trouble> {
    let ((held, state, user), (settings, passes, visitor), now) = (by, with, app.clock.now());
    let done = if state.reason.is_some() { "security_code.right" } else { "sign_in" };
    let entry = audit::entry(app, done)?.by(audit::user(user)).on(audit::user(user)).with("factor", "passkey");
    let using = |gets| PasskeyUse { ticket: Some(held), entry: Some(entry.clone()), ..right.used(user, gets, now) };
    if let Some(reason) = state.reason {
        let next = ticket::new(ring, &user.id, app.random.bytes()?);
        let whose = (&user.id, user.epoch, state.name.as_str());
        let after = (state.return_to.clone(), state.keep);
        let proven = ticket::state(whose, (CodeStage::Proven, Some(reason)), after, now);
        return Ok(if app.store.use_passkey(&using(Gets::Ticket(&next, &proven))).await? {
            metrics::security_code("right");
            Verified::ChangePassword(next, reason, Vec::new())
        } else {
            metrics::security_code("used");
            Verified::Wrong(None)
        });
    }
    let keep = state.keep && may_be_remembered(settings, user.kind);
    let session = Session { proven: true, ..Session::begin(user.id.clone(), user.epoch, keep, settings, now) };
    let (token, session) = in_browser(app, session, visitor)?;
    if !app.store.use_passkey(&using(Gets::Session(&token, &session))).await? {
        metrics::security_code("used");
        return Ok(Verified::Wrong(None));
    }
    metrics::security_code("right");
    let return_to = state.return_to.clone();
    Ok(Verified::SignedIn(Begun { token, session, passes, return_to, recovery: Vec::new() }.into()))
}

/// In place of password and code. Every refusal looks the same from outside (SI-3).
async fn alone(
    app: &App,
    ring: &KeyRing,
    question: Option<&Question>,
    given: Answering<'_>,
) -> Result<SignIn, Trouble> {
    let (now, visitor) = (app.clock.now(), given.visitor);
    if let Some(seconds) = app.throttle.must_wait(visitor.address, now) {
        return Ok(SignIn::MustWait(seconds));
    }
    let settings = app.settings().await?;
    let found = match Answered::read(given.sent) {
        Some(answered) => owner(app, &answered.id()).await?,
        None => None,
    };
    let Some((user, question)) = found.filter(|user| user.kind != Kind::Api).zip(question) else {
        return refused(app, ("", None), Refusal::WrongPasskey, (visitor, &settings)).await;
    };
    let name = username::canonical(&user.username);
    let known = known_as(ring, given.passes, &name);
    let tries = known.as_deref().map_or(Counter::Name(&name), |id| Counter::Browser { name: &name, id });
    let rule = LockRule::of(&settings);
    let (charge, login, locked) =
        tokio::join!(charge(app, &user.id, &settings), app.store.login(&name), app.store.is_locked(tries, rule, now));
    let (charge, codes) = (charge?, Counter::Code(&user.id));
    let login = app.store.to_compare((codes, charge), login).await?.filter(|login| login.user == user.id);
    let locked = app.store.to_compare((codes, charge), locked).await?;
    let right = examine(app, question, (&user, charge), given.sent).await?;
    let (Some(right), Some(login)) = (right, login) else {
        wrong(app, &user, charge, &settings).await?;
        return refused(app, (&name, None), Refusal::WrongPasskey, (visitor, &settings)).await;
    };
    let lock = if locked { Charge::Locked } else { charge };
    let step = judge(Some(&login), lock, Proof::Password, &settings, now);
    let who = Who { user: &user, login: &login, name: &name, tries };
    let became = begin(app, ring, &who, (step, &right), (&settings, given)).await;
    if became.is_err() || matches!(step, Step::Refused(_)) {
        app.store.refund(codes, charge).await?;
    }
    became
}

/// Who has shown a right passkey.
struct Who<'a> {
    user: &'a User,
    login: &'a Login,
    name: &'a str,
    tries: Counter<'a>,
}

/// Uses the challenge up and begins what follows from it, as a sign-in with a password does (SI-8).
async fn begin(
    app: &App,
    ring: &KeyRing,
    who: &Who<'_>,
    shown: (Step, &Right),
    with: (&Settings, Answering<'_>),
) -> Result<SignIn, Trouble> {
    let ((step, right), (settings, given), now) = (shown, with, app.clock.now());
    let Who { user, login, name, tries } = who;
    let by = (given.visitor, settings);
    if let Step::Refused(why) = step {
        return refused(app, (name, Some(login)), why, by).await;
    }
    if !app.store.use_passkey(&right.used(user, Gets::Nothing, now)).await? {
        return refused(app, (name, Some(login)), Refusal::WrongPasskey, by).await;
    }
    end_before(app, given.held.session).await?;
    let party = audit::user(user);
    if let Step::ChangePassword(reason) = step {
        let held = ticket::new(ring, &user.id, app.random.bytes()?);
        let after = (given.return_to.map(str::to_owned), given.keep);
        let state = ticket::state((&user.id, user.epoch, name), (CodeStage::Proven, Some(reason)), after, now);
        let entry = audit::entry(app, "security_code.right")?.by(party.clone()).on(party).with("factor", "passkey");
        app.store.begin_ticket((&held, &state), &[*tries], &given.held, &entry).await?;
        return Ok(SignIn::ChangePassword(held, reason));
    }
    let keep = given.keep && may_be_remembered(settings, user.kind);
    let session = Session { proven: true, ..Session::begin(user.id.clone(), user.epoch, keep, settings, now) };
    let (token, session) = in_browser(app, session, given.visitor)?;
    let entry = audit::entry(app, "sign_in")?.by(party.clone()).on(party).with("factor", "passkey");
    app.store.begin_session((&token, &session), &[*tries], &given.held, &entry).await?;
    let passes = remember(ring, given.passes, name, app.random.bytes()?);
    Ok(SignIn::SignedIn(token, session.into(), passes))
}

async fn refused(
    app: &App,
    whose: (&str, Option<&Login>),
    why: Refusal,
    by: (Visitor<'_>, &Settings),
) -> Result<SignIn, Trouble> {
    refuse(app, whose, why, by.0.address, by.1).await.map(SignIn::Refused)
}

async fn owner(app: &App, id: &str) -> Result<Option<User>, Trouble> {
    match app.store.passkey_owner(id).await? {
        Some(owner) => Ok(app.store.user(&owner).await?),
        None => Ok(None),
    }
}

/// An answer that is right, and what the passkey stands at from now on.
struct Right {
    id: String,
    kept: Passkey,
    standing: String,
    challenge: String,
    ends_at: Timestamp,
}

impl Right {
    fn used<'a>(&'a self, user: &'a User, gets: Gets<'a>, now: Timestamp) -> PasskeyUse<'a> {
        let challenge = (self.challenge.as_str(), self.ends_at);
        let Self { id, kept, standing, .. } = self;
        PasskeyUse { user, id, kept, standing, challenge, now, ticket: None, gets, entry: None }
    }
}

/// Holds an answer against this user's passkeys. One that looks copied is refused, and its owner is told.
async fn examine(
    app: &App,
    question: &Question,
    whose: (&User, Charge),
    sent: &Value,
) -> Result<Option<Right>, Trouble> {
    let (user, charge) = whose;
    let answered = Answered::read(sent).filter(|_| charge != Charge::Locked);
    let Some(answered) = answered else { return Ok(None) };
    let id = answered.id();
    let Some(kept) = user.passkeys.get(&id).cloned() else { return Ok(None) };
    match question.check(app, &answered, &kept) {
        Verdict::Right(standing) => {
            let challenge = question.asked.clone();
            Ok(Some(Right { id, kept, standing, challenge, ends_at: question.ends_at }))
        }
        Verdict::Copied => {
            tracing::warn!(user = %user.id, "a passkey's counter went back");
            app.store.post(&notice(app, user, Event::PasskeyCopied, app.clock.now())?).await?;
            Ok(None)
        }
        Verdict::Wrong => Ok(None),
    }
}
