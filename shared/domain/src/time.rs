//! Moments that are seconds away.

use jiff::{SignedDuration, Timestamp};

/// So many seconds after a moment; the last moment there is, where that would be later.
pub fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
