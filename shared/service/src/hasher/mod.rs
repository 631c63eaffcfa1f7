//! Password hashing: one Argon2id per sign-in, whoever tries, into memory that is used again. Hashes that were brought from
//! elsewhere are compared beside it, and replaced by one of ours as soon as their password is known (SI-9).

mod formats;
mod stored;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::Block;
use argon2::password_hash::phc::{Output, Salt};
use domain::password::Password;
use tokio::sync::Semaphore;

use crate::metrics;
use stored::COST;
pub(crate) use stored::{Cost, Stored};

/// How many are let in before newcomers are sent away: two seconds on two processors. Who waits longer comes again.
const PLACES: usize = 128;

/// Hashes and compares passwords, as many at once as there are processors.
#[derive(Clone, Debug)]
pub struct Hasher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    turns: Semaphore,
    taken: AtomicUsize,
    memory: Mutex<Vec<Vec<Block>>>,
}

/// A place among those who are let in, free again when it is dropped. Taken before a try is counted: nobody is sent away after it.
#[derive(Debug)]
pub(crate) struct Place(Arc<Inner>);

/// All places are taken: come back in a moment.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

impl Default for Hasher {
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(1, usize::from);
        let inner = Inner { turns: Semaphore::new(turns), taken: AtomicUsize::new(0), memory: Mutex::default() };
        Self(Arc::new(inner))
    }
}

/// What comparing at a sign-in came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Whether it is the password.
    pub(crate) right: bool,
    /// What is to be stored instead: the same password, as it is hashed now.
    pub(crate) renewed: Option<String>,
}

/// A moment before which a refusal does not leave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience(Instant, Duration);

impl Patience {
    /// So long from now.
    pub(crate) fn of(least: Duration) -> Self {
        Self(Instant::now(), least)
    }

    /// Waits for that moment; where it has passed, for as long again.
    pub(crate) async fn over(self) {
        let (Self(began, least), mut ends) = (self, self.1);
        while !least.is_zero() && began.elapsed() > ends {
            ends += least;
        }
        tokio::time::sleep(ends.saturating_sub(began.elapsed())).await;
    }
}

impl Hasher {
    /// A place among those whose passwords are looked at.
    pub(crate) fn place(&self) -> Result<Place, Busy> {
        let place = Place(Arc::clone(&self.0)); // one that is too many is given back as any other
        if self.0.taken.fetch_add(1, Ordering::Relaxed) < PLACES { Ok(place) } else { Err(Busy) }
    }

    /// As [`Place::verify`], in a place that is free now.
    pub(crate) async fn verify(&self, password: Option<&Password>, stored: Option<&str>) -> Result<bool, Busy> {
        self.place()?.verify(password, stored).await
    }

    /// A new hash, as a PHC string.
    pub async fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, Busy> {
        self.place()?.hash(password, salt).await
    }

    /// How long a sign-in with such a hash takes here.
    pub(crate) async fn lasts(&self, stored: &Stored) -> Result<Duration, Busy> {
        let place = self.place()?;
        let (stored, began) = (stored.clone(), Instant::now());
        place.work(move |inner| inner.compare(&stored, b"how long it takes")).await?;
        place.verify(None, None).await?;
        Ok(began.elapsed())
    }

    /// Gives back the memory that waits for the next hash.
    pub fn rest(&self) {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Place {
    /// Whether this is the password behind the stored hash. Without a hash, or with one that can't be read, the
    /// same work is done for nothing and the answer is no.
    pub(crate) async fn verify(&self, password: Option<&Password>, stored: Option<&str>) -> Result<bool, Busy> {
        let target = stored.and_then(|stored| Stored::parse(stored).ok());
        let real = target.is_some() && password.is_some();
        let target = target.unwrap_or_else(Stored::decoy);
        let given = password.map(|p| p.expose_bytes().to_vec()).unwrap_or_default();
        let right = self.work(move |inner| inner.compare(&target, &given)).await?;
        Ok(real & right)
    }

    /// The same at a sign-in: exactly one Argon2id as we make them, whoever it is. Behind a hash from elsewhere, or with other
    /// parameters, it makes the one that takes its place, or nothing.
    pub(crate) async fn examine(
        &self,
        password: Option<&Password>,
        stored: Option<&str>,
        salt: [u8; 16],
    ) -> Result<Verdict, Busy> {
        let foreign = stored.and_then(|text| Stored::parse(text).ok()).filter(|stored| !stored.is_present());
        let (Some(foreign), Some(password)) = (foreign, password) else {
            return Ok(Verdict { right: self.verify(password, stored).await?, renewed: None });
        };
        let given = password.expose_bytes().to_vec();
        let renews = foreign.has_seen_all_of(&given);
        let right = self.work(move |inner| inner.compare(&foreign, &given)).await?;
        let renewed = self.hash(password, salt).await?;
        Ok(Verdict { right, renewed: Some(renewed).filter(|_| right && renews) })
    }

    async fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<String, Busy> {
        let target = Stored { salt: salt.to_vec(), ..Stored::decoy() };
        let given = password.expose_bytes().to_vec();
        let made = self.work(move |inner| inner.make(&target, &given)).await?;
        let (memory, passes, lanes) = COST;
        let salt = Salt::new(&salt).map_err(|_| Busy)?;
        let hash = Output::new(&made).map_err(|_| Busy)?;
        Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}"))
    }

    async fn work<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Inner) -> Option<T> + Send + 'static,
    ) -> Result<T, Busy> {
        let _turn = self.0.turns.acquire().await.map_err(|_| Busy)?;
        let here = Arc::clone(&self.0);
        let work = tokio::task::spawn_blocking(move || {
            let began = Instant::now();
            what(&here).map(|done| (done, began.elapsed()))
        });
        let (done, took) = work.await.map_err(|_| Busy)?.ok_or(Busy)?;
        metrics::hash_time(took);
        Ok(done)
    }
}

impl Inner {
    fn make(&self, target: &Stored, password: &[u8]) -> Option<Vec<u8>> {
        self.with_memory(target.blocks(), |memory| target.made_of(password, memory))
    }

    fn compare(&self, target: &Stored, password: &[u8]) -> Option<bool> {
        self.with_memory(target.blocks(), |memory| target.is_of(password, memory))
    }

    fn with_memory<T>(&self, need: usize, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        if memory.len() < need {
            memory.resize(need, Block::default());
        }
        let done = work(&mut memory[..need]);
        memory.truncate(COST.0 as usize);
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
        done
    }
}

#[cfg(test)]
mod tests;
