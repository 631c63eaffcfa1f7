//! Making people: a contact, an account, or both, with the first mail.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ContactId, MailId, TemporaryId, UserId};
use domain::login::{Login, Temporary};
use domain::user::{Contact, Grants, Kind, Person, State, User};
use domain::username::Username;
use domain::work::{Lane, Work};

use super::Trouble;
use crate::app::App;
use crate::store::{Account, Belongs, Enrolled, Letterbox, Newcomer};

/// How often another contact number is tried when one is in use.
const TRIES: u32 = 8;

/// Somebody who is to be made.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What sort of account.
    pub kind: Kind,
    /// The username; `None` makes a contact without an account, or for other kinds the default name.
    pub username: Option<Username>,
    /// Name and addresses.
    pub person: Person,
    /// Rights.
    pub grants: Grants,
    /// How they first get in.
    pub way_in: WayIn,
    /// Whether the account can be used.
    pub state: State,
}

/// How somebody first gets in.
#[derive(Clone, Debug)]
pub enum WayIn {
    /// By a temporary password that is mailed to them, in this lane; for whom on the staff, if that is who makes them (ML-5).
    Temporary(Lane, Option<UserId>),
    /// By a password whose hash is at hand.
    Hash(String),
    /// Not until an administrator sets a password.
    None,
}

/// Makes a person. Exactly one of any number of racers for a username gets it.
pub async fn enrol(app: &App, new: &NewPerson) -> Result<Enrolled, Trouble> {
    for _ in 0..TRIES {
        let Some(newcomer) = newcomer(app, new).await? else { return Ok(Enrolled::NameTaken) };
        let made = app.store.enrol(&newcomer).await?;
        if made != Enrolled::IdTaken {
            return Ok(made);
        }
    }
    Ok(Enrolled::IdTaken)
}

/// Who was made.
#[derive(Clone, Debug)]
pub enum Made {
    /// Somebody with an account.
    User(Box<User>),
    /// A contact without one.
    Contact(Box<Contact>),
    /// Nobody, and why.
    Not(Enrolled),
}

/// Makes a person and answers who it is; with an account, its username is the default one if none is given (SU-4).
pub async fn make(app: &App, new: &NewPerson, with_account: bool) -> Result<Made, Trouble> {
    for _ in 0..TRIES {
        let contact = Contact { disabled: new.state == State::Disabled, ..new_contact(app, &new.person)? };
        let (made, enrolled) = if with_account {
            let belongs = if new.kind == Kind::Contact { Belongs::New(contact) } else { Belongs::Nobody };
            let Some(account) = account_for(app, new, belongs).await? else {
                return Ok(Made::Not(Enrolled::NameTaken));
            };
            if another_ones_address(app, &account.username, &new.person).await? {
                return Ok(Made::Not(Enrolled::NameTaken));
            }
            let user = Made::User(account.user.clone().into());
            (user, app.store.enrol(&Newcomer::Account(account.into())).await?)
        } else {
            let made = Made::Contact(contact.clone().into());
            (made, app.store.enrol(&Newcomer::Contact(contact.into())).await?)
        };
        match enrolled {
            Enrolled::Yes => return Ok(made),
            // Only a number that was drawn can be drawn again.
            Enrolled::IdTaken => {}
            other => return Ok(Made::Not(other)),
        }
    }
    Ok(Made::Not(Enrolled::IdTaken))
}

/// Makes several people, in one write if it can be done, else one by one; no two may share a name or address.
pub async fn enrol_all(app: &App, people: &[NewPerson]) -> Result<Vec<Enrolled>, Trouble> {
    let mut newcomers = Vec::with_capacity(people.len());
    for person in people {
        newcomers.extend(newcomer(app, person).await?);
    }
    // Numbers are drawn: two of one write may be the same, which no transaction takes.
    let numbers: Vec<_> = newcomers.iter().filter_map(Newcomer::contact).collect();
    let distinct = numbers.iter().collect::<BTreeSet<_>>().len() == numbers.len();
    if people.is_empty() {
        return Ok(Vec::new());
    }
    if distinct && newcomers.len() == people.len() && app.store.enrol_together(&newcomers).await? {
        return Ok(vec![Enrolled::Yes; people.len()]);
    }
    let mut made = Vec::with_capacity(people.len());
    for person in people {
        made.push(enrol(app, person).await?);
    }
    Ok(made)
}

/// The account of a contact, made if they have none (FU-3), and the mail that invites them to it, if one was
/// wished. `None` where an account can't be made: they are switched off, have no address, or another of their addresses belongs
/// to an account already.
pub async fn account_of(app: &App, id: &ContactId, way_in: WayIn) -> Result<Option<(User, Option<MailId>)>, Trouble> {
    let Some(contact) = app.store.contact(id).await? else { return Ok(None) };
    if contact.user.is_none() {
        if contact.disabled {
            return Ok(None);
        }
        for email in contact.person.emails() {
            if app.store.at_address(email.canonical()).await?.have_accounts() {
                return Ok(None);
            }
        }
        let new = NewPerson {
            kind: Kind::Contact,
            username: None,
            person: contact.person.clone(),
            grants: Grants::default(),
            way_in,
            state: State::Active,
        };
        let Some(made) = account_for(app, &new, Belongs::To(contact)).await? else { return Ok(None) };
        let made_now = (made.user.clone(), made.invite.as_ref().map(|invite| invite.id.clone()));
        if app.store.enrol(&Newcomer::Account(made.into())).await? == Enrolled::Yes {
            return Ok(Some(made_now));
        }
    }
    // Made before, or by somebody else just now.
    let owner = app.store.contact(id).await?.and_then(|contact| contact.user);
    match owner {
        Some(user) => Ok(app.store.user(&user).await?.map(|user| (user, None))),
        None => Ok(None),
    }
}

/// An account in the making for somebody who is known or made with it. `None` when there is no username for them.
pub(super) async fn account_for(app: &App, new: &NewPerson, contact: Belongs) -> Result<Option<Account>, Trouble> {
    let id = contact.id().cloned().unwrap_or(ContactId::number(app.random.bytes()?));
    let Some(username) = new.username.clone().or_else(|| default_username(&new.person, &id)) else { return Ok(None) };
    let user = UserId::new(app.clock.now(), app.random.bytes()?);
    Ok(Some(account(app, new, username, contact, user).await?))
}

/// A new contact for this person.
pub(super) fn new_contact(app: &App, person: &Person) -> Result<Contact, Trouble> {
    let id = ContactId::number(app.random.bytes()?);
    Ok(Contact { id, user: None, disabled: false, person: person.clone(), created_at: app.clock.now() })
}

/// All that is to be written for a person. `None` when their username can't be theirs.
async fn newcomer(app: &App, new: &NewPerson) -> Result<Option<Newcomer>, Trouble> {
    let user = UserId::new(app.clock.now(), app.random.bytes()?);
    known_newcomer(app, new, user, new_contact(app, &new.person)?).await
}

/// The same under these identifiers.
pub(super) async fn known_newcomer(
    app: &App,
    new: &NewPerson,
    user: UserId,
    contact: Contact,
) -> Result<Option<Newcomer>, Trouble> {
    if new.username.is_none() && new.kind == Kind::Contact {
        return Ok(Some(Newcomer::Contact(Box::new(contact))));
    }
    let username = new.username.clone().or_else(|| default_username(&new.person, &contact.id));
    let Some(username) = username else { return Ok(None) };
    if another_ones_address(app, &username, &new.person).await? {
        return Ok(None);
    }
    let belongs = if new.kind == Kind::Contact { Belongs::New(contact) } else { Belongs::Nobody };
    Ok(Some(Newcomer::Account(Box::new(account(app, new, username, belongs, user).await?))))
}

/// SU-4: the part of the e-mail before the @, and the contact's number.
pub(super) fn default_username(person: &Person, number: &ContactId) -> Option<Username> {
    let email = person.mailbox()?;
    Username::parse(&format!("{}{number}", email.local())).or_else(|_| Username::parse(&format!("member{number}"))).ok()
}

/// SI-5: a username is never another person's address.
pub(super) async fn another_ones_address(app: &App, username: &Username, person: &Person) -> Result<bool, Trouble> {
    if !username.canonical().contains('@') {
        return Ok(false);
    }
    let own = person.emails().iter().any(|email| email.canonical() == username.canonical());
    Ok(!own || !app.store.at_address(username.canonical()).await?.is_empty())
}

async fn account(
    app: &App,
    new: &NewPerson,
    username: Username,
    mut contact: Belongs,
    id: UserId,
) -> Result<Account, Trouble> {
    let now = app.clock.now();
    let days = app.settings().await?.temporary_days;
    let (temporary, hash, invite) = match &new.way_in {
        WayIn::Temporary(lane, by) => {
            let temporary = Temporary::issue(TemporaryId::new(now, app.random.bytes()?), now, days);
            let mail = MailId::new(now, app.random.bytes()?);
            let invite = Letterbox::new(mail, Work::Invite { user: id.clone(), to: None, by: by.clone() }, *lane, now);
            (Some(temporary), None, Some(invite))
        }
        WayIn::Hash(hash) => (None, Some(hash.clone()), None),
        WayIn::None => (None, None, None),
    };
    if let Belongs::New(made) = &mut contact {
        made.user = Some(id.clone());
        made.disabled = new.state == State::Disabled;
    }
    let password_set_at = hash.as_ref().map(|_| now);
    let login = Login {
        user: id.clone(),
        kind: new.kind,
        epoch: 1,
        state: new.state,
        hash,
        password_set_at,
        history: Vec::new(),
        temporary,
        swept: None,
        must_change: false,
    };
    let user = User {
        id,
        username: username.shown().to_owned(),
        kind: new.kind,
        epoch: 1,
        state: new.state,
        contact: contact.id().cloned(),
        person: new.person.clone(),
        grants: new.grants.clone(),
        pin: None,
        sponsored_by: None,
        default_location: None,
        factor: None,
        setup: None,
        recovery: BTreeMap::new(),
        passkeys: BTreeMap::new(),
        link: None,
        created_at: now,
        password_changed_at: password_set_at,
        last_sign_in: None,
        bounced_at: None,
        earlier: None,
    };
    Ok(Account { user, username, login, contact, invite, seen: None, pin: None })
}
