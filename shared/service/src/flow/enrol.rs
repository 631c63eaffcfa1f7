//! Making people: a contact, an account, or both, with the first mail.

use domain::id::{ContactId, MailId, TemporaryId, UserId};
use domain::login::{Login, Temporary};
use domain::user::{Contact, Grants, Kind, Person, State, User};
use domain::username::Username;
use domain::work::{Lane, Work};
use jiff::Timestamp;

use super::Trouble;
use crate::app::App;
use crate::store::{Account, Enrolled, Letterbox, NewContact};

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
    /// By a temporary password that is mailed to them, in this lane.
    Temporary(Lane),
    /// By a password whose hash is at hand.
    Hash(String),
    /// Not until an administrator sets a password.
    None,
}

/// Makes a person. Exactly one of any number of racers for a username gets it.
pub async fn enrol(app: &App, new: &NewPerson) -> Result<Enrolled, Trouble> {
    let now = app.clock.now();
    for _ in 0..TRIES {
        let number = ContactId::number(app.random.bytes()?);
        let made = match (&new.username, new.kind) {
            (None, Kind::Contact) => {
                let contact = Contact { id: number, user: None, person: new.person.clone(), created_at: now };
                app.store.add_contact(&NewContact(contact)).await?
            }
            (username, _) => {
                let Some(username) = username.clone().or_else(|| default_username(&new.person, &number)) else {
                    return Ok(Enrolled::NameTaken);
                };
                if another_ones_address(app, &username, &new.person).await? {
                    return Ok(Enrolled::NameTaken);
                }
                app.store.enrol(&account(app, new, username, number, now).await?).await?
            }
        };
        if made != Enrolled::IdTaken {
            return Ok(made);
        }
    }
    Ok(Enrolled::IdTaken)
}

/// SU-4: the part of the e-mail before the @, and the contact's number.
fn default_username(person: &Person, number: &ContactId) -> Option<Username> {
    let email = person.mailbox()?;
    Username::parse(&format!("{}{number}", email.local())).or_else(|_| Username::parse(&format!("member{number}"))).ok()
}

/// SI-5: a username is never another person's address.
async fn another_ones_address(app: &App, username: &Username, person: &Person) -> Result<bool, Trouble> {
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
    number: ContactId,
    now: Timestamp,
) -> Result<Account, Trouble> {
    let id = UserId::new(now, app.random.bytes()?);
    let days = app.settings().await?.temporary_days;
    let (temporary, hash, invite) = match &new.way_in {
        WayIn::Temporary(lane) => {
            let temporary = Temporary::issue(TemporaryId::new(now, app.random.bytes()?), now, days);
            let mail = MailId::new(now, app.random.bytes()?);
            let invite = Letterbox::new(mail, Work::Invite { user: id.clone() }, *lane, now);
            (Some(temporary), None, Some(invite))
        }
        WayIn::Hash(hash) => (None, Some(hash.clone()), None),
        WayIn::None => (None, None, None),
    };
    let contact = (new.kind == Kind::Contact).then(|| Contact {
        id: number,
        user: Some(id.clone()),
        person: new.person.clone(),
        created_at: now,
    });
    let login =
        Login { user: id.clone(), kind: new.kind, epoch: 1, state: new.state, hash, temporary, must_change: false };
    let user = User {
        id,
        username: username.shown().to_owned(),
        kind: new.kind,
        epoch: 1,
        state: new.state,
        contact: contact.as_ref().map(|contact| contact.id.clone()),
        person: new.person.clone(),
        grants: new.grants.clone(),
        link: None,
        created_at: now,
        password_changed_at: login.hash.as_ref().map(|_| now),
    };
    Ok(Account { user, username, login, contact, invite })
}
