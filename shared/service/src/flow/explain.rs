//! *Why can't they get in?* (AD-7): what the next sign-in would do, by the same rules that the sign-in itself goes by, and what
//! would mend it. Nothing is counted and nothing is changed.

mod doors;

use domain::access::{Right, may, may_act_on};
use domain::email::Email;
use domain::factor::covers;
use domain::id::UserId;
use domain::login::{ChangeReason, Login, Proof, Refusal, Step};
use domain::session::{CodeStage, Due};
use domain::settings::Settings;
use domain::user::{Contact, Kind, State, User};
use domain::username;
use jiff::Timestamp;

use super::sign_in::judge;
use super::users::{Known, about};
use super::{Trouble, credentials, ticket};
use crate::app::App;
use crate::store::addresses::Holders;
use crate::store::{Charge, Mail};

pub use doors::Door;

/// Mails that are shown, at the most, for each address.
const MAILS: i32 = 20;

/// What the next sign-in would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It would let them in.
    SignedIn,
    /// It would ask for the security code.
    SecurityCode(Code),
    /// It would have them choose a new password first.
    ChangePassword(ChangeReason),
    /// It would refuse them.
    Refused(Refusal),
}

/// What would become of the security code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// They have an authenticator.
    Ready,
    /// They have none yet and would be mailed the way to set one up.
    NotSetUp,
    /// They have none yet and no address for the way to set one up (MF-3).
    NoAddress,
    /// Too many wrong codes: none would be taken (MF-7).
    Locked,
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mend {
    /// Sending them their way in.
    Resend,
    /// Setting a password for them.
    ResetPassword,
    /// Switching the account on.
    Enable,
    /// Giving the contact an account.
    CreateAccount,
    /// An e-mail address that works.
    ChangeEmail,
}

/// Whom it is about.
#[derive(Clone, Debug)]
pub enum Whom {
    /// Nobody has that name or address.
    Nobody,
    /// Somebody without an account.
    Contact(Box<Contact>),
    /// Several people have the address.
    Several(Vec<User>),
    /// Somebody with an account.
    User(Box<Known>),
}

/// The explanation.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Whom it is about.
    pub whom: Whom,
    /// What the next sign-in would do with the password they chose; `None` if they have none.
    pub with_password: Option<Next>,
    /// What it would do with the temporary password that is out; `None` if there is none.
    pub with_temporary: Option<Next>,
    /// What it would do as things stand, where they have neither: whatever they type.
    pub without: Option<Next>,
    /// Until when that temporary password holds.
    pub temporary_ends_at: Option<Timestamp>,
    /// The accounts elsewhere that open theirs.
    pub doors: Vec<Door>,
    /// Every mail to them that is still known, the last first.
    pub mails: Vec<(String, Mail)>,
    /// What would help, the best first.
    pub mend: Vec<Mend>,
}

/// Explains. `None` when it is about somebody whom `by` may not act on.
pub async fn explain(app: &App, who: &str, by: &User) -> Result<Option<Explained>, Trouble> {
    let name = username::lookup_form(who).unwrap_or_default();
    let email = Email::parse(who).ok();
    if let Some(login) = app.store.login(&name).await? {
        return Box::pin(of_user(app, &login, by)).await;
    }
    let Some(email) = email else { return Ok(Some(nobody())) };
    let holders = app.store.at_address(email.canonical()).await?;
    if let Some((user, name)) = holders.only_user() {
        let login = app.store.login(&name).await?;
        return match login.filter(|login| login.user == user) {
            Some(login) => Box::pin(of_user(app, &login, by)).await,
            None => Ok(Some(nobody())),
        };
    }
    of_address(app, &email, &holders, by).await
}

async fn of_address(app: &App, email: &Email, holders: &Holders, by: &User) -> Result<Option<Explained>, Trouble> {
    let mails = mails(app, by, &[email]).await?;
    let users: Vec<_> = holders.accounts().into_iter().map(|(id, _)| id).collect();
    let mut users = app.store.users(&users).await?;
    let any = !users.is_empty() || !holders.all_contacts().is_empty();
    users.retain(|user| may_act_on(by, user));
    if !users.is_empty() {
        // Nobody signs in with an address that several have.
        let refused = Some(Next::Refused(Refusal::Unknown));
        let mend = vec![Mend::Resend];
        return Ok(Some(Explained { whom: Whom::Several(users), with_password: refused, mails, mend, ..nobody() }));
    }
    for id in holders.all_contacts() {
        if let Some(contact) = credentials::contact(app, &id, by).await? {
            let mend = vec![if contact.disabled { Mend::Enable } else { Mend::CreateAccount }];
            return Ok(Some(Explained { whom: Whom::Contact(contact.into()), mails, mend, ..nobody() }));
        }
    }
    Ok((!any).then(|| Explained { mails, ..nobody() }))
}

fn nobody() -> Explained {
    Explained {
        whom: Whom::Nobody,
        with_password: Some(Next::Refused(Refusal::Unknown)),
        with_temporary: None,
        without: None,
        temporary_ends_at: None,
        doors: Vec::new(),
        mails: Vec::new(),
        mend: Vec::new(),
    }
}

async fn of_user(app: &App, login: &Login, by: &User) -> Result<Option<Explained>, Trouble> {
    let (settings, known) = tokio::join!(app.settings(), about(app, &login.user));
    let (settings, Some(known)) = (settings?, known?) else { return Ok(Some(nobody())) };
    let user = &known.user;
    if !may_act_on(by, user) {
        return Ok(None);
    }
    let now = app.clock.now();
    let charge = if known.locks.password { Charge::Locked } else { Charge::Allowed(1) };
    let code = code(user, known.locks.code);
    let next = |proof| next(login, (charge, proof), code, &settings, now);
    let with_password = login.hash.as_ref().map(|_| next(Proof::Password));
    let with_temporary = login.temporary.as_ref().map(|_| next(Proof::Temporary));
    let without = with_password.or(with_temporary).is_none().then(|| match login.state {
        State::Disabled => Next::Refused(Refusal::Disabled),
        State::InvitationExpired => Next::Refused(Refusal::TemporaryExpired),
        State::Active => next(Proof::Wrong),
    });
    let emails = user.person.emails();
    let mut mails = mails(app, by, &emails).await?;
    if let Some(earlier) = user.earlier.as_ref().filter(|earlier| !emails.contains(&&earlier.email)) {
        let before = self::mails(app, by, &[&earlier.email]).await?;
        mails.extend(before.into_iter().filter(|(_, mail)| mail.posted_at <= earlier.until));
        mails.sort_by_key(|(_, mail)| std::cmp::Reverse(mail.posted_at));
    }
    let doors = doors::of(app, user, &settings).await?;
    let mend = mends(user, with_password.or(with_temporary), login.hash.is_some());
    let temporary_ends_at = login.temporary.as_ref().map(|temporary| temporary.ends_at);
    Ok(Some(Explained {
        with_password,
        with_temporary,
        without,
        temporary_ends_at,
        doors,
        mails,
        mend,
        whom: Whom::User(known.into()),
    }))
}

/// What a sign-in does with a proof: the rules of the sign-in, and what is due after them.
fn next(login: &Login, tried: (Charge, Proof), code: Code, settings: &Settings, now: Timestamp) -> Next {
    match judge(Some(login), tried.0, tried.1, settings, now) {
        Step::Refused(why) => Next::Refused(why),
        Step::SignedIn if covers(settings, login.kind) => Next::SecurityCode(code),
        Step::SignedIn => Next::SignedIn,
        Step::ChangePassword(reason) => {
            let stage = if covers(settings, login.kind) { CodeStage::Due } else { CodeStage::NotAsked };
            let held = ticket::state((&login.user, login.epoch, ""), (stage, Some(reason)), (None, false), now);
            match held.due() {
                Due::ChangePassword(reason) => Next::ChangePassword(reason),
                Due::SecurityCode | Due::Nothing => Next::SecurityCode(code),
            }
        }
    }
}

fn code(user: &User, locked: bool) -> Code {
    let proven = user.has_factor();
    match (locked, proven, user.person.mailbox()) {
        (true, ..) => Code::Locked,
        (_, true, _) => Code::Ready,
        (_, false, Some(_)) => Code::NotSetUp,
        (_, false, None) => Code::NoAddress,
    }
}

fn mends(user: &User, next: Option<Next>, has_password: bool) -> Vec<Mend> {
    let mailed = user.person.mailbox().is_some() && user.kind != Kind::Api;
    let mut mends = Vec::new();
    if user.state == State::Disabled {
        mends.push(Mend::Enable);
    }
    let let_in = matches!(next, Some(Next::SignedIn | Next::SecurityCode(Code::Ready | Code::NotSetUp)));
    if !mailed && user.kind != Kind::Api || user.bounced_at.is_some() {
        mends.push(Mend::ChangeEmail);
    }
    if mailed && user.state != State::Disabled && (!let_in || !has_password) {
        mends.push(Mend::Resend);
    }
    if user.state != State::Disabled && !let_in {
        mends.push(Mend::ResetPassword);
    }
    mends
}

/// Whether everybody who has an account at this address is somebody whom `by` may act on.
async fn all_within(app: &App, by: &User, email: &Email) -> Result<bool, Trouble> {
    let accounts = app.store.at_address(email.canonical()).await?.accounts();
    let ids: Vec<UserId> = accounts.into_iter().map(|(id, _)| id).collect();
    Ok(app.store.users(&ids).await?.iter().all(|user| may_act_on(by, user)))
}

/// What was mailed to these addresses. Whoever has no right to the log sees nothing of an address that others have as well, whom
/// they may not act on.
async fn mails(app: &App, by: &User, to: &[&Email]) -> Result<Vec<(String, Mail)>, Trouble> {
    let (logs, mut all) = (may(by, Right::Mail, true), Vec::new());
    for email in to {
        if !logs && !all_within(app, by, email).await? {
            continue;
        }
        let found = app.store.mails_to(email.canonical(), None, MAILS).await?;
        all.extend(found.into_iter().map(|mail| (email.shown().to_owned(), mail)));
    }
    all.sort_by_key(|(_, mail)| std::cmp::Reverse(mail.posted_at));
    Ok(all)
}
