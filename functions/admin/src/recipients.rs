//! `/admin/resends/{id}/recipients`: what became of everybody in the selection of a bulk run (BR-6).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::run::Run;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use http::{HeaderValue, StatusCode, Uri};
use serde::Serialize;
use serde_json::{Value, json};
use service::App;
use service::flow::bulk::{NotServed, Recipient, find, recipients, skipped};
use web::{Caller, Problem, reply};

use crate::pages;
use crate::paging::{Sought, bad_cursor};
use crate::resends::id;
use crate::rights::By;

/// Rows of one file.
const ROWS: usize = 5_000;

/// Rows of a page, at least, where no number is asked for.
const PAGE: usize = 500;

/// Chunks that are looked through for rows that are sought.
const ROUNDS: usize = 10;

/// One row of the results.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    username: Option<&'a str>,
    name: &'a str,
    to: Option<&'a str>,
    result: domain::run::Became,
    fate: Option<&'static str>,
    reason: Option<&'static str>,
    mail_id: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(one: &'a Recipient) -> Self {
        Self {
            id: &one.id,
            username: one.username.as_deref(),
            name: &one.name,
            to: one.to.as_deref(),
            result: one.became,
            fate: one.fate.map(domain::work::Fate::as_str),
            reason: one.reason.map(domain::run::Reason::as_str),
            mail_id: Some(&one.mail),
        }
    }

    fn skipped(one: &'a NotServed) -> Self {
        Self {
            id: &one.skipped.row,
            username: one.username.as_deref(),
            name: &one.name,
            to: one.to.as_deref(),
            result: domain::run::Became::Skipped,
            fate: None,
            reason: Some(one.skipped.reason.as_str()),
            mail_id: None,
        }
    }
}

/// Where a page of results begins: a chunk of recipients, then of rows that are not served.
fn place(uri: &Uri) -> Result<u32, Problem> {
    let cursor = reply::query(uri, "cursor").filter(|cursor| !cursor.is_empty());
    cursor.map_or(Some(1), |cursor| cursor.parse().ok().filter(|place| *place > 0)).ok_or_else(bad_cursor)
}

/// The same within a chunk: behind how many of its rows.
fn place_within(cursor: Option<&str>) -> Result<(u32, usize), Problem> {
    let Some(cursor) = cursor else { return Ok((1, 0)) };
    let (place, behind) = cursor.split_once('-').unwrap_or((cursor, "0"));
    let place = place.parse().ok().filter(|place| *place > 0);
    place.zip(behind.parse().ok()).ok_or_else(bad_cursor)
}

/// What stands at a place, and whether anything comes behind it.
async fn at(app: &App, run: &Run, place: u32) -> Result<(Vec<Recipient>, Vec<NotServed>, bool), Problem> {
    let more = place < run.chunks + run.skips;
    if place <= run.chunks {
        return Ok((recipients(app, run, place).await?, Vec::new(), more));
    }
    Ok((Vec::new(), skipped(app, run, place - run.chunks).await?, more))
}

/// `GET /admin/resends/{id}/recipients`: a row for everybody in the selection.
pub(crate) async fn rows(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let run = find(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    let sought = Sought::of(&caller.uri)?;
    let (place, behind) = place_within(sought.cursor.as_deref())?;
    if !caller.wants_html {
        let (items, next) = sought_rows(&app, &run, &sought, (place, behind)).await?;
        return Ok(reply::json(StatusCode::OK, &json!({"items": items, "next_cursor": next})));
    }
    let (served, not_served, more) = at(&app, &run, place).await?;
    let next = more.then(|| (place + 1).to_string());
    pages::resends::rows(&app, &by, &run, (&served, &not_served, next.as_deref())).await
}

/// A page of the rows that are sought, from a place and behind so many there: a chunk's, or as many as are asked for.
async fn sought_rows(
    app: &App,
    run: &Run,
    sought: &Sought,
    begin: (u32, usize),
) -> Result<(Vec<Value>, Option<String>), Problem> {
    let ((mut place, mut behind), mut items) = (begin, Vec::new());
    let limit = sought.limit.unwrap_or(usize::MAX);
    for _ in 0..ROUNDS {
        let (served, not_served, more) = at(app, run, place).await?;
        let rows = served.iter().map(Row::of).chain(not_served.iter().map(Row::skipped));
        let rows: Vec<Value> = rows.map(|row| json!(row)).collect();
        sought.knows(rows.first())?;
        for row in rows.into_iter().filter(|row| sought.fits(row)).skip(behind) {
            if items.len() == limit {
                return Ok((items, Some(format!("{place}-{behind}"))));
            }
            items.push(row);
            behind += 1;
        }
        if !more {
            return Ok((items, None));
        }
        (place, behind) = (place + 1, 0);
        if sought.limit.is_none() && items.len() >= PAGE {
            break;
        }
    }
    Ok((items, Some(place.to_string())))
}

/// `GET /admin/resends/{id}/recipients.csv`: the same as a file of up to 5,000 rows; where the next one begins stands in `Link`.
pub(crate) async fn csv(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let run = find(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    let (mut place, mut text, mut rows) = (place(&caller.uri)?, HEAD.to_owned(), 0);
    let next = loop {
        let (served, not_served, more) = at(&app, &run, place).await?;
        rows += served.len() + not_served.len();
        for row in served.iter().map(Row::of).chain(not_served.iter().map(Row::skipped)) {
            text.push_str(&line(&row));
        }
        if !more {
            break None;
        }
        place += 1;
        if rows >= ROWS {
            break Some(place);
        }
    };
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"recipients.csv\""));
    let link = next.map(|place| format!("</admin/resends/{}/recipients.csv?cursor={place}>; rel=\"next\"", run.id));
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        headers.insert(LINK, link);
    }
    Ok(answer)
}

const HEAD: &str = "id,username,name,to,result,fate,reason,mail_id\r\n";

fn line(row: &Row<'_>) -> String {
    let result = serde_json::to_value(row.result).unwrap_or_default();
    let cells = [
        row.id,
        row.username.unwrap_or_default(),
        row.name,
        row.to.unwrap_or_default(),
        result.as_str().unwrap_or_default(),
        row.fate.unwrap_or_default(),
        row.reason.unwrap_or_default(),
        row.mail_id.unwrap_or_default(),
    ];
    cells.map(reply::cell).join(",") + "\r\n"
}
