//! A step of a run: looks what has become of the mails that are on their way, asks for the next ones, and writes down how far it
//! is. Any number may run at once, each may die anywhere, and all may come twice: what a place in a run comes to is one mail with
//! one id, asked for once (BR-8).

use domain::id::{ContactId, MailId, RunId, UserId};
use domain::run::{Became, Counts, Run, RunState, WINDOW};
use domain::work::{InRun, Lane, Stage, Work};
use tokio::task::JoinSet;

use super::{Trouble, mail_of};
use crate::app::App;
use crate::flow::enrol::{WayIn, account_of};
use crate::store::{Letterbox, StoreError};

/// Mails that are asked for at once.
const AT_ONCE: usize = 10;

/// Carries a run on by one step. What changes the run has it looked at again.
pub async fn step(app: &App, id: &RunId) -> Result<(), Trouble> {
    let Some(before) = app.store.run(id).await? else { return Ok(()) };
    if !matches!(before.state, RunState::Running | RunState::Cancelled) {
        return Ok(());
    }
    let mut run = before.clone();
    if run.release {
        release(app, &run).await?;
        run.release = false;
    }
    settle(app, &mut run).await?;
    if run.state == RunState::Running && run.posted < run.chunks && run.posted - run.settled < WINDOW {
        post(app, &run, run.posted + 1).await?;
        run.posted += 1;
    }
    if run.state == RunState::Running && run.settled == run.chunks {
        run.state = RunState::Done;
        run.finished_at = Some(app.clock.now());
    }
    if run != before {
        // Somebody else's step was faster: theirs is followed by another.
        app.store.advance(&before, &run).await?;
    }
    Ok(())
}

/// The ids of the mails of a chunk.
pub(super) async fn mails(app: &App, run: &Run, chunk: u32) -> Result<Vec<MailId>, Trouble> {
    let recipients = app.store.chunk(&run.id, chunk).await?;
    Ok((0..recipients.len()).map(|place| mail_of(run, chunk, place)).collect())
}

/// Counts the chunks of which everybody has been served.
async fn settle(app: &App, run: &mut Run) -> Result<(), Trouble> {
    while run.settled < run.posted {
        let mails = mails(app, run, run.settled + 1).await?;
        let standings = app.store.standings(&mails).await?;
        let became: Vec<Became> = mails.iter().map(|mail| Became::of(standings.get(mail.as_str()).copied())).collect();
        if became.iter().any(|became| !became.is_final()) {
            return Ok(());
        }
        let mut counts = Counts::default();
        for became in became {
            counts.add(became);
        }
        run.counts = run.counts.and(counts);
        run.settled += 1;
    }
    Ok(())
}

/// What a pause has set aside is given back to the couriers; also what was asked for by a step that the pause overtook.
async fn release(app: &App, run: &Run) -> Result<(), Trouble> {
    let now = app.clock.now();
    for chunk in run.settled + 1..=(run.posted + 1).min(run.chunks) {
        let mails = mails(app, run, chunk).await?;
        let standings = app.store.standings(&mails).await?;
        let held = |mail: &&MailId| standings.get(mail.as_str()).is_some_and(|one| one.0 == Stage::Held);
        for mail in mails.iter().filter(held) {
            app.store.release(mail, now).await?;
        }
    }
    Ok(())
}

/// Asks for the mails of a chunk, each once.
async fn post(app: &App, run: &Run, chunk: u32) -> Result<(), Trouble> {
    let recipients = app.store.chunk(&run.id, chunk).await?;
    let places: Vec<(usize, String)> = recipients.into_iter().enumerate().collect();
    for some in places.chunks(AT_ONCE) {
        let mut running = JoinSet::new();
        for (place, recipient) in some.iter().cloned() {
            let (app, run) = (app.clone(), run.clone());
            running.spawn(async move { ask(&app, &run, (chunk, place), &recipient).await });
        }
        while let Some(asked) = running.join_next().await {
            asked.map_err(|_| StoreError::Unprocessed)??;
        }
    }
    Ok(())
}

async fn ask(app: &App, run: &Run, at: (u32, usize), recipient: &str) -> Result<(), Trouble> {
    let user = user_of(app, recipient).await?;
    let in_run = InRun { id: run.id.clone(), planned_at: run.created_at };
    let work = Work::Resend { user, by: run.by.clone(), run: Some(in_run) };
    let letter = Letterbox::new(mail_of(run, at.0, at.1), work, Lane::Bulk, app.clock.now());
    app.store.post_once(&letter).await?;
    Ok(())
}

/// The user of a recipient. A contact without an account gets one; who can't have one has no user, and the courier reports it.
async fn user_of(app: &App, recipient: &str) -> Result<UserId, Trouble> {
    let (kind, id) = recipient.split_once('#').unwrap_or(("", recipient));
    let nobody = || UserId::parse(id).unwrap_or_else(|| UserId::new(app.clock.now(), [0; 10]));
    let Some(contact) = ContactId::parse(id).filter(|_| kind == "contact") else { return Ok(nobody()) };
    let account = account_of(app, &contact, WayIn::None).await?;
    Ok(account.map_or_else(nobody, |(user, _)| user.id))
}
