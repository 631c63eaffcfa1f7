//! Locations: offices, each with the address that its mail is sent from (ML-5).

use aws::dynamodb::{delete, put};
use domain::email::Email;
use domain::id::LocationId;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError, keys, read, unavailable, unless_condition, write};

/// An office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Which.
    pub id: LocationId,
    /// What people call it.
    pub name: String,
    /// The sender of its mail.
    pub email: Email,
}

impl Store {
    /// One location, consistent.
    pub async fn location(&self, id: &LocationId) -> Result<Option<Location>, StoreError> {
        let item = self.settings_item(keys::location(id)).await?;
        item.map(|item| read("location", item)).transpose()
    }

    /// All of them, the first made first.
    pub async fn locations(&self) -> Result<Vec<Location>, StoreError> {
        self.all_of(keys::LOCATIONS).await?.into_iter().map(|item| read("location", item)).collect()
    }

    /// Writes a location: a new one, or in place of the one with its id. `false` when that is gone.
    pub async fn put_location(&self, location: &Location, new: bool) -> Result<bool, StoreError> {
        let condition = if new { "attribute_not_exists(pk)" } else { "attribute_exists(pk)" };
        let answer = put(&self.tables.settings, write("location", location, keys::location(&location.id))?)
            .condition_expression(condition)
            .send(&self.client)
            .await;
        Ok(unless_condition("PutItem location", answer)?.is_some())
    }

    /// Removes a location; its mail comes from the organisation's address from then on. One that is gone stays gone.
    pub async fn remove_location(&self, id: &LocationId) -> Result<(), StoreError> {
        let answer = delete(&self.tables.settings, keys::location(id)).send(&self.client).await;
        answer.map(drop).map_err(unavailable("DeleteItem location"))
    }
}
