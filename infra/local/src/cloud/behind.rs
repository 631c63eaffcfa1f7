//! Reads that may be a moment late, those of an index and those that do not ask to be consistent: when this is switched on, they
//! are answered by a second database, in which each item is as it was before it was last changed.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws::Lost;
use axum::body::Bytes;
use dynoxide::Database as Embedded;
use http::{Request, Response};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::database::{Client, Database, DatabaseError, to_error};
use crate::clock::MovableClock;
use crate::template::Table;

/// The switch. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Behind(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tables: Vec<Table>,
    present: Client,
    clock: MovableClock,
    past: OnceCell<Past>,
}

/// The second database, and which items differ there.
#[derive(Debug)]
struct Past {
    database: Database,
    behind: Mutex<BTreeSet<Spot>>,
}

/// A table and a key in it, as text.
type Spot = (String, String);

/// An item that is about to change, as it is before.
type Before = Vec<(Spot, Option<Value>)>;

impl Behind {
    /// Switched off, for this database with these tables.
    pub(crate) fn new(tables: &[Table], present: &Client, clock: &MovableClock) -> Self {
        let (tables, present, clock) = (tables.to_vec(), present.clone(), clock.clone());
        Self(Arc::new(Inner { tables, present, clock, past: OnceCell::new() }))
    }

    /// Switches it on.
    pub(crate) async fn begin(&self) -> Result<(), DatabaseError> {
        let Inner { tables, present, clock, past } = &*self.0;
        let made = past.get_or_try_init(async || {
            let database = Database::start(tables, None, clock).await?;
            for table in tables {
                copy(present, database.client(), &table.name).await?;
            }
            Ok(Past { database, behind: Mutex::default() })
        });
        made.await.map(drop)
    }

    /// Time passes: the second database is now as the first one is.
    pub(crate) async fn catch_up(&self) {
        let Some(past) = self.0.past.get() else { return };
        let behind = std::mem::take(&mut *past.behind());
        for spot in behind {
            if let Err(error) = self.renew(past, &spot).await {
                tracing::warn!(%error, "the second database could not follow");
            }
        }
    }

    async fn renew(&self, past: &Past, spot: &Spot) -> Result<(), DatabaseError> {
        let now = item(&self.0.present, spot).await?;
        set(past.database.client(), spot, now).await
    }

    /// Makes a call to the database, unless the second one answers it. What the call changes is kept there as it was.
    pub(crate) async fn around<F>(
        &self,
        mut request: Request<Bytes>,
        operation: &str,
        call: impl FnOnce(Request<Bytes>) -> F,
    ) -> Result<Response<Bytes>, Lost>
    where
        F: Future<Output = Result<Response<Bytes>, Lost>>,
    {
        let Some(past) = self.0.past.get() else { return call(request).await };
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        if may_be_late(operation, &body) {
            *request.uri_mut() = format!("http://{}/", past.database.address).parse()?;
            return call(request).await;
        }
        let before = self.as_it_is(operation, &body).await;
        let answer = call(request).await;
        if answer.as_ref().is_ok_and(|answer| answer.status().is_success()) {
            self.keep(past, before).await;
        }
        answer
    }

    async fn as_it_is(&self, operation: &str, body: &Value) -> Before {
        let mut before = Vec::new();
        for spot in written(&self.0.tables, operation, body) {
            match item(&self.0.present, &spot).await {
                Ok(found) => before.push((spot, found)),
                Err(error) => tracing::warn!(%error, "an item could not be looked at"),
            }
        }
        before
    }

    async fn keep(&self, past: &Past, before: Before) {
        for (spot, before) in before {
            if let Err(error) = self.keep_one(past, spot, before).await {
                tracing::warn!(%error, "the second database could not follow");
            }
        }
    }

    async fn keep_one(&self, past: &Past, spot: Spot, before: Option<Value>) -> Result<(), DatabaseError> {
        if item(&self.0.present, &spot).await? != before {
            set(past.database.client(), &spot, before).await?;
            past.behind().insert(spot);
        }
        Ok(())
    }
}

impl Past {
    fn behind(&self) -> std::sync::MutexGuard<'_, BTreeSet<Spot>> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a read may be late.
fn may_be_late(operation: &str, body: &Value) -> bool {
    let consistent = |read: &Value| read["ConsistentRead"] == true;
    match operation {
        "GetItem" => !consistent(body),
        "Query" | "Scan" => !consistent(body) || body["IndexName"].is_string(),
        "BatchGetItem" => body["RequestItems"].as_object().is_some_and(|tables| !tables.values().any(consistent)),
        _ => false,
    }
}

/// The items that a call may change.
fn written(tables: &[Table], operation: &str, body: &Value) -> Vec<Spot> {
    let spot = |table: &Value, of: &Value| {
        let name = table.as_str()?;
        let key = &tables.iter().find(|table| table.name == name)?.key;
        let names = std::iter::once(&key.hash).chain(&key.range).map(|attribute| attribute.name.clone());
        let key: Map<String, Value> = names.map(|name| (name.clone(), of[&name].clone())).collect();
        Some((name.to_owned(), Value::Object(key).to_string()))
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match operation {
        "PutItem" => spot(&body["TableName"], &body["Item"]).into_iter().collect(),
        "UpdateItem" | "DeleteItem" => spot(&body["TableName"], &body["Key"]).into_iter().collect(),
        "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            let all =
                tables.flat_map(|(table, writes)| list(writes).into_iter().map(move |write| (table.clone(), write)));
            let one = |(table, write): (String, Value)| {
                let put = &write["PutRequest"]["Item"];
                spot(&json!(table), if put.is_object() { put } else { &write["DeleteRequest"]["Key"] })
            };
            all.filter_map(one).collect()
        }
        "TransactWriteItems" => {
            let one = |act: Value| {
                let of =
                    |act: &Value, what: &str| spot(&act["TableName"], &act[what]).filter(|_| act[what].is_object());
                of(&act["Put"], "Item").or_else(|| of(&act["Update"], "Key")).or_else(|| of(&act["Delete"], "Key"))
            };
            list(&body["TransactItems"]).into_iter().filter_map(one).collect()
        }
        _ => Vec::new(),
    }
}

async fn item(of: &Client, (table, key): &Spot) -> Result<Option<Value>, DatabaseError> {
    let key: Value = serde_json::from_str(key).map_err(to_error)?;
    let answer = of.ask(json!({"TableName": table, "Key": key}), Embedded::get_item).await?;
    answer.item.map(|item| serde_json::to_value(item).map_err(to_error)).transpose()
}

async fn set(of: &Client, (table, key): &Spot, item: Option<Value>) -> Result<(), DatabaseError> {
    if let Some(item) = item {
        return of.ask(json!({"TableName": table, "Item": item}), Embedded::put_item).await.map(drop);
    }
    let key: Value = serde_json::from_str(key).map_err(to_error)?;
    of.ask(json!({"TableName": table, "Key": key}), Embedded::delete_item).await.map(drop)
}

async fn copy(from: &Client, to: &Client, table: &str) -> Result<(), DatabaseError> {
    let mut start = Value::Null;
    loop {
        let mut asked = json!({"TableName": table});
        if !start.is_null() {
            asked["ExclusiveStartKey"] = start;
        }
        let page = from.ask(asked, Embedded::scan).await?;
        let items = page.items.unwrap_or_default();
        let items = items.into_iter().map(|item| serde_json::to_value(item).map_err(to_error));
        to.put_items(table, items.collect::<Result<_, _>>()?).await?;
        match page.last_evaluated_key {
            Some(last) => start = serde_json::to_value(last).map_err(to_error)?,
            None => return Ok(()),
        }
    }
}
