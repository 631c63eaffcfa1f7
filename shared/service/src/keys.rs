//! The keys: fetched from Secrets Manager when first needed, kept while it is away, looked at again every five minutes.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aws_sdk_secretsmanager::Client;
use jiff::Timestamp;
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
    client: OnceLock<Client>,
    make_client: MakeClient,
    held: Mutex<Option<(Timestamp, Arc<KeyRing>)>>,
}

struct MakeClient(Box<dyn Fn() -> Client + Send + Sync>);

impl std::fmt::Debug for MakeClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MakeClient")
    }
}

/// There are no keys to be had: try again later. Never "no key".
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Secrets Manager did not answer.
    #[error("the keys can't be fetched")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What it answered is not a key ring.
    #[error(transparent)]
    Bad(#[from] BadSecret),
}

impl Keys {
    /// Keys from this secret; the client is made when it is first needed.
    pub fn new(secret: String, clock: Clock, client: impl Fn() -> Client + Send + Sync + 'static) -> Self {
        let make_client = MakeClient(Box::new(client));
        Self(Arc::new(Inner { secret, clock, client: OnceLock::new(), make_client, held: Mutex::new(None) }))
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
        let client = self.client();
        let answer = client.get_secret_value().secret_id(&self.0.secret).send().await;
        let answer = answer.map_err(|error| KeysError::Unavailable(error.into()))?;
        let secret = answer.secret_string().unwrap_or_default();
        let mut all: BTreeMap<String, String> = serde_json::from_str(secret).map_err(|_| BadSecret)?;
        all.extend(left.clone());
        let secret = serde_json::to_string(&all).map_err(|_| BadSecret)?;
        KeyRing::parse(&secret)?;
        let put = client.put_secret_value().secret_id(&self.0.secret).secret_string(secret).send().await;
        put.map_err(|error| KeysError::Unavailable(error.into()))?;
        *self.0.held.lock().await = None;
        Ok(())
    }

    fn client(&self) -> &Client {
        self.0.client.get_or_init(|| (self.0.make_client.0)())
    }

    async fn fetch(&self) -> Result<Arc<KeyRing>, KeysError> {
        let answer = self.client().get_secret_value().secret_id(&self.0.secret).send().await;
        let answer = answer.map_err(|error| KeysError::Unavailable(error.into()))?;
        Ok(Arc::new(KeyRing::parse(answer.secret_string().unwrap_or_default())?))
    }
}
