//! Counters: failures per name and per network address, and budgets of mail.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;

use super::{Item, Store, StoreError, keys, number, text, unavailable, unless_condition};

/// Seconds in one stretch of counting failures per network address.
pub const ADDRESS_WINDOW: i64 = 600;

/// A failure count nobody has touched for so long is forgotten: 400 days, in seconds.
const FORGET_AFTER: i64 = 400 * 86_400;

/// What became of an attempt to charge a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Within the limit: the so-manyth since the last success.
    Allowed(u32),
    /// The limit was reached before.
    Locked,
}

/// What became of an attempt to spend from a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// There was something left.
    Yes,
    /// It is used up until the next stretch of time.
    UsedUp,
}

impl Store {
    /// Counts one try under a name before anything is compared. Of any number at once, at most `limit` are allowed.
    pub async fn charge(&self, name: &str, limit: u16, now: Timestamp) -> Result<Charge, StoreError> {
        let key = keys::failures(name);
        let after = self.count(key, limit.into(), now.as_second() + FORGET_AFTER).await?;
        Ok(after.map_or(Charge::Locked, Charge::Allowed))
    }

    /// Counts one failure from a network address; answers how many there were in this stretch of time.
    pub async fn charge_address(&self, address: &str, now: Timestamp) -> Result<u32, StoreError> {
        let window = now.as_second().div_euclid(ADDRESS_WINDOW);
        let end = (window + 2) * ADDRESS_WINDOW;
        let after = self.count(keys::failures_from(address, window), u32::MAX, end).await?;
        Ok(after.unwrap_or(u32::MAX))
    }

    /// Takes one from a budget of `limit` per `seconds`.
    pub async fn spend(&self, budget: &str, limit: u32, seconds: i64, now: Timestamp) -> Result<Spent, StoreError> {
        let window = now.as_second().div_euclid(seconds);
        let after = self.count(keys::budget(budget, window), limit, (window + 2) * seconds).await?;
        Ok(if after.is_some() { Spent::Yes } else { Spent::UsedUp })
    }

    /// One conditional write: adds one if the count is below the limit, and answers the new count. A try again after a
    /// lost answer finds its own mark and counts nothing twice.
    async fn count(&self, key: keys::Key, limit: u32, forget_at: i64) -> Result<Option<u32>, StoreError> {
        if limit == 0 {
            return Ok(None);
        }
        let mark = data_encoding::HEXLOWER.encode(&self.random.bytes::<8>()?);
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.lockouts)
            .set_key(Some(key.into_iter().collect()))
            .update_expression("ADD tries :one SET #ttl = :ttl, last_mark = :mark")
            .condition_expression("attribute_not_exists(tries) OR (tries < :limit AND last_mark <> :mark)")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":limit", number(limit))
            .expression_attribute_values(":ttl", number(forget_at))
            .expression_attribute_values(":mark", text(&mark))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(done) => Ok(Some(done.attributes.as_ref().and_then(tries).unwrap_or(limit))),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(held)) => {
                    let held = held.item().filter(|item| item.get("last_mark") == Some(&text(&mark)));
                    Ok(held.and_then(tries))
                }
                _ => Err(unavailable("UpdateItem lockouts")(error)),
            },
        }
    }

    /// Takes back one try under a name: it was right, and something else failed.
    pub async fn refund(&self, name: &str) -> Result<(), StoreError> {
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.lockouts)
            .set_key(Some(keys::failures(name).into_iter().collect()))
            .update_expression("ADD tries :less")
            .condition_expression("tries > :none")
            .expression_attribute_values(":less", number(-1))
            .expression_attribute_values(":none", number(0))
            .send()
            .await;
        unless_condition("UpdateItem refund", answer).map(drop)
    }

    /// Forgets the failures under a name, as a reset does.
    pub async fn forgive(&self, name: &str) -> Result<(), StoreError> {
        let key = keys::failures(name).into_iter().collect();
        let answer = self.client.delete_item().table_name(&self.tables.lockouts).set_key(Some(key)).send().await;
        answer.map(drop).map_err(unavailable("DeleteItem lockouts"))
    }
}

fn tries(item: &Item) -> Option<u32> {
    item.get("tries").and_then(|n| AttributeValue::as_n(n).ok()).and_then(|n| n.parse().ok())
}
