//! The settings: the item in force, and every version beside it.

use std::collections::BTreeMap;

use aws::dynamodb::{Attribute, put, query};
use domain::settings::Settings;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::transaction::{Outcome, Transaction};
use super::{Item, Store, StoreError, keys, number, read, text, unavailable, write};

/// How many versions are listed.
const LISTED: i32 = 100;

/// Settings and the version they are.
#[derive(Clone, Debug, Default)]
pub struct Versioned {
    /// The settings.
    pub settings: Settings,
    /// Their version; 0 until somebody has set any.
    pub version: u64,
}

/// Who made a version, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsVersion {
    /// The version, from 1.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// The username of whoever did.
    pub by: String,
    /// What changed, by key: as it was and as it is.
    #[serde(default)]
    pub changes: BTreeMap<String, (Value, Value)>,
}

impl Store {
    /// The settings in force, consistent; the defaults when nobody has set any.
    pub async fn settings(&self) -> Result<Versioned, StoreError> {
        let item = self.settings_item(keys::settings()).await?;
        item.map_or_else(|| Ok(Versioned::default()), versioned)
    }

    /// The settings of a version.
    pub async fn settings_of(&self, version: u64) -> Result<Option<Settings>, StoreError> {
        let item = self.settings_item(keys::settings_version(version)).await?;
        item.map(|item| Ok(versioned(item)?.settings)).transpose()
    }

    pub(super) async fn settings_item(&self, key: keys::Key) -> Result<Option<Item>, StoreError> {
        if !keys::can_be(&key) {
            return Ok(None);
        }
        self.item(&self.tables.settings, key).await
    }

    /// The last hundred versions, newest first.
    pub async fn settings_versions(&self) -> Result<Vec<SettingsVersion>, StoreError> {
        let (pk, prefix) = keys::settings_versions();
        let answer = query(&self.tables.settings)
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":prefix", text(prefix))
            .scan_index_forward(false)
            .limit(LISTED)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query settings"))?.items;
        items.into_iter().map(|item| read("settings version", item)).collect()
    }

    /// Puts settings in force as the version after the one in force. `false` when somebody else has made that version.
    pub async fn put_settings(&self, settings: &Settings, version: &SettingsVersion) -> Result<bool, StoreError> {
        let mut all = Transaction::default();
        let mut item = write("settings", settings, keys::settings())?;
        item.extend(write("settings version", version, [])?);
        let mut kept = item.clone();
        kept.extend(keys::settings_version(version.version));
        let current = put(&self.tables.settings, item)
            .condition_expression("attribute_not_exists(version) OR version = :before")
            .expression_attribute_values(":before", number(version.version - 1));
        all.add(current);
        all.add(put(&self.tables.settings, kept).condition_expression("attribute_not_exists(pk)"));
        Ok(self.transact("TransactWriteItems settings", all).await? == Outcome::Done)
    }
}

fn versioned(mut item: Item) -> Result<Versioned, StoreError> {
    let version = item.get("version").and_then(|version| version.as_n()).and_then(|version| version.parse().ok());
    for key in ["pk", "sk", "version", "at", "by"] {
        item.remove(key);
    }
    Ok(Versioned { settings: read("settings", item)?, version: version.unwrap_or_default() })
}
