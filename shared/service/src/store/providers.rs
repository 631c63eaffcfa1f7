//! Providers, by what they are called; their secrets are sealed (FE-1).

use domain::provider::Provider;
use serde::{Deserialize, Serialize};

use super::versions::without_keys;
use super::{Item, Store, StoreError, keys, read};

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
        self.all_of(keys::PROVIDERS).await?.into_iter().map(kept).collect()
    }

    /// Writes a version of a provider on top of the one before it. `false` when another is in force.
    pub async fn put_provider(&self, kept: &Kept) -> Result<bool, StoreError> {
        self.put_version("provider", (kept, kept.version), keys::provider(&kept.id)).await
    }

    /// Removes this version of a provider. `false` when it is not in force.
    pub async fn remove_provider(&self, id: &str, version: u64) -> Result<bool, StoreError> {
        self.remove_version(keys::provider(id), version).await
    }
}

fn kept(item: Item) -> Result<Kept, StoreError> {
    read("provider", without_keys(item))
}
