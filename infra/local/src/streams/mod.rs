//! Streams of tables: carries what is written to a table to the functions that the template feeds with it.
//!
//! Every mapping is a lane with a position and a task of its own, so that neither waits for the other.

mod delivery;
pub(crate) mod filter;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::cloud::{DatabaseClient, DatabaseError, position};
use crate::functions::Functions;
use crate::serve::Task;
use crate::template::{Mapping, Template};

pub use delivery::DeadLetter;
use delivery::Delivery;

/// How long a lane waits before it looks by itself. A write to the table wakes it at once.
const PAUSE: Duration = Duration::from_secs(2);

/// What was delivered and not written down is delivered again after a crash: at the most so many records.
const UNSAVED: usize = 1_000;

/// Dead letters that are kept.
const KEPT: usize = 1_000;

/// The lanes, running. They stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Streams {
    lanes: Vec<LaneHandle>,
    dead: Arc<Mutex<Vec<DeadLetter>>>,
}

#[derive(Debug)]
struct LaneHandle {
    wake: Arc<Notify>,
    progress: watch::Receiver<Progress>,
    _task: Task,
}

/// What others can see of a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    /// How often it looked and, in the end, found nothing more.
    rounds: u64,
    /// Records it delivered.
    delivered: u64,
}

/// How far the lanes of one table have come.
#[derive(Debug)]
struct Positions {
    database: DatabaseClient,
    table: String,
    by_lane: Mutex<BTreeMap<String, i64>>,
}

/// Wakes the lanes of a template: one for each mapping, in order.
pub(crate) fn wakers(template: &Template) -> Vec<(String, Arc<Notify>)> {
    let mappings = template.functions.iter().flat_map(|function| &function.mappings);
    mappings.map(|mapping| (mapping.table.clone(), Arc::new(Notify::new()))).collect()
}

impl Streams {
    /// Starts a lane for each mapping; `wakers` as made for this template.
    pub(crate) async fn start(
        template: &Template,
        functions: &Functions,
        database: &DatabaseClient,
        wakers: &[(String, Arc<Notify>)],
    ) -> Result<Self, DatabaseError> {
        let dead = Arc::default();
        let mut positions: BTreeMap<String, Arc<Positions>> = BTreeMap::new();
        for function in &template.functions {
            for mapping in &function.mappings {
                let table =
                    positions.entry(mapping.table.clone()).or_insert_with(|| Positions::new(database, &mapping.table));
                table.by_lane().insert(mapping.name.clone(), 0);
            }
        }
        for table in positions.values() {
            table.load().await?;
        }
        let mappings = template
            .functions
            .iter()
            .flat_map(|function| function.mappings.iter().map(move |mapping| (function, mapping)));
        let lanes = mappings.zip(wakers).filter_map(|((function, mapping), (_, wake))| {
            let delivery = Delivery::new(&function.id, mapping, functions, &dead);
            let positions = Arc::clone(positions.get(&mapping.table)?);
            let (progress, seen) = watch::channel(Progress::default());
            let lane = Lane { mapping: mapping.clone(), delivery, positions, wake: Arc::clone(wake), progress };
            Some(LaneHandle { wake: Arc::clone(wake), progress: seen, _task: Task::spawn(lane.run()) })
        });
        Ok(Self { lanes: lanes.collect(), dead })
    }

    /// Records that were set aside after all tries.
    pub(crate) fn dead_letters(&self) -> Vec<DeadLetter> {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until no lane finds anything more.
    pub(crate) async fn settle(&self) {
        loop {
            let before = self.delivered();
            for lane in &self.lanes {
                lane.look_again().await;
            }
            if self.delivered() == before {
                return;
            }
        }
    }

    fn delivered(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.progress.borrow().delivered).sum()
    }
}

impl LaneHandle {
    /// Has the lane look until a round is over that began after this call.
    async fn look_again(&self) {
        let mut progress = self.progress.clone();
        // A round that is under way may have looked too early: the one after it has not.
        let enough = progress.borrow().rounds + 2;
        while progress.borrow_and_update().rounds < enough {
            self.wake.notify_one();
            if progress.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Positions {
    fn new(database: &DatabaseClient, table: &str) -> Arc<Self> {
        Arc::new(Self { database: database.clone(), table: table.to_owned(), by_lane: Mutex::default() })
    }

    fn by_lane(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, i64>> {
        self.by_lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self) -> Result<(), DatabaseError> {
        for (lane, position) in self.database.positions(&self.table).await? {
            if let Some(known) = self.by_lane().get_mut(&lane) {
                *known = position;
            }
        }
        Ok(())
    }

    fn get(&self, lane: &str) -> i64 {
        self.by_lane().get(lane).copied().unwrap_or(0)
    }

    fn set(&self, lane: &str, position: i64) {
        self.by_lane().insert(lane.to_owned(), position);
    }

    async fn save(&self) {
        let all: Vec<_> = self.by_lane().iter().map(|(lane, position)| (lane.clone(), *position)).collect();
        if let Err(error) = self.database.save_positions(&self.table, &all).await {
            tracing::warn!(%error, "the position in the stream could not be written down");
        }
    }
}

struct Lane {
    mapping: Mapping,
    delivery: Delivery,
    positions: Arc<Positions>,
    wake: Arc<Notify>,
    progress: watch::Sender<Progress>,
}

impl Lane {
    async fn run(self) {
        let mut unsaved = 0;
        loop {
            if let Err(error) = self.drain(&mut unsaved).await {
                tracing::warn!(%error, lane = self.mapping.name, "the stream could not be read");
            }
            self.progress.send_modify(|progress| progress.rounds += 1);
            let woken = tokio::time::timeout(PAUSE, self.wake.notified()).await.is_ok();
            if !woken && unsaved > 0 {
                self.positions.save().await;
                unsaved = 0;
            }
        }
    }

    /// Delivers until there is nothing more. Positions are written down now and then, and when there is time.
    async fn drain(&self, unsaved: &mut usize) -> Result<(), DatabaseError> {
        let name = &self.mapping.name;
        loop {
            let page = self.positions.database.records(&self.mapping.table, self.positions.get(name)).await?;
            let Some(last) = page.last().map(position) else { return Ok(()) };
            *unsaved += page.len();
            let records = page.into_iter().filter_map(|record| self.delivery.wanted(record)).collect::<Vec<_>>();
            for batch in records.chunks(self.mapping.batch_size) {
                self.delivery.deliver(batch).await;
                self.progress.send_modify(|progress| progress.delivered += batch.len() as u64);
                batch.last().into_iter().for_each(|done| self.positions.set(name, done.position));
            }
            self.positions.set(name, last);
            if *unsaved >= UNSAVED {
                self.positions.save().await;
                *unsaved = 0;
            }
        }
    }
}
