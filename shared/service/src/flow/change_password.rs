//! Choosing a new password: after a temporary one, by the ticket of that sign-in; or with a session and the old one.

use domain::audit::Party;
use domain::bearer::{SessionToken, Ticket};
use domain::factor::may_be_remembered;
use domain::login::{Login, Refusal};
use domain::password::{Password, Reason};
use domain::session::{CodeStage, Due, Session, TicketState};
use domain::user::{State, User};
use domain::username;
use domain::work::Event;
use jiff::Timestamp;

use super::known_browser::{known_as, remember};
use super::reset::notice;
use super::session::{SignedIn, in_browser};
use super::sign_in::{Visitor, note_refusal};
use super::{Trouble, audit, session, ticket, was_used, weaknesses};
use crate::app::App;
use crate::store::{Charge, Counter, Found, Gets, LockRule, NewPassword, PasswordSet, Via, ticket_digest};

/// Who wants to change it.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// Somebody whose sign-in led here; and the session that the browser holds, which ends.
    Ticket(&'a Ticket, Option<&'a SessionToken>),
    /// Somebody signed in, who knows the old password.
    Session(&'a SessionToken, Again<'a>),
}

/// The password of somebody who is signed in, typed again as fresh proof (AC-5).
#[derive(Clone, Copy)]
pub struct Again<'a> {
    /// What was typed.
    pub password: &'a str,
    /// The passes of those who signed in from this browser.
    pub passes: &'a str,
}

/// What became of it.
#[derive(Debug)]
pub enum Changed {
    /// Set; a new session has begun in this browser, all others have ended. Its passes, and where to go, if the sign-in said.
    SignedIn(SessionToken, Box<Session>, String, Option<String>),
    /// Set; the security code is due now.
    SecurityCode(Ticket),
    /// The ticket or session is over.
    SignedOut,
    /// Not the old password, or too many tries.
    WrongPassword,
    /// The password may not be used.
    Weak(Vec<Reason>),
    /// It is the old or the temporary password (TP-3).
    Unchanged,
}

/// What was before, and goes on.
#[derive(Default)]
struct Before {
    remembered: bool,
    code: CodeStage,
    provider: Option<String>,
    started_at: Option<Timestamp>,
    return_to: Option<String>,
}

impl From<Found<TicketState>> for Before {
    fn from(found: Found<TicketState>) -> Self {
        let (remembered, code) = (found.held.keep, found.held.code);
        Self { remembered, code, provider: None, started_at: None, return_to: found.held.return_to }
    }
}

impl From<SignedIn> for Before {
    fn from(found: SignedIn) -> Self {
        let code = if found.held.proven { CodeStage::Proven } else { CodeStage::NotAsked };
        let Session { remembered, provider, started_at, .. } = found.held;
        Self { remembered, code, provider, started_at: Some(started_at), return_to: None }
    }
}

/// Whose password it is, and what was before.
async fn behind(app: &App, by: &By<'_>) -> Result<Option<(User, Before)>, Trouble> {
    Ok(match by {
        By::Ticket(ticket, _) => by_ticket(app, ticket).await?.map(|found| (found.user.clone(), found.into())),
        By::Session(token, _) => session::current(app, token).await?.map(|found| (found.user.clone(), found.into())),
    })
}

/// Changes a password and begins a new session in this browser.
pub async fn change_password(
    app: &App,
    by: By<'_>,
    new: &Password,
    (visitor, passes): (Visitor<'_>, &str),
) -> Result<Changed, Trouble> {
    let Some((user, before)) = behind(app, &by).await? else { return Ok(Changed::SignedOut) };
    let (settings, name) = (app.settings().await?, username::canonical(&user.username));
    let weak = weaknesses(new, &user, &settings);
    if !weak.is_empty() {
        return Ok(Changed::Weak(weak));
    }
    let Some(login) = app.store.login(&name).await? else { return Ok(Changed::SignedOut) };
    if let By::Session(_, old) = by
        && !knows_old(app, (&name, &login), old).await?
    {
        return Ok(Changed::WrongPassword);
    }
    if was_used(app, new, &login, &settings).await? {
        return Ok(Changed::Unchanged);
    }
    if let By::Ticket(_, held) = by {
        session::end_before(app, held).await?;
    }
    let ring = app.keys.ring().await?;
    let hash = app.hasher.hash(new, app.random.bytes()?).await?;
    let now = app.clock.now();
    let notices = vec![notice(app, &user, Event::PasswordChanged, now)?];
    let (via, ends) = match by {
        By::Ticket(ticket, held) => (Via::Ticket(ticket), held),
        By::Session(..) => (Via::OldPassword, None),
    };
    let keep = before.remembered && may_be_remembered(&settings, user.kind);
    let begun = Session::begin(user.id.clone(), user.epoch + 1, keep, &settings, now);
    let (proven, started_at) = (before.code == CodeStage::Proven, before.started_at.unwrap_or(now));
    let begun = Session { started_at, proven, provider: before.provider, ..begun };
    let (token, begun) = in_browser(app, begun, visitor)?;
    // A new password is no way round the second factor: whoever has not shown it does so now.
    let next = ticket::new(&ring, &user.id, app.random.bytes()?);
    let whose = (&user.id, user.epoch + 1, name.as_str());
    let after = (before.return_to.clone(), before.remembered);
    let due = ticket::state(whose, (CodeStage::Due, None), after, now);
    let code_due = before.code == CodeStage::Due;
    let gets = if code_due { Gets::Ticket(&next, &due) } else { Gets::Session(&token, &begun) };
    let who = Party::user(user.id.as_str(), &*name);
    let entry = match via {
        Via::Ticket(_) if !code_due => Some(audit::entry(app, "sign_in")?.by(who.clone()).on(who)),
        _ => None,
    };
    let rename = None;
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
        entry,
        now,
    };
    Ok(match app.store.set_password(&change).await? {
        PasswordSet::Yes if code_due => Changed::SecurityCode(next),
        PasswordSet::Yes => {
            let passes = remember(&ring, passes, &name, app.random.bytes()?);
            Changed::SignedIn(token, begun.into(), passes, before.return_to)
        }
        PasswordSet::Gone | PasswordSet::NameTaken => Changed::SignedOut,
    })
}

/// Whether this is the old password. A wrong one counts as a wrong sign-in does (LK-1): in the browser's own count as long as that
/// is not used up, so that strangers keep nobody from changing their password (LK-4).
pub(super) async fn knows_old(app: &App, whose: (&str, &Login), old: Again<'_>) -> Result<bool, Trouble> {
    let ((name, login), place) = (whose, app.hasher.place()?);
    let (settings, ring, now) = (app.settings().await?, app.keys.ring().await?, app.clock.now());
    let rule = LockRule::of(&settings);
    let known = known_as(&ring, old.passes, name);
    let own = known.as_deref().map(|id| Counter::Browser { name, id });
    let mut counted = own.unwrap_or(Counter::Name(name));
    let mut charge = app.store.charge(counted, rule, now).await?;
    if charge == Charge::Locked && own.is_some() {
        counted = Counter::Name(name);
        charge = app.store.charge_at_once(counted, rule, now).await?;
    }
    let stored = login.hash.as_deref().filter(|_| charge != Charge::Locked);
    let right = place.verify(Password::parse(old.password).ok().as_ref(), stored).await?;
    if right {
        for counter in own.into_iter().chain([counted]) {
            app.store.forgive(counter).await?;
        }
        return Ok(true);
    }
    let why = match charge {
        Charge::Locked => Refusal::Locked,
        Charge::Allowed(tries) if tries >= u32::from(settings.lock_attempts) => Refusal::NowLocked,
        Charge::Allowed(_) => Refusal::WrongPassword,
    };
    note_refusal(app, (name, Some(login)), why).await?;
    Ok(false)
}

/// A ticket and its user, if it still holds and a new password is what is due.
pub async fn by_ticket(app: &App, ticket: &Ticket) -> Result<Option<Found<TicketState>>, Trouble> {
    let now = app.clock.now();
    let found = app.store.ticket(ticket).await?;
    let whose = (&ticket.user, &*ticket_digest(ticket));
    let found = ticket::in_time(app, whose, found, |found| found.held.ends_at).await?;
    let due = |f: &Found<TicketState>| matches!(f.held.due(), Due::ChangePassword(_));
    Ok(found.filter(|f| f.held.holds(f.user.epoch, now) && f.user.state != State::Disabled && due(f)))
}
