//! Mail layouts: the one in force, and every version beside it.

use aws::dynamodb::{put, query};
use domain::layout::{Layout, Occasion};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::transaction::{Outcome, Transaction};
use super::{Store, StoreError, keys, number, read, text, unavailable, write};

/// How many versions are listed.
const LISTED: i32 = 100;

/// How many layouts there can be beside those that are built in.
pub const MOST_LAYOUTS: usize = 40;

/// A layout that somebody wrote or imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutVersion {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub occasion: Occasion,
    /// What it says.
    #[serde(flatten)]
    pub layout: Layout,
    /// From 1.
    pub version: u64,
    /// Whether somebody changed it since it was imported.
    pub edited: bool,
    /// When.
    pub at: Timestamp,
    /// The username of whoever did.
    pub by: String,
}

impl Store {
    /// The layout in force under a name, consistent; `None` where nobody has written any.
    pub async fn layout(&self, name: &str) -> Result<Option<LayoutVersion>, StoreError> {
        self.layout_at(keys::layout(name)).await
    }

    /// One version of a layout.
    pub async fn layout_version(&self, name: &str, version: u64) -> Result<Option<LayoutVersion>, StoreError> {
        self.layout_at(keys::layout_version(name, version)).await
    }

    async fn layout_at(&self, key: keys::Key) -> Result<Option<LayoutVersion>, StoreError> {
        let item = self.settings_item(key).await?;
        item.map(|item| read("layout", item)).transpose()
    }

    /// All that somebody has written or imported, by name.
    pub async fn layouts(&self) -> Result<Vec<LayoutVersion>, StoreError> {
        let all = query(&self.tables.settings)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(keys::LAYOUTS))
            .send_all(&self.client)
            .await;
        let items = all.map_err(unavailable("Query layouts"))?;
        items.into_iter().map(|item| read("layout", item)).collect()
    }

    /// The last hundred versions of a layout, newest first.
    pub async fn layout_versions(&self, name: &str) -> Result<Vec<LayoutVersion>, StoreError> {
        let answer = query(&self.tables.settings)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(keys::layout_versions(name)))
            .scan_index_forward(false)
            .limit(LISTED)
            .send(&self.client)
            .await;
        let items = answer.map_err(unavailable("Query layout"))?.items;
        items.into_iter().map(|item| read("layout", item)).collect()
    }

    /// Puts a layout in force as the version after the one in force. `false` when somebody else has made that version.
    pub async fn put_layout(&self, layout: &LayoutVersion) -> Result<bool, StoreError> {
        let table = &self.tables.settings;
        let mut all = Transaction::default();
        let current = put(table, write("layout", layout, keys::layout(&layout.name))?)
            .condition_expression("attribute_not_exists(version) OR version = :before")
            .expression_attribute_values(":before", number(layout.version - 1));
        all.add(current);
        let kept = put(table, write("layout", layout, keys::layout_version(&layout.name, layout.version))?);
        all.add(kept.condition_expression("attribute_not_exists(pk)"));
        Ok(self.transact("TransactWriteItems layout", all).await? == Outcome::Done)
    }
}
