//! Several writes, all or none.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};

use super::{Item, Store, StoreError, incomplete, keys::Key, unavailable, unless_condition};

/// How often a transaction that ran into another one is tried again.
const TRIES: u64 = 6;

/// Items that one transaction takes, at the most.
const MOST_ITEMS: usize = 100;

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is written.
    Done,
    /// Nothing is: the conditions at these places did not hold.
    Refused(Vec<usize>),
}

/// A transaction in the making. Builders that lack something are impossible here, and are reported as such.
#[derive(Default)]
pub(crate) struct Transaction(Vec<TransactWriteItem>, Option<BuildError>);

impl Transaction {
    /// Whether nothing is to be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a write; answers its place.
    pub(crate) fn put(&mut self, put: aws_sdk_dynamodb::types::builders::PutBuilder) -> usize {
        self.add(put.build().map(|put| TransactWriteItem::builder().put(put).build()))
    }

    /// Adds a change; answers its place.
    pub(crate) fn update(&mut self, update: UpdateBuilder) -> usize {
        self.add(update.build().map(|update| TransactWriteItem::builder().update(update).build()))
    }

    /// Adds a removal; answers its place.
    pub(crate) fn delete(&mut self, delete: aws_sdk_dynamodb::types::builders::DeleteBuilder) -> usize {
        self.add(delete.build().map(|delete| TransactWriteItem::builder().delete(delete).build()))
    }

    /// Adds a condition; answers its place.
    pub(crate) fn check(&mut self, check: aws_sdk_dynamodb::types::builders::ConditionCheckBuilder) -> usize {
        self.add(check.build().map(|check| TransactWriteItem::builder().condition_check(check).build()))
    }

    /// Puts writes of the same sort beside each other: the embedded database then prepares fewer statements. The places are
    /// others after it.
    pub(crate) fn alike_together(&mut self) {
        let sort = |item: &TransactWriteItem| {
            let put = item.put().map(|put| (put.table_name().to_owned(), put.item().len()));
            (put, item.delete().is_some())
        };
        self.0.sort_by_cached_key(sort);
    }

    fn add(&mut self, built: Result<TransactWriteItem, BuildError>) -> usize {
        match built {
            Ok(item) => self.0.push(item),
            Err(error) => self.1 = Some(error),
        }
        self.0.len().saturating_sub(1)
    }
}

/// A write of a whole item.
pub(crate) fn put(table: &str, item: Item) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    Put::builder().table_name(table).set_item(Some(item))
}

/// A change to an item.
pub(crate) fn update(table: &str, key: Key) -> UpdateBuilder {
    Update::builder().table_name(table).set_key(Some(key.into_iter().collect()))
}

/// The removal of an item.
pub(crate) fn delete(table: &str, key: Key) -> aws_sdk_dynamodb::types::builders::DeleteBuilder {
    Delete::builder().table_name(table).set_key(Some(key.into_iter().collect()))
}

/// A condition on an item that is not written.
pub(crate) fn check(table: &str, key: Key) -> aws_sdk_dynamodb::types::builders::ConditionCheckBuilder {
    ConditionCheck::builder().table_name(table).set_key(Some(key.into_iter().collect()))
}

impl Store {
    /// Does all of it or none. One request token for all tries makes each know the success of one before it whose answer was lost.
    pub(crate) async fn transact(
        &self,
        operation: &'static str,
        transaction: Transaction,
    ) -> Result<Outcome, StoreError> {
        let Transaction(items, broken) = transaction;
        if let Some(error) = broken {
            return Err(incomplete(error));
        }
        let token = self.mark()?;
        for attempt in 1..=TRIES {
            let asked = self.client.transact_write_items().set_transact_items(Some(items.clone()));
            let answer = asked.client_request_token(&token).send().await;
            let Err(error) = answer else { return Ok(Outcome::Done) };
            let reasons = error.as_service_error().and_then(reasons).unwrap_or_default();
            let failed: Vec<usize> = places(&reasons, "ConditionalCheckFailed");
            if !failed.is_empty() {
                return Ok(Outcome::Refused(failed));
            }
            if places(&reasons, "TransactionConflict").is_empty() || attempt == TRIES {
                return Err(unavailable(operation)(error));
            }
            tokio::time::sleep(self.jitter(attempt)?).await;
        }
        Err(StoreError::Unprocessed)
    }

    /// Changes one item, if its condition holds: `false` when it does not.
    pub(crate) async fn alone(&self, operation: &'static str, change: UpdateBuilder) -> Result<bool, StoreError> {
        let change = change.build().map_err(incomplete)?;
        let answer = self
            .client
            .update_item()
            .table_name(change.table_name)
            .set_key(Some(change.key))
            .update_expression(change.update_expression)
            .set_condition_expression(change.condition_expression)
            .set_expression_attribute_names(change.expression_attribute_names)
            .set_expression_attribute_values(change.expression_attribute_values)
            .send()
            .await;
        Ok(unless_condition(operation, answer)?.is_some())
    }

    /// Does those writes whose conditions hold, as many in one call as go into one, and answers for each. They have nothing to
    /// do with each other but that each is of another item. After an error some may be done.
    pub(crate) async fn each(&self, operation: &'static str, writes: Transaction) -> Result<Vec<bool>, StoreError> {
        let Transaction(items, broken) = writes;
        if let Some(error) = broken {
            return Err(incomplete(error));
        }
        let mut done = Vec::with_capacity(items.len());
        for some in items.chunks(MOST_ITEMS) {
            done.extend(self.each_of(operation, some).await?);
        }
        Ok(done)
    }

    /// The same of as many as go into one call: without those whose condition does not hold, until all others are done.
    async fn each_of(&self, operation: &'static str, items: &[TransactWriteItem]) -> Result<Vec<bool>, StoreError> {
        let mut refused = BTreeSet::new();
        while refused.len() < items.len() {
            let left: Vec<usize> = (0..items.len()).filter(|place| !refused.contains(place)).collect();
            let these = left.iter().filter_map(|place| items.get(*place).cloned()).collect();
            let Outcome::Refused(again) = self.transact(operation, Transaction(these, None)).await? else { break };
            refused.extend(again.into_iter().filter_map(|at| left.get(at).copied()));
        }
        Ok((0..items.len()).map(|place| !refused.contains(&place)).collect())
    }

    pub(super) fn jitter(&self, attempt: u64) -> Result<Duration, StoreError> {
        let [random] = self.random.bytes::<1>()?;
        Ok(Duration::from_millis((10 << attempt) + u64::from(random) % (10 << attempt)))
    }
}

fn reasons(error: &TransactWriteItemsError) -> Option<Vec<String>> {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { return None };
    let codes = cancelled.cancellation_reasons().iter().map(|r| r.code().unwrap_or_default().to_owned());
    Some(codes.collect())
}

fn places(reasons: &[String], code: &str) -> Vec<usize> {
    reasons.iter().enumerate().filter(|(_, r)| *r == code).map(|(at, _)| at).collect()
}
