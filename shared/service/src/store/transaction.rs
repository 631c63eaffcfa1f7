//! Several writes, all or none.

use std::collections::BTreeSet;
use std::time::Duration;

use aws::Refusal;
use aws::dynamodb::Request;

use super::{Store, StoreError, unavailable, unless_condition};

/// How often a transaction that ran into another one is tried again.
const TRIES: u64 = 6;

/// Items that one transaction takes, at the most.
const MOST_ITEMS: usize = 100;

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is written.
    Done,
    /// Nothing is: the conditions at these places did not hold.
    Refused(Vec<usize>),
}

/// A transaction in the making.
#[derive(Default)]
pub(crate) struct Transaction(Vec<Request>);

impl Transaction {
    /// Whether nothing is to be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a write, or a condition; answers its place.
    pub(crate) fn add(&mut self, request: Request) -> usize {
        self.0.push(request);
        self.0.len() - 1
    }

    /// Puts writes of the same sort beside each other: the embedded database then prepares fewer statements. The places are
    /// others after it.
    pub(crate) fn alike_together(&mut self) {
        self.0.sort_by_cached_key(Request::sort);
    }
}

impl Store {
    /// Does all of it or none. One request token for all tries makes each know the success of one before it whose answer was lost.
    pub(crate) async fn transact(
        &self,
        operation: &'static str,
        transaction: Transaction,
    ) -> Result<Outcome, StoreError> {
        self.transact_all(operation, &transaction.0).await
    }

    async fn transact_all(&self, operation: &'static str, items: &[Request]) -> Result<Outcome, StoreError> {
        let token = self.mark()?;
        for attempt in 1..=TRIES {
            let Err(error) = self.client.transact_write(items, &token).await else { return Ok(Outcome::Done) };
            let reasons = error.refusal().map(Refusal::reasons).unwrap_or_default();
            let failed: Vec<usize> = places(&reasons, "ConditionalCheckFailed");
            if !failed.is_empty() {
                return Ok(Outcome::Refused(failed));
            }
            if places(&reasons, "TransactionConflict").is_empty() || attempt == TRIES {
                return Err(unavailable(operation)(error));
            }
            tokio::time::sleep(self.jitter(attempt)?).await;
        }
        Err(StoreError::Unprocessed)
    }

    /// Changes one item, if its condition holds: `false` when it does not.
    pub(crate) async fn alone(&self, operation: &'static str, change: Request) -> Result<bool, StoreError> {
        Ok(unless_condition(operation, change.send(&self.client).await)?.is_some())
    }

    /// Does those writes whose conditions hold, as many in one call as go into one, and answers for each. They have nothing to
    /// do with each other but that each is of another item. After an error some may be done.
    pub(crate) async fn each(&self, operation: &'static str, writes: Transaction) -> Result<Vec<bool>, StoreError> {
        let mut done = Vec::with_capacity(writes.0.len());
        for some in writes.0.chunks(MOST_ITEMS) {
            done.extend(self.each_of(operation, some).await?);
        }
        Ok(done)
    }

    /// The same of as many as go into one call: without those whose condition does not hold, until all others are done.
    async fn each_of(&self, operation: &'static str, items: &[Request]) -> Result<Vec<bool>, StoreError> {
        let mut refused = BTreeSet::new();
        while refused.len() < items.len() {
            let left: Vec<usize> = (0..items.len()).filter(|place| !refused.contains(place)).collect();
            let these: Vec<Request> = left.iter().filter_map(|place| items.get(*place).cloned()).collect();
            let Outcome::Refused(again) = self.transact_all(operation, &these).await? else { break };
            refused.extend(again.into_iter().filter_map(|at| left.get(at).copied()));
        }
        Ok((0..items.len()).map(|place| !refused.contains(&place)).collect())
    }

    pub(super) fn jitter(&self, attempt: u64) -> Result<Duration, StoreError> {
        let [random] = self.random.bytes::<1>()?;
        Ok(Duration::from_millis((10 << attempt) + u64::from(random) % (10 << attempt)))
    }
}

fn places(reasons: &[String], code: &str) -> Vec<usize> {
    reasons.iter().enumerate().filter(|(_, r)| *r == code).map(|(at, _)| at).collect()
}
