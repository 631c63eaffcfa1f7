//! What the settings table keeps side by side under one partition, each thing in the version that was saved last.

use aws::dynamodb::{delete, put, query};
use serde::Serialize;

use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, keys, number, text, unavailable, write};

impl Store {
    /// All of a partition, by what they are called.
    pub(super) async fn all_of(&self, partition: &str) -> Result<Vec<Item>, StoreError> {
        let all = query(&self.tables.settings);
        let answer = all
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(partition))
            .send(&self.client)
            .await;
        Ok(answer.map_err(unavailable("Query settings"))?.items)
    }

    /// Writes a version on top of the one before it; the first is version one. `false` when another is in force. A transaction,
    /// though it is one write: tried again after a lost answer it knows that it is done.
    pub(super) async fn put_version<T: Serialize>(
        &self,
        what: &'static str,
        (of, version): (&T, u64),
        key: keys::Key,
    ) -> Result<bool, StoreError> {
        let put = put(&self.tables.settings, write(what, of, key)?);
        let mut all = Transaction::default();
        all.add(if version == 1 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("version = :before").expression_attribute_values(":before", number(version - 1))
        });
        Ok(self.transact("TransactWriteItems version", all).await? == Outcome::Done)
    }

    /// Removes this version. `false` when it is not in force.
    pub(super) async fn remove_version(&self, key: keys::Key, version: u64) -> Result<bool, StoreError> {
        let gone = delete(&self.tables.settings, key)
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(version));
        let mut all = Transaction::default();
        all.add(gone);
        Ok(self.transact("TransactWriteItems version", all).await? == Outcome::Done)
    }
}

/// An item without its keys, which are not part of what it keeps.
pub(super) fn without_keys(mut item: Item) -> Item {
    item.retain(|attribute, _| attribute != "pk" && attribute != "sk");
    item
}
