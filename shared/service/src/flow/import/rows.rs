//! The rows of a file, one after the other, each with the line it begins on: somebody, or why there is nobody.

use std::collections::BTreeSet;

use domain::language::Text;
use serde_json::{Map, Value};

use super::ImportError;
use super::lines::Lines;
use super::row::{COLUMNS, Row, broken, parse, person};
use crate::flow::enrol::NewPerson;

/// Stands between the fields of a row that is remembered: ASCII's unit separator, which no field may hold.
const SEPARATOR: u8 = 0x1f;

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
}

/// The lines of a text, counted from nought.
type CountedLines<'a> = std::iter::Enumerate<std::slice::Split<'a, u8, fn(&u8) -> bool>>;

enum Records<'a> {
    Csv(csv::ByteRecordsIntoIter<&'a [u8]>, csv::ByteRecord, Lines<'a>),
    JsonLines(CountedLines<'a>),
}

/// The rows of a file. What stands in it a second time, or has a name that stood there before, is nobody.
pub(super) struct Rows<'a> {
    records: Records<'a>,
    seen: BTreeSet<Vec<u8>>,
    names: BTreeSet<String>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(format: Format, file: &'a [u8]) -> Result<Self, ImportError> {
        match format {
            Format::Csv => Self::of_csv(file),
            Format::JsonLines => {
                let ends: fn(&u8) -> bool = |byte| *byte == b'\n';
                Ok(Self::new(Records::JsonLines(bare(file).split(ends).enumerate())))
            }
        }
    }

    pub(super) fn of_csv(file: &'a [u8]) -> Result<Self, ImportError> {
        let text = bare(file);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
        check_columns(&mut reader)?;
        let headers = reader.byte_headers().cloned().unwrap_or_default();
        Ok(Self::new(Records::Csv(reader.into_byte_records(), headers, Lines::of(text))))
    }

    fn new(records: Records<'a>) -> Self {
        Self { records, seen: BTreeSet::new(), names: BTreeSet::new() }
    }

    fn first_of_its_name(&mut self, person: NewPerson) -> Result<NewPerson, String> {
        match &person.username {
            Some(username) if !self.names.insert(username.canonical().to_owned()) => {
                let before = Text("stands in this file before", "ya está antes en este archivo");
                Err(format!("username {:?} {before}", username.shown()))
            }
            _ => Ok(person),
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = (u64, Result<NewPerson, String>);

    fn next(&mut self) -> Option<Self::Item> {
        let (line, parsed) = match &mut self.records {
            Records::Csv(records, headers, lines) => {
                let (byte, parsed) = of_record(records.next()?, headers, &mut self.seen);
                (lines.at(byte), parsed)
            }
            Records::JsonLines(lines) => {
                let (at, line) = lines.find(|(_, line)| !line.trim_ascii().is_empty())?;
                let first = self.seen.insert(line.trim_ascii().to_vec());
                let parsed = if first { object(line.trim_ascii()).and_then(person) } else { Err(again()) };
                (u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1), parsed)
            }
        };
        Some((line, parsed.and_then(|person| self.first_of_its_name(person))))
    }
}

/// A record of CSV, and the byte that it begins at.
fn of_record(
    record: csv::Result<csv::ByteRecord>,
    headers: &csv::ByteRecord,
    seen: &mut BTreeSet<Vec<u8>>,
) -> (u64, Result<NewPerson, String>) {
    let begins = |place: Option<&csv::Position>| place.map_or(0, csv::Position::byte);
    let record = match record {
        Ok(record) => record,
        Err(error) => return (begins(error.position()), Err(broken(&error))),
    };
    let first = seen.insert(record.iter().collect::<Vec<_>>().join(&SEPARATOR));
    let parsed = if first { parse(&record, headers) } else { Err(again()) };
    (begins(record.position()), parsed)
}

fn again() -> String {
    Text("the same row stands in this file before", "la misma fila ya está antes en este archivo").to_string()
}

/// Some programs put a mark before UTF-8.
fn bare(file: &[u8]) -> &[u8] {
    file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file)
}

fn check_columns(reader: &mut csv::Reader<&[u8]>) -> Result<(), ImportError> {
    let headers = reader.headers().map_err(|error| ImportError::Columns(error.to_string()))?;
    if let Some(odd) = headers.iter().find(|name| !COLUMNS.contains(name)) {
        return Err(ImportError::Columns(format!("{odd:?} {}", Text("is none of them", "no es ninguna de ellas"))));
    }
    if !headers.iter().any(|name| name == "kind") {
        return Err(ImportError::Columns(Text("kind is missing", "falta kind").to_string()));
    }
    Ok(())
}

/// A line of JSON with the columns for names; several values may stand in a list.
fn object(line: &[u8]) -> Result<Row, String> {
    let fields: Map<String, Value> = serde_json::from_slice(line)
        .map_err(|_| Text("it is not an object of JSON", "no es un objeto JSON").to_string())?;
    let mut row = Map::new();
    for (name, value) in fields {
        if !COLUMNS.contains(&name.as_str()) {
            return Err(format!("{name:?} {}: {}", Text("is none of", "no es ninguna de"), COLUMNS.join(", ")));
        }
        row.insert(name, Value::String(text(value)?.trim().to_owned()));
    }
    serde_json::from_value(Value::Object(row)).map_err(|_| Text("it can't be read", "no se puede leer").to_string())
}

fn text(value: Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text),
        Value::Array(all) => Ok(all.into_iter().map(text).collect::<Result<Vec<_>, _>>()?.join(";")),
        // A credential of Keycloak stands there as the object that it is.
        other => Ok(other.to_string()),
    }
}
