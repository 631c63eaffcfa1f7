//! The reports of imports and bulk runs, without somebody who is erased; and where they stand in them.

use domain::id::RunId;
use domain::intake::{Intake, IntakeState, Line};
use domain::run::Run;
use domain::traces::{ERASED, Traces};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::TRIES;
use crate::app::App;
use crate::flow::Trouble;

/// Imports and runs that are listed at once.
const PAGE: i32 = 50;

/// Items of one report that are looked at side by side.
const AT_ONCE: usize = 32;

/// Takes somebody out of every report.
pub(super) async fn blot(app: &App, traces: &Traces) -> Result<(), Trouble> {
    let mut before = None;
    loop {
        let intakes = app.store.intakes(before.as_ref(), PAGE).await?;
        for intake in &intakes {
            of_intake(app, intake, traces).await?;
        }
        before = intakes.last().map(|intake| intake.id.clone());
        if before.is_none() {
            break;
        }
    }
    let mut before = None;
    loop {
        let runs = app.store.runs(before.as_ref(), PAGE).await?;
        for run in &runs {
            of_run(app, run, traces).await?;
        }
        before = runs.last().map(|run| run.id.clone());
        if before.is_none() {
            return Ok(());
        }
    }
}

/// Rows that are under way are left to the import that an administrator runs at this moment.
async fn of_intake(app: &App, intake: &Intake, traces: &Traces) -> Result<(), Trouble> {
    let last = if intake.state == IntakeState::Running { intake.done } else { intake.chunks };
    let each = (1..=last).map(|chunk| of_chunk(app, intake, chunk, traces));
    stream::iter(each).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
    let mut now = Some(intake.clone());
    for _ in 0..TRIES {
        let Some(before) = now.filter(|intake| intake.usernames.iter().any(|name| traces.are(name))) else { break };
        let usernames = before.usernames.iter().filter(|name| !traces.are(name)).cloned().collect();
        if app.store.advance_intake(&before, &Intake { usernames, ..before.clone() }, None).await? {
            break;
        }
        now = app.store.intake(&before.id).await?;
    }
    Ok(())
}

async fn of_chunk(app: &App, intake: &Intake, chunk: u32, traces: &Traces) -> Result<(), Trouble> {
    let mut lines = app.store.lines(&intake.id, chunk).await?;
    if !lines.iter().any(|line| traces.are_on(line)) {
        return Ok(());
    }
    for line in lines.iter_mut().filter(|line| traces.are_on(line)) {
        *line = Traces::blotted(line);
    }
    Ok(app.store.put_lines(intake, chunk, &lines).await?)
}

async fn of_run(app: &App, run: &Run, traces: &Traces) -> Result<(), Trouble> {
    for number in 1..=run.skips {
        let skips = app.store.skips(&run.id, number).await?;
        if skips.iter().any(|skipped| traces.are(&skipped.row)) {
            let without: Vec<_> = skips.into_iter().map(|skipped| traces.without(skipped)).collect();
            app.store.put_skips(run, number, &without).await?;
        }
    }
    let mut now = Some(run.clone());
    for _ in 0..TRIES {
        let Some(before) = now.filter(|run| traces.are_in(&run.selection)) else { break };
        if app.store.advance(&before, &Run { selection: ERASED.to_owned(), ..before.clone() }).await? {
            break;
        }
        now = app.store.run(&before.id).await?;
    }
    Ok(())
}

/// The rows of imports that speak of somebody, and of which import.
pub(in crate::flow) async fn rows(app: &App, traces: &Traces) -> Result<Vec<(RunId, Line)>, Trouble> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let intakes = app.store.intakes(before.as_ref(), PAGE).await?;
        for intake in &intakes {
            let each = (1..=intake.chunks).map(|chunk| app.store.lines(&intake.id, chunk));
            let found: Vec<Vec<Line>> = stream::iter(each).buffered(AT_ONCE).try_collect().await?;
            let theirs = found.into_iter().flatten().filter(|line| traces.are_on(line));
            all.extend(theirs.map(|line| (intake.id.clone(), line)));
        }
        before = intakes.last().map(|intake| intake.id.clone());
        if before.is_none() {
            return Ok(all);
        }
    }
}
