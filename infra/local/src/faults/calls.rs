//! What was called, for tests: how often, in how many rounds, at what cost.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::call::{Asked, Service};

/// Calls that are remembered one by one.
const REMEMBERED: usize = 4_096;

/// One call to AWS.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Whom.
    pub service: Service,
    /// What, such as `GetItem`.
    pub operation: String,
    /// When it began.
    pub began: Instant,
    /// When the answer was there.
    pub ended: Instant,
    /// Read units it took, when they are measured.
    pub read_units: f64,
    /// Write units it took, when they are measured.
    pub write_units: f64,
}

/// All calls since the last reset.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    measuring: AtomicBool,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    counts: BTreeMap<(Service, String), u64>,
    last: VecDeque<Call>,
}

impl Calls {
    /// Forgets all of them.
    pub fn reset(&self) {
        self.with(|known| *known = Known::default());
    }

    /// From now on reads from the database's answers what each call costs.
    pub fn measure(&self) {
        self.0.measuring.store(true, Ordering::Relaxed);
    }

    /// How often an operation was called.
    pub fn count(&self, service: Service, operation: &str) -> u64 {
        self.with(|known| known.counts.get(&(service, operation.to_owned())).copied().unwrap_or(0))
    }

    /// How often each operation was called.
    pub fn counts(&self) -> BTreeMap<(Service, String), u64> {
        self.with(|known| known.counts.clone())
    }

    /// The last few thousand, in the order they ended.
    pub fn all(&self) -> Vec<Call> {
        self.with(|known| known.last.iter().cloned().collect())
    }

    /// In how many rounds, one after the other, a service was waited for: calls beside each other are one round.
    pub fn waits(&self, service: Service) -> usize {
        let mut calls: Vec<_> = self.all().into_iter().filter(|call| call.service == service).collect();
        calls.sort_by_key(|call| call.began);
        let (mut rounds, mut end) = (0, None::<Instant>);
        for call in calls {
            // A call belongs to the round before while none of that round has ended.
            match end {
                Some(first_end) if call.began < first_end => end = Some(first_end.min(call.ended)),
                _ => {
                    rounds += 1;
                    end = Some(call.ended);
                }
            }
        }
        rounds
    }

    /// Read and write units taken together, when they are measured.
    pub fn units(&self) -> (f64, f64) {
        self.all().iter().fold((0.0, 0.0), |(read, write), call| (read + call.read_units, write + call.write_units))
    }

    pub(super) fn measuring(&self) -> bool {
        self.0.measuring.load(Ordering::Relaxed)
    }

    pub(super) fn note(&self, asked: Asked, began: Instant, units: (f64, f64)) {
        let Asked { service, operation } = asked;
        let (read_units, write_units) = units;
        self.with(|known| {
            *known.counts.entry((service, operation.clone())).or_default() += 1;
            if known.last.len() == REMEMBERED {
                known.last.pop_front();
            }
            known.last.push_back(Call { service, operation, began, ended: Instant::now(), read_units, write_units });
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.0.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn calls_beside_each_other_are_one_wait() {
        let start = Instant::now();
        let cases: [(&[(u64, u64)], usize); 5] = [
            (&[], 0),
            (&[(0, 10)], 1),
            (&[(0, 10), (1, 9), (2, 30)], 1),
            (&[(0, 10), (11, 20), (12, 19)], 2),
            (&[(0, 10), (1, 5), (6, 12), (12, 13)], 3),
        ];
        for (spans, expected) in cases {
            let calls = Calls::default();
            for (began, ended) in spans {
                let at = |ms: &u64| start + Duration::from_millis(*ms);
                let call = Call {
                    service: Service::DynamoDb,
                    operation: "GetItem".into(),
                    began: at(began),
                    ended: at(ended),
                    read_units: 0.5,
                    write_units: 0.0,
                };
                calls.with(|known| known.last.push_back(call));
            }
            assert_eq!(calls.waits(Service::DynamoDb), expected, "{spans:?}");
            assert_eq!(calls.waits(Service::Ses), 0);
        }
    }

    #[test]
    fn only_the_last_are_remembered_and_all_are_counted() {
        let calls = Calls::default();
        for _ in 0..REMEMBERED + 5 {
            calls.note(Asked { service: Service::Ses, operation: "SendEmail".into() }, Instant::now(), (0.5, 1.0));
        }
        assert_eq!((calls.all().len(), calls.count(Service::Ses, "SendEmail")), (REMEMBERED, REMEMBERED as u64 + 5));
        calls.reset();
        assert_eq!((calls.units(), calls.counts().len()), ((0.0, 0.0), 0));
    }
}
