//! New people: a user with the claim on a name, a contact, their addresses and their first mail, all or none.

use aws::dynamodb::{check, delete, put, update};
use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::login::Login;
use domain::user::{Contact, User};
use domain::username::Username;

use super::addresses::{Holder, Seen};
use super::outbox::Letterbox;
use super::people::{contact_item, user_item};
use super::pins::PinUse;
use super::transaction::{Outcome, Transaction};
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
    /// The contact it belongs to.
    pub contact: Belongs,
    /// The first mail.
    pub invite: Option<Letterbox>,
    /// An address that must be as it was seen: nobody else has got an account there meanwhile.
    pub seen: Option<Seen>,
    /// The PIN that is used with it.
    pub pin: Option<PinUse>,
}

/// Which contact an account belongs to.
#[derive(Clone, Debug)]
pub enum Belongs {
    /// None: it is of another kind.
    Nobody,
    /// One that is made with it.
    New(Contact),
    /// One that is there and has no account yet.
    To(Contact),
}

impl Belongs {
    /// The contact's number.
    pub fn id(&self) -> Option<&ContactId> {
        match self {
            Self::Nobody => None,
            Self::New(contact) | Self::To(contact) => Some(&contact.id),
        }
    }
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
            Self::Account(account) => match &account.contact {
                Belongs::New(contact) => Some(&contact.id),
                Belongs::Nobody | Belongs::To(_) => None,
            },
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
    /// The contact has an account by now, or somebody else has got one at the address.
    Overtaken,
    /// The PIN was used up, replaced or withdrawn, or its sponsor has changed.
    PinGone,
}

/// Where in a transaction the conditions stand that say more than "the identifier is free".
#[derive(Default)]
struct Places {
    name: Option<usize>,
    foreign: Vec<usize>,
    meanwhile: Vec<usize>,
    pin: Vec<usize>,
}

impl Store {
    /// Makes somebody. Of any number of racers for a name, a contact, a watched address or the last use of a PIN exactly one
    /// gets it.
    pub async fn enrol(&self, newcomer: &Newcomer) -> Result<Enrolled, StoreError> {
        let mut all = Transaction::default();
        let places = self.add(&mut all, newcomer)?;
        self.enrolled(all, &places).await
    }

    async fn enrolled(&self, all: Transaction, places: &Places) -> Result<Enrolled, StoreError> {
        Ok(match self.transact("TransactWriteItems enrol", all).await? {
            Outcome::Done => Enrolled::Yes,
            Outcome::Refused(refused) if refused.iter().any(|p| places.pin.contains(p)) => Enrolled::PinGone,
            Outcome::Refused(refused) if refused.iter().any(|p| places.meanwhile.contains(p)) => Enrolled::Overtaken,
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
        all.alike_together();
        Ok(self.transact("TransactWriteItems enrol", all).await? == Outcome::Done)
    }

    fn add(&self, all: &mut Transaction, newcomer: &Newcomer) -> Result<Places, StoreError> {
        match newcomer {
            Newcomer::Account(account) => self.add_account(all, account),
            Newcomer::Contact(contact) => {
                let holder = Holder { user: None, name: None, contact: Some(contact.id.clone()) };
                self.add_contact(all, contact, &holder)?;
                let foreign =
                    contact.person.emails().into_iter().map(|email| self.no_name_at_all(all, email)).collect();
                Ok(Places { foreign, ..Places::default() })
            }
        }
    }

    fn add_account(&self, all: &mut Transaction, account: &Account) -> Result<Places, StoreError> {
        let (directory, names) = (&self.tables.directory, &self.tables.names);
        let new = |table: &str, item: Item| put(table, item).condition_expression("attribute_not_exists(pk)");
        let mut user = user_item(&account.user)?;
        user.extend(keys::user(&account.user.id));
        all.add(new(directory, user));
        let mut places = Places { name: Some(all.add(new(names, account.login_item()?))), ..Places::default() };
        let holder = account.holder();
        for email in account.user.person.emails() {
            let key = keys::address_of_user(email.canonical(), &account.user.id);
            all.add(put(names, write("address", &holder, key)?));
            if email.canonical() != account.username.canonical() {
                places.foreign.push(self.nobodys_name(all, email, &account.user.id));
            }
        }
        match &account.contact {
            Belongs::Nobody => {}
            Belongs::New(contact) => self.add_contact(all, contact, &holder)?,
            Belongs::To(contact) => places.meanwhile.push(self.give_to(all, contact, account)),
        }
        if let Some(seen) = &account.seen {
            places.meanwhile.push(self.as_seen(all, seen));
        }
        if let Some(used) = &account.pin {
            places.pin = self.use_pin(all, used, account)?;
        }
        // Whoever tried the name before it was anybody's has no say in whether its owner gets in.
        all.add(delete(&self.tables.lockouts, keys::failures(account.username.canonical())));
        if let Some(invite) = &account.invite {
            all.add(put(&self.tables.outbox, invite.item()?));
        }
        Ok(places)
    }

    fn add_contact(&self, all: &mut Transaction, contact: &Contact, holder: &Holder) -> Result<(), StoreError> {
        let mut item = contact_item(contact)?;
        item.extend(keys::contact(&contact.id));
        all.add(put(&self.tables.directory, item).condition_expression("attribute_not_exists(pk)"));
        for email in contact.person.emails() {
            let key = keys::address_of_contact(email.canonical(), &contact.id);
            all.add(put(&self.tables.names, write("address", holder, key)?));
        }
        Ok(())
    }

    /// Gives a contact the account, if it has none and is not switched off; answers the place of that condition.
    fn give_to(&self, all: &mut Transaction, contact: &Contact, account: &Account) -> usize {
        let has_one = update(&self.tables.directory, keys::contact(&contact.id))
            .update_expression("SET #user = :user")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(#user) AND attribute_not_exists(#off)")
            .expression_attribute_names("#user", "user")
            .expression_attribute_names("#off", "disabled")
            .expression_attribute_values(":user", text(account.user.id.as_str()));
        let place = all.add(has_one);
        for email in contact.person.emails() {
            let named = update(&self.tables.names, keys::address_of_contact(email.canonical(), &contact.id))
                .update_expression("SET #user = :user, #name = :name")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_names("#user", "user")
                .expression_attribute_names("#name", "name")
                .expression_attribute_values(":user", text(account.user.id.as_str()))
                .expression_attribute_values(":name", text(account.username.canonical()));
            all.add(named);
        }
        place
    }

    /// An address of somebody without an account is nobody's username (SI-5).
    pub(super) fn no_name_at_all(&self, all: &mut Transaction, email: &Email) -> usize {
        let check = check(&self.tables.names, keys::login(email.canonical()));
        all.add(check.condition_expression("attribute_not_exists(pk)"))
    }

    pub(super) fn nobodys_name(&self, all: &mut Transaction, email: &Email, user: &UserId) -> usize {
        let check = check(&self.tables.names, keys::login(email.canonical()))
            .condition_expression("attribute_not_exists(pk) OR #user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", text(user.as_str()));
        all.add(check)
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
        let contact = self.contact.id().cloned();
        Holder { user: Some(self.user.id.clone()), name: Some(self.username.canonical().to_owned()), contact }
    }
}
