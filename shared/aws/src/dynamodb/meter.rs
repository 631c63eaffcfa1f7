//! The capacity that calls take.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use crate::nothing::or_default;

/// The capacity that calls to the database take, added up for as long as the process lives.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Taken>);

#[derive(Debug, Default)]
struct Taken {
    reads: Count,
    writes: Count,
}

/// In half units: an eventually consistent read takes half a unit, nothing takes less.
#[derive(Debug, Default)]
struct Count {
    taken: AtomicU64,
    told: AtomicU64,
}

/// What one table took.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Units {
    #[serde(default, deserialize_with = "or_default")]
    capacity_units: f64,
}

impl Count {
    fn add(&self, halves: u64) {
        self.taken.fetch_add(halves, Ordering::Relaxed);
    }

    /// Half units since the last time.
    fn news(&self) -> u64 {
        let taken = self.taken.load(Ordering::Relaxed);
        taken.saturating_sub(self.told.swap(taken, Ordering::Relaxed))
    }
}

impl Meter {
    /// Read and write units taken so far.
    pub fn taken(&self) -> (f64, f64) {
        let so_far = |count: &Count| units(count.taken.load(Ordering::Relaxed));
        (so_far(&self.0.reads), so_far(&self.0.writes))
    }

    /// The same since this was last asked.
    pub fn news(&self) -> (f64, f64) {
        (units(self.0.reads.news()), units(self.0.writes.news()))
    }

    pub(super) fn add<'a>(&self, writes: bool, told: impl IntoIterator<Item = &'a Units>) {
        let count = if writes { &self.0.writes } else { &self.0.reads };
        count.add(halves(told.into_iter().map(|table| table.capacity_units).sum()));
    }
}

fn units(halves: u64) -> f64 {
    f64::from(u32::try_from(halves).unwrap_or(u32::MAX)) / 2.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "units are small and not negative")]
fn halves(units: f64) -> u64 {
    (units * 2.0).round() as u64
}
