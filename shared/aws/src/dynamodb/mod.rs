//! DynamoDB: items, and what is asked of them (API version 2012-08-10).

mod meter;
mod request;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_dynamo::AttributeValue;

use crate::access::Access;
use crate::error::{Error, Refusal};
use crate::nothing::or_default;
use crate::service::{Call, Named, QUICK, Service};
use crate::transport::SharedHttp;

pub use meter::Meter;
pub use request::{Request, check, delete, get, put, query, scan, update};

use meter::Units;
use request::Operation;

/// An item as DynamoDB has it.
pub type Item = HashMap<String, AttributeValue>;

const NAMED: Named = Named { signed: "dynamodb", host: "dynamodb", content_type: "application/x-amz-json-1.0" };

/// The database.
#[derive(Debug)]
pub struct DynamoDb {
    service: Service,
    meter: Meter,
}

/// What one table answers.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Answer {
    /// The item that was asked for.
    pub item: Option<Item>,
    /// Those that were found.
    #[serde(deserialize_with = "or_default")]
    pub items: Vec<Item>,
    /// How many they are, also where they were only to be counted.
    #[serde(deserialize_with = "or_default")]
    pub count: usize,
    /// What an update was asked to return.
    pub attributes: Option<Item>,
    /// Where to go on, if there may be more.
    pub last_evaluated_key: Option<Item>,
    consumed_capacity: Option<Units>,
}

/// Items of a table that are read together with others.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Wanted {
    /// Their keys.
    pub keys: Vec<Item>,
    /// Whether they are to be as the last write left them.
    #[serde(default, deserialize_with = "or_default")]
    pub consistent_read: bool,
}

/// What was found, and what is still to be asked for; by table.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Found {
    /// Items, in no order.
    #[serde(deserialize_with = "or_default")]
    pub responses: HashMap<String, Vec<Item>>,
    /// What the database has left undone.
    #[serde(deserialize_with = "or_default")]
    pub unprocessed_keys: HashMap<String, Wanted>,
    #[serde(deserialize_with = "or_default")]
    consumed_capacity: Vec<Units>,
}

/// A write without a condition, beside others.
#[derive(Debug, Serialize, Deserialize)]
pub enum Write {
    /// Of a whole item.
    #[serde(rename = "PutRequest", rename_all = "PascalCase")]
    Put {
        /// The item.
        item: Item,
    },
    /// That removes one.
    #[serde(rename = "DeleteRequest", rename_all = "PascalCase")]
    Delete {
        /// Its key.
        key: Item,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Written {
    #[serde(deserialize_with = "or_default")]
    unprocessed_items: HashMap<String, Vec<Write>>,
    #[serde(deserialize_with = "or_default")]
    consumed_capacity: Vec<Units>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Batch<'a, T> {
    request_items: &'a HashMap<String, T>,
    return_consumed_capacity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Transaction<'a> {
    transact_items: Vec<request::Act<'a>>,
    client_request_token: &'a str,
    return_consumed_capacity: &'static str,
}

/// The sum of each table, not of each index.
const TOTAL: &str = "TOTAL";

impl DynamoDb {
    /// A client; the meter counts what its calls take.
    pub fn new(access: &Access, http: SharedHttp, meter: Meter) -> Self {
        Self { service: Service::new(access, &NAMED, access.dynamodb.as_ref(), http, QUICK), meter }
    }

    /// Asks one thing of one table.
    async fn call_one(&self, operation: Operation, request: &Request) -> Result<Answer, Error> {
        let answer: Answer = self.call(operation.target(), request).await?;
        self.meter.add(operation.writes(), answer.consumed_capacity.as_ref());
        Ok(answer)
    }

    /// Up to a hundred items of several tables.
    ///
    /// # Errors
    /// When there is no answer, or a refusal.
    pub async fn batch_get(&self, wanted: &HashMap<String, Wanted>) -> Result<Found, Error> {
        let body = Batch { request_items: wanted, return_consumed_capacity: TOTAL };
        let found: Found = self.call("DynamoDB_20120810.BatchGetItem", &body).await?;
        self.meter.add(false, &found.consumed_capacity);
        Ok(found)
    }

    /// Up to twenty-five writes to several tables, each by itself; answers those that the database has left undone.
    ///
    /// # Errors
    /// When there is no answer, or a refusal.
    pub async fn batch_write(
        &self,
        writes: &HashMap<String, Vec<Write>>,
    ) -> Result<HashMap<String, Vec<Write>>, Error> {
        let body = Batch { request_items: writes, return_consumed_capacity: TOTAL };
        let written: Written = self.call("DynamoDB_20120810.BatchWriteItem", &body).await?;
        self.meter.add(true, &written.consumed_capacity);
        Ok(written.unprocessed_items)
    }

    /// Up to a hundred writes and conditions, all or none. Asked again with the same token, what was done is not done twice.
    ///
    /// # Errors
    /// [`Error::Refused`] with `TransactionCanceledException`, and [`Refusal::reasons`], when none was done.
    pub async fn transact_write(&self, requests: &[Request], token: &str) -> Result<(), Error> {
        let body = Transaction {
            transact_items: requests.iter().map(request::Act).collect(),
            client_request_token: token,
            return_consumed_capacity: TOTAL,
        };
        let written: Written = self.call("DynamoDB_20120810.TransactWriteItems", &body).await?;
        self.meter.add(true, &written.consumed_capacity);
        Ok(())
    }

    async fn call<T: DeserializeOwned>(&self, target: &'static str, body: &impl Serialize) -> Result<T, Error> {
        let body = Bytes::from(serde_json::to_vec(body).map_err(Error::nonsense)?);
        let answer = self.service.call(&Call { path: "/", target: Some(target), body }).await?;
        serde_json::from_slice(&answer).map_err(Error::nonsense)
    }
}

impl Refusal {
    /// The item that a condition did not fit, where it was to be returned.
    pub fn item(&self) -> Option<Item> {
        self.read::<Conditional>().item
    }

    /// Why a transaction was not done: a code for each of its parts, `None` where nothing was wrong with it.
    pub fn reasons(&self) -> Vec<String> {
        let reasons = self.read::<Cancelled>().cancellation_reasons.into_iter();
        reasons.map(|reason| reason.and_then(|reason| reason.code).unwrap_or_default()).collect()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Conditional {
    item: Option<Item>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Cancelled {
    #[serde(deserialize_with = "or_default")]
    cancellation_reasons: Vec<Option<Reason>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Reason {
    code: Option<String>,
}

/// Text, number: what most attributes are, as it can be asked for.
pub trait Attribute {
    /// The text that it is.
    fn as_s(&self) -> Option<&String>;
    /// The number that it is, as DynamoDB writes it.
    fn as_n(&self) -> Option<&String>;
}

impl Attribute for AttributeValue {
    fn as_s(&self) -> Option<&String> {
        if let Self::S(text) = self { Some(text) } else { None }
    }

    fn as_n(&self) -> Option<&String> {
        if let Self::N(number) = self { Some(number) } else { None }
    }
}
