//! The settings, read through a cache of seconds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::settings::Settings;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::store::{Store, StoreError};

/// Seconds for which settings are used without asking.
const FRESH: i64 = 5;

/// Seconds for which they are used while they are asked for again. Older ones are waited for.
const USABLE: i64 = 60;

/// Settings, and when they were read.
#[derive(Clone, Debug)]
struct Held {
    since: Timestamp,
    settings: Arc<Settings>,
    /// When they were last asked for again. Lambda may have stopped the clock before the answer came.
    asked: Timestamp,
}

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

    /// The settings, a few seconds old, and a minute at most where nobody has asked for a while: older ones are renewed beside the
    /// work at hand, so that nobody waits for them.
    pub(crate) async fn get(&self) -> Result<Arc<Settings>, StoreError> {
        let now = self.clock.now();
        let old = |since: Timestamp| now.duration_since(since).as_secs().abs();
        let held = self.held().clone();
        match held {
            Some(held) if old(held.since) < FRESH => Ok(held.settings),
            Some(held) if old(held.since) < USABLE => {
                let settings = Arc::clone(&held.settings);
                if old(held.asked) >= FRESH {
                    self.renew_aside(Held { asked: now, ..held });
                }
                Ok(settings)
            }
            _ => self.renew().await,
        }
    }

    fn renew_aside(&self, held: Held) {
        *self.held() = Some(held);
        let renewing = self.clone();
        tokio::spawn(async move { renewing.renew().await });
    }

    async fn renew(&self) -> Result<Arc<Settings>, StoreError> {
        let since = self.clock.now();
        let settings = Arc::new(self.store.settings().await?.settings);
        *self.held() = Some(Held { since, settings: Arc::clone(&settings), asked: since });
        Ok(settings)
    }

    pub(crate) fn forget(&self) {
        *self.held() = None;
    }

    fn held(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
