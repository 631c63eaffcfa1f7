//! The settings, read through a cache of seconds.

use std::sync::{Arc, Mutex, PoisonError};

use domain::settings::Settings;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// Seconds for which settings are used without asking.
const FRESH: i64 = 5;

/// Seconds for which they are used while they are asked for again. Older ones are waited for.
const USABLE: i64 = 60;

/// When they were read, and what they are.
type Held = (Timestamp, Arc<Settings>);

#[derive(Clone, Debug)]
pub(crate) struct SettingsCache {
    store: Store,
    clock: Clock,
    held: Arc<Mutex<Option<Held>>>,
}

impl SettingsCache {
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, held: Arc::default() }
    }

    /// The settings. Slightly old ones are renewed beside the work at hand, so that nobody waits for them.
    pub(crate) async fn get(&self) -> Result<Arc<Settings>, StoreError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let now = self.clock.now();
        let age = held.as_ref().map(|(since, _)| now.duration_since(*since).as_secs().abs());
        match (held, age) {
            (Some((_, settings)), Some(age)) if age < FRESH => Ok(settings),
            (Some((_, settings)), Some(age)) if age < USABLE => {
                self.hold(now, &settings);
                let renewing = self.clone();
                tokio::spawn(async move { renewing.renew().await });
                Ok(settings)
            }
            _ => self.renew().await,
        }
    }

    async fn renew(&self) -> Result<Arc<Settings>, StoreError> {
        let settings = Arc::new(self.store.settings().await?.settings);
        self.hold(self.clock.now(), &settings);
        Ok(settings)
    }

    fn hold(&self, now: Timestamp, settings: &Arc<Settings>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(settings)));
    }

    pub(crate) fn forget(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
