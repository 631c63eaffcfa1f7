//! A step of an import: the next rows are stored, each with what was drawn for it beforehand, and written down with what became of
//! them. A step may die anywhere and come twice: whoever is there already is known by their number.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::Party;
use domain::id::{RunId, UserId};
use domain::intake::{Intake, IntakeState, Line, Row, Taken};
use domain::language::speaking;
use domain::matching::mark;
use domain::user::{Contact, Kind, State};
use domain::username::Username;
use domain::work::Lane;

use super::batch::Batch;
use super::rehearsal::{contact_number, user_number};
use super::{refusal, there};
use crate::app::App;
use crate::flow::enrol::{NewPerson, WayIn, known_newcomer};
use crate::flow::{Trouble, audit};
use crate::store::{Enrolled, Newcomer};

/// Chunks of one step.
const CHUNKS: u32 = 8;

/// How often another contact number is tried when one is in use.
const TRIES: u32 = 8;

/// Carries an import on by one step. What changes it has it looked at again.
pub async fn step(app: &App, id: &RunId) -> Result<(), Trouble> {
    let Some(before) = app.store.intake(id).await? else { return Ok(()) };
    if before.state != IntakeState::Running {
        return Ok(());
    }
    let mut after = before.clone();
    while after.done < after.chunks.min(before.done + CHUNKS) {
        let mut lines = app.store.lines(id, after.done + 1).await?;
        if lines.iter().any(|line| line.row.is_some()) {
            take(app, &before, &mut lines).await?;
            app.store.put_lines(&before, after.done + 1, &lines).await?;
        }
        after.done += 1;
        let made = u32::try_from(lines.iter().filter(|line| line.became == Taken::Made).count()).unwrap_or(u32::MAX);
        after.made += made;
        after.not_made += u32::try_from(lines.len()).unwrap_or(u32::MAX) - made;
    }
    let mut entry = None;
    if after.done == after.chunks {
        after.state = IntakeState::Done;
        after.finished_at = Some(app.clock.now());
        let ended = audit::entry(app, "import.ended")?.by(Party::user(after.by.as_str(), &*after.by_name));
        let ended = ended.on(Party::of("import", id.as_str())).with("made", after.made.to_string());
        entry = Some(ended.with("refused", after.not_made.to_string()));
    }
    // `false` where somebody else's step was faster: theirs is followed by another.
    app.store.advance_intake(&before, &after, entry.as_ref()).await?;
    Ok(())
}

/// Stores the rows of a chunk that wait for it.
async fn take(app: &App, intake: &Intake, lines: &mut [Line]) -> Result<(), Trouble> {
    brought_in_meanwhile(app, intake, lines).await?;
    let mut batch = Batch::default();
    let mut batches = Vec::new();
    for line in lines.iter() {
        let Some(new) = line.row.as_ref().and_then(|row| new(row, &intake.by)) else { continue };
        if batch.is_full_for(&new) {
            batches.push(std::mem::take(&mut batch));
        }
        batch.add(line.line, new);
    }
    batches.push(batch);
    let mut made = BTreeMap::new();
    for batch in &batches {
        made.extend(all(app, intake, batch).await?);
    }
    for line in lines.iter_mut().filter(|line| line.row.is_some()) {
        let made = made.get(&line.line).copied().unwrap_or(Enrolled::IdTaken);
        line.reason = speaking(intake.language, || refusal(made).map(String::from));
        line.became = if made == Enrolled::Yes { Taken::Made } else { Taken::Refused };
        line.row = None;
    }
    Ok(())
}

/// Refuses those without an account whom another import has stored since the rehearsal: nothing else keeps them from being there twice.
async fn brought_in_meanwhile(app: &App, intake: &Intake, lines: &mut [Line]) -> Result<(), Trouble> {
    let nameless = |line: &&Line| line.row.as_ref().is_some_and(|row| row.username.is_none());
    let people = lines.iter().filter(nameless).filter_map(|line| line.row.as_ref()).map(|row| &row.person);
    let there = there::stored(app, people).await?;
    for line in lines.iter_mut().filter(|line| nameless(&&**line)) {
        let Some(row) = line.row.as_ref() else { continue };
        let Some(by) = mark(&row.person).and_then(|mark| there.get(&mark)) else { continue };
        // A step before this one may have stored them, and died.
        let own: Vec<_> = (0..TRIES).map(|attempt| contact_number(&intake.id, line.line, attempt)).collect();
        if !by.iter().any(|id| own.contains(id)) {
            (line.became, line.reason, line.row) = (Taken::Refused, Some(there::THERE.to_string()), None);
        }
    }
    Ok(())
}

/// Those of a batch in one write if it can be done, else one by one; answers by line.
async fn all(app: &App, intake: &Intake, batch: &Batch) -> Result<Vec<(u64, Enrolled)>, Trouble> {
    let people = || batch.lines.iter().copied().zip(&batch.people);
    let mut newcomers = Vec::with_capacity(batch.people.len());
    for (line, new) in people() {
        newcomers.extend(newcomer(app, intake, (line, 0), new).await?);
    }
    let numbers: Vec<_> = newcomers.iter().filter_map(Newcomer::contact).collect();
    let distinct = numbers.iter().collect::<BTreeSet<_>>().len() == numbers.len();
    let complete = distinct && newcomers.len() == batch.people.len() && !newcomers.is_empty();
    if complete && app.store.enrol_together(&newcomers).await? {
        return Ok(people().map(|(line, _)| (line, Enrolled::Yes)).collect());
    }
    let mut made = Vec::with_capacity(batch.people.len());
    for (line, new) in people() {
        made.push((line, one(app, intake, line, new).await?));
    }
    Ok(made)
}

/// Stores somebody, once: whoever has their number was stored by a step before this one, or beside it.
async fn one(app: &App, intake: &Intake, line: u64, new: &NewPerson) -> Result<Enrolled, Trouble> {
    for attempt in 0..TRIES {
        if is_there(app, intake, (line, attempt), new).await? {
            return Ok(Enrolled::Yes);
        }
        let Some(newcomer) = newcomer(app, intake, (line, attempt), new).await? else {
            return Ok(Enrolled::NameTaken);
        };
        match app.store.enrol(&newcomer).await? {
            // Only a number that was drawn can be drawn again.
            Enrolled::IdTaken => {}
            Enrolled::Yes => return Ok(Enrolled::Yes),
            refused => {
                let there = is_there(app, intake, (line, attempt), new).await?;
                return Ok(if there { Enrolled::Yes } else { refused });
            }
        }
    }
    Ok(Enrolled::IdTaken)
}

async fn is_there(app: &App, intake: &Intake, place: (u64, u32), new: &NewPerson) -> Result<bool, Trouble> {
    if new.username.is_some() {
        return Ok(app.store.user(&user_number(intake, place.0)).await?.is_some());
    }
    let found = app.store.contact(&contact_number(&intake.id, place.0, place.1)).await?;
    Ok(found.is_some_and(|found| found.created_at == intake.created_at && found.person == new.person))
}

async fn newcomer(
    app: &App,
    intake: &Intake,
    (line, attempt): (u64, u32),
    new: &NewPerson,
) -> Result<Option<Newcomer>, Trouble> {
    let id = contact_number(&intake.id, line, attempt);
    let contact =
        Contact { id, user: None, disabled: false, person: new.person.clone(), created_at: intake.created_at };
    known_newcomer(app, new, user_number(intake, line), contact).await
}

/// Somebody as they were rehearsed; their username was drawn then.
fn new(row: &Row, by: &UserId) -> Option<NewPerson> {
    let username = row.username.as_deref().map(Username::parse).transpose().ok()?;
    let way_in = match (&row.hash, row.kind, row.state) {
        (Some(hash), ..) => WayIn::Hash(hash.clone()),
        (None, Kind::Api, _) | (None, _, State::Disabled) => WayIn::None,
        (None, ..) => WayIn::Temporary(Lane::Bulk, Some(by.clone())),
    };
    let (person, grants) = (row.person.clone(), row.grants.clone());
    Some(NewPerson { kind: row.kind, username, person, grants, way_in, state: row.state })
}
