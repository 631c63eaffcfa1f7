//! What is due: a sparse index by day, in shards, so that a sweep costs what has expired and nothing more.

use std::collections::HashMap;

use aws::dynamodb::{Attribute, put, query};
use domain::id::MailId;
use jiff::{Timestamp, ToSpan, civil::Date, tz::Offset};
use serde_dynamo::AttributeValue;

use super::{Item, Store, StoreError, keys, number, text, unavailable};

/// How many items one query brings.
pub const PAGE: i32 = 100;

/// Partitions of one day.
pub const SHARDS: u8 = 8;

/// The day a sweep first looks at when none has run before: as far back as anything can have been left.
const FIRST_LOOK_DAYS: i64 = 8;

/// Something whose time has come: the partition key of its item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due(pub String);

/// The day, in UTC, that something at this moment is filed under.
fn day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// The two attributes that file an item in the index, for an item with this id.
pub(crate) fn filed(id: &str, at: Timestamp) -> [(String, AttributeValue); 2] {
    let shard = id.bytes().fold(0_u8, u8::wrapping_add) % SHARDS;
    let queue = text(partition(day(at), shard));
    [("queue".to_owned(), queue), ("queue_at".to_owned(), number(at.as_second()))]
}

fn partition(day: Date, shard: u8) -> String {
    format!("{day}#{shard}")
}

/// What can be due.
#[derive(Clone, Copy, Debug)]
pub enum Sweep {
    /// Temporary passwords, at their logins.
    TemporaryPasswords,
    /// Mail that waits or was forgotten.
    Outbox,
}

impl Sweep {
    fn name(self) -> &'static str {
        match self {
            Self::TemporaryPasswords => "temporary-passwords",
            Self::Outbox => "outbox",
        }
    }
}

impl Store {
    /// Items of one day and shard whose time has come, earliest first: at most a page.
    pub async fn due(&self, sweep: Sweep, at: (Date, u8), now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let table = match sweep {
            Sweep::TemporaryPasswords => &self.tables.names,
            Sweep::Outbox => &self.tables.outbox,
        };
        let answer = query(table)
            .index_name("queue")
            .key_condition_expression("queue = :day AND queue_at <= :now")
            .expression_attribute_values(":day", text(partition(at.0, at.1)))
            .expression_attribute_values(":now", number(now.as_second()))
            .limit(PAGE)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query due"))?.items;
        Ok(items.iter().filter_map(pk).collect())
    }

    /// The days a sweep has to look at: from where the last whole one ended up to today.
    pub async fn days_to_sweep(&self, sweep: Sweep, now: Timestamp) -> Result<Vec<Date>, StoreError> {
        let item = self.item(&self.tables.settings, keys::cursor(sweep.name())).await?.unwrap_or_default();
        let today = day(now);
        let stored = item.get("day").and_then(|v| v.as_s()).and_then(|s| s.parse::<Date>().ok());
        let first = stored.unwrap_or(today.saturating_sub(FIRST_LOOK_DAYS.days())).min(today);
        Ok(first.series(1.day()).take_while(|day| *day <= today).collect())
    }

    /// Writes down that everything before today has been swept.
    pub async fn swept(&self, sweep: Sweep, now: Timestamp) -> Result<(), StoreError> {
        let mut item: HashMap<_, _> = keys::cursor(sweep.name()).into_iter().collect();
        item.insert("day".to_owned(), text(day(now).to_string()));
        let answer = put(&self.tables.settings, item).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem cursor"))
    }
}

fn pk(item: &Item) -> Option<Due> {
    item.get("pk").and_then(|v| v.as_s()).cloned().map(Due)
}

impl Due {
    /// The mail, if it is one.
    pub fn mail(&self) -> Option<MailId> {
        keys::mail_id(&self.0)
    }

    /// The canonical name of a login, if it is one.
    pub fn name(&self) -> Option<&str> {
        self.0.strip_prefix("NAME#")
    }
}
