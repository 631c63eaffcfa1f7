//! What is kept in DynamoDB: one file per kind of item, one verb per act. Losing a race is data, not an error.

mod accounts;
pub mod addresses;
mod audit;
mod clients;
mod directory;
mod due;
mod erasure;
mod factors;
mod imports;
mod instances;
pub mod keys;
mod layouts;
mod links;
mod lists;
mod locations;
mod lockouts;
mod logos;
mod names;
mod outbox;
mod passkeys;
mod passwords;
mod people;
mod pins;
mod providers;
mod runs;
mod session_list;
mod sessions;
mod settings;
mod temporary;
mod transaction;
mod versions;
mod whole;

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;

use aws::dynamodb::{DynamoDb, Wanted};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::AttributeValue;

use crate::config::Tables;
use crate::random::Random;

pub use aws::dynamodb::Item;

pub use accounts::{Account, Belongs, Enrolled, Newcomer};
pub use audit::{AUDIT_SHARDS, Block, Head, Part, Raw, Sealed, day};
pub use clients::{KeptClient, code_digest};
pub use directory::LinkOpened;
pub use due::{Due, PAGE, SHARDS, Sweep};
pub use erasure::Leaving;
pub use factors::{CodeUse, Gets, Shown, ticket_digest};
pub use instances::Named;
pub use layouts::{LayoutVersion, MOST_LAYOUTS};
pub use links::{Link, Tried};
pub use lists::{ContactRow, List, Order, Placed, UserRow};
pub use locations::Location;
pub use lockouts::{ADDRESS_WINDOW, Charge, Counter, LockRule, Spent};
pub use names::{NewName, Renames};
pub use outbox::{Claim, Ended, Letterbox, Mail, MailPlace, Posted, Reported, Waiting};
pub use passkeys::{PasskeyAsked, PasskeyChange, PasskeyUse};
pub use passwords::{NewPassword, PasswordSet, Via};
pub use people::{PersonChange, PersonChanged, Stuck};
pub use pins::{PinUse, Sponsored};
pub use providers::Kept;
pub use sessions::{Before, Found};
pub use settings::{SettingsVersion, Versioned};
pub use temporary::Way;
pub use whole::{BATCH, People, Place, Standing, Whole, as_user, place};

/// How long it is kept that something was used, after it would be too old anyway, in seconds: a clock that is set back makes
/// nothing new of it.
const KEEP_USED_SECONDS: i64 = 30 * 86_400;

/// The database, by verbs.
#[derive(Clone, Debug)]
pub struct Store {
    client: Arc<DynamoDb>,
    tables: Tables,
    random: Random,
}

/// The database could not be asked or did not make sense. Nothing is half done: try again later.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB refused, failed or did not answer in time.
    #[error("the database did not do {operation} ({code})")]
    Unavailable {
        /// What was asked.
        operation: &'static str,
        /// DynamoDB's code for it.
        code: String,
        /// What the client said.
        #[source]
        source: aws::Error,
    },
    /// An item is not what this code, or the code before it, writes.
    #[error("an item can't be read or written as {kind}")]
    Shape {
        /// What it should have been.
        kind: &'static str,
        /// Where it differs.
        #[source]
        source: serde_dynamo::Error,
    },
    /// DynamoDB went on leaving part of a batch undone.
    #[error("the database left part of a batch undone")]
    Unprocessed,
    /// No key can be made without randomness.
    #[error(transparent)]
    Random(#[from] crate::random::NoRandomness),
}

impl Store {
    /// The store behind this client.
    pub fn new(client: DynamoDb, tables: Tables, random: Random) -> Self {
        Self { client: Arc::new(client), tables, random }
    }

    /// By which a write that was tried again after a lost answer knows itself.
    fn mark(&self) -> Result<String, StoreError> {
        Ok(data_encoding::HEXLOWER.encode(&self.random.bytes::<12>()?))
    }
}

/// How often the rest of a batch is asked for again.
const BATCH_TRIES: u64 = 4;

impl Store {
    /// Up to a hundred items of a table, in no order.
    async fn batch_get(&self, table: &str, keys: Vec<keys::Key>, consistent: bool) -> Result<Vec<Item>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let keys = keys.into_iter().map(|key| key.into_iter().collect()).collect();
        let mut left = HashMap::from([(table.to_owned(), Wanted { keys, consistent_read: consistent })]);
        let mut found = Vec::new();
        for attempt in 1..=BATCH_TRIES {
            let answer = self.client.batch_get(&left).await;
            let mut answer = answer.map_err(unavailable("BatchGetItem"))?;
            found.extend(answer.responses.remove(table).unwrap_or_default());
            left = answer.unprocessed_keys;
            if left.is_empty() {
                return Ok(found);
            }
            tokio::time::sleep(self.jitter(attempt)?).await;
        }
        Err(StoreError::Unprocessed)
    }
}

/// Turns a client's error into the store's.
fn unavailable(operation: &'static str) -> impl FnOnce(aws::Error) -> StoreError {
    move |source| {
        let code = source.code().unwrap_or("no answer").to_owned();
        StoreError::Unavailable { operation, code, source }
    }
}

/// An answer in which "the condition did not hold" is `None`.
fn unless_condition<T>(operation: &'static str, answer: Result<T, aws::Error>) -> Result<Option<T>, StoreError> {
    match answer {
        Ok(done) => Ok(Some(done)),
        Err(error) if error.code() == Some("ConditionalCheckFailedException") => Ok(None),
        Err(error) => Err(unavailable(operation)(error)),
    }
}

fn read<T: DeserializeOwned>(kind: &'static str, item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|source| StoreError::Shape { kind, source })
}

fn write<T: Serialize>(
    kind: &'static str,
    value: &T,
    keys: impl IntoIterator<Item = (String, AttributeValue)>,
) -> Result<Item, StoreError> {
    let item: serde_dynamo::Item = serde_dynamo::to_item(value).map_err(|source| StoreError::Shape { kind, source })?;
    let mut item = item.into_inner();
    item.extend(keys);
    Ok(item)
}

fn value<T: Serialize>(kind: &'static str, value: &T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|source| StoreError::Shape { kind, source })
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(format!("{value}"))
}
