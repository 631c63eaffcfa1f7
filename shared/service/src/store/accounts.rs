//! New people: a user with the claim on a name, a contact, their addresses and their first mail, all or none.

use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::login::Login;
use domain::user::{Contact, User};
use domain::username::Username;

use super::addresses::Holder;
use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction, check, delete, put, update};
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

/// Somebody in the making.
#[derive(Clone, Debug)]
pub enum Newcomer {
    /// With an account.
    Account(Box<Account>),
    /// A contact without one.
    Contact(Box<Contact>),
}

impl Newcomer {
    /// The number of the contact that is made, if one is.
    pub fn contact(&self) -> Option<&ContactId> {
        match self {
            Self::Account(account) => account.contact.as_ref().map(|contact| &contact.id),
            Self::Contact(contact) => Some(&contact.id),
        }
    }
}

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

/// Where in a transaction the conditions stand that say more than "the identifier is free".
#[derive(Default)]
struct Places {
    name: Option<usize>,
    foreign: Vec<usize>,
}

impl Store {
    /// Makes somebody. Of any number of racers for a name exactly one gets it.
    pub async fn enrol(&self, newcomer: &Newcomer) -> Result<Enrolled, StoreError> {
        let mut all = Transaction::default();
        let places = self.add(&mut all, newcomer)?;
        self.enrolled(all, &places).await
    }

    /// Gives a contact an account, once: of any number who try exactly one makes it (FU-3).
    pub async fn give_account(&self, contact: &Contact, account: &Account) -> Result<Enrolled, StoreError> {
        let (table, mut all) = (&self.tables.directory, Transaction::default());
        let places = self.add_account(&mut all, account)?;
        let has_one = update(table, keys::contact(&contact.id))
            .update_expression("SET #user = :user")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(#user)")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", text(account.user.id.as_str()));
        all.update(has_one);
        for email in contact.person.emails() {
            let named = update(table, keys::address_of_contact(email.canonical(), &contact.id))
                .update_expression("SET #user = :user, #name = :name")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_names("#user", "user")
                .expression_attribute_names("#name", "name")
                .expression_attribute_values(":user", text(account.user.id.as_str()))
                .expression_attribute_values(":name", text(account.username.canonical()));
            all.update(named);
        }
        self.enrolled(all, &places).await
    }

    async fn enrolled(&self, all: Transaction, places: &Places) -> Result<Enrolled, StoreError> {
        Ok(match self.transact("TransactWriteItems enrol", all).await? {
            Outcome::Done => Enrolled::Yes,
            Outcome::Refused(refused) if refused.iter().any(|p| places.name == Some(*p)) => Enrolled::NameTaken,
            Outcome::Refused(refused) if refused.iter().any(|p| places.foreign.contains(p)) => Enrolled::AddressIsAName,
            Outcome::Refused(_) => Enrolled::IdTaken,
        })
    }

    /// Makes several at once, all or none: `false` when one of them can't be made. No two may share a name or address.
    pub async fn enrol_together(&self, newcomers: &[Newcomer]) -> Result<bool, StoreError> {
        let mut all = Transaction::default();
        for newcomer in newcomers {
            self.add(&mut all, newcomer)?;
        }
        Ok(self.transact("TransactWriteItems enrol", all).await? == Outcome::Done)
    }

    fn add(&self, all: &mut Transaction, newcomer: &Newcomer) -> Result<Places, StoreError> {
        match newcomer {
            Newcomer::Account(account) => self.add_account(all, account),
            Newcomer::Contact(contact) => {
                let holder = Holder { user: None, name: None, contact: Some(contact.id.clone()) };
                self.add_contact(all, contact, &holder)?;
                Ok(Places::default())
            }
        }
    }

    fn add_account(&self, all: &mut Transaction, account: &Account) -> Result<Places, StoreError> {
        let table = &self.tables.directory;
        let new = |item: Item| put(table, item).condition_expression("attribute_not_exists(pk)");
        all.put(new(write("user", &account.user, keys::user(&account.user.id))?));
        let mut places = Places { name: Some(all.put(new(account.login_item()?))), foreign: Vec::new() };
        let holder = account.holder();
        for email in account.user.person.emails() {
            let key = keys::address_of_user(email.canonical(), &account.user.id);
            all.put(put(table, write("address", &holder, key)?));
            if email.canonical() != account.username.canonical() {
                places.foreign.push(self.nobodys_name(all, email, &account.user.id));
            }
        }
        if let Some(contact) = &account.contact {
            self.add_contact(all, contact, &holder)?;
        }
        // Whoever tried the name before it was anybody's has no say in whether its owner gets in.
        all.delete(delete(&self.tables.lockouts, keys::failures(account.username.canonical())));
        if let Some(invite) = &account.invite {
            all.put(put(&self.tables.outbox, invite.item()?));
        }
        Ok(places)
    }

    fn add_contact(&self, all: &mut Transaction, contact: &Contact, holder: &Holder) -> Result<(), StoreError> {
        let table = &self.tables.directory;
        let item = write("contact", contact, keys::contact(&contact.id))?;
        all.put(put(table, item).condition_expression("attribute_not_exists(pk)"));
        for email in contact.person.emails() {
            all.put(put(table, write("address", holder, keys::address_of_contact(email.canonical(), &contact.id))?));
        }
        Ok(())
    }

    fn nobodys_name(&self, all: &mut Transaction, email: &Email, user: &UserId) -> usize {
        let check = check(&self.tables.directory, keys::login(email.canonical()))
            .condition_expression("attribute_not_exists(pk) OR #user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", text(user.as_str()));
        all.check(check)
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
