//! Bringing people in from CSV: each row is checked whole, then stored whole or reported.

mod batch;
mod lines;
mod pace;
mod rehearsal;
mod row;
mod rows;
mod step;

use domain::id::RunId;
use domain::intake::{Intake, IntakeState, Line};
use domain::language::Language::Spanish;
use domain::language::{Text, spoken};
use domain::user::{Kind, User};
use tokio::task::JoinSet;

use super::Trouble;
use super::enrol::enrol_all;
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
    /// It has more rows than one rehearsal looks at.
    #[error("a file may have {MOST_ROWS} rows; make several of it")]
    TooMany,
    /// A service did not answer; rows before it are stored. The same file again stores the rest, and a second time those
    /// rows that have no username.
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
            (Self::TooMany, Spanish) => format!("un archivo puede tener {MOST_ROWS} filas; haga varios de él"),
            (other, _) => other.to_string(),
        }
    }
}

/// Stores the people of a file. Accounts get a temporary password by mail.
pub async fn import(app: &App, file: &[u8]) -> Result<Report, ImportError> {
    let (mut batch, mut pace) = (Batch::default(), Pace::default());
    let mut writing = Writing { app, tasks: JoinSet::new(), report: Report::default() };
    for (line, parsed) in Rows::of_csv(file)? {
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
    Ok(writing.report)
}

type Stored = (Vec<u64>, Result<Vec<Enrolled>, Trouble>);

/// The writes under way, and what became of those that are done.
struct Writing<'a> {
    app: &'a App,
    tasks: JoinSet<Stored>,
    report: Report,
}

impl Writing<'_> {
    async fn start(&mut self, batch: Batch) -> Result<(), ImportError> {
        let app = self.app.clone();
        self.tasks.spawn(async move { (batch.lines, enrol_all(&app, &batch.people).await) });
        if self.tasks.len() >= SIDE_BY_SIDE { self.settle().await } else { Ok(()) }
    }

    async fn settle(&mut self) -> Result<(), ImportError> {
        let Some(Ok((lines, made))) = self.tasks.join_next().await else { return Ok(()) };
        for (line, made) in lines.into_iter().zip(made?) {
            match refusal(made) {
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
    let all = app.store.intakes(LISTED).await?;
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
        if app.store.advance_intake(&before, &after).await? {
            tracing::info!(import = %id, by = %by.id, "an import runs");
            return Ok(Ordered::Yes(Intake { revision: before.revision + 1, ..after }.into()));
        }
    }
}
