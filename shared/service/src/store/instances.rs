//! Sign-in instances, by what they are called.

use aws::dynamodb::{delete, put};
use domain::instance::Instance;
use serde::{Deserialize, Serialize};

use super::versions::without_keys;
use super::{Item, Store, StoreError, keys, read, unavailable, unless_condition, write};

/// An instance and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// What it is called.
    pub id: String,
    /// What it is like.
    #[serde(flatten)]
    pub instance: Instance,
}

impl Store {
    /// One instance, consistent.
    pub async fn instance(&self, id: &str) -> Result<Option<Named>, StoreError> {
        let item = self.settings_item(keys::instance(id)).await?;
        item.map(named).transpose()
    }

    /// All of them, by what they are called.
    pub async fn instances(&self) -> Result<Vec<Named>, StoreError> {
        self.all_of(keys::INSTANCES).await?.into_iter().map(named).collect()
    }

    /// Writes an instance. With `new` one of that name must not be there: `false` when it is.
    pub async fn put_instance(&self, named: &Named, new: bool) -> Result<bool, StoreError> {
        let put = put(&self.tables.settings, write("instance", named, keys::instance(&named.id))?);
        let put = if new { put.condition_expression("attribute_not_exists(pk)") } else { put };
        Ok(unless_condition("PutItem instance", put.send(&self.client).await)?.is_some())
    }

    /// Removes an instance. One that is gone stays gone.
    pub async fn remove_instance(&self, id: &str) -> Result<(), StoreError> {
        let answer = delete(&self.tables.settings, keys::instance(id)).send(&self.client).await;
        answer.map(drop).map_err(unavailable("DeleteItem instance"))
    }
}

fn named(item: Item) -> Result<Named, StoreError> {
    read("instance", without_keys(item))
}
