//! The keys: fetched from Secrets Manager when first needed, kept while it is away, looked at again every five minutes.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws::SecretsManager;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::key_ring::{BadSecret, KeyRing};

/// How long fetched keys are taken for fresh, in seconds.
const FRESH_SECONDS: i64 = 300;

/// Fetches and keeps the keys.
#[derive(Clone, Debug)]
pub struct Keys(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    secret: String,
    clock: Clock,
    secrets: SecretsManager,
    held: Mutex<Option<(Timestamp, Arc<KeyRing>)>>,
}

/// There are no keys to be had: try again later. Never "no key".
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Secrets Manager did not answer.
    #[error("the keys can't be fetched")]
    Unavailable(#[from] aws::Error),
    /// What it answered is not a key ring.
    #[error(transparent)]
    Bad(#[from] BadSecret),
}

impl Keys {
    /// Keys from this secret.
    pub fn new(secret: String, clock: Clock, secrets: SecretsManager) -> Self {
        Self(Arc::new(Inner { secret, clock, secrets, held: Mutex::new(None) }))
    }

    /// The keys. While Secrets Manager is away, those it gave before.
    pub async fn ring(&self) -> Result<Arc<KeyRing>, KeysError> {
        let mut held = self.0.held.lock().await;
        let now = self.0.clock.now();
        match held.as_ref() {
            Some((since, ring)) if now.duration_since(*since).as_secs().abs() < FRESH_SECONDS => Ok(Arc::clone(ring)),
            Some((_, old)) => {
                let ring = self.fetch().await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "going on with the keys at hand");
                    Arc::clone(old)
                });
                *held = Some((now, Arc::clone(&ring)));
                Ok(ring)
            }
            None => {
                let ring = self.fetch().await?;
                *held = Some((now, Arc::clone(&ring)));
                Ok(ring)
            }
        }
    }

    /// Adds what another house has left of its keys, unless it is there. Takes the right to write the secret, which no function has.
    pub async fn inherit(&self, left: &BTreeMap<String, String>) -> Result<(), KeysError> {
        let secret = self.value().await?;
        let mut all: BTreeMap<String, String> = serde_json::from_str(secret.expose_secret()).map_err(|_| BadSecret)?;
        all.extend(left.clone());
        let secret = serde_json::to_string(&all).map_err(|_| BadSecret)?;
        KeyRing::parse(&secret)?;
        self.0.secrets.put_secret_value(&self.0.secret, &secret.into()).await?;
        *self.0.held.lock().await = None;
        Ok(())
    }

    async fn fetch(&self) -> Result<Arc<KeyRing>, KeysError> {
        Ok(Arc::new(KeyRing::parse(self.value().await?.expose_secret())?))
    }

    async fn value(&self) -> Result<SecretString, KeysError> {
        Ok(self.0.secrets.get_secret_value(&self.0.secret).await?.unwrap_or_default())
    }
}
