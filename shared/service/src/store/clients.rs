//! Applications that people sign in to through this site, by what they are called, and the codes that they exchange.

use aws::dynamodb::{delete, update};
use domain::audit::Entry;
use domain::bearer::Code;
use domain::client::{Client, Grant, TOKEN_SECONDS};
use domain::id::UserId;
use domain::time::later;
use serde::{Deserialize, Serialize};

use super::versions::without_keys;
use super::{Found, Item, Store, StoreError, keys, number, read, text, unavailable, unless_condition, write};

/// An application as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptClient {
    /// What it is called in addresses: its client id.
    pub id: String,
    /// What it is like.
    #[serde(flatten)]
    pub client: Client,
    /// The hash of its secret; none for one that has none yet, or can't keep one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Counted up by each save, from one.
    pub version: u64,
}

impl Store {
    /// One application, consistent.
    pub async fn client(&self, id: &str) -> Result<Option<KeptClient>, StoreError> {
        self.settings_item(keys::client(id)).await?.map(kept).transpose()
    }

    /// All of them, by what they are called.
    pub async fn clients(&self) -> Result<Vec<KeptClient>, StoreError> {
        self.all_of(keys::CLIENTS).await?.into_iter().map(kept).collect()
    }

    /// Writes a version of an application on top of the one before it. `false` when another is in force.
    pub async fn put_client(&self, kept: &KeptClient) -> Result<bool, StoreError> {
        self.put_version("client", (kept, kept.version), keys::client(&kept.id)).await
    }

    /// Removes this version of an application. `false` when it is not in force.
    pub async fn remove_client(&self, id: &str, version: u64) -> Result<bool, StoreError> {
        self.remove_version(keys::client(id), version).await
    }

    /// Keeps what a code stands for, and writes down that somebody went to an application.
    pub async fn begin_code(&self, code: &Code, grant: &Grant, entry: &Entry) -> Result<(), StoreError> {
        // It is there for as long as what may come of it.
        let ttl = ("ttl".to_owned(), number(later(grant.ends_at, TOKEN_SECONDS).as_second()));
        let item = write("grant", grant, keys::code(&code.user, &code_digest(code)).into_iter().chain([ttl]))?;
        self.begin(item, entry).await
    }

    /// What a code stands for, once, a lost answer or not: whoever comes next finds nothing. Says nothing about time.
    pub async fn take_code(&self, code: &Code) -> Result<Option<Grant>, StoreError> {
        let answer = update(&self.tables.sessions, keys::code(&code.user, &code_digest(code)))
            .update_expression("SET taken_by = :mark")
            .condition_expression("attribute_exists(pk) AND (attribute_not_exists(taken_by) OR taken_by = :mark)")
            .expression_attribute_values(":mark", text(self.mark()?))
            .returning_all()
            .send(&self.client)
            .await;
        let item = unless_condition("UpdateItem code", answer)?.and_then(|taken| taken.attributes);
        item.map(|item| read("grant", item)).transpose()
    }

    /// What a code stood for and whose it was, in one consistent read, until it is forgotten. Says nothing about time or epoch.
    pub async fn granted(&self, user: &UserId, digest: &str) -> Result<Option<Found<Grant>>, StoreError> {
        let found = self.with_user(keys::code(user, digest), keys::user(user)).await?;
        found.map(|(item, user)| Ok(Found { held: read("grant", item)?, user })).transpose()
    }

    /// Forgets a code, and with it what came of it.
    pub async fn forget_code(&self, code: &Code) -> Result<(), StoreError> {
        let gone = delete(&self.tables.sessions, keys::code(&code.user, &code_digest(code))).send(&self.client).await;
        gone.map(drop).map_err(unavailable("DeleteItem code"))
    }
}

/// The hash of a code's secret, by which what came of it speaks of it.
pub fn code_digest(code: &Code) -> String {
    keys::code_digest(&code.secret)
}

fn kept(item: Item) -> Result<KeptClient, StoreError> {
    read("client", without_keys(item))
}
