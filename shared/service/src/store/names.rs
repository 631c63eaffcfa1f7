//! A new username: the old claim goes, the new one comes, the user's addresses name it, all or none.

use aws::dynamodb::{Request, delete, put, update};
use domain::bearer::SessionToken;
use domain::id::MailId;
use domain::login::Login;
use domain::session::Session;
use domain::user::{State, User};
use domain::username::Username;

use super::lists::by_username;
use super::outbox::Letterbox;
use super::transaction::{Outcome, Transaction};
use super::{PasswordSet, Store, StoreError, due, keys, number, sessions, text, value, write};

/// Nothing has changed that ends a right, and the account can be used.
const UNCHANGED: &str = "epoch = :epoch AND #state <> :disabled";

/// Everything that a change of name needs.
pub struct NewName<'a> {
    /// Whose, as read.
    pub user: &'a User,
    /// Their login, as read.
    pub login: &'a Login,
    /// Their canonical username.
    pub name: &'a str,
    /// The new one.
    pub to: &'a Username,
    /// What gives the right, and what follows.
    pub by: Renames<'a>,
    /// The mail that tells the owner.
    pub notice: Letterbox,
}

/// What gives the right to another username.
#[derive(Clone, Copy)]
pub enum Renames<'a> {
    /// A session and the password: this session begins with it.
    Owner(&'a SessionToken, &'a Session),
    /// A mailed link, which is used up by it.
    Link(&'a MailId),
}

impl Store {
    /// Changes a username. Of any number who want one name at once exactly one gets `Yes`.
    pub async fn rename(&self, change: &NewName<'_>) -> Result<PasswordSet, StoreError> {
        let NewName { user, login, name, to, by, notice } = change;
        let mut all = Transaction::default();
        let login = Login { epoch: user.epoch + 1, ..Login::clone(login) };
        // The same name written otherwise keeps its claim.
        let claim = if to.canonical() == *name {
            all.add(new_epoch(&self.tables.names, keys::login(name), user)?.update_expression("SET epoch = :next"));
            None
        } else {
            Some(self.move_login(&mut all, user, (name, to), &login).await?)
        };
        let of_user = new_epoch(&self.tables.directory, keys::user(&user.id), user)?;
        let of_user = of_user
            .expression_attribute_values(":username", text(to.shown()))
            .expression_attribute_values(":by_username", text(by_username(to, &user.id)));
        let set = "SET epoch = :next, username = :username, by_username = :by_username";
        match by {
            Renames::Owner(token, session) => {
                all.add(of_user.update_expression(format!("{set} REMOVE link")));
                all.add(put(&self.tables.sessions, sessions::item(token, session)?));
            }
            Renames::Link(link) => {
                let of_user = of_user.update_expression(format!("{set}, used_link = :link REMOVE link"));
                let unused = format!("{UNCHANGED} AND link.id = :link");
                all.add(of_user.condition_expression(unused).expression_attribute_values(":link", text(link.as_str())));
            }
        }
        all.add(put(&self.tables.outbox, notice.item()?));
        Ok(match self.transact("TransactWriteItems rename", all).await? {
            Outcome::Done => PasswordSet::Yes,
            Outcome::Refused(places) if places.iter().all(|place| claim == Some(*place)) => PasswordSet::NameTaken,
            Outcome::Refused(_) => PasswordSet::Gone,
        })
    }

    /// The old login goes, the new one comes, the failures under both are forgotten, and the addresses of the user and of their
    /// contact, which may be others, name the new one. Answers the place of the new claim.
    pub(super) async fn move_login(
        &self,
        all: &mut Transaction,
        user: &User,
        names: (&str, &Username),
        login: &Login,
    ) -> Result<usize, StoreError> {
        let (table, (from, to)) = (&self.tables.names, names);
        let old = delete(table, keys::login(from))
            .condition_expression("epoch = :epoch AND #state <> :disabled")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?)
            .expression_attribute_values(":epoch", number(user.epoch));
        all.add(old);
        let mut item = write("login", login, keys::login(to.canonical()))?;
        if let Some(temporary) = &login.temporary {
            item.extend(due::filed(user.id.as_str(), temporary.ends_at));
        }
        let claim = all.add(put(table, item).condition_expression("attribute_not_exists(pk)"));
        for name in [from, to.canonical()] {
            all.add(delete(&self.tables.lockouts, keys::failures(name)));
        }
        let mut addresses = Vec::new();
        let claims = user.person.emails().into_iter().map(|email| keys::address_of_user(email.canonical(), &user.id));
        addresses.extend(claims);
        let contact = match &user.contact {
            Some(contact) => self.contact(contact).await?.filter(|contact| contact.user.as_ref() == Some(&user.id)),
            None => None,
        };
        if let Some(contact) = &contact {
            all.add(self.same_addresses(contact)?);
            let emails = contact.person.emails().into_iter();
            addresses.extend(emails.map(|email| keys::address_of_contact(email.canonical(), &contact.id)));
        }
        for key in addresses {
            let points = update(table, key)
                .update_expression("SET #name = :name")
                .condition_expression("#user = :user")
                .expression_attribute_names("#name", "name")
                .expression_attribute_names("#user", "user")
                .expression_attribute_values(":name", text(to.canonical()))
                .expression_attribute_values(":user", text(user.id.as_str()));
            all.add(points);
        }
        Ok(claim)
    }
}

fn new_epoch(table: &str, key: keys::Key, user: &User) -> Result<Request, StoreError> {
    Ok(update(table, key)
        .condition_expression(UNCHANGED)
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":disabled", value("state", &State::Disabled)?)
        .expression_attribute_values(":epoch", number(user.epoch))
        .expression_attribute_values(":next", number(user.epoch + 1)))
}
