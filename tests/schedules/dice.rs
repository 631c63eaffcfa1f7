//! Chance that a seed decides.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};

pub(super) struct Dice(TestRng);

/// Operations of the database that flows of people use.
const OPERATIONS: [&str; 8] =
    ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchGetItem", "BatchWriteItem", "TransactWriteItems", "Query"];

const TABLES: [&str; 6] =
    ["DirectoryTable", "NamesTable", "LockoutsTable", "SessionsTable", "OutboxTable", "AuditTable"];

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }

    /// One of so many, from 0.
    pub(super) fn below(&mut self, many: usize) -> usize {
        usize::try_from(self.0.next_u32()).expect("it fits") % many
    }

    pub(super) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// What goes wrong for a while: none to three faults.
    pub(super) fn weather(&mut self) -> Value {
        (0..self.below(4)).map(|_| if self.one_in(5) { self.of_the_mail() } else { self.of_the_database() }).collect()
    }

    fn of_the_mail(&mut self) -> Value {
        let kind = self.pick(&["throttled", "failing", "lost_after_commit", "slow"]);
        let mut fault = json!({"service": "ses", "kind": kind, "times": 1 + self.below(3)});
        if kind == "lost_after_commit" {
            fault["times"] = json!(1); // more would be as many mails more
        }
        if kind == "slow" {
            fault["delay_ms"] = json!(50);
        }
        fault
    }

    fn of_the_database(&mut self) -> Value {
        let kind = self.pick(&["throttled", "failing", "conflict", "lost_after_commit", "lost_after_commit", "slow"]);
        let mut fault = json!({"service": "dynamodb", "kind": kind});
        if self.one_in(2) {
            fault["operation"] = json!(self.pick(&OPERATIONS));
        } else {
            fault["table"] = json!(self.pick(&TABLES));
        }
        if self.one_in(2) {
            fault["after"] = json!(1 + self.below(6));
        }
        // A call is tried four times: fewer are not seen, more are a 503.
        match self.below(4) {
            0 => {}
            1 => fault["times"] = json!(4 + self.below(8)),
            _ => fault["times"] = json!(1 + self.below(3)),
        }
        if kind == "slow" {
            fault["delay_ms"] = json!(20 + self.below(100));
        }
        fault
    }
}
