//! What somebody else holds for us, and can neither read nor make.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Trouble;
use crate::app::App;

/// Seals it for one purpose.
pub(super) async fn seal<T: Serialize>(app: &App, purpose: &str, held: &T) -> Result<String, Trouble> {
    let ring = app.keys.ring().await?;
    let plain = serde_json::to_vec(held).unwrap_or_default();
    ring.seal(purpose, &plain, app.random.bytes()?).ok_or_else(Trouble::no_keys)
}

/// Opens what was sealed for this purpose; `None` for anything else.
pub(super) async fn open<T: DeserializeOwned>(app: &App, purpose: &str, sealed: &str) -> Result<Option<T>, Trouble> {
    let opened = app.keys.ring().await?.open(purpose, sealed);
    Ok(opened.ok().and_then(|plain| serde_json::from_slice(&plain).ok()))
}
