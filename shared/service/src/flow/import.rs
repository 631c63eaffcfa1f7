//! Bringing people in from CSV: each row is checked whole, then stored whole or reported.

use std::collections::BTreeSet;

use domain::email::Email;
use domain::user::{Grants, Kind, Person, State};
use domain::username::Username;
use domain::work::Lane;
use serde::Deserialize;

use super::Trouble;
use super::enrol::{NewPerson, WayIn, enrol};
use crate::app::App;
use crate::store::Enrolled;

/// The columns, in any order; all but `kind` may be left out.
pub const COLUMNS: [&str; 12] = [
    "kind",
    "username",
    "first_name",
    "last_name",
    "email",
    "address_email",
    "phone",
    "company",
    "group",
    "permissions",
    "profiles",
    "company_exceptions",
];

/// How many rows are stored side by side.
const SIDE_BY_SIDE: usize = 16;

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
    /// A service did not answer; the rows before are stored, and the same file again stores the rest.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    kind: String,
    username: String,
    first_name: String,
    last_name: String,
    email: String,
    address_email: String,
    phone: String,
    company: String,
    group: String,
    permissions: String,
    profiles: String,
    company_exceptions: String,
}

/// Stores the people of a file. Accounts get a temporary password by mail.
pub async fn import(app: &App, file: &[u8]) -> Result<Report, ImportError> {
    // Some programs put a mark before UTF-8.
    let text = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut lines = Lines { text, counted: 0, line: 1 };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    check_columns(&mut reader)?;
    let headers = reader.byte_headers().cloned().unwrap_or_default();
    let mut report = Report::default();
    let mut names = BTreeSet::new();
    let mut batch = tokio::task::JoinSet::new();
    for record in reader.byte_records() {
        let (byte, parsed) = match record {
            Ok(record) => (record.position().map_or(0, csv::Position::byte), parse(&record, &headers)),
            Err(error) => (error.position().map_or(0, csv::Position::byte), Err(broken(&error))),
        };
        let line = lines.at(byte);
        let parsed = parsed.and_then(|person| first_of_its_name(&mut names, person));
        match parsed {
            Ok(person) => {
                let app = app.clone();
                batch.spawn(async move { (line, enrol(&app, &person).await) });
            }
            Err(reason) => report.refused.push(RefusedRow { line, reason }),
        }
        if batch.len() >= SIDE_BY_SIDE {
            settle(&mut batch, &mut report).await?;
        }
    }
    while !batch.is_empty() {
        settle(&mut batch, &mut report).await?;
    }
    report.refused.sort_by_key(|row| row.line);
    Ok(report)
}

async fn settle(
    batch: &mut tokio::task::JoinSet<(u64, Result<Enrolled, Trouble>)>,
    report: &mut Report,
) -> Result<(), ImportError> {
    let Some(Ok((line, made))) = batch.join_next().await else { return Ok(()) };
    let reason = match made? {
        Enrolled::Yes => {
            report.stored += 1;
            return Ok(());
        }
        Enrolled::NameTaken => "this username is taken, or is somebody else's e-mail address",
        Enrolled::AddressIsAName => "this e-mail address is somebody else's username",
        Enrolled::IdTaken => "no free contact number was found; try this row again",
    };
    report.refused.push(RefusedRow { line, reason: reason.to_owned() });
    Ok(())
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

fn broken(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} fields instead of {expected_len}")
        }
        _ => "it can't be read as CSV".to_owned(),
    }
}

fn parse(record: &csv::ByteRecord, headers: &csv::ByteRecord) -> Result<NewPerson, String> {
    let record = csv::StringRecord::from_byte_record(record.clone()).map_err(|_| "it is not UTF-8".to_owned())?;
    let headers = csv::StringRecord::from_byte_record(headers.clone()).map_err(|_| "it is not UTF-8".to_owned())?;
    let row: Row = record.deserialize(Some(&headers)).map_err(|_| "it can't be read as CSV".to_owned())?;
    person(row)
}

fn person(row: Row) -> Result<NewPerson, String> {
    let kind = match row.kind.to_ascii_lowercase().as_str() {
        "contact" => Kind::Contact,
        "staff" => Kind::Staff,
        "administrator" => Kind::Administrator,
        "api" => Kind::Api,
        other => return Err(format!("kind is {other:?}; it must be contact, staff, administrator or api")),
    };
    let username = filled(&row.username).map(|name| Username::parse(&name)).transpose();
    let username = username.map_err(|error| format!("username {:?}: {error}", row.username))?;
    let person = Person {
        first_name: short("first_name", row.first_name)?,
        last_name: short("last_name", row.last_name)?,
        email: address("email", &row.email)?,
        address_email: address("address_email", &row.address_email)?,
        phone: filled(&short("phone", row.phone)?),
        company: filled(&short("company", row.company)?),
        group: filled(&short("group", row.group)?),
    };
    let mailed = person.mailbox().is_some();
    let has_account = username.is_some() || kind != Kind::Contact;
    let way_in = match kind {
        Kind::Api => WayIn::None,
        _ if has_account && !mailed => {
            return Err("an account needs an e-mail, so that its temporary password can be sent".to_owned());
        }
        _ => WayIn::Temporary(Lane::Bulk),
    };
    if kind == Kind::Api && username.is_none() {
        return Err("an API user needs a username".to_owned());
    }
    if !has_account && !mailed && person.name().is_empty() {
        return Err("a contact needs a name or an e-mail".to_owned());
    }
    let grants = Grants {
        permissions: list(&row.permissions),
        profiles: list(&row.profiles),
        company_exceptions: list(&row.company_exceptions),
    };
    Ok(NewPerson { kind, username, person, grants, way_in, state: State::Active })
}

fn first_of_its_name(names: &mut BTreeSet<String>, person: NewPerson) -> Result<NewPerson, String> {
    match &person.username {
        Some(username) if !names.insert(username.canonical().to_owned()) => {
            Err(format!("username {:?} stands in this file before", username.shown()))
        }
        _ => Ok(person),
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn short(field: &str, text: String) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err(format!("{field} holds a line break or another control character"));
    }
    if text.chars().count() > 200 { Err(format!("{field} is longer than 200 characters")) } else { Ok(text) }
}

fn address(field: &str, text: &str) -> Result<Option<Email>, String> {
    let parsed = filled(text).map(|text| Email::parse(&text)).transpose();
    parsed.map_err(|error| format!("{field} {text:?}: {error}"))
}

/// Several values in one field, parted by semicolons, commas or bars.
fn list(text: &str) -> Vec<String> {
    text.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Finds the line that a row begins on; rows are asked for in their order.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the row that begins at or, after empty lines, behind this byte. The header is line 1.
    fn at(&mut self, byte: u64) -> u64 {
        let mut start = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        while self.text.get(start).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            start += 1;
        }
        while self.counted < start {
            let pair = self.text[self.counted] == b'\r' && self.text.get(self.counted + 1) == Some(&b'\n');
            let ends = matches!(self.text[self.counted], b'\r' | b'\n') && !pair;
            self.line += u64::from(ends);
            self.counted += 1;
        }
        self.line
    }
}
