//! What happened: written once, by day and shard, and the chain of seals over it (AD-6).

use std::collections::HashMap;

use aws::dynamodb::{Attribute, Write, put, query, update};
use domain::audit::Entry;
use jiff::civil::Date;
use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;

use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, keys, number, read, text, unavailable, value, write};

/// Partitions of one day.
pub const AUDIT_SHARDS: u8 = 4;

/// Seconds for which it is kept: 400 days.
const KEEP_SECONDS: i64 = 400 * 86_400;

/// A day's partition.
pub type Part = (Date, u8);

/// How far the chain has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Head {
    /// Blocks so far.
    pub blocks: u64,
    /// The seal of the last one; empty before the first.
    pub seal: String,
    /// Everything before this second has been looked at.
    pub through: i64,
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Which, from one on.
    pub number: u64,
    /// When it was made, in seconds of Unix time.
    pub at: i64,
    /// The seal before it.
    pub previous: String,
    /// The entries under it, in order.
    pub entries: Vec<Sealed>,
    /// The key it was made with.
    pub key: String,
    /// Its own seal: over the seal before it and the digests of the entries.
    pub seal: String,
}

/// An entry under a seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Its partition.
    pub pk: String,
    /// Its id.
    pub sk: String,
    /// The hash of all that it says.
    pub digest: String,
}

/// An entry with every attribute that it has.
#[derive(Clone, Debug)]
pub struct Raw {
    /// Its partition.
    pub pk: String,
    /// Its id.
    pub sk: String,
    /// All of it.
    pub item: Item,
}

/// The day, in UTC.
pub fn day(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

fn part(entry: &Entry) -> Part {
    let shard = entry.id.as_str().bytes().fold(0_u8, u8::wrapping_add) % AUDIT_SHARDS;
    (day(entry.at), shard)
}

/// An entry as it is kept.
pub(super) fn item(entry: &Entry) -> Result<Item, StoreError> {
    let ttl = ("ttl".to_owned(), number(entry.at.as_second() + KEEP_SECONDS));
    write("entry", entry, keys::happened(part(entry), entry.id.as_str()).into_iter().chain([ttl]))
}

/// An entry in a batch.
pub(super) fn request(entry: &Entry) -> Result<Write, StoreError> {
    Ok(Write::Put { item: item(entry)? })
}

impl Store {
    /// Writes down what happened.
    pub async fn write_down(&self, entry: &Entry) -> Result<(), StoreError> {
        let answer = put(&self.tables.audit, item(entry)?).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem audit"))
    }

    /// Writes down how it ended, with what has come to be known.
    pub async fn write_end(&self, entry: &Entry) -> Result<(), StoreError> {
        let answer = update(&self.tables.audit, keys::happened(part(entry), entry.id.as_str()))
            .update_expression("SET #outcome = :outcome, #details = :details")
            .expression_attribute_names("#outcome", "outcome")
            .expression_attribute_names("#details", "details")
            .expression_attribute_values(":outcome", value("outcome", &entry.outcome)?)
            .expression_attribute_values(":details", value("details", &entry.details)?)
            .send(&self.client)
            .await;
        answer.map(drop).map_err(unavailable("UpdateItem audit"))
    }

    /// What happened in a part of a day, the last first, before a given id; at most so many.
    pub async fn happened(&self, of: Part, before: Option<&str>, limit: i32) -> Result<Vec<Entry>, StoreError> {
        let items = self.part(of, ("sk < :bound", before.unwrap_or("~")), false, limit).await?;
        items.into_iter().map(|item| read("entry", item)).collect()
    }

    /// What happened in a part of a day, the first first, from a given id on; at most so many.
    pub async fn raw(&self, of: Part, from: &str, limit: i32) -> Result<Vec<Raw>, StoreError> {
        let items = self.part(of, ("sk >= :bound", from), true, limit).await?;
        Ok(items.into_iter().filter_map(raw).collect())
    }

    async fn part(&self, of: Part, bound: (&str, &str), forward: bool, limit: i32) -> Result<Vec<Item>, StoreError> {
        let answer = query(&self.tables.audit)
            .consistent_read(forward)
            .key_condition_expression(format!("pk = :pk AND {}", bound.0))
            .expression_attribute_values(":pk", text(keys::happened_in(of)))
            .expression_attribute_values(":bound", text(bound.1))
            .scan_index_forward(forward)
            .limit(limit)
            .send(&self.client)
            .await;
        Ok(answer.map_err(unavailable("Query audit"))?.items)
    }

    /// These entries as they are now, consistent; whatever is gone is left out. At most a hundred.
    pub async fn raw_at(&self, sealed: &[Sealed]) -> Result<HashMap<String, Raw>, StoreError> {
        let keys = sealed.iter().map(|of| keys::pair_of(&(of.pk.clone(), of.sk.clone()))).collect();
        let found = self.batch_get(&self.tables.audit, keys, true).await?;
        Ok(found.into_iter().filter_map(raw).map(|raw| (raw.sk.clone(), raw)).collect())
    }

    /// How far the chain has come.
    pub async fn chain_head(&self) -> Result<Head, StoreError> {
        let item = self.item(&self.tables.audit, keys::chain_head()).await?;
        item.map_or_else(|| Ok(Head::default()), |item| read("head", item))
    }

    /// How far the chain has come, as it is kept.
    pub fn chain_head_item(&self, head: &Head) -> Result<Item, StoreError> {
        write("head", head, keys::chain_head())
    }

    /// Adds a block, if any, to the chain. `false` when somebody else has come further meanwhile.
    pub async fn lengthen(&self, before: &Head, block: Option<&Block>, after: &Head) -> Result<bool, StoreError> {
        let table = &self.tables.audit;
        let mut all = Transaction::default();
        let head = put(table, write("head", after, keys::chain_head())?);
        let head = if before.blocks == 0 && before.through == 0 {
            head.condition_expression("attribute_not_exists(pk)")
        } else {
            head.condition_expression("blocks = :blocks AND through = :through")
                .expression_attribute_values(":blocks", number(before.blocks))
                .expression_attribute_values(":through", number(before.through))
        };
        all.add(head);
        if let Some(block) = block {
            let ttl = ("ttl".to_owned(), number(block.at + KEEP_SECONDS));
            let item = write("block", block, keys::block(block.number).into_iter().chain([ttl]))?;
            all.add(put(table, item).condition_expression("attribute_not_exists(pk)"));
        }
        Ok(self.transact("TransactWriteItems chain", all).await? == Outcome::Done)
    }

    /// Blocks from a number on, in order or, the last first, up to it; at most so many.
    pub async fn blocks(&self, from: u64, forward: bool, limit: i32) -> Result<Vec<Block>, StoreError> {
        let condition = if forward { "pk = :pk AND sk >= :from" } else { "pk = :pk AND sk <= :from" };
        let answer = query(&self.tables.audit)
            .consistent_read(true)
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", text(keys::CHAIN))
            .expression_attribute_values(":from", text(keys::block_name(from)))
            .scan_index_forward(forward)
            .limit(limit)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query chain"))?.items;
        // The head sorts behind the blocks.
        let blocks = items.into_iter().filter(|item| item.contains_key("number"));
        blocks.map(|item| read("block", item)).collect()
    }
}

fn raw(item: Item) -> Option<Raw> {
    let text = |name: &str| item.get(name).and_then(|value: &AttributeValue| value.as_s()).cloned();
    Some(Raw { pk: text("pk")?, sk: text("sk")?, item })
}
