//! Schedules: runs functions when their time has come, by the machine's clock.

mod times;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::clock::MovableClock;
use crate::functions::{Failed, Functions};
use crate::serve::Task;
use crate::template::{Schedule, Template};

pub(crate) use times::Times;

/// The schedules, running. They stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Schedules {
    timetable: Arc<Timetable>,
    _task: Task,
}

struct Timetable {
    clock: MovableClock,
    functions: Functions,
    entries: Vec<Entry>,
    /// Held while what is due runs, so that it runs once.
    running: tokio::sync::Mutex<()>,
}

struct Entry {
    function: String,
    schedule: Schedule,
    next: Mutex<Timestamp>,
}

impl std::fmt::Debug for Timetable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Timetable")
    }
}

impl Schedules {
    /// Starts the template's schedules; each runs for the first time when its first time has come.
    pub(crate) fn start(template: &Template, functions: &Functions, clock: &MovableClock) -> Self {
        let now = clock.now();
        let all =
            template.functions.iter().flat_map(|function| function.schedules.iter().map(move |one| (function, one)));
        let entry = |(function, schedule): (&crate::template::Function, &Schedule)| Entry {
            function: function.id.clone(),
            schedule: schedule.clone(),
            next: Mutex::new(schedule.times.after(now)),
        };
        let entries = all.map(entry).collect();
        let (clock, functions) = (clock.clone(), functions.clone());
        let timetable = Arc::new(Timetable { clock, functions, entries, running: tokio::sync::Mutex::default() });
        Self { timetable: Arc::clone(&timetable), _task: Task::spawn(timetable.keep()) }
    }

    /// Runs one now, by its name, or all of a function, by that function's. `None` if there is none of that name.
    pub(crate) async fn run(&self, name: &str) -> Option<Result<Value, Failed>> {
        let entries = &self.timetable.entries;
        if let Some(entry) = entries.iter().find(|entry| entry.schedule.name == name) {
            return Some(self.timetable.run(entry).await);
        }
        let mut all = Map::new();
        for entry in entries.iter().filter(|entry| entry.function.eq_ignore_ascii_case(name)) {
            match self.timetable.run(entry).await {
                Ok(result) => drop(all.insert(entry.schedule.name.clone(), result)),
                Err(failed) => return Some(Err(failed)),
            }
        }
        (!all.is_empty()).then_some(Ok(Value::Object(all)))
    }

    /// What they are called.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.timetable.entries.iter().map(|entry| entry.schedule.name.as_str()).collect()
    }

    /// Runs what is due; returns when it has run.
    pub(crate) async fn run_due(&self) {
        self.timetable.run_due().await;
    }
}

impl Timetable {
    async fn keep(self: Arc<Self>) {
        let mut moves = self.clock.moves();
        loop {
            let next = self.entries.iter().map(Entry::next).min().unwrap_or(Timestamp::MAX);
            let wait = next.duration_since(self.clock.now()).as_millis().clamp(0, 86_400_000);
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
            drop(tokio::time::timeout(wait, moves.changed()).await);
            self.run_due().await;
        }
    }

    /// Whatever is due runs once, however often it was missed.
    async fn run_due(&self) {
        let _alone = self.running.lock().await;
        let now = self.clock.now();
        for entry in &self.entries {
            // A clock that was put back brings the next time nearer again.
            let soonest = entry.schedule.times.after(now);
            let due = entry.next() <= now;
            if due || entry.next() > soonest {
                entry.set_next(soonest);
            }
            if due {
                drop(self.run(entry).await);
            }
        }
    }

    async fn run(&self, entry: &Entry) -> Result<Value, Failed> {
        self.functions.scheduled(&entry.function, entry.schedule.input.clone()).await
    }
}

impl Entry {
    fn next(&self) -> Timestamp {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_next(&self, next: Timestamp) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }
}
