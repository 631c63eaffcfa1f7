//! Lists of users and contacts, by name. An index is for lists only: nothing is decided by what it says.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::name;
use domain::user::Person;
use serde::de::DeserializeOwned;

use super::{Item, Store, StoreError, keys, read, text, unavailable};

/// Each list is spread over so many partitions.
const SHARDS: u32 = 4;

/// How often the rest of a batch is asked for again.
const BATCH_TRIES: u32 = 4;

/// What comes before every key.
const LEAST: &str = " ";

/// What comes after every text that begins alike.
const AFTER_ALL: char = '\u{10FFFF}';

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Everybody with an account.
    Users,
    /// Everybody the organisation knows.
    Contacts,
}

/// By what it is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Last name, then first name.
    Last,
    /// First name, then last name.
    First,
}

impl List {
    fn shard(self, number: u32) -> String {
        match self {
            Self::Users => format!("USERS#{number}"),
            Self::Contacts => format!("CONTACTS#{number}"),
        }
    }
}

impl Order {
    /// The attribute and the index of that name.
    fn name(self) -> &'static str {
        match self {
            Self::Last => "by_last",
            Self::First => "by_first",
        }
    }

    fn key(self, person: &Person, id: &str) -> String {
        let (first, last) = (name::sorted(&person.first_name), name::sorted(&person.last_name));
        match self {
            Self::Last => format!("{last} {first}#{id}"),
            Self::First => format!("{first} {last}#{id}"),
        }
    }
}

/// What an item needs to be listed.
pub(super) fn listed(list: List, person: &Person, id: &str) -> [(String, AttributeValue); 3] {
    let shard = id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % SHARDS;
    let by = |order: Order| (order.name().to_owned(), text(order.key(person, id)));
    [("list".to_owned(), text(list.shard(shard))), by(Order::Last), by(Order::First)]
}

/// A place in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is sorted by.
    pub key: String,
    item: (String, String),
}

impl Store {
    /// Places whose key begins so, after a given key, in order; at most `limit`.
    pub async fn places(
        &self,
        of: (List, Order),
        beginning: &str,
        after: Option<&str>,
        limit: i32,
    ) -> Result<Vec<Place>, StoreError> {
        let (list, order) = of;
        // Nothing sorts between a key and the same with the least character behind it. No key is empty, nor may its bounds be.
        let from = after.map_or_else(|| beginning.to_owned(), |after| format!("{after}\u{1}"));
        let from = if from.is_empty() { LEAST.to_owned() } else { from };
        let to = format!("{beginning}{AFTER_ALL}");
        let mut places = Vec::new();
        for shard in 0..SHARDS {
            let answer = self
                .client
                .query()
                .table_name(&self.tables.directory)
                .index_name(order.name())
                .key_condition_expression("#list = :list AND #key BETWEEN :from AND :to")
                .expression_attribute_names("#list", "list")
                .expression_attribute_names("#key", order.name())
                .expression_attribute_values(":list", text(list.shard(shard)))
                .expression_attribute_values(":from", text(&from))
                .expression_attribute_values(":to", text(&to))
                .limit(limit)
                .send()
                .await;
            let items = answer.map_err(unavailable("Query list"))?.items.unwrap_or_default();
            places.extend(items.into_iter().filter_map(|item| place(&item, order)));
        }
        places.sort_by(|one, other| one.key.cmp(&other.key));
        places.truncate(usize::try_from(limit).unwrap_or_default());
        Ok(places)
    }

    /// What stands at these places, in their order; whoever is gone is left out.
    pub async fn at_places<T: DeserializeOwned>(&self, places: &[Place]) -> Result<Vec<T>, StoreError> {
        let mut found: HashMap<String, Item> = HashMap::new();
        for some in places.chunks(100) {
            self.take(some, &mut found).await?;
        }
        places.iter().filter_map(|place| found.remove(&place.item.0)).map(|item| read("listed", item)).collect()
    }
}

impl Store {
    /// Adds what stands at up to a hundred places, by partition.
    async fn take(&self, places: &[Place], found: &mut HashMap<String, Item>) -> Result<(), StoreError> {
        let table = &self.tables.directory;
        let keys = places.iter().map(|place| keys::pair_of(&place.item).into_iter().collect());
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys.collect())).build();
        let mut left = HashMap::from([(table.clone(), wanted.map_err(super::sessions::incomplete)?)]);
        for _ in 0..BATCH_TRIES {
            let answer = self.client.batch_get_item().set_request_items(Some(left)).send().await;
            let answer = answer.map_err(unavailable("BatchGetItem list"))?;
            let items = answer.responses.unwrap_or_default().remove(table).unwrap_or_default();
            found.extend(items.into_iter().filter_map(|item| Some((item.get("pk")?.as_s().ok()?.clone(), item))));
            left = answer.unprocessed_keys.unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::Unprocessed)
    }
}

fn place(item: &Item, order: Order) -> Option<Place> {
    let text = |name: &str| item.get(name)?.as_s().ok().cloned();
    Some(Place { key: text(order.name())?, item: (text("pk")?, text("sk")?) })
}
