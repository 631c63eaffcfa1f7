//! The clock of the whole machine, which can be moved. The one file of this crate that asks the system.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Between these years the clock may be set; further out, dates that functions derive from it would not exist.
const YEARS: (&str, &str) = ("1980-01-01T00:00:00Z", "2200-01-01T00:00:00Z");

/// The system's time plus what it was moved by. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct MovableClock {
    ahead_micros: Arc<AtomicI64>,
    moved: watch::Sender<()>,
}

/// A time the clock can't be set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock can be set to a time between the years 1980 and 2200")]
pub struct OutOfReach;

impl Default for MovableClock {
    fn default() -> Self {
        Self { ahead_micros: Arc::default(), moved: watch::Sender::new(()) }
    }
}

impl MovableClock {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead_micros.load(Ordering::Relaxed));
        system().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    /// Moves it so many seconds forward, or back if there are fewer than none.
    pub fn advance(&self, seconds: i64) -> Result<Timestamp, OutOfReach> {
        self.set(self.now().checked_add(SignedDuration::from_secs(seconds)).map_err(|_| OutOfReach)?)
    }

    /// Sets it; from there it goes on.
    pub fn set(&self, now: Timestamp) -> Result<Timestamp, OutOfReach> {
        let limit = |text: &str| text.parse::<Timestamp>().map_err(|_| OutOfReach);
        if now < limit(YEARS.0)? || now > limit(YEARS.1)? {
            return Err(OutOfReach);
        }
        let ahead = now.as_microsecond() - system().as_microsecond();
        self.ahead_micros.store(ahead, Ordering::Relaxed);
        self.moved.send_replace(());
        Ok(now)
    }

    /// Tells whenever the clock is moved.
    pub fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// The same clock, as the product knows it.
    pub fn for_product(&self) -> service::Clock {
        let clock = self.clone();
        service::Clock::new(move || clock.now())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one file")]
fn system() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_and_goes_on() {
        let clock = MovableClock::default();
        let before = clock.now();
        let after = clock.clone().advance(3_600).unwrap();
        assert_eq!(after.duration_since(before).as_secs(), 3_600);
        assert!(clock.now() >= after);
        assert!(clock.moves().borrow().eq(&()));
        clock.advance(-7_200).unwrap();
        assert!(clock.now() < before);
    }

    #[test]
    fn it_stays_within_reach() {
        let clock = MovableClock::default();
        let before = clock.now();
        for seconds in [i64::MAX, i64::MIN, 300 * 366 * 86_400, -100 * 366 * 86_400] {
            assert_eq!(clock.advance(seconds), Err(OutOfReach));
        }
        assert!(clock.set(Timestamp::MAX).is_err());
        assert!(clock.now().duration_since(before).as_secs() < 60);
    }
}
