//! The rows of a file, one after the other, each with the line it begins on: somebody, or why there is nobody.

use std::collections::BTreeSet;

use domain::language::Text;
use domain::matching::mark;
use domain::source::Source;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::ImportError;
use super::columns::Columns;
use super::lines::Lines;
use super::row::{Row, broken, person};
use crate::flow::enrol::NewPerson;

/// Stands between the fields of a row that is remembered: ASCII's unit separator, which no field may hold.
const SEPARATOR: u8 = 0x1f;

/// By what a row, a name or a person is known again: half a SHA-256, so that a long file is remembered in little.
type Trace = [u8; 16];

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV, whose first line names the columns.
    Csv,
    /// An object on each line.
    JsonLines,
}

impl Format {
    /// The format of a word; `None` for any other.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// The format of a file as it begins: an object or a list is JSON.
    pub fn guessed(file: &[u8]) -> Self {
        match bare(file).trim_ascii_start().first() {
            Some(b'{' | b'[') => Self::JsonLines,
            _ => Self::Csv,
        }
    }
}

/// The lines of a text, counted from nought.
type CountedLines<'a> = std::iter::Enumerate<std::slice::Split<'a, u8, fn(&u8) -> bool>>;

enum Records<'a> {
    Csv(csv::ByteRecordsIntoIter<&'a [u8]>, Lines<'a>),
    JsonLines(CountedLines<'a>),
    /// One document with all of them, counted from nought.
    Json(std::iter::Enumerate<std::vec::IntoIter<Value>>),
}

/// The rows of a file. What stands in it a second time, or has a name that stood there before, is nobody.
pub(super) struct Rows<'a> {
    records: Records<'a>,
    columns: Columns,
    seen: BTreeSet<Trace>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(format: Format, source: Source, file: &'a [u8]) -> Result<Self, ImportError> {
        let (text, columns) = (bare(file), Columns::of(source));
        let new = |records, columns| Self { records, columns, seen: BTreeSet::new() };
        match format {
            Format::Csv => {
                let mut reader = csv::ReaderBuilder::new();
                let mut reader = reader.delimiter(between(text)).trim(csv::Trim::All).from_reader(text);
                let headers = reader.headers().map_err(|error| ImportError::Columns(error.to_string()))?;
                let columns = columns.by(headers.iter())?;
                Ok(new(Records::Csv(reader.into_byte_records(), Lines::of(text)), columns))
            }
            Format::JsonLines => {
                let ends: fn(&u8) -> bool = |byte| *byte == b'\n';
                let whole = (source != Source::Vestibule).then(|| document(text)).flatten();
                let lines = || Records::JsonLines(text.split(ends).enumerate());
                Ok(new(whole.map_or_else(lines, |all| Records::Json(all.into_iter().enumerate())), columns))
            }
        }
    }

    /// The columns that were not taken, once all rows have been read.
    pub(super) fn left_out(self) -> Vec<String> {
        self.columns.left_out.into_iter().collect()
    }

    /// Whether this is met for the first time.
    fn is_new(&mut self, sort: u8, what: &[u8]) -> bool {
        let hash = Sha256::new().chain_update([sort]).chain_update(what).finalize();
        let mut trace = Trace::default();
        trace.copy_from_slice(&hash[..16]);
        self.seen.insert(trace)
    }

    fn first_of_its_name(&mut self, person: NewPerson) -> Result<NewPerson, String> {
        match &person.username {
            Some(username) if !self.is_new(b'n', username.canonical().as_bytes()) => {
                let before = Text("stands in this file before", "ya está antes en este archivo");
                Err(format!("username {:?} {before}", username.shown()))
            }
            Some(_) => Ok(person),
            None => match mark(&person.person) {
                Some(mark) if !self.is_new(b'p', mark.as_bytes()) => Err(Text(
                    "the same name, address and phone stand in this file before",
                    "el mismo nombre, dirección y teléfono ya están antes en este archivo",
                )
                .to_string()),
                _ => Ok(person),
            },
        }
    }

    /// The line that the next row begins on, and the row or what is wrong with it.
    fn read(&mut self) -> Option<(u64, Result<Row, String>)> {
        let counted = |at: usize| u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1);
        let (line, raw, object) = match &mut self.records {
            Records::Csv(records, lines) => {
                let (byte, record) = of_record(records.next()?);
                let line = lines.at(byte);
                return Some((line, record.and_then(|record| self.of_csv(&record))));
            }
            Records::JsonLines(lines) => {
                let (at, line) = lines.find(|(_, line)| !line.trim_ascii().is_empty())?;
                (counted(at), line.trim_ascii().to_vec(), serde_json::from_slice(line).ok())
            }
            Records::Json(all) => {
                let (at, value) = all.next()?;
                (counted(at), value.to_string().into_bytes(), Some(value))
            }
        };
        Some((line, self.of_json(&raw, object)))
    }

    fn of_csv(&mut self, record: &csv::ByteRecord) -> Result<Row, String> {
        if !self.is_new(b'r', &record.iter().collect::<Vec<_>>().join(&SEPARATOR)) {
            return Err(again());
        }
        let record = csv::StringRecord::from_byte_record(record.clone())
            .map_err(|_| Text("it is not UTF-8", "no es UTF-8").to_string())?;
        Ok(self.columns.row(&record))
    }

    fn of_json(&mut self, raw: &[u8], value: Option<Value>) -> Result<Row, String> {
        if !self.is_new(b'r', raw) {
            return Err(again());
        }
        let Some(Value::Object(object)) = value else {
            return Err(Text("it is not an object of JSON", "no es un objeto JSON").to_string());
        };
        self.columns.row_of(object)
    }
}

impl Iterator for Rows<'_> {
    type Item = (u64, Result<NewPerson, String>);

    fn next(&mut self) -> Option<Self::Item> {
        let (line, row) = self.read()?;
        Some((line, row.and_then(person).and_then(|person| self.first_of_its_name(person))))
    }
}

/// The people of a document: a list of them, or an object with such a list as Keycloak's realms have it.
fn document(text: &[u8]) -> Option<Vec<Value>> {
    match serde_json::from_slice(text).ok()? {
        Value::Array(all) => Some(all),
        Value::Object(mut realm) => match realm.remove("users")? {
            Value::Array(all) => Some(all),
            _ => None,
        },
        _ => None,
    }
}

/// What stands between the columns of CSV: a comma, or the semicolon or tab that spreadsheets write in many countries. The first
/// line has most of it.
fn between(text: &[u8]) -> u8 {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let often = |mark: u8| first.split(|byte| *byte == mark).count();
    // The last of those that are there equally often.
    [b'\t', b';', b','].into_iter().max_by_key(|mark| often(*mark)).unwrap_or(b',')
}

/// A record of CSV, and the byte that it begins at.
fn of_record(record: csv::Result<csv::ByteRecord>) -> (u64, Result<csv::ByteRecord, String>) {
    let begins = |place: Option<&csv::Position>| place.map_or(0, csv::Position::byte);
    match record {
        Ok(record) => (begins(record.position()), Ok(record)),
        Err(error) => (begins(error.position()), Err(broken(&error))),
    }
}

fn again() -> String {
    Text("the same row stands in this file before", "la misma fila ya está antes en este archivo").to_string()
}

/// Some programs put a mark before UTF-8.
fn bare(file: &[u8]) -> &[u8] {
    file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file)
}
