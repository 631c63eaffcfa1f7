//! Gives a function batches of records, with Lambda's rules for what to do when that fails.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use dynoxide::actions::get_records::Record;
use serde_json::{Value, json};

use super::KEPT;
use crate::cloud::position;
use crate::functions::{Failed, Functions};
use crate::template::{Mapping, REGION};

/// A record on its way.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) position: i64,
    record: Value,
}

/// A record that was set aside after all tries. Like the real one it says where it was and not what was in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The mapping that could not deliver it.
    pub lane: String,
    /// The key of the item it is about.
    pub keys: Value,
    /// Its place in the stream.
    pub sequence_number: String,
    /// Why the last try failed.
    pub reason: String,
}

#[derive(Clone)]
pub(super) struct Delivery {
    function: String,
    mapping: Mapping,
    functions: Functions,
    dead: Arc<Mutex<Vec<DeadLetter>>>,
}

impl Parcel {
    fn sequence_number(&self) -> &str {
        self.record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
    }
}

impl Delivery {
    pub(super) fn new(
        function: &str,
        mapping: &Mapping,
        functions: &Functions,
        dead: &Arc<Mutex<Vec<DeadLetter>>>,
    ) -> Self {
        let (function, mapping) = (function.to_owned(), mapping.clone());
        Self { function, mapping, functions: functions.clone(), dead: Arc::clone(dead) }
    }

    /// The record as Lambda shapes it, if it fits the mapping's filters.
    pub(super) fn wanted(&self, record: Record) -> Option<Parcel> {
        let position = position(&record);
        let mut record = serde_json::to_value(record).ok()?;
        let filters = &self.mapping.filters;
        if !filters.is_empty() && !filters.iter().any(|filter| filter.fits(Some(&record))) {
            return None;
        }
        record["awsRegion"] = REGION.into();
        record["eventSourceARN"] =
            format!("arn:aws:dynamodb:{REGION}:000000000000:table/{}/stream/local", self.mapping.table).into();
        Some(Parcel { position, record })
    }

    /// Delivers a batch: returns when each of its records was taken or set aside.
    pub(super) async fn deliver(&self, batch: &[Parcel]) {
        let mut waiting = VecDeque::from([(batch.to_vec(), 0)]);
        while let Some((parcels, tries)) = waiting.pop_front() {
            let Err((from, reason)) = self.attempt(&parcels).await else { continue };
            let mut left = parcels;
            left.drain(..from);
            if self.mapping.bisect && left.len() > 1 {
                // Cutting a batch in two does not count as a try.
                let second = left.split_off(left.len() / 2);
                waiting.push_front((second, tries));
                waiting.push_front((left, tries));
            } else if tries < self.mapping.retries {
                tokio::time::sleep(Duration::from_millis(50 << tries.min(6))).await;
                waiting.push_front((left, tries + 1));
            } else {
                self.set_aside(left, &reason);
            }
        }
    }

    /// One try. When it fails: the first record that was not taken, and why.
    async fn attempt(&self, parcels: &[Parcel]) -> Result<(), (usize, String)> {
        let records: Vec<&Value> = parcels.iter().map(|parcel| &parcel.record).collect();
        let event =
            serde_json::from_value::<Event>(json!({"Records": records})).map_err(|error| (0, error.to_string()))?;
        let answer =
            self.functions.records(&self.function, event).await.map_err(|failed: Failed| (0, failed.to_string()))?;
        if !self.mapping.reports_items || answer.batch_item_failures.is_empty() {
            return Ok(());
        }
        let failed: Vec<&str> =
            answer.batch_item_failures.iter().filter_map(|item| item.item_identifier.as_deref()).collect();
        let first = parcels.iter().position(|parcel| failed.contains(&parcel.sequence_number()));
        // An id that is not in the batch fails all of it, as on Lambda.
        Err((first.unwrap_or(0), "the function said that it failed".to_owned()))
    }

    fn set_aside(&self, parcels: Vec<Parcel>, reason: &str) {
        for parcel in parcels {
            let sequence_number = parcel.sequence_number().to_owned();
            tracing::error!(lane = self.mapping.name, sequence_number, reason, "a record was set aside");
            let (lane, keys) = (self.mapping.name.clone(), parcel.record["dynamodb"]["Keys"].clone());
            let mut dead = self.dead.lock().unwrap_or_else(PoisonError::into_inner);
            if dead.len() < KEPT {
                dead.push(DeadLetter { lane, keys, sequence_number, reason: reason.to_owned() });
            }
        }
    }
}
