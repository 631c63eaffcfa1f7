//! A step of a run: looks what has become of the mails that are on their way, asks for the next ones, and writes down how far it
//! is. Any number may run at once, each may die anywhere, and all may come twice: what a place in a run comes to is one mail with
//! one id, asked for once (BR-8).

use std::collections::HashMap;

use domain::id::{ContactId, MailId, RunId, UserId};
use domain::run::{Became, Counts, Run, RunState, WINDOW};
use domain::work::{InRun, Lane, Stage, Work};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{Trouble, mail_of};
use crate::app::App;
use crate::flow::enrol::{WayIn, account_of};
use crate::store::Letterbox;

/// Accounts that are made at once.
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
        // While the last one waits nobody has to look at the others.
        if ended(app, mails.last().map(std::slice::from_ref).unwrap_or_default()).await?.is_none() {
            return Ok(());
        }
        let Some(counts) = ended(app, &mails).await? else { return Ok(()) };
        run.counts = run.counts.and(counts);
        run.settled += 1;
    }
    Ok(())
}

/// What mails that were asked for have come to; `None` while one of them may still become something.
async fn ended(app: &App, mails: &[MailId]) -> Result<Option<Counts>, Trouble> {
    let (standings, mut counts) = (app.store.standings(mails).await?, Counts::default());
    for mail in mails {
        let became = Became::of_asked(standings.get(mail.as_str()).copied());
        if !became.is_final() {
            return Ok(None);
        }
        counts.add(became);
    }
    Ok(Some(counts))
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
    let users = users(app, run, recipients).await?;
    let in_run = InRun { id: run.id.clone(), planned_at: run.created_at };
    let letter = |(place, user)| {
        let work = Work::Resend { user, by: run.by.clone(), run: Some(in_run.clone()) };
        Letterbox::new(mail_of(run, chunk, place), work, Lane::Bulk, app.clock.now())
    };
    let letters: Vec<Letterbox> = users.into_iter().enumerate().map(letter).collect();
    Ok(app.store.post_once(&letters).await?)
}

/// The users of recipients, in order. A contact without an account gets one; who can't have one has no user, and the courier
/// reports it.
async fn users(app: &App, run: &Run, recipients: Vec<String>) -> Result<Vec<UserId>, Trouble> {
    let ids: Vec<ContactId> =
        recipients.iter().filter_map(|one| ContactId::parse(one.strip_prefix("contact#")?)).collect();
    let mut contacts = app.store.contacts(&ids).await?;
    contacts.retain(|contact| run.reaches(&contact.person));
    let have: HashMap<ContactId, Option<UserId>> =
        contacts.into_iter().map(|contact| (contact.id, contact.user)).collect();
    let have = &have;
    let each = recipients.into_iter().map(|recipient| async move {
        let (kind, id) = recipient.split_once('#').unwrap_or(("", &recipient));
        let nobody = || UserId::parse(id).unwrap_or_else(|| UserId::new(app.clock.now(), [0; 10]));
        let Some(contact) = ContactId::parse(id).filter(|_| kind == "contact") else { return Ok(nobody()) };
        Ok(match have.get(&contact) {
            None => nobody(),
            Some(Some(user)) => user.clone(),
            Some(None) => account_of(app, &contact, WayIn::None).await?.map_or_else(nobody, |(user, _)| user.id),
        })
    });
    stream::iter(each).buffered(AT_ONCE).try_collect().await
}
