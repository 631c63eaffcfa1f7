//! What isn't said.

use serde::{Deserialize, Deserializer};

/// What a service says to be `null`, read as if it had not said it: an answer that something was done is not to fail by that.
pub(crate) fn or_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
