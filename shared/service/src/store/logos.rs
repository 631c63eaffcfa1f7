//! Pictures that were handed in as the organisation's logo. Each is an item of its own, so that whoever reads the settings does
//! not read the picture; none is ever thrown away, so that every version of the settings can be put in force again.

use aws::dynamodb::put;
use data_encoding::BASE64;
use domain::logo::Logo;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, keys, read, unavailable, write};

/// A picture as text, which an export takes along as it is.
#[derive(Serialize, Deserialize)]
struct Picture {
    base64: String,
}

impl Store {
    /// The picture of this name, consistent.
    pub async fn logo(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(item) = self.settings_item(keys::logo(name)).await? else { return Ok(None) };
        let Picture { base64 } = read("logo", item)?;
        Ok(BASE64.decode(base64.as_bytes()).ok())
    }

    /// Keeps a picture under its name, which says what is in it: once more changes nothing.
    pub async fn keep_logo(&self, logo: &Logo) -> Result<(), StoreError> {
        let picture = Picture { base64: BASE64.encode(&logo.bytes) };
        let item = write("logo", &picture, keys::logo(&logo.name))?;
        let answer = put(&self.tables.settings, item).send(&self.client).await;
        answer.map(drop).map_err(unavailable("PutItem logo"))
    }
}
