//! Bringing people in from a file: each row is checked whole, then stored whole or reported.

mod batch;
mod columns;
mod lines;
mod pace;
mod rehearsal;
mod row;
mod rows;
mod step;
mod there;

use domain::id::RunId;
use domain::intake::{Intake, IntakeState, Line};
use domain::language::Language::Spanish;
use domain::language::{Text, spoken};
use domain::matching::mark;
use domain::source::Source;
use domain::user::{Kind, User};
use tokio::task::JoinSet;

use super::Trouble;
use super::enrol::{NewPerson, enrol_all};
use crate::app::App;
use crate::store::Enrolled;
use batch::Batch;
use pace::Pace;
pub use rehearsal::{MOST_ROWS, Rehearsal, rehearse};
pub use row::COLUMNS;
pub use rows::Format;
use rows::Rows;
pub use step::step;

/// How many such writes are under way side by side.
const SIDE_BY_SIDE: usize = 4;

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that were stored.
    pub stored: usize,
    /// Rows that were not: nothing of them is stored.
    pub refused: Vec<RefusedRow>,
    /// Columns of the file that nothing is taken from.
    pub left_out: Vec<String>,
}

/// A row that was not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRow {
    /// The line in the file that the row begins on, the header being line 1.
    pub line: u64,
    /// What to mend.
    pub reason: String,
}

/// The file as a whole can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A column is unknown or `kind` is missing.
    #[error("the first line must name columns, from: {}; {_0}", COLUMNS.join(", "))]
    Columns(String),
    /// No column of it is one of the system that it is said to come from.
    #[error("none of its columns is known of {}; known are: {}", _0.name(), _0.table().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))]
    Nothing(Source),
    /// It has more rows than one rehearsal looks at.
    #[error(
        "a file may have {MOST_ROWS} rows here; make several of it, or bring it in from the command line, which has no bound"
    )]
    TooMany,
    /// A service did not answer; rows before it are stored. The same file again stores the rest.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl ImportError {
    /// What is wrong with the file, in the language that is spoken.
    pub fn told(&self) -> String {
        match (self, spoken()) {
            (Self::Columns(what), Spanish) => {
                format!("la primera línea debe nombrar columnas, de: {}; {what}", COLUMNS.join(", "))
            }
            (Self::Nothing(source), Spanish) => {
                let known: Vec<_> = source.table().iter().map(|(name, _)| *name).collect();
                format!("ninguna de sus columnas se conoce de {}; se conocen: {}", source.name(), known.join(", "))
            }
            (Self::TooMany, Spanish) => format!(
                "aquí un archivo puede tener {MOST_ROWS} filas; haga varios de él o tráigalo desde la línea de órdenes, que no tiene límite"
            ),
            (other, _) => other.to_string(),
        }
    }
}

/// Stores the people of a CSV file with our own columns.
pub async fn import(app: &App, file: &[u8]) -> Result<Report, ImportError> {
    import_from(app, (Format::Csv, Source::Vestibule), file).await
}

/// Stores the people of a file, however long it is. Accounts get a temporary password by mail.
pub async fn import_from(app: &App, (format, source): (Format, Source), file: &[u8]) -> Result<Report, ImportError> {
    let (mut batch, mut pace) = (Batch::default(), Pace::default());
    let mut writing = Writing { app, tasks: JoinSet::new(), report: Report::default() };
    let mut rows = Rows::of(format, source, file)?;
    for (line, parsed) in rows.by_ref() {
        match parsed {
            Ok(person) => {
                pace.keep(app, &person).await?;
                if batch.is_full_for(&person) {
                    writing.start(std::mem::take(&mut batch)).await?;
                }
                batch.add(line, person);
            }
            Err(reason) => writing.report.refused.push(RefusedRow { line, reason }),
        }
    }
    writing.start(batch).await?;
    while !writing.tasks.is_empty() {
        writing.settle().await?;
    }
    writing.report.refused.sort_by_key(|row| row.line);
    writing.report.left_out = rows.left_out();
    Ok(writing.report)
}

/// What became of the rows of a batch, by line; the reason where one is not stored.
type Stored = Result<Vec<(u64, Option<Text>)>, Trouble>;

/// Stores those of a batch who are not there already.
async fn store(app: App, batch: Batch) -> Stored {
    let nameless = batch.people.iter().filter(|new| new.username.is_none()).map(|new| &new.person);
    let there = there::stored(&app, nameless).await?;
    let is_there =
        |new: &NewPerson| new.username.is_none() && mark(&new.person).is_some_and(|mark| there.contains_key(&mark));
    let (mut became, mut lines, mut people) = (Vec::new(), Vec::new(), Vec::new());
    for (line, new) in batch.lines.into_iter().zip(batch.people) {
        if is_there(&new) {
            became.push((line, Some(there::THERE)));
        } else {
            lines.push(line);
            people.push(new);
        }
    }
    let made = enrol_all(&app, &people).await?;
    became.extend(lines.into_iter().zip(made.into_iter().map(refusal)));
    Ok(became)
}

/// The writes under way, and what became of those that are done.
struct Writing<'a> {
    app: &'a App,
    tasks: JoinSet<Stored>,
    report: Report,
}

impl Writing<'_> {
    async fn start(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.tasks.spawn(store(self.app.clone(), batch));
        if self.tasks.len() >= SIDE_BY_SIDE { self.settle().await } else { Ok(()) }
    }

    async fn settle(&mut self) -> Result<(), ImportError> {
        let Some(Ok(became)) = self.tasks.join_next().await else { return Ok(()) };
        for (line, reason) in became? {
            match reason {
                None => self.report.stored += 1,
                Some(reason) => self.report.refused.push(RefusedRow { line, reason: reason.into() }),
            }
        }
        Ok(())
    }
}

fn refusal(made: Enrolled) -> Option<Text> {
    match made {
        Enrolled::Yes => None,
        Enrolled::NameTaken => Some(Text(
            "this username is taken, or is somebody else's e-mail address",
            "este nombre de usuario está ocupado o es el correo electrónico de otra persona",
        )),
        Enrolled::AddressIsAName => Some(Text(
            "this e-mail address is somebody else's username",
            "este correo electrónico es el nombre de usuario de otra persona",
        )),
        Enrolled::IdTaken | Enrolled::Overtaken | Enrolled::PinGone => Some(Text(
            "no free contact number was found; try this row again",
            "no se encontró un número de contacto libre; pruebe esta fila otra vez",
        )),
    }
}

/// What became of the order to run an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// It runs, or has run.
    Yes(Box<Intake>),
    /// There is no such import that they may see.
    NoSuchImport,
}

/// An import, if somebody may see it: programs see their own.
pub async fn find(app: &App, id: &RunId, by: &User) -> Result<Option<Intake>, Trouble> {
    Ok(app.store.intake(id).await?.filter(|intake| sees(by, intake)))
}

/// The last imports that somebody may see.
pub async fn listed(app: &App, by: &User) -> Result<Vec<Intake>, Trouble> {
    let all = app.store.intakes(None, LISTED).await?;
    Ok(all.into_iter().filter(|intake| sees(by, intake)).collect())
}

/// Imports on the page of them.
const LISTED: i32 = 50;

fn sees(by: &User, intake: &Intake) -> bool {
    by.kind == Kind::Administrator || intake.by == by.id
}

/// Rows of an import, the first chunk being one; empty behind the last.
pub async fn lines(app: &App, intake: &Intake, chunk: u32) -> Result<Vec<Line>, Trouble> {
    Ok(app.store.lines(&intake.id, chunk).await?)
}

/// Has what was rehearsed happen. A second time is no error.
pub async fn run(app: &App, id: &RunId, by: &User) -> Result<Ordered, Trouble> {
    loop {
        let Some(before) = find(app, id, by).await? else { return Ok(Ordered::NoSuchImport) };
        if before.state != IntakeState::Rehearsed {
            return Ok(Ordered::Yes(before.into()));
        }
        let after = Intake { state: IntakeState::Running, ..before.clone() };
        if app.store.advance_intake(&before, &after, None).await? {
            tracing::info!(import = %id, by = %by.id, "an import runs");
            return Ok(Ordered::Yes(Intake { revision: before.revision + 1, ..after }.into()));
        }
    }
}
