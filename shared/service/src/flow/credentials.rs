//! What staff do about somebody's way in: set a password for them, and send them what they need (AD-2, AD-3, BR-3, LK-5).

use domain::access::{may_act, may_act_on};
use domain::id::{ContactId, MailId, UserId};
use domain::password::{Password, Reason};
use domain::user::{Contact, Kind, State, User};
use domain::username;
use domain::work::{Event, Lane, Work};

use super::federated::unlink_all;
use super::reset::notice_by_staff;
use super::{Trouble, enrol, letter, was_used, weaknesses};
use crate::app::App;
use crate::store::{Gets, Letterbox, NewPassword, PasswordSet, Via};

/// Whom it is about.
#[derive(Clone, Copy, Debug)]
pub enum Whom<'a> {
    /// A user.
    User(&'a UserId),
    /// A contact, by whom their account is found.
    Contact(&'a ContactId),
}

/// What else is to happen when a password is set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Besides {
    /// They are mailed their way in.
    pub resend: bool,
    /// No account elsewhere opens theirs any more: somebody else may have had it, and left a door open (FE).
    pub unlink: bool,
}

/// What became of setting a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// Set: it has to be changed at the next sign-in; the mail that was sent along with it, if one was wished, and how many accounts
    /// elsewhere don't open this one any more.
    Yes(Option<MailId>, usize),
    /// There is nobody of that id whom they may act on.
    NobodyHere,
    /// The account of that contact has more rights than theirs (AD-3).
    NotTheirs,
    /// The contact has no account.
    NoAccount,
    /// The account is switched off, or has changed meanwhile.
    Disabled,
    /// The password may not be used.
    Weak(Vec<Reason>),
    /// It is one that the user had not long ago.
    Unchanged,
}

/// What became of sending somebody their way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resent {
    /// On its way, as this mail.
    Yes(MailId),
    /// There is nobody of that id whom they may act on.
    NobodyHere,
    /// The account of that contact has more rights than theirs (AD-3).
    NotTheirs,
    /// There is no address to write to.
    NoEmail,
    /// The account, or a contact without one, is switched off.
    Disabled,
    /// The contact has no account and can't be given one: another account has an address of theirs.
    NoAccount,
}

/// Sets somebody's password. They change it at the next sign-in, hear of it by mail, every session ends, and a lock is open.
pub async fn reset_password(
    app: &App,
    whom: Whom<'_>,
    new: &Password,
    besides: Besides,
    by: &User,
) -> Result<Set, Trouble> {
    let user = match found(app, whom, by).await? {
        Found::User(user) => *user,
        Found::Contact(_) => return Ok(Set::NoAccount),
        Found::NotTheirs => return Ok(Set::NotTheirs),
        Found::Nobody => return Ok(Set::NobodyHere),
    };
    if user.state == State::Disabled {
        return Ok(Set::Disabled);
    }
    let (settings, name) = (app.settings().await?, username::canonical(&user.username));
    let weak = weaknesses(new, &user, &settings);
    if !weak.is_empty() {
        return Ok(Set::Weak(weak));
    }
    let Some(login) = app.store.login(&name).await? else { return Ok(Set::Disabled) };
    if was_used(app, new, &login, &settings).await? {
        return Ok(Set::Unchanged);
    }
    let hash = app.hasher.hash(new, app.random.bytes()?).await?;
    let now = app.clock.now();
    let mut notices = vec![notice_by_staff(app, &user, Event::PasswordSetByStaff, by)?];
    let mail = besides.resend.then(|| resend_work(app, &user, by)).transpose()?;
    let sent = mail.as_ref().map(|mail| mail.id.clone());
    notices.extend(mail);
    let change = NewPassword {
        user: &user,
        login: &login,
        name: &name,
        hash: &hash,
        history: settings.password_history,
        via: Via::Staff,
        rename: None,
        gets: Gets::Nothing,
        ends: None,
        notices,
        entry: None,
        now,
    };
    tracing::info!(user = %user.id, by = %by.id, "password set by staff");
    if app.store.set_password(&change).await? != PasswordSet::Yes {
        return Ok(Set::Disabled);
    }
    // Afterwards: no session of before can make another.
    let unlinked = if besides.unlink { unlink_all(app, &user, by).await? } else { 0 };
    Ok(Set::Yes(sent, unlinked))
}

/// Sends somebody their username and a way in; a contact without an account gets one (BR-5). No password that exists is in it.
pub async fn resend(app: &App, whom: Whom<'_>, by: &User) -> Result<Resent, Trouble> {
    let user = match found(app, whom, by).await? {
        Found::User(user) => *user,
        Found::Contact(contact) if contact.disabled => return Ok(Resent::Disabled),
        Found::Contact(contact) if contact.person.mailbox().is_none() => return Ok(Resent::NoEmail),
        Found::Contact(contact) => match enrol::account_of(app, &contact.id, enrol::WayIn::None).await? {
            Some((user, _)) => user,
            None => return Ok(Resent::NoAccount),
        },
        Found::NotTheirs => return Ok(Resent::NotTheirs),
        Found::Nobody => return Ok(Resent::NobodyHere),
    };
    if user.state == State::Disabled {
        return Ok(Resent::Disabled);
    }
    if user.person.mailbox().is_none() {
        return Ok(Resent::NoEmail);
    }
    let mail = resend_work(app, &user, by)?;
    app.store.post(&mail).await?;
    tracing::info!(user = %user.id, by = %by.id, "credentials sent again");
    Ok(Resent::Yes(mail.id))
}

/// Gives a contact an account whose temporary password is mailed; one that is there already gets its way in sent again.
pub async fn give_account(app: &App, whom: Whom<'_>, by: &User) -> Result<Resent, Trouble> {
    match found(app, whom, by).await? {
        Found::Contact(contact) if contact.person.mailbox().is_some() && !contact.disabled => {
            let made =
                enrol::account_of(app, &contact.id, enrol::WayIn::Temporary(Lane::Now, Some(by.id.clone()))).await?;
            match made {
                None => Ok(Resent::NoAccount),
                Some((_, Some(mail))) => Ok(Resent::Yes(mail)),
                // Somebody else was faster.
                Some((_, None)) => resend(app, whom, by).await,
            }
        }
        _ => resend(app, whom, by).await,
    }
}

fn resend_work(app: &App, user: &User, by: &User) -> Result<Letterbox, Trouble> {
    letter(app, Work::Resend { user: user.id.clone(), by: by.id.clone(), run: None })
}

enum Found {
    User(Box<User>),
    Contact(Box<Contact>),
    /// They see the contact, and may not act on the account.
    NotTheirs,
    Nobody,
}

/// Whom an id stands for, if `by` may act on them; anybody whom they don't see is nobody.
async fn found(app: &App, whom: Whom<'_>, by: &User) -> Result<Found, Trouble> {
    let id = match whom {
        Whom::User(id) => id.clone(),
        Whom::Contact(id) => match contact(app, id, by).await? {
            None => return Ok(Found::Nobody),
            Some(Contact { user: Some(user), .. }) => user,
            Some(contact) => return Ok(Found::Contact(contact.into())),
        },
    };
    Ok(match (app.store.user(&id).await?, whom) {
        (Some(user), _) if may_act_on(by, &user) => Found::User(user.into()),
        (Some(_), Whom::Contact(_)) => Found::NotTheirs,
        _ => Found::Nobody,
    })
}

/// A contact, if somebody may act on them.
pub async fn contact(app: &App, id: &ContactId, by: &User) -> Result<Option<Contact>, Trouble> {
    let contact = app.store.contact(id).await?;
    let group = |contact: &Contact| contact.person.group.clone();
    Ok(contact.filter(|contact| may_act(by, Kind::Contact, group(contact).as_deref())))
}
