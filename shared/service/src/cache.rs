//! What is read again and again and changes seldom, kept for seconds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::store::StoreError;

/// Seconds for which something is used without asking.
const FRESH: i64 = 5;

/// Things kept at the most; beyond that all are forgotten, so that made-up names fill no memory.
const MOST: usize = 1_000;

/// When something was read, and what it is.
type Held<V> = (Timestamp, Arc<V>);

#[derive(Clone, Debug)]
pub(crate) struct Cache<K, V>(Arc<Mutex<HashMap<K, Held<V>>>>);

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash, V> Cache<K, V> {
    /// What is kept under this key, or what `read` brings.
    pub(crate) async fn get(
        &self,
        key: K,
        now: Timestamp,
        read: impl Future<Output = Result<V, StoreError>>,
    ) -> Result<Arc<V>, StoreError> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((since, value)) = held
            && now.duration_since(since).as_secs().abs() < FRESH
        {
            return Ok(value);
        }
        let value = Arc::new(read.await?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(key, (now, Arc::clone(&value)));
        Ok(value)
    }

    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
