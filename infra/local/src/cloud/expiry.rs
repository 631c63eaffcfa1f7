//! Removes items whose time to live is over, by the movable clock, as DynamoDB does at its leisure.
//!
//! The embedded database can sweep by itself, but only by the system's clock.

use std::time::Duration;

use dynoxide::{Database as Embedded, Item};
use serde_json::{Value, json};

use super::database::{DatabaseError, to_error};
use crate::clock::MovableClock;
use crate::template::Table;

/// How long after a sweep the next one comes, unless the clock is moved.
const PAUSE: Duration = Duration::from_mins(10);

/// Items looked at before other requests have their turn.
const PAGE: usize = 50;

/// Sweeps now and then, for ever.
pub(super) async fn keep(embedded: Embedded, tables: &[Table], clock: MovableClock) {
    let mut moves = clock.moves();
    let with_ttl: Vec<_> = tables.iter().filter_map(|table| Some((table, table.ttl.as_deref()?))).collect();
    loop {
        drop(tokio::time::timeout(PAUSE, moves.changed()).await);
        for (table, attribute) in &with_ttl {
            let swept = sweep(&embedded, table, attribute, clock.now().as_second()).await;
            swept.unwrap_or_else(|error| tracing::warn!(%error, table = table.name, "expired items stay for now"));
        }
    }
}

async fn sweep(embedded: &Embedded, table: &Table, attribute: &str, now: i64) -> Result<(), DatabaseError> {
    let over = json!({
        "TableName": table.name,
        "ExpressionAttributeNames": {"#ttl": attribute},
        "ExpressionAttributeValues": {":now": {"N": now.to_string()}},
    });
    let with = |more: &Value| merged(&over, more);
    let mut from = json!({});
    loop {
        let page = merged(&with(&json!({"FilterExpression": "#ttl < :now", "Limit": PAGE})), &from);
        let page = embedded.scan(serde_json::from_value(page).map_err(to_error)?).map_err(to_error)?;
        for item in page.items.unwrap_or_default() {
            let gone = with(&json!({"ConditionExpression": "#ttl < :now", "Key": key(table, &item)?}));
            // Written to since it was read: it stays.
            drop(embedded.delete_item(serde_json::from_value(gone).map_err(to_error)?));
        }
        let Some(last) = page.last_evaluated_key else { return Ok(()) };
        from = json!({"ExclusiveStartKey": serde_json::to_value(last).map_err(to_error)?});
        tokio::task::yield_now().await;
    }
}

fn merged(one: &Value, other: &Value) -> Value {
    let members = [one, other].into_iter().filter_map(Value::as_object).flatten();
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn key(table: &Table, item: &Item) -> Result<Value, DatabaseError> {
    let names = std::iter::once(&table.key.hash).chain(&table.key.range).map(|attribute| attribute.name.as_str());
    let key: Item = names.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect();
    serde_json::to_value(key).map_err(to_error)
}
