//! Lists that are read whole: searched, filtered and paged as those of people are (AD-1).

use axum::response::Response;
use http::{StatusCode, Uri};
use serde::Serialize;
use serde_json::{Value, json};
use web::{Problem, reply};

use crate::words;

/// How many on a page, unless it is said.
const USUAL: i32 = 25;

/// How many at the most, and unless it is said where a list is short anyway.
const MOST: i32 = 100;

/// What is sought in a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sought {
    /// What stands in one of a row's texts, in lower case; empty for all.
    q: String,
    /// Fields and what they must be.
    filter: Vec<(String, String)>,
    /// How many, if it is said.
    pub(crate) limit: Option<usize>,
    /// Where the page before ended.
    pub(crate) cursor: Option<String>,
}

impl Sought {
    /// What an address asks for.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        let filter = reply::query(uri, "filter").unwrap_or_default();
        let parts = filter.split(',').map(str::trim).filter(|part| !part.is_empty());
        let pair = |part: &str| {
            let (field, value) = part.split_once(':').unwrap_or((part, "true"));
            (field.to_owned(), value.to_owned())
        };
        Ok(Self {
            q: reply::query(uri, "q").unwrap_or_default().trim().to_lowercase(),
            filter: parts.map(pair).collect(),
            limit: reply::query(uri, "limit").is_some().then(|| limit(uri)).transpose()?.map(many),
            cursor: reply::query(uri, "cursor").filter(|cursor| !cursor.is_empty()),
        })
    }

    /// Whether a row is meant.
    pub(crate) fn fits(&self, row: &Value) -> bool {
        let same = |(field, wanted): &(String, String)| is(&row[field.as_str()], wanted);
        self.filter.iter().all(same) && (self.q.is_empty() || speaks_of(row, &self.q))
    }

    /// That rows have the fields that are filtered by.
    pub(crate) fn knows(&self, row: Option<&Value>) -> Result<(), Problem> {
        let Some(row) = row.and_then(Value::as_object) else { return Ok(()) };
        if self.filter.iter().all(|(field, _)| row.contains_key(field)) {
            return Ok(());
        }
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        Err(Problem::rejected([("filter", vec![words::fields(&names.join(", "))])]))
    }
}

/// Whether a field holds this, or is it.
fn is(field: &Value, wanted: &str) -> bool {
    match field {
        Value::Null | Value::Object(_) => false,
        Value::Bool(flag) => wanted.parse() == Ok(*flag),
        Value::Number(number) => wanted.parse().is_ok_and(|wanted: serde_json::Number| wanted == *number),
        Value::String(text) => text == wanted,
        Value::Array(all) => all.iter().any(|one| is(one, wanted)),
    }
}

/// Whether any text of it has this in it.
fn speaks_of(value: &Value, q: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(q),
        Value::Array(all) => all.iter().any(|one| speaks_of(one, q)),
        Value::Object(all) => all.iter().any(|(_, one)| speaks_of(one, q)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A page of what was read whole.
pub(crate) fn page(uri: &Uri, items: &[impl Serialize]) -> Result<Response, Problem> {
    let sought = Sought::of(uri)?;
    let at = sought.cursor.as_deref().map_or(Some(0), |cursor| cursor.parse::<usize>().ok()).ok_or_else(bad_cursor)?;
    let rows: Vec<Value> = items.iter().filter_map(|item| serde_json::to_value(item).ok()).collect();
    sought.knows(rows.first())?;
    let mut fitting = rows.into_iter().filter(|row| sought.fits(row)).skip(at);
    let limit = sought.limit.unwrap_or_else(|| many(MOST));
    let here: Vec<Value> = fitting.by_ref().take(limit).collect();
    let next = fitting.next().map(|_| (at + limit).to_string());
    Ok(reply::json(StatusCode::OK, &json!({"items": here, "next_cursor": next})))
}

fn many(limit: i32) -> usize {
    usize::try_from(limit).unwrap_or_default()
}

/// How many on a page: what is asked for, or what is usual.
pub(crate) fn limit(uri: &Uri) -> Result<i32, Problem> {
    let limit = reply::query(uri, "limit").map_or(Some(USUAL), |limit| limit.parse().ok());
    limit
        .filter(|limit| (1..=MOST).contains(limit))
        .ok_or_else(|| Problem::rejected([("limit", vec![words::between(1, MOST)])]))
}

/// 422: a cursor that none of our pages gave.
pub(crate) fn bad_cursor() -> Problem {
    Problem::rejected([("cursor", vec![words::CURSOR.into()])])
}
