//! Links: whose account somebody opens who is called so by a provider (FE-5). Each is kept twice, under what the provider says and
//! among what opens the account; both are written together.

use aws::dynamodb::{check, delete, put, query, update};
use domain::audit::Entry;
use domain::id::UserId;
use domain::provider::Closed;
use domain::time::later;
use domain::user::{State, User};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::transaction::{Outcome, Transaction};
use super::{
    KEEP_USED_SECONDS, Letterbox, Store, StoreError, audit, keys, number, read, text, unavailable, unless_condition,
    value, write,
};

/// That somebody is a user of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Whose account it opens.
    pub user: UserId,
    /// Who says so.
    pub issuer: String,
    /// What they call the person.
    pub subject: String,
    /// The provider by which it was made.
    pub provider: String,
    /// What people know it by, such as an address; not proof of anything.
    pub label: String,
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// What became of the last try to come in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Tried>,
}

/// What became of a try to come in by a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// When.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub at: Timestamp,
    /// Why they were not let in; `None` when they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

impl Link {
    /// What it is called by.
    pub fn id(&self) -> String {
        keys::link_id(&self.issuer, &self.subject)
    }
}

impl Store {
    /// Whose account somebody opens whom this issuer calls so, consistent.
    pub async fn link(&self, issuer: &str, subject: &str) -> Result<Option<Link>, StoreError> {
        self.item(&self.tables.directory, keys::link(issuer, subject)).await?.map(|item| read("link", item)).transpose()
    }

    /// What opens a user's account beside its password, consistent.
    pub async fn links_of(&self, user: &UserId) -> Result<Vec<Link>, StoreError> {
        let (pk, prefix) = keys::links_of(user);
        let answer = query(&self.tables.directory)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":prefix", text(prefix))
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query links"))?.items;
        items.into_iter().map(|item| read("link", item)).collect()
    }

    /// Makes a link, and tells its owner. `false` when somebody is called so already, or the account has changed meanwhile.
    pub async fn make_link(
        &self,
        link: &Link,
        user: &User,
        notice: &Letterbox,
        entry: Option<&Entry>,
    ) -> Result<bool, StoreError> {
        let directory = &self.tables.directory;
        let mut all = Transaction::default();
        let item = write("link", link, keys::link(&link.issuer, &link.subject))?;
        all.add(put(directory, item).condition_expression("attribute_not_exists(pk)"));
        all.add(put(directory, write("link", link, keys::link_of(&link.user, &link.id()))?));
        let unchanged = check(directory, keys::user(&link.user))
            .condition_expression("epoch = :epoch AND #state <> :disabled")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":epoch", number(user.epoch))
            .expression_attribute_values(":disabled", value("state", &State::Disabled)?);
        all.add(unchanged);
        all.add(put(&self.tables.outbox, notice.item()?));
        if let Some(entry) = entry {
            all.add(put(&self.tables.audit, audit::item(entry)?));
        }
        Ok(self.transact("TransactWriteItems link", all).await? == Outcome::Done)
    }

    /// Removes a link, tells its owner, unless another notice does, and writes it down, unless somebody else does. `false` when it was
    /// gone.
    pub async fn remove_link(
        &self,
        link: &Link,
        notice: Option<&Letterbox>,
        entry: Option<&Entry>,
    ) -> Result<bool, StoreError> {
        let directory = &self.tables.directory;
        let mut all = Transaction::default();
        let gone = delete(directory, keys::link(&link.issuer, &link.subject))
            .condition_expression("#user = :user")
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":user", text(link.user.as_str()));
        all.add(gone);
        all.add(delete(directory, keys::link_of(&link.user, &link.id())));
        if let Some(notice) = notice {
            all.add(put(&self.tables.outbox, notice.item()?));
        }
        if let Some(entry) = entry {
            all.add(put(&self.tables.audit, audit::item(entry)?));
        }
        Ok(self.transact("TransactWriteItems link", all).await? == Outcome::Done)
    }

    /// Notes what became of a try to come in by a link, for whoever asks why; a link that is gone stays so.
    pub async fn note_try(&self, link: &Link, tried: &Tried) -> Result<(), StoreError> {
        let answer = update(&self.tables.directory, keys::link_of(&link.user, &link.id()))
            .update_expression("SET tried = :tried")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":tried", value("tried", tried)?)
            .send(&self.client)
            .await;
        unless_condition("UpdateItem link", answer).map(drop)
    }

    /// Takes a sign-in that has come back from a provider: of any number of times once, `false` after that. Kept for long
    /// after it would be too old anyway: a clock that is set back makes nothing new of it.
    pub async fn take_back(&self, state: &str, ends_at: Timestamp) -> Result<bool, StoreError> {
        let mut item: super::Item = keys::came_back(state).into_iter().collect();
        item.insert("ttl".to_owned(), number(later(ends_at, KEEP_USED_SECONDS).as_second()));
        let mark = text(self.mark()?);
        item.insert("taken_by".to_owned(), mark.clone());
        let put = put(&self.tables.sessions, item);
        let put = put.condition_expression("attribute_not_exists(pk) OR taken_by = :mark");
        let answer = put.expression_attribute_values(":mark", mark).send(&self.client).await;
        Ok(unless_condition("PutItem state", answer)?.is_some())
    }
}
