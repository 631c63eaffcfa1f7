//! Layouts as the courier needs them, read through a cache of seconds: one read for many mails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::layout::{Layout, Occasion};
use domain::settings::Settings;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::mail::default_layout;
use crate::store::{Store, StoreError};

/// Seconds for which a layout is used without asking.
const FRESH: i64 = 5;

/// When it was read, and what it is.
type Held = (Timestamp, Arc<Layout>);

#[derive(Clone, Debug)]
pub(crate) struct LayoutCache {
    store: Store,
    clock: Clock,
    held: Arc<Mutex<HashMap<(String, Occasion), Held>>>,
}

impl LayoutCache {
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, held: Arc::default() }
    }

    /// The layout for an occasion: the one that the settings name, if it is for this occasion, else the one that is built in.
    pub(crate) async fn get(&self, occasion: Occasion, settings: &Settings) -> Result<Arc<Layout>, StoreError> {
        let key = (settings.layout(occasion).to_owned(), occasion);
        let now = self.clock.now();
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some((since, layout)) = held
            && now.duration_since(since).as_secs().abs() < FRESH
        {
            return Ok(layout);
        }
        let written = self.store.layout(&key.0).await?.filter(|written| written.occasion == occasion);
        let layout = Arc::new(written.map_or_else(|| default_layout(occasion, false), |written| written.layout));
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (now, Arc::clone(&layout)));
        Ok(layout)
    }

    pub(crate) fn forget(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
