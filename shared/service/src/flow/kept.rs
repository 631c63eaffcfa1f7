//! All that is kept about somebody, gathered for whoever has a right to know it: themselves, through an administrator.

use domain::access::may_act_on;
use domain::email::Email;
use domain::id::{ContactId, RunId, UserId};
use domain::intake::Line;
use domain::login::Login;
use domain::pin::Pin;
use domain::session::Session;
use domain::traces::Traces;
use domain::user::{Contact, Person, User};
use domain::username;

use super::audit::{Asked, Page, search};
use super::erase::rows;
use super::users::within;
use super::{Trouble, credentials};
use crate::app::App;
use crate::store::{Link, Mail, Sponsored};

/// Mails to one address that are told.
const MAILS: i32 = 500;

/// Entries of the audit that are told at once; where there are more, the page of the audit goes on.
const ENTRIES: usize = 1_000;

/// What is kept about somebody. Hashes and sealed secrets are among it: whoever shows it leaves them out.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Their account.
    pub user: Option<User>,
    /// Their contact.
    pub contact: Option<Contact>,
    /// What sign-in reads.
    pub login: Option<Login>,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// Accounts elsewhere that open theirs.
    pub links: Vec<Link>,
    /// The PIN that they hold.
    pub pin: Option<Pin>,
    /// The first hundred who came by their PINs.
    pub sponsored: Vec<Sponsored>,
    /// What was mailed to their addresses in the last thirty days.
    pub mails: Vec<(String, Mail)>,
    /// Rows of imports of the last thirty days.
    pub rows: Vec<(RunId, Line)>,
    /// What they did and what was done on them, the last month of it.
    pub happened: Page,
}

/// What is kept about a user and their contact; `None` where there is nobody whom they may act on.
pub async fn of_user(app: &App, id: &UserId, by: &User) -> Result<Option<Kept>, Trouble> {
    let Some(user) = within(app, id, by).await? else { return Ok(None) };
    let contact = match &user.contact {
        Some(contact) => app.store.contact(contact).await?,
        None => None,
    };
    gathered(app, Some(user), contact).await.map(Some)
}

/// What is kept about a contact and their account.
pub async fn of_contact(app: &App, id: &ContactId, by: &User) -> Result<Option<Kept>, Trouble> {
    let Some(contact) = credentials::contact(app, id, by).await? else { return Ok(None) };
    let user = match &contact.user {
        Some(user) => app.store.user(user).await?,
        None => None,
    };
    if user.as_ref().is_some_and(|user| !may_act_on(by, user)) {
        return Ok(None);
    }
    gathered(app, user, Some(contact)).await.map(Some)
}

async fn gathered(app: &App, user: Option<User>, contact: Option<Contact>) -> Result<Kept, Trouble> {
    let mut kept = Kept::default();
    let people = || user.iter().map(|user| &user.person).chain(contact.iter().map(|contact| &contact.person));
    let mut addresses: Vec<&str> = people().flat_map(Person::emails).map(Email::canonical).collect();
    addresses.sort_unstable();
    addresses.dedup();
    for address in addresses {
        let mails = app.store.mails_to(address, None, MAILS).await?;
        kept.mails.extend(mails.into_iter().map(|mail| (address.to_owned(), mail)));
    }
    kept.rows = rows(app, &Traces::of(user.as_ref(), contact.as_ref())).await?;
    let ids = [user.as_ref().map(|user| user.id.to_string()), contact.as_ref().map(|contact| contact.id.to_string())];
    for id in ids.into_iter().flatten() {
        let asked = Asked { q: id, limit: ENTRIES, ..Asked::default() };
        let page = search(app, &asked).await?.unwrap_or_default();
        kept.happened.entries.extend(page.entries);
        kept.happened.next = kept.happened.next.or(page.next);
    }
    if let Some(user) = &user {
        kept.login = app.store.login(&username::canonical(&user.username)).await?;
        kept.sessions = app.store.sessions_of(&user.id).await?;
        kept.links = app.store.links_of(&user.id).await?;
        kept.pin = app.store.pin(user.pin.as_slice()).await?;
        kept.sponsored = app.store.sponsored(&user.id, None).await?;
    }
    Ok(Kept { user, contact, ..kept })
}
