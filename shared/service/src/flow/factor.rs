//! Setting up the second factor and taking it away (MF-3, MF-5, MF-9, MF-10): what isn't signing in with it.

use domain::bearer::Ticket;
use domain::factor::{self, Factor, SECRET_BYTES, Shown as Secret, covers};
use domain::id::{MailId, UserId};
use domain::session::{Due, Session};
use domain::user::{State, User};
use domain::username;
use domain::work::{Event, Work};

use super::change_password::{Again, knows_old};
use super::reset::{notice, notice_by_staff};
use super::users::within;
use super::verify_code::{Looked, Proof, charge, look, proven, recovery_codes, sealed_for, wrong};
use super::{Trouble, letter, ticket};
use crate::app::App;
use crate::key_ring::Purpose;
use crate::store::{CodeUse, Gets, Letterbox, Shown, StoreError, ticket_digest};

/// How often a factor is taken away again when somebody changed the account meanwhile.
const TRIES: u32 = 6;

/// What becomes of asking for the set-up mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupMail {
    /// On its way.
    Accepted,
    /// A factor is proven, or there is a passkey: only a recovery code or an administrator takes it away (MF-9).
    AlreadySetUp,
    /// There is no address to write to, hence no set-up (MF-3).
    NoEmail,
    /// The ticket is over, or no code is due.
    SignedOut,
}

/// Somebody at the code has none yet.
pub async fn setup_mail(app: &App, held: &Ticket) -> Result<SetupMail, Trouble> {
    let ring = app.keys.ring().await?;
    let found = if ticket::is_ours(&ring, held) { app.store.ticket(held).await? } else { None };
    let found = ticket::in_time(app, (&held.user, &ticket_digest(held)), found, |found| found.held.ends_at).await?;
    let now = app.clock.now();
    let found = found.filter(|f| f.held.holds(f.user.epoch, now) && f.user.state != State::Disabled);
    let Some(found) = found.filter(|f| f.held.due() == Due::SecurityCode) else { return Ok(SetupMail::SignedOut) };
    if found.user.has_factor() {
        return Ok(SetupMail::AlreadySetUp);
    }
    if found.user.person.mailbox().is_none() {
        return Ok(SetupMail::NoEmail);
    }
    let work = Work::MfaSetup {
        user: found.user.id,
        ticket: ticket_digest(held),
        epoch: found.user.epoch,
        ends_at: found.held.ends_at,
    };
    app.store.post(&letter(app, work)?).await?;
    Ok(SetupMail::Accepted)
}

/// Shows a new secret to whoever presses the button behind the mailed link: once, for the sign-in that it was asked for in.
/// `None` when the link is used, too old or forged, or a factor is proven.
pub async fn set_up(app: &App, token: &str) -> Result<Option<Secret>, Trouble> {
    let ring = app.keys.ring().await?;
    let Some([user, mail]) = ring.check(Purpose::SetupLink, token) else { return Ok(None) };
    let Some((user, mail)) = UserId::parse(&user).zip(MailId::parse(&mail)) else { return Ok(None) };
    let now = app.clock.now();
    let Some(user) = app.store.user(&user).await? else { return Ok(None) };
    let link = user.setup.clone().filter(|link| link.id == mail && link.epoch == user.epoch);
    let Some(link) = link.filter(|_| user.state != State::Disabled && !user.has_factor()) else { return Ok(None) };
    let of_sign_in = app.store.ticket_by_digest(&user.id, &link.ticket).await?;
    let of_sign_in = ticket::in_time(app, (&user.id, &link.ticket), of_sign_in, |state| state.ends_at).await?;
    if now >= link.ends_at || of_sign_in.is_none_or(|ticket| !ticket.holds(user.epoch, now)) {
        return Ok(None);
    }
    let secret: [u8; SECRET_BYTES] = app.random.bytes()?;
    let Some(sealed) = ring.seal(&sealed_for(&user.id), &secret, app.random.bytes()?) else { return Ok(None) };
    if !app.store.begin_factor(&user, &link, &Factor::pending(sealed, now)).await? {
        return Ok(None);
    }
    tracing::info!(user = %user.id, "the secret of a second factor was shown");
    let settings = app.settings().await?;
    Ok(Some(factor::shown(&secret, &settings.organisation_name, &user.username)))
}

/// What becomes of something that asks for password and code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proven<T> {
    /// Done.
    Yes(T),
    /// Not the password, or too many tries.
    WrongPassword,
    /// Not the code, or used, or too many tries; if it is right for another time, by how many seconds the app is ahead.
    WrongCode(Option<i64>),
    /// No second factor is set up.
    NotSetUp,
    /// Their second factor is a passkey, and they showed it too long ago.
    SignInAgain,
}

impl<T> Proven<T> {
    /// What was done, or what stands in the way of something else that asks for the same.
    pub(super) fn or<U>(self) -> Result<T, Proven<U>> {
        match self {
            Self::Yes(done) => Ok(done),
            Self::WrongPassword => Err(Proven::WrongPassword),
            Self::WrongCode(offset) => Err(Proven::WrongCode(offset)),
            Self::NotSetUp => Err(Proven::NotSetUp),
            Self::SignInAgain => Err(Proven::SignInAgain),
        }
    }
}

/// Fresh proof that it is the user: the password, and a code where an authenticator is set up. The code is still to be used up.
/// Whoever has passkeys instead, and is covered, has signed in with one just now.
pub(super) async fn fresh(
    app: &App,
    (user, held): (&User, &Session),
    again: Again<'_>,
    proof: Option<Proof<'_>>,
) -> Result<Proven<Option<Shown>>, Trouble> {
    if proven(user).is_none() {
        let name = username::canonical(&user.username);
        let Some(login) = app.store.login(&name).await? else { return Ok(Proven::WrongPassword) };
        if !knows_old(app, (&name, &login), again).await? {
            return Ok(Proven::WrongPassword);
        }
        let due = user.has_factor() && covers(&*app.settings().await?, user.kind);
        let stale = due && !held.has_just_proven(app.clock.now());
        return Ok(if stale { Proven::SignInAgain } else { Proven::Yes(None) });
    }
    let Some(proof) = proof else { return Ok(Proven::WrongCode(None)) };
    Ok(match prove(app, user, again, proof).await?.or() {
        Ok(shown) => Proven::Yes(Some(shown)),
        Err(refused) => refused,
    })
}

/// Uses a code up along with the mails that tell of what it was shown for. `false` when somebody was faster with it.
pub(super) async fn used_up(
    app: &App,
    user: &User,
    shown: Option<&Shown>,
    notices: Vec<Letterbox>,
) -> Result<bool, Trouble> {
    let Some((factor, shown)) = proven(user).zip(shown) else {
        app.store.post_once(&notices).await?;
        return Ok(true);
    };
    let name = username::canonical(&user.username);
    let (ticket, gets, recovery) = (None, Gets::Nothing, None);
    let code = CodeUse { user, name: &name, factor, shown, ticket, gets, recovery, notices, entry: None };
    Ok(app.store.use_code(&code).await?)
}

/// Makes ten new recovery codes for whoever shows password and code; those before them can't be used any more (MF-10).
pub async fn new_recovery_codes(
    app: &App,
    user: &User,
    again: Again<'_>,
    proof: Proof<'_>,
) -> Result<Proven<Vec<String>>, Trouble> {
    let Some(factor) = proven(user) else { return Ok(Proven::NotSetUp) };
    let name = username::canonical(&user.username);
    let shown = match prove(app, user, again, proof).await?.or() {
        Ok(shown) => shown,
        Err(refused) => return Ok(refused),
    };
    let ring = app.keys.ring().await?;
    let (codes, hashes) = recovery_codes(app, &ring, user)?;
    let notices = vec![notice(app, user, Event::RecoveryCodesMade, app.clock.now())?];
    let (ticket, gets, recovery) = (None, Gets::Nothing, Some(hashes.as_slice()));
    let code = CodeUse { user, name: &name, factor, shown: &shown, ticket, gets, recovery, notices, entry: None };
    Ok(if app.store.use_code(&code).await? { Proven::Yes(codes) } else { Proven::WrongCode(None) })
}

/// Takes one's own factor away, with password and code, or a recovery code in its place. Every session ends; the next sign-in
/// sets up another.
pub async fn give_up(app: &App, user: &User, again: Again<'_>, proof: Proof<'_>) -> Result<Proven<()>, Trouble> {
    let Some(factor) = proven(user) else { return Ok(Proven::NotSetUp) };
    let shown = match prove(app, user, again, proof).await?.or() {
        Ok(shown) => shown,
        Err(refused) => return Ok(refused),
    };
    let told = notice(app, user, Event::FactorReset, app.clock.now())?;
    let name = username::canonical(&user.username);
    Ok(if app.store.remove_factor(user, &name, &told, Some((factor, &shown))).await? {
        Proven::Yes(())
    } else {
        Proven::WrongCode(None)
    })
}

/// Looks at password and code. The code is right, and still to be used up.
async fn prove(app: &App, user: &User, again: Again<'_>, proof: Proof<'_>) -> Result<Proven<Shown>, Trouble> {
    let name = username::canonical(&user.username);
    let Some(login) = app.store.login(&name).await? else { return Ok(Proven::WrongPassword) };
    if !knows_old(app, (&name, &login), again).await? {
        return Ok(Proven::WrongPassword);
    }
    let (settings, ring) = (app.settings().await?, app.keys.ring().await?);
    let charge = charge(app, &user.id, &settings).await?;
    Ok(match look(app, &ring, (user, charge), proof, app.clock.now()).await? {
        Looked::Right(shown, _) => Proven::Yes(shown),
        Looked::Wrong(offset) => {
            wrong(app, user, charge, &settings).await?;
            Proven::WrongCode(offset)
        }
    })
}

/// Takes somebody's factor away, and all their passkeys, as an administrator. `false` when there is no such user.
pub async fn reset_factor(app: &App, id: &UserId, by: &User) -> Result<bool, Trouble> {
    for _ in 0..TRIES {
        let Some(user) = within(app, id, by).await? else { return Ok(false) };
        let event = if user.passkeys.is_empty() { Event::FactorReset } else { Event::FactorsReset };
        let told = notice_by_staff(app, &user, event, by)?;
        if app.store.remove_factor(&user, &username::canonical(&user.username), &told, None).await? {
            tracing::info!(user = %id, by = %by.id, "second factor reset");
            return Ok(true);
        }
    }
    Err(StoreError::Unprocessed.into())
}
