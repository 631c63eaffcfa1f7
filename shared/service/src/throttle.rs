//! Network addresses that failed too often. The database counts; each process remembers whom it saw over the limit,
//! so that a success costs nothing and a blocked address costs no read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::store::ADDRESS_WINDOW;

/// Most addresses remembered at once.
const MOST: usize = 10_000;

/// Addresses that have to wait.
#[derive(Clone, Debug, Default)]
pub struct AddressThrottle(Arc<Mutex<HashMap<String, Timestamp>>>);

impl AddressThrottle {
    /// Seconds this address still has to wait; `None` if it may go on.
    pub fn must_wait(&self, address: &str, now: Timestamp) -> Option<i64> {
        let mut blocked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = blocked.get(address)?.duration_since(now).as_secs();
        if (1..=ADDRESS_WINDOW).contains(&left) {
            return Some(left);
        }
        blocked.remove(address);
        None
    }

    /// Lets an address wait until the present stretch of counting is over.
    pub fn block(&self, address: &str, now: Timestamp) {
        let end = (now.as_second().div_euclid(ADDRESS_WINDOW) + 1) * ADDRESS_WINDOW;
        let mut blocked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if blocked.len() >= MOST {
            blocked.retain(|_, until| *until > now);
        }
        if let (Ok(until), true) = (Timestamp::from_second(end), blocked.len() < MOST) {
            blocked.insert(address.to_owned(), until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LK-2
    #[test]
    fn a_blocked_address_waits_until_the_stretch_is_over() {
        let at = |s: i64| Timestamp::from_second(1_800_000_000 + s).unwrap();
        let throttle = AddressThrottle::default();
        throttle.block("192.0.2.1", at(10));
        assert_eq!(throttle.must_wait("192.0.2.1", at(10)), Some(590));
        assert_eq!(throttle.must_wait("192.0.2.2", at(10)), None);
        assert_eq!(throttle.must_wait("192.0.2.1", at(600)), None);
        assert_eq!(throttle.must_wait("192.0.2.1", at(10)), None, "it was forgotten");
    }
}
