//! Bringing people in from CSV: each row is checked whole, then stored whole or reported.

mod lines;
mod pace;
mod row;

use std::collections::BTreeSet;

use domain::email::Email;
use domain::user::Kind;
use domain::username::Username;
use tokio::task::JoinSet;

use super::Trouble;
use super::enrol::{NewPerson, enrol_all};
use crate::app::App;
use crate::store::Enrolled;
use lines::Lines;
pub use row::COLUMNS;
use pace::Pace;
use row::{broken, parse};

/// Items that one write stores, if nothing is wrong with any row of it: a transaction takes a hundred.
const TOGETHER: usize = 100;

/// Stands between the fields of a row that is remembered: ASCII's unit separator, which no field may hold.
const SEPARATOR: u8 = 0x1f;

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
    /// A service did not answer; rows before it are stored. The same file again stores the rest, and a second time those
    /// rows that have no username.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Stores the people of a file. Accounts get a temporary password by mail.
pub async fn import(app: &App, file: &[u8]) -> Result<Report, ImportError> {
    // Some programs put a mark before UTF-8.
    let text = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut lines = Lines::of(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    check_columns(&mut reader)?;
    let headers = reader.byte_headers().cloned().unwrap_or_default();
    let (mut names, mut rows, mut batch) = (BTreeSet::new(), BTreeSet::new(), Batch::default());
    let mut pace = Pace::default();
    let mut writing = Writing { app, tasks: JoinSet::new(), report: Report::default() };
    for record in reader.byte_records() {
        let (byte, parsed) = match record {
            Ok(record) => {
                let first = rows.insert(record.iter().collect::<Vec<_>>().join(&SEPARATOR));
                let parsed = if first {
                    parse(&record, &headers)
                } else {
                    Err("the same row stands in this file before".to_owned())
                };
                (record.position().map_or(0, csv::Position::byte), parsed)
            }
            Err(error) => (error.position().map_or(0, csv::Position::byte), Err(broken(&error))),
        };
        let line = lines.at(byte);
        match parsed.and_then(|person| first_of_its_name(&mut names, person)) {
            Ok(person) => {
                pace.keep(app, &person).await?;
                if batch.items + Batch::items(&person) > TOGETHER || batch.meets(&person) {
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

/// People who are stored in one write: no two share a name or an address.
#[derive(Default)]
struct Batch {
    lines: Vec<u64>,
    people: Vec<NewPerson>,
    known: BTreeSet<String>,
    items: usize,
}

impl Batch {
    fn marks(person: &NewPerson) -> impl Iterator<Item = &str> {
        let name = person.username.iter().map(Username::canonical);
        name.chain(person.person.emails().into_iter().map(Email::canonical))
    }

    /// How many items somebody takes at the most: user, login, contact, what was counted under the name, the mail that invites
    /// them; and each address for user and contact, and that it is nobody's name.
    fn items(person: &NewPerson) -> usize {
        let emails = person.person.emails().len();
        let account = person.username.is_some() || person.kind != Kind::Contact;
        if account { 5 + 3 * emails } else { 1 + emails }
    }

    fn meets(&self, person: &NewPerson) -> bool {
        Self::marks(person).any(|mark| self.known.contains(mark))
    }

    fn add(&mut self, line: u64, person: NewPerson) {
        self.items += Self::items(&person);
        self.known.extend(Self::marks(&person).map(str::to_owned));
        self.lines.push(line);
        self.people.push(person);
    }
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
                Some(reason) => self.report.refused.push(RefusedRow { line, reason: reason.to_owned() }),
            }
        }
        Ok(())
    }
}

fn refusal(made: Enrolled) -> Option<&'static str> {
    match made {
        Enrolled::Yes => None,
        Enrolled::NameTaken => Some("this username is taken, or is somebody else's e-mail address"),
        Enrolled::AddressIsAName => Some("this e-mail address is somebody else's username"),
        Enrolled::IdTaken | Enrolled::Overtaken | Enrolled::PinGone => {
            Some("no free contact number was found; try this row again")
        }
    }
}

fn check_columns(reader: &mut csv::Reader<&[u8]>) -> Result<(), ImportError> {
    let headers = reader.headers().map_err(|error| ImportError::Columns(error.to_string()))?;
    if let Some(odd) = headers.iter().find(|name| !COLUMNS.contains(name)) {
        return Err(ImportError::Columns(format!("{odd:?} is none of them")));
    }
    if !headers.iter().any(|name| name == "kind") {
        return Err(ImportError::Columns("kind is missing".to_owned()));
    }
    Ok(())
}

fn first_of_its_name(names: &mut BTreeSet<String>, person: NewPerson) -> Result<NewPerson, String> {
    match &person.username {
        Some(username) if !names.insert(username.canonical().to_owned()) => {
            Err(format!("username {:?} stands in this file before", username.shown()))
        }
        _ => Ok(person),
    }
}
