//! `/admin/imports`: people are brought in from a file (IO-1): rehearsed, run, and what became of each row.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::id::RunId;
use domain::intake::{Intake, Line};
use domain::language::Text;
use domain::source::Source;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use http::{HeaderValue, StatusCode, Uri};
use serde_json::{Value, json};
use service::App;
use service::flow::import::{
    Format, ImportError, Ordered, RefusedRow, find, lines, listed, rehearse as look, run as order,
};
use web::{Caller, HandedIn, OwnPage, Problem, reply};

use crate::rights::{By, telling};
use crate::words;
use crate::{pages, paging};

/// Chunks of one page of rows: 250 rows.
const CHUNKS: u32 = 10;

/// Chunks of one file: 5,000 rows.
const CHUNKS_OF_A_FILE: u32 = 200;

/// An import, as programs read it.
fn shown(intake: &Intake) -> Value {
    let warnings = intake.warnings.iter().map(|warning| {
        json!({"code": warning.code, "detail": warning.code.sentence(), "count": warning.count, "rows": warning.rows})
    });
    json!({
        "id": intake.id.as_str(),
        "state": intake.state.as_str(),
        "by": intake.by_name,
        "source": if intake.source.is_empty() { Source::Vestibule.as_str() } else { &intake.source },
        "left_out": intake.left_out,
        "created_at": intake.created_at.to_string(),
        "finished_at": intake.finished_at.map(|at| at.to_string()),
        "total": intake.total,
        "to_make": {"contacts": intake.contacts, "users": intake.users, "with_password": intake.with_password},
        "refused_count": intake.refused,
        "usernames": intake.usernames,
        "warnings": warnings.collect::<Vec<_>>(),
        "made": intake.made,
        "not_made": intake.not_made,
    })
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(all), Value::Object(more)) = (&mut value, more) {
        all.extend(more);
    }
    value
}

fn row(line: &Line) -> Value {
    json!({
        "row": line.line, "who": line.who, "username": line.username, "result": line.became, "reason": line.reason,
    })
}

fn id(path: &str) -> Result<RunId, Problem> {
    RunId::parse(path).ok_or_else(Problem::not_found)
}

/// What can't be read as a file of people.
fn unread(error: ImportError) -> Problem {
    match error {
        ImportError::Trouble(trouble) => trouble.into(),
        other => Problem::rejected([(
            "text",
            vec![format!("{}: {}.", Text("The file was not taken", "No se ha aceptado el archivo"), other.told())],
        )]),
    }
}

/// `GET /admin/imports`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let all = listed(&app, &by).await?;
    if caller.wants_html {
        return pages::imports::list(&app, &by, &caller.uri, &all).await;
    }
    let items: Vec<Value> = all.iter().map(shown).collect();
    paging::page(&caller.uri, &items)
}

/// How the file is written, and where it comes from. Where nothing says so, it is seen, and has our own columns.
fn written(given: &HandedIn, caller: &Caller) -> Result<(Format, Source), Problem> {
    let wrong = |field, reason: String| Problem::rejected([(field, vec![reason])]);
    let format = match given.format.as_str() {
        "" => Format::guessed(&given.text),
        word => Format::parse(word)
            .ok_or_else(|| wrong("format", Text("It must be csv or jsonl.", "Debe ser csv o jsonl.").into()))?,
    };
    // A file that is sent as it is has no room for a field.
    let word = reply::query(&caller.uri, "source").unwrap_or_else(|| given.source.clone());
    let source = if word.is_empty() { Some(Source::Vestibule) } else { Source::parse(&word) };
    let known =
        || format!("{}: {}.", Text("It must be one of", "Debe ser uno de"), Source::ALL.map(Source::as_str).join(", "));
    Ok((format, source.ok_or_else(|| wrong("source", known()))?))
}

/// `POST /admin/imports`: a rehearsal. Nobody is stored before it is run.
pub(crate) async fn rehearse(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    given: HandedIn,
) -> Result<Response, Problem> {
    let rehearsed = match written(&given, &caller) {
        Ok(how) => look(&app, how, &given.text, &by).await.map_err(unread),
        Err(problem) => Err(problem),
    };
    let rehearsed = match rehearsed {
        Err(problem) if caller.wants_html && !problem.errors.is_empty() => {
            let chosen = [("format".to_owned(), given.format), ("source".to_owned(), given.source)];
            return pages::imports::refused(&app, &by, problem, chosen.into()).await;
        }
        other => other?,
    };
    let intake = &rehearsed.intake;
    let answer = if caller.wants_html {
        reply::see_other(&format!("/admin/imports/{}", intake.id))
    } else {
        let refused = |row: &RefusedRow| json!({"row": row.line, "reason": row.reason});
        let refused: Vec<Value> = rehearsed.refused.iter().map(refused).collect();
        reply::json(StatusCode::CREATED, &with(shown(intake), json!({"refused": refused})))
    };
    Ok(telling(answer, "import", intake.id.as_str()))
}

/// `GET /admin/imports/{id}`: how far it is, and its rows, page by page.
pub(crate) async fn show(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let intake = find(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    let (rows, next) = rows(&app, &intake, place(&caller.uri)?, CHUNKS).await?;
    if caller.wants_html {
        return pages::imports::show(&app, &by, &caller.uri, (&intake, &rows, next)).await;
    }
    let items: Vec<Value> = rows.iter().map(row).collect();
    let next = next.map(|next| next.to_string());
    Ok(reply::json(StatusCode::OK, &with(shown(&intake), json!({"rows": items, "next_cursor": next}))))
}

/// Where a page of rows begins.
fn place(uri: &Uri) -> Result<u32, Problem> {
    let cursor = reply::query(uri, "cursor").filter(|cursor| !cursor.is_empty());
    let place = cursor.map_or(Some(1), |cursor| cursor.parse().ok().filter(|place| *place > 0));
    place.ok_or_else(|| Problem::rejected([("cursor", vec![words::CURSOR.into()])]))
}

/// Rows from a place on, and where to go on.
async fn rows(app: &App, intake: &Intake, place: u32, chunks: u32) -> Result<(Vec<Line>, Option<u32>), Problem> {
    let end = place.saturating_add(chunks).min(intake.chunks + 1);
    let mut all = Vec::new();
    for chunk in place..end {
        all.extend(lines(app, intake, chunk).await?);
    }
    Ok((all, (end <= intake.chunks).then_some(end)))
}

/// `POST /admin/imports/{id}/run`
pub(crate) async fn run(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    match order(&app, &id(&path)?, &by).await? {
        Ordered::NoSuchImport => Err(Problem::not_found()),
        Ordered::Yes(_) if caller.wants_html => Ok(reply::see_other(&format!("/admin/imports/{path}"))),
        Ordered::Yes(intake) => Ok(reply::json(StatusCode::ACCEPTED, &shown(&intake))),
    }
}

/// `GET /admin/imports/{id}/rows.csv`: up to 5,000 rows; where the next one begins stands in `Link`.
pub(crate) async fn csv(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let intake = find(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    let (rows, next) = rows(&app, &intake, place(&caller.uri)?, CHUNKS_OF_A_FILE).await?;
    let mut text = "row,who,username,result,reason\r\n".to_owned();
    for line in &rows {
        let number = line.line.to_string();
        let (username, reason) = (line.username.as_deref(), line.reason.as_deref());
        let cells =
            [&*number, &*line.who, username.unwrap_or_default(), line.became.as_str(), reason.unwrap_or_default()];
        text.push_str(&(cells.map(reply::cell).join(",") + "\r\n"));
    }
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"rows.csv\""));
    let link = next.map(|place| format!("</admin/imports/{}/rows.csv?cursor={place}>; rel=\"next\"", intake.id));
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        headers.insert(LINK, link);
    }
    Ok(answer)
}
