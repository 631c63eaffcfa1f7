//! What is asked of one table: by itself, or as part of a transaction.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_dynamo::AttributeValue;

use super::{Answer, DynamoDb, Item, TOTAL};
use crate::error::Error;

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Get,
    Put,
    Update,
    Delete,
    Check,
    Query,
    Scan,
}

impl Operation {
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::Get => "DynamoDB_20120810.GetItem",
            Self::Put => "DynamoDB_20120810.PutItem",
            Self::Update => "DynamoDB_20120810.UpdateItem",
            Self::Delete => "DynamoDB_20120810.DeleteItem",
            // Only transactions know conditions by themselves: the database says so.
            Self::Check => "DynamoDB_20120810.ConditionCheck",
            Self::Query => "DynamoDB_20120810.Query",
            Self::Scan => "DynamoDB_20120810.Scan",
        }
    }

    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::Put | Self::Update | Self::Delete)
    }

    /// What a transaction calls it.
    fn in_transaction(self) -> &'static str {
        match self {
            Self::Get => "Get",
            Self::Put => "Put",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Check => "ConditionCheck",
            Self::Query => "Query",
            Self::Scan => "Scan",
        }
    }
}

/// What is asked of one table. Which of its parts go together is DynamoDB's to say.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(skip)]
    operation: Operation,
    table_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_condition_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter_expression: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    projection_expression: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_names: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expression_attribute_values: BTreeMap<String, AttributeValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consistent_read: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scan_index_forward: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exclusive_start_key: Option<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    select: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values_on_condition_check_failure: Option<&'static str>,
    /// Of a request by itself: a transaction tells what all of it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    return_consumed_capacity: Option<&'static str>,
}

/// The item with this key.
pub fn get(table: &str, key: impl IntoIterator<Item = (String, AttributeValue)>) -> Request {
    of_item(Operation::Get, table, key)
}

/// A write of a whole item.
pub fn put(table: &str, item: Item) -> Request {
    Request { item: Some(item), ..of_table(Operation::Put, table) }
}

/// A change to an item.
pub fn update(table: &str, key: impl IntoIterator<Item = (String, AttributeValue)>) -> Request {
    of_item(Operation::Update, table, key)
}

/// The removal of an item.
pub fn delete(table: &str, key: impl IntoIterator<Item = (String, AttributeValue)>) -> Request {
    of_item(Operation::Delete, table, key)
}

/// A condition on an item that is not written: part of a transaction.
pub fn check(table: &str, key: impl IntoIterator<Item = (String, AttributeValue)>) -> Request {
    of_item(Operation::Check, table, key)
}

/// Items of one partition, in order.
pub fn query(table: &str) -> Request {
    of_table(Operation::Query, table)
}

/// All items, in an order of the database's own.
pub fn scan(table: &str) -> Request {
    of_table(Operation::Scan, table)
}

fn of_item(operation: Operation, table: &str, key: impl IntoIterator<Item = (String, AttributeValue)>) -> Request {
    Request { key: Some(key.into_iter().collect()), ..of_table(operation, table) }
}

fn of_table(operation: Operation, table: &str) -> Request {
    Request {
        operation,
        table_name: table.to_owned(),
        key: None,
        item: None,
        update_expression: None,
        condition_expression: None,
        key_condition_expression: None,
        filter_expression: None,
        projection_expression: None,
        expression_attribute_names: BTreeMap::new(),
        expression_attribute_values: BTreeMap::new(),
        consistent_read: None,
        index_name: None,
        scan_index_forward: None,
        limit: None,
        exclusive_start_key: None,
        select: None,
        return_values: None,
        return_values_on_condition_check_failure: None,
        return_consumed_capacity: None,
    }
}

impl Request {
    /// Asks it.
    ///
    /// # Errors
    /// [`Error::Refused`] with `ConditionalCheckFailedException` when the condition does not hold.
    pub async fn send(mut self, to: &DynamoDb) -> Result<Answer, Error> {
        self.return_consumed_capacity = Some(TOTAL);
        to.call_one(self.operation, &self).await
    }

    /// Asks it, and as often again as there is more.
    ///
    /// # Errors
    /// As of [`Self::send`].
    pub async fn send_all(self, to: &DynamoDb) -> Result<Vec<Item>, Error> {
        let (mut found, mut from) = (Vec::new(), None);
        loop {
            let answer = self.clone().exclusive_start_key(from).send(to).await?;
            found.extend(answer.items);
            from = answer.last_evaluated_key;
            if from.is_none() {
                return Ok(found);
            }
        }
    }

    /// What an update does.
    #[must_use]
    pub fn update_expression(mut self, expression: impl Into<String>) -> Self {
        self.update_expression = Some(expression.into());
        self
    }

    /// What has to be so for a write to be done.
    #[must_use]
    pub fn condition_expression(mut self, expression: impl Into<String>) -> Self {
        self.condition_expression = Some(expression.into());
        self
    }

    /// Which items of a partition.
    #[must_use]
    pub fn key_condition_expression(mut self, expression: impl Into<String>) -> Self {
        self.key_condition_expression = Some(expression.into());
        self
    }

    /// Which of the items that were read are answered.
    #[must_use]
    pub fn filter_expression(mut self, expression: impl Into<String>) -> Self {
        self.filter_expression = Some(expression.into());
        self
    }

    /// What of each item is answered.
    #[must_use]
    pub fn projection_expression(mut self, expression: impl Into<String>) -> Self {
        self.projection_expression = Some(expression.into());
        self
    }

    /// The attribute that an expression means by `#name`.
    #[must_use]
    pub fn expression_attribute_names(mut self, name: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.expression_attribute_names.insert(name.into(), attribute.into());
        self
    }

    /// The value that an expression means by `:name`.
    #[must_use]
    pub fn expression_attribute_values(mut self, name: impl Into<String>, value: AttributeValue) -> Self {
        self.expression_attribute_values.insert(name.into(), value);
        self
    }

    /// Whether what is read is to be as the last write left it.
    #[must_use]
    pub fn consistent_read(mut self, consistent: bool) -> Self {
        self.consistent_read = Some(consistent);
        self
    }

    /// The index that is read instead of the table.
    #[must_use]
    pub fn index_name(mut self, index: impl Into<String>) -> Self {
        self.index_name = Some(index.into());
        self
    }

    /// Whether the least comes first.
    #[must_use]
    pub fn scan_index_forward(mut self, forward: bool) -> Self {
        self.scan_index_forward = Some(forward);
        self
    }

    /// Items read at the most.
    #[must_use]
    pub fn limit(mut self, limit: i32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Where to go on, as [`Answer::last_evaluated_key`] had it; from the beginning without.
    #[must_use]
    pub fn exclusive_start_key(mut self, key: Option<Item>) -> Self {
        self.exclusive_start_key = key;
        self
    }

    /// Answers how many there are instead of the items.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.select = Some("COUNT");
        self
    }

    /// Answers the item as an update leaves it.
    #[must_use]
    pub fn returning_all(mut self) -> Self {
        self.return_values = Some("ALL_NEW");
        self
    }

    /// Answers what an update has changed, as it is afterwards.
    #[must_use]
    pub fn returning_changes(mut self) -> Self {
        self.return_values = Some("UPDATED_NEW");
        self
    }

    /// Has the refusal tell the item that the condition did not fit ([`crate::Refusal::item`]).
    #[must_use]
    pub fn returning_unfit(mut self) -> Self {
        self.return_values_on_condition_check_failure = Some("ALL_OLD");
        self
    }

    /// What it is done to, by which writes of the same sort are told: the operation, the table, and how many attributes a whole
    /// item has.
    pub fn sort(&self) -> impl Ord + use<> {
        (self.operation, self.table_name.clone(), self.item.as_ref().map(Item::len))
    }
}

/// A request as part of a transaction.
pub(super) struct Act<'a>(pub(super) &'a Request);

impl Serialize for Act<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1))?;
        map.serialize_entry(self.0.operation.in_transaction(), self.0)?;
        map.end()
    }
}
