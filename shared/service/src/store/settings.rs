//! The current settings, as one item.

use domain::settings::Settings;

use super::{Store, StoreError, keys, read, unavailable, write};

impl Store {
    /// The settings in force; the defaults when nobody has set any.
    pub async fn settings(&self) -> Result<Settings, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.settings)
            .set_key(Some(keys::settings().into_iter().collect()))
            .consistent_read(true)
            .send()
            .await;
        let item = answer.map_err(unavailable("GetItem settings"))?.item;
        let Some(mut item) = item else { return Ok(Settings::default()) };
        item.remove("pk");
        item.remove("sk");
        read("settings", item)
    }

    /// Puts settings in force.
    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let item = write("settings", settings, keys::settings())?;
        let answer = self.client.put_item().table_name(&self.tables.settings).set_item(Some(item)).send().await;
        answer.map(drop).map_err(unavailable("PutItem settings"))
    }
}
