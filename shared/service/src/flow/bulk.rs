//! Bulk runs (BR): planned, begun, halted, carried on a step at a time, and what became of everybody in them.

mod plan;
mod results;
mod step;

use domain::id::{MailId, RunId};
use domain::intake::IntakeState;
use domain::run::{Order, Run, RunState, Target};
use domain::user::{Kind, User};
use sha2::{Digest, Sha256};

use super::Trouble;
use crate::app::App;
use crate::store::StoreError;

pub use plan::{Planned, Selection, Wish, plan, preview};
pub use results::{NotServed, Recipient, recipients, skipped, tally};
pub use step::step;

/// Seconds for which a run that is under way is looked at once a minute: thirty days from when it was planned.
const RECENT: i64 = 30 * 86_400;

/// Runs on a page of their list.
const PAGE: i32 = 50;

/// Pages that are looked through for somebody who sees few of them.
const ROUNDS: usize = 10;

/// How often a change is made again on top of somebody else's.
const TRIES: u32 = 20;

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// The run as it is now.
    Yes(Box<Run>),
    /// There is no such run that they may see.
    NoSuchRun,
    /// It makes no sense in this state.
    NotNow(RunState),
}

/// A run, if somebody may see it: staff see their own, as long as they reach the same people (BR-6).
pub async fn find(app: &App, id: &RunId, by: &User) -> Result<Option<Run>, Trouble> {
    Ok(app.store.run(id).await?.filter(|run| sees(by, run)))
}

fn sees(by: &User, run: &Run) -> bool {
    by.kind != Kind::Staff || run.by == by.id && run.group == by.person.group
}

/// Runs that somebody may see, the last first, before a given one; and before which to go on, if there are more.
pub async fn listed(app: &App, before: Option<RunId>, by: &User) -> Result<(Vec<Run>, Option<RunId>), Trouble> {
    let (mut next, mut seen) = (before, Vec::new());
    for _ in 0..ROUNDS {
        let page = app.store.runs(next.as_ref(), PAGE).await?;
        let full = page.len() >= usize::try_from(PAGE).unwrap_or_default();
        next = page.last().filter(|_| full).map(|run| run.id.clone());
        seen.extend(page.into_iter().filter(|run| sees(by, run)));
        if !seen.is_empty() || next.is_none() {
            break;
        }
    }
    Ok((seen, next))
}

/// Begins a run, halts it, has it go on, or gives it up.
pub async fn order(app: &App, id: &RunId, order: Order, by: &User) -> Result<Ordered, Trouble> {
    for _ in 0..TRIES {
        let Some(before) = find(app, id, by).await? else { return Ok(Ordered::NoSuchRun) };
        let Some(state) = before.state.after(order) else { return Ok(Ordered::NotNow(before.state)) };
        if state == before.state {
            return Ok(Ordered::Yes(before.into()));
        }
        let finished_at = (state == RunState::Cancelled).then(|| app.clock.now());
        let release = order == Order::Resume;
        let after = Run { state, finished_at, release, ..before.clone() };
        if app.store.advance(&before, &after).await? {
            tracing::info!(run = %id, by = %by.id, state = state.as_str(), "bulk run");
            return Ok(Ordered::Yes(Run { revision: before.revision + 1, ..after }.into()));
        }
    }
    Err(StoreError::Unprocessed.into())
}

/// Has runs that are under way looked at again, should that have been forgotten.
pub async fn again(app: &App) -> Result<(), Trouble> {
    let recent = app.clock.now().as_second() - RECENT;
    let mut runs = app.store.runs(None, PAGE).await?;
    while let Some(last) = runs.last().cloned() {
        for run in &runs {
            let open = run.state == RunState::Running || run.state == RunState::Cancelled && run.settled < run.posted;
            if open {
                app.store.touch_run(&run.id).await?;
            }
        }
        let more = last.created_at.as_second() > recent;
        runs = if more { app.store.runs(Some(&last.id), PAGE).await? } else { Vec::new() };
    }
    let mut intakes = app.store.intakes(None, PAGE).await?;
    while let Some(last) = intakes.last().cloned() {
        for intake in intakes.iter().filter(|intake| intake.state == IntakeState::Running) {
            app.store.touch_intake(&intake.id).await?;
        }
        // They are kept no longer.
        intakes = app.store.intakes(Some(&last.id), PAGE).await?;
    }
    Ok(())
}

/// The mail of a place in a run: the same whoever asks for it, and however often.
fn mail_of(run: &Run, chunk: u32, place: usize) -> MailId {
    let hash = Sha256::digest(format!("{}#{chunk}#{place}", run.id).as_bytes());
    let mut drawn = [0; 10];
    drawn.copy_from_slice(&hash[..10]);
    MailId::of_run(&run.id, drawn)
}

/// A recipient, as chunks hold them.
fn key(target: Target, id: &str) -> String {
    match target {
        Target::Users => format!("user#{id}"),
        Target::Contacts => format!("contact#{id}"),
    }
}
