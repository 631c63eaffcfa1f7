//! What the columns of a file become: our own by their names, those of another system by its table (IO-1). What is left out is named.

use std::collections::BTreeSet;

use domain::language::Text;
use domain::source::{Source, Takes, parted, says_yes};
use serde_json::{Map, Value};

use super::ImportError;
use super::row::{COLUMNS, Row};

/// Columns that are named where they are left out, at the most.
const NAMED: usize = 100;

/// The longest name of a column that is told, in characters.
const LONGEST: usize = 80;

/// The credential of a person in Keycloak's export that is a password.
const PASSWORD: &str = "password";

/// What the columns of a file become.
pub(super) struct Columns {
    source: Source,
    /// Of a file with columns: which of its fields is what, the first that is filled first.
    order: Vec<(usize, Takes)>,
    /// Columns that are not taken.
    pub(super) left_out: BTreeSet<String>,
}

impl Columns {
    pub(super) fn of(source: Source) -> Self {
        Self { source, order: Vec::new(), left_out: BTreeSet::new() }
    }

    /// The same, by the first line of a file.
    pub(super) fn by<'a>(mut self, headers: impl Iterator<Item = &'a str>) -> Result<Self, ImportError> {
        let mut ranked = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, name) in headers.enumerate() {
            let own = own_name(name);
            let name = if self.source == Source::Vestibule { own.as_str() } else { name };
            if !seen.insert(name.to_owned()) && self.source == Source::Vestibule {
                return Err(ImportError::Columns(format!("{name:?} {}", Text("stands there twice", "está dos veces"))));
            }
            match self.takes(name) {
                Some((rank, takes)) => ranked.push((rank, at, takes)),
                None if self.source == Source::Vestibule => {
                    return Err(ImportError::Columns(format!(
                        "{name:?} {}",
                        Text("is none of them", "no es ninguna de ellas")
                    )));
                }
                None => self.leave_out(name),
            }
        }
        if self.source == Source::Vestibule && !seen.contains("kind") {
            return Err(ImportError::Columns(Text("kind is missing", "falta kind").to_string()));
        }
        if ranked.is_empty() {
            return Err(ImportError::Nothing(self.source));
        }
        ranked.sort_unstable_by_key(|(rank, at, _)| (*rank, *at));
        self.order = ranked.into_iter().map(|(_, at, takes)| (at, takes)).collect();
        Ok(self)
    }

    fn takes(&self, name: &str) -> Option<(usize, Takes)> {
        match self.source {
            Source::Vestibule => {
                COLUMNS.into_iter().find(|column| *column == name).map(|column| (0, Takes::As(column)))
            }
            other => other.takes(name),
        }
    }

    fn leave_out(&mut self, name: &str) {
        if self.left_out.len() < NAMED {
            self.left_out.insert(name.chars().take(LONGEST).collect());
        }
    }

    /// The row of a record.
    pub(super) fn row(&self, record: &csv::StringRecord) -> Row {
        let filled = self.order.iter().filter_map(|(at, takes)| Some((*takes, record.get(*at)?)));
        self.made_of(filled)
    }

    /// The row of an object with the columns for names.
    pub(super) fn row_of(&mut self, object: Map<String, Value>) -> Result<Row, String> {
        let mut ranked = Vec::new();
        for (path, text) in self.fields(object)? {
            match self.takes(&path) {
                Some((rank, takes)) => ranked.push((rank, takes, text.trim().to_owned())),
                None if self.source == Source::Vestibule => {
                    return Err(format!("{path:?} {}: {}", Text("is none of", "no es ninguna de"), COLUMNS.join(", ")));
                }
                None => self.leave_out(&path),
            }
        }
        ranked.sort_by_key(|(rank, ..)| *rank);
        Ok(self.made_of(ranked.iter().map(|(_, takes, text)| (*takes, text.as_str()))))
    }

    /// The fields of an object. Ours has them at once; elsewhere they lie in each other, such as `attributes.phone`.
    fn fields(&self, object: Map<String, Value>) -> Result<Vec<(String, String)>, String> {
        if self.source == Source::Vestibule {
            return object.into_iter().map(|(name, value)| Ok((name, text(value)?))).collect();
        }
        let mut all = Vec::new();
        for (name, value) in object {
            flatten(name, value, &mut all);
        }
        Ok(all)
    }

    fn made_of<'a>(&self, fields: impl Iterator<Item = (Takes, &'a str)>) -> Row {
        let mut row = Row::default();
        let mut whole = "";
        for (takes, text) in fields.filter(|(_, text)| !text.is_empty()) {
            match takes {
                Takes::As(column) => row.fill(column, text),
                Takes::WholeName if whole.is_empty() && !text.contains('@') => whole = text,
                Takes::WholeName => {}
                Takes::InUse => row.fill("disabled", says_yes(text).map_or(text, |yes| if yes { "no" } else { "yes" })),
            }
        }
        if self.source != Source::Vestibule {
            self.complete(&mut row, whole);
        }
        row
    }

    /// What goes without saying elsewhere: it is members, and whoever has an account signs in by their address if by nothing else.
    fn complete(&self, row: &mut Row, whole: &str) {
        row.fill("kind", "contact");
        if row.is_nameless() {
            let (first, last) = parted(whole);
            row.fill("first_name", &first);
            row.fill("last_name", &last);
        }
        if self.source.has_accounts() {
            let email = row.email().to_owned();
            row.fill("username", &email);
        }
    }
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

/// Of several values in a list the first counts; of credentials the password.
fn flatten(path: String, value: Value, all: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::String(text) => all.push((path, text)),
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(format!("{path}.{name}"), value, all);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_object) => {
            let password = values.iter().find(|value| value["type"] == PASSWORD);
            all.push((path, password.map(Value::to_string).unwrap_or_default()));
        }
        Value::Array(values) => {
            let first = values.into_iter().next().unwrap_or(Value::Null);
            flatten(path, first, all);
        }
        other => all.push((path, other.to_string())),
    }
}

/// A column of our own as we write it, however a spreadsheet does: `First Name` is `first_name`.
fn own_name(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}
