//! Password hashing: one Argon2id per sign-in, whoever tries, into memory that is used again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use domain::password::Password;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::metrics;

/// Memory (KiB), passes and lanes of new hashes: OWASP's first choice for Argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Most memory (KiB) that a stored hash may ask for.
const MOST_MEMORY: u32 = 65_536;

/// How many may wait for their turn before newcomers are sent away.
const MOST_WAITING: usize = 256;

/// Hashes and compares passwords, as many at once as there are processors.
#[derive(Clone, Debug)]
pub struct Hasher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    turns: Semaphore,
    waiting: AtomicUsize,
    memory: Mutex<Vec<Vec<Block>>>,
}

/// Too many are waiting: come back in a moment.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

impl Default for Hasher {
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(1, usize::from);
        let inner = Inner { turns: Semaphore::new(turns), waiting: AtomicUsize::new(0), memory: Mutex::default() };
        Self(Arc::new(inner))
    }
}

impl Hasher {
    /// Whether this is the password behind the stored hash. Without a hash, or with one that can't be read, the
    /// same work is done for nothing and the answer is no.
    pub async fn verify(&self, password: Option<&Password>, stored: Option<&str>) -> Result<bool, Busy> {
        let target = stored.and_then(Target::parse);
        let real = target.is_some() && password.is_some();
        let target = target.unwrap_or_else(Target::decoy);
        let given = password.map(|p| p.expose_bytes().to_vec()).unwrap_or_default();
        let made = self.work(given, target.params, target.salt).await?;
        Ok(real & bool::from(made.ct_eq(&target.hash)))
    }

    /// A new hash, as a PHC string.
    pub async fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, Busy> {
        let target = Target { salt: salt.to_vec(), ..Target::decoy() };
        let made = self.work(password.expose_bytes().to_vec(), target.params, target.salt).await?;
        let (memory, passes, lanes) = COST;
        let salt = Salt::new(&salt).map_err(|_| Busy)?;
        let hash = Output::new(&made).map_err(|_| Busy)?;
        Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
    }

    /// Gives back the memory that waits for the next hash.
    pub fn rest(&self) {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn work(&self, password: Vec<u8>, params: Params, salt: Vec<u8>) -> Result<Vec<u8>, Busy> {
        let inner = Arc::clone(&self.0);
        if inner.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            inner.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Busy);
        }
        let turn = inner.turns.acquire().await;
        inner.waiting.fetch_sub(1, Ordering::Relaxed);
        let _turn = turn.map_err(|_| Busy)?;
        let here = Arc::clone(&self.0);
        let work = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            here.argon2(&password, params, &salt).map(|hash| (hash, began.elapsed()))
        });
        let (hash, took) = work.await.map_err(|_| Busy)?.ok_or(Busy)?;
        metrics::hash_time(took);
        Ok(hash)
    }
}

impl Inner {
    fn argon2(&self, password: &[u8], params: Params, salt: &[u8]) -> Option<Vec<u8>> {
        let need = params.block_count();
        let mut out = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if memory.len() < need {
            memory.resize(need, Block::default());
        }
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let done = argon2.hash_password_into_with_memory(password, salt, &mut out, &mut memory[..need]);
        memory.truncate(COST.0 as usize);
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        done.ok().map(|()| out)
    }
}

/// What a given password is compared with.
struct Target {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Target {
    fn parse(phc: &str) -> Option<Self> {
        let stored = PasswordHash::new(phc).ok()?;
        let params = Params::try_from(&stored).ok()?;
        let ours = stored.algorithm.as_str() == "argon2id" && stored.version == Some(19);
        let bounded = params.m_cost() <= MOST_MEMORY && params.t_cost() <= 8 && params.p_cost() <= 8;
        let (salt, hash) = (stored.salt?, stored.hash?);
        (ours && bounded).then(|| Self { params, salt: salt.to_vec(), hash: hash.as_bytes().to_vec() })
    }

    fn decoy() -> Self {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, None).unwrap_or(Params::DEFAULT);
        Self { params, salt: b"nobody is behind".to_vec(), hash: vec![0; Params::DEFAULT_OUTPUT_LEN] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let hasher = Hasher::default();
        let stored = hasher.hash(&password("harbour-lantern-42"), [3; 16]).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(hasher.verify(Some(&password("harbour-lantern-42")), Some(&stored)).await.unwrap());
        assert!(!hasher.verify(Some(&password("harbour-lantern-43")), Some(&stored)).await.unwrap());
    }

    /// Argon2id of RFC 9106 as the reference command makes it: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e`
    #[tokio::test]
    async fn hashes_of_the_reference_program_are_known() {
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(Hasher::default().verify(Some(&password("password")), Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_is_behind_the_decoy() {
        let hasher = Hasher::default();
        for stored in [None, Some(""), Some("$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$AAAA"), Some("$2b$10$x")] {
            assert!(!hasher.verify(Some(&password("password")), stored).await.unwrap());
            assert!(!hasher.verify(None, stored).await.unwrap());
        }
    }
}
