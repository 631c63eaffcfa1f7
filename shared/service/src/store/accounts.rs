//! New people: a user with the claim on a name, a contact, their addresses and their first mail, all or none.

use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::login::Login;
use domain::user::{Contact, User};
use domain::username::Username;

use super::addresses::Holder;
use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction, check, put};
use super::{Item, Store, StoreError, due, keys, text, write};

/// A user in the making, with all that is written along with it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The user.
    pub user: User,
    /// The name they claim.
    pub username: Username,
    /// What sign-in will read.
    pub login: Login,
    /// The contact that is made with it.
    pub contact: Option<Contact>,
    /// The first mail.
    pub invite: Option<Letterbox>,
}

/// A contact in the making, without an account.
#[derive(Clone, Debug)]
pub struct NewContact(pub Contact);

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// Made.
    Yes,
    /// Somebody has this username.
    NameTaken,
    /// One of the addresses is somebody else's username (SI-5).
    AddressIsAName,
    /// The identifier is in use: make another.
    IdTaken,
}

impl Store {
    /// Makes an account. Of any number of racers for a name exactly one gets it.
    pub async fn enrol(&self, account: &Account) -> Result<Enrolled, StoreError> {
        let table = &self.tables.directory;
        let mut all = Transaction::default();
        let new = |item: Item| put(table, item).condition_expression("attribute_not_exists(pk)");
        all.put(new(write("user", &account.user, keys::user(&account.user.id))?));
        let name = all.put(new(account.login_item()?));
        let holder = account.holder();
        let mut foreign = Vec::new();
        for email in account.user.person.emails() {
            let key = keys::address_of_user(email.canonical(), &account.user.id);
            all.put(put(table, write("address", &holder, key)?));
            if email.canonical() != account.username.canonical() {
                foreign.push(self.nobodys_name(&mut all, email, &account.user.id));
            }
        }
        if let Some(contact) = &account.contact {
            all.put(new(write("contact", contact, keys::contact(&contact.id))?));
            for email in contact.person.emails() {
                all.put(put(
                    table,
                    write("address", &holder, keys::address_of_contact(email.canonical(), &contact.id))?,
                ));
            }
        }
        if let Some(invite) = &account.invite {
            all.put(put(&self.tables.outbox, invite.item()?));
        }
        Ok(match self.transact("TransactWriteItems enrol", all).await? {
            Outcome::Done => Enrolled::Yes,
            Outcome::Refused(places) if places.contains(&name) => Enrolled::NameTaken,
            Outcome::Refused(places) if places.iter().any(|p| foreign.contains(p)) => Enrolled::AddressIsAName,
            Outcome::Refused(_) => Enrolled::IdTaken,
        })
    }

    fn nobodys_name(&self, all: &mut Transaction, email: &Email, user: &UserId) -> usize {
        let check = check(&self.tables.directory, keys::login(email.canonical()))
            .condition_expression("attribute_not_exists(pk) OR #user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", text(user.as_str()));
        all.check(check)
    }

    /// Makes a contact without an account.
    pub async fn add_contact(&self, contact: &NewContact) -> Result<Enrolled, StoreError> {
        let NewContact(contact) = contact;
        let table = &self.tables.directory;
        let mut all = Transaction::default();
        let item = write("contact", contact, keys::contact(&contact.id))?;
        all.put(put(table, item).condition_expression("attribute_not_exists(pk)"));
        let holder = Holder { user: None, name: None, contact: Some(contact.id.clone()) };
        for email in contact.person.emails() {
            all.put(put(table, write("address", &holder, keys::address_of_contact(email.canonical(), &contact.id))?));
        }
        Ok(match self.transact("TransactWriteItems contact", all).await? {
            Outcome::Done => Enrolled::Yes,
            Outcome::Refused(_) => Enrolled::IdTaken,
        })
    }
}

impl Account {
    /// The login, filed under the day its temporary password ends.
    fn login_item(&self) -> Result<Item, StoreError> {
        let mut item = write("login", &self.login, keys::login(self.username.canonical()))?;
        if let Some(temporary) = &self.login.temporary {
            item.extend(due::filed(self.user.id.as_str(), temporary.ends_at));
        }
        Ok(item)
    }

    fn holder(&self) -> Holder {
        let contact: Option<ContactId> =
            self.contact.as_ref().map(|c| c.id.clone()).or_else(|| self.user.contact.clone());
        Holder { user: Some(self.user.id.clone()), name: Some(self.username.canonical().to_owned()), contact }
    }
}
