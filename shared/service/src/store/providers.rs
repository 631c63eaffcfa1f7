//! Providers, by what they are called; their secrets are sealed (FE-1).

use domain::provider::Provider;
use serde::{Deserialize, Serialize};

use super::{Item, Store, StoreError, keys, number, read, text, unavailable, unless_condition, write};

/// A provider as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is called.
    pub id: String,
    /// What it is like.
    #[serde(flatten)]
    pub provider: Provider,
    /// The secret that it knows us by, encrypted for it.
    pub sealed: String,
    /// Counted up by each save, from one.
    pub version: u64,
}

impl Store {
    /// One provider, consistent.
    pub async fn provider(&self, id: &str) -> Result<Option<Kept>, StoreError> {
        self.settings_item(keys::provider(id)).await?.map(kept).transpose()
    }

    /// All of them, by what they are called.
    pub async fn providers(&self) -> Result<Vec<Kept>, StoreError> {
        let all = self.client.query().table_name(&self.tables.settings);
        let answer = all
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(keys::PROVIDERS))
            .send()
            .await;
        let items = answer.map_err(unavailable("Query providers"))?.items.unwrap_or_default();
        items.into_iter().map(kept).collect()
    }

    /// Writes a version of a provider on top of the one before it. `false` when another is in force.
    pub async fn put_provider(&self, kept: &Kept) -> Result<bool, StoreError> {
        let put = self.client.put_item().table_name(&self.tables.settings).set_item(Some(write(
            "provider",
            kept,
            keys::provider(&kept.id),
        )?));
        let put = if kept.version == 1 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("version = :before")
                .expression_attribute_values(":before", number(kept.version - 1))
        };
        Ok(unless_condition("PutItem provider", put.send().await)?.is_some())
    }

    /// Removes this version of a provider. `false` when it is not in force.
    pub async fn remove_provider(&self, id: &str, version: u64) -> Result<bool, StoreError> {
        let answer = self
            .client
            .delete_item()
            .table_name(&self.tables.settings)
            .set_key(Some(keys::provider(id).into_iter().collect()))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(version))
            .send()
            .await;
        Ok(unless_condition("DeleteItem provider", answer)?.is_some())
    }
}

/// Keys are not part of it.
fn kept(mut item: Item) -> Result<Kept, StoreError> {
    item.retain(|attribute, _| attribute != "pk" && attribute != "sk");
    read("provider", item)
}
