//! Logins and users: read, and what is changed on them one field at a time.

use std::collections::{BTreeSet, HashMap};

use aws::dynamodb::{Attribute, Request, get, update};
use domain::id::{ContactId, MailId, UserId};
use domain::login::Login;
use domain::user::{Contact, OpenLink, User};

use super::{Item, Store, StoreError, keys, number, read, text, unavailable, value};

/// What became of opening a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOpened {
    /// It is now the user's one link.
    Yes,
    /// A newer one is out, or the account has changed meanwhile.
    Overtaken,
}

impl Store {
    /// The login behind a canonical name, consistent.
    pub async fn login(&self, name: &str) -> Result<Option<Login>, StoreError> {
        self.item(&self.tables.names, keys::login(name)).await?.map(|item| read("login", item)).transpose()
    }

    /// A user, consistent.
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        self.item(&self.tables.directory, keys::user(id)).await?.map(|item| read("user", item)).transpose()
    }

    /// A contact, consistent.
    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, StoreError> {
        self.item(&self.tables.directory, keys::contact(id)).await?.map(|item| read("contact", item)).transpose()
    }

    /// Users in the order of their identifiers as given, each once, consistent; whoever is gone is left out.
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let mut found: HashMap<String, User> = HashMap::new();
        let each: Vec<&UserId> = ids.iter().collect::<BTreeSet<_>>().into_iter().collect();
        for some in each.chunks(100) {
            let keys = some.iter().map(|id| keys::user(id)).collect();
            for item in self.batch_get(&self.tables.directory, keys, true).await? {
                let user: User = read("user", item)?;
                found.insert(user.id.to_string(), user);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id.as_str())).collect())
    }

    /// Contacts in the order of their numbers as given, each once, consistent; whoever is gone is left out.
    pub async fn contacts(&self, ids: &[ContactId]) -> Result<Vec<Contact>, StoreError> {
        let mut found: HashMap<String, Contact> = HashMap::new();
        let each: Vec<&ContactId> = ids.iter().collect::<BTreeSet<_>>().into_iter().collect();
        for some in each.chunks(100) {
            let keys = some.iter().map(|id| keys::contact(id)).collect();
            for item in self.batch_get(&self.tables.directory, keys, true).await? {
                let contact: Contact = read("contact", item)?;
                found.insert(contact.id.to_string(), contact);
            }
        }
        Ok(ids.iter().filter_map(|id| found.remove(id.as_str())).collect())
    }

    /// The logins behind canonical names, each once, consistent.
    pub async fn logins(&self, names: &BTreeSet<String>) -> Result<HashMap<String, Login>, StoreError> {
        let mut found = HashMap::new();
        let names: Vec<&String> = names.iter().collect();
        for some in names.chunks(100) {
            let keys = some.iter().map(|name| keys::login(name)).collect();
            for item in self.batch_get(&self.tables.names, keys, true).await? {
                let name = item.get("pk").and_then(|pk| pk.as_s()).and_then(|pk| pk.strip_prefix("NAME#"));
                let name = name.map(str::to_owned);
                let login: Login = read("login", item)?;
                found.extend(name.map(|name| (name, login)));
            }
        }
        Ok(found)
    }

    /// The item of a table with this key, consistent.
    pub(super) async fn item(&self, table: &str, key: keys::Key) -> Result<Option<Item>, StoreError> {
        let answer = get(table, key).consistent_read(true).send(&self.client).await;
        Ok(answer.map_err(unavailable("GetItem"))?.item)
    }

    /// Makes a link the user's one link. An older request never takes the place of a newer one, and one that was
    /// used never comes back when its mail is sent again (RP-3).
    pub async fn open_link(&self, user: &UserId, link: &OpenLink) -> Result<LinkOpened, StoreError> {
        let done = self.alone("UpdateItem link", self.link_opened(user, link)?).await?;
        Ok(if done { LinkOpened::Yes } else { LinkOpened::Overtaken })
    }

    /// Closes a user's link, if it is still this one.
    pub async fn close_link(&self, user: &UserId, link: &MailId) -> Result<(), StoreError> {
        let closed = update(&self.tables.directory, keys::user(user))
            .update_expression("REMOVE link")
            .condition_expression("link.id = :id")
            .expression_attribute_values(":id", text(link.as_str()));
        self.alone("UpdateItem link", closed).await.map(drop)
    }

    pub(super) fn link_opened(&self, user: &UserId, link: &OpenLink) -> Result<Request, StoreError> {
        Ok(update(&self.tables.directory, keys::user(user))
            .update_expression("SET link = :link")
            .condition_expression(
                "epoch = :epoch AND (attribute_not_exists(link) OR link.id <= :id) \
                 AND (attribute_not_exists(used_link) OR used_link < :id)",
            )
            .expression_attribute_values(":link", value("link", link)?)
            .expression_attribute_values(":epoch", number(link.epoch))
            .expression_attribute_values(":id", text(link.id.as_str())))
    }
}
