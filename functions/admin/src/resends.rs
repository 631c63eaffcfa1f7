//! `/admin/resends`: many people are sent their way in (BR): planned, begun, halted, and what became of each.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::access::{Right, may};
use domain::id::RunId;
use domain::language::Text;
use domain::run::{Counts, Order, Run, Skipped, Target};
use domain::user::User;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use http::{HeaderValue, StatusCode, Uri};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::App;
use service::flow::bulk::{
    Ordered, Planned, Recipient, Selection, Wish, find, listed, order, plan, recipients, skipped, tally,
};
use web::{Caller, OwnPage, Problem, Sent, Upload, reply};

use crate::lists::filter;
use crate::pages;
use crate::pages::form::texts;
use crate::paging::{Sought, bad_cursor};
use crate::rights::{By, telling};
use crate::words;

/// Rows of one file.
const ROWS: usize = 5_000;

/// Pages of runs that are looked through for those that are sought.
const ROUNDS: usize = 10;

/// Lines of a list, or identifiers, at the most.
const MOST: usize = 100_000;

/// What a program wishes.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    target: Option<Target>,
    ids: Option<Vec<String>>,
    filter: Option<String>,
    q: Option<String>,
    list: Option<Lines>,
}

/// A list, as text or line by line.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    Text(String),
    Each(Vec<String>),
}

impl Lines {
    fn all(self) -> Vec<String> {
        let lines = match self {
            Self::Text(text) => text.split(['\n', '\r', ',', ';']).map(str::to_owned).collect(),
            Self::Each(lines) => lines,
        };
        lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }
}

impl Typed {
    fn wish(self) -> Result<Wish, Problem> {
        let target = self.target.unwrap_or(Target::Users);
        let wrong = |field, reason: Text| Err(Problem::rejected([(field, vec![reason.into()])]));
        let (selection, words) = match (self.ids, self.filter, self.list) {
            (Some(ids), None, None) => {
                let words = format!("{} {}", ids.len(), Text("chosen", "elegidos"));
                (Selection::Ids(ids), words)
            }
            (None, Some(text), None) => {
                let q = self.q.unwrap_or_default();
                let parts = [q.as_str(), text.as_str()].into_iter().filter(|part| !part.is_empty());
                let words = parts.collect::<Vec<_>>().join(", ");
                let words = if words.is_empty() { Text("everybody", "todos").into() } else { words };
                (Selection::Filter(q, filter(&text)?.into()), words)
            }
            (None, None, Some(lines)) => {
                let lines = lines.all();
                let words = format!("{} {}", Text("a list of", "una lista de"), lines.len());
                (Selection::List(lines), words)
            }
            _ => {
                return wrong(
                    "ids",
                    Text("Say whom, by one of ids, filter and list.", "Diga a quién, con ids, filter o list."),
                );
            }
        };
        let many = match &selection {
            Selection::Ids(all) | Selection::List(all) => all.len(),
            Selection::Filter(..) => 1,
        };
        match many {
            0 => wrong(
                "ids",
                Text(
                    "Nobody is chosen. Tick some rows, or choose everybody who fits.",
                    "No hay nadie elegido. Marque algunas filas o elija a todos los que coinciden.",
                ),
            ),
            many if many > MOST => {
                wrong("list", Text("At most 100,000 lines at once.", "Como máximo 100.000 líneas de una vez."))
            }
            _ => Ok(Wish { target, selection, words }),
        }
    }
}

/// What a form wishes: ticked rows, everybody who fits, or a list that was typed in.
fn of_form(sent: &Sent) -> Typed {
    let fields = texts(&sent.fields);
    let target = match fields.get("target").map(String::as_str) {
        Some("contacts") => Target::Contacts,
        _ => Target::Users,
    };
    let text = |name: &str| fields.get(name).cloned().filter(|text| !text.is_empty());
    let mut typed = Typed { target: Some(target), ..Typed::default() };
    if let Some(list) = text("list") {
        typed.list = Some(Lines::Text(list));
    } else if fields.get("whom").is_some_and(|whom| whom == "all") {
        typed.filter = Some(text("filter").unwrap_or_default());
        typed.q = text("q");
    } else {
        typed.ids = Some(fields.keys().filter_map(|name| name.strip_prefix("id-")).map(str::to_owned).collect());
    }
    typed
}

/// A run, as programs read it.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    state: &'static str,
    target: Target,
    selection: &'a str,
    by: &'a str,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    total: u32,
    sent: u32,
    failed: u32,
    skipped: u32,
    held: u32,
    cancelled: u32,
}

impl<'a> Shown<'a> {
    fn of(run: &'a Run, counts: Counts) -> Self {
        Self {
            id: run.id.as_str(),
            state: run.state.as_str(),
            target: run.target,
            selection: &run.selection,
            by: &run.by_name,
            created_at: run.created_at,
            finished_at: run.finished_at,
            total: run.total,
            sent: counts.sent,
            failed: counts.failed,
            skipped: counts.skipped,
            held: counts.held,
            cancelled: counts.cancelled,
        }
    }
}

/// `GET /admin/resends`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let sought = Sought::of(&caller.uri)?;
    let before = sought.cursor.as_deref().map(|cursor| RunId::parse(cursor).ok_or_else(bad_cursor)).transpose()?;
    if !caller.wants_html {
        let (items, next) = runs(&app, &sought, before, &by).await?;
        return Ok(reply::json(StatusCode::OK, &json!({"items": items, "next_cursor": next})));
    }
    let (runs, next) = listed(&app, before, &by).await?;
    pages::resends::list(&app, &by, &caller.uri, (&runs, next.as_ref().map(RunId::as_str))).await
}

/// A page of the runs that are sought, and where the next one begins.
async fn runs(
    app: &App,
    sought: &Sought,
    mut before: Option<RunId>,
    by: &User,
) -> Result<(Vec<Value>, Option<RunId>), Problem> {
    let mut items = Vec::new();
    for _ in 0..ROUNDS {
        let (runs, next) = listed(app, before.take(), by).await?;
        let last = runs.last().map(|run| run.id.clone());
        for run in runs {
            let counts = Counts { skipped: run.counts.skipped + run.skipped, ..run.counts };
            let row = json!(Shown::of(&run, counts));
            sought.knows(Some(&row))?;
            if sought.fits(&row) {
                items.push(row);
            }
            if sought.limit == Some(items.len()) {
                let more = next.is_some() || last.as_ref() != Some(&run.id);
                return Ok((items, more.then_some(run.id)));
            }
        }
        before = next;
        if before.is_none() || !items.is_empty() {
            break;
        }
    }
    Ok((items, before))
}

/// `POST /admin/resends`: the plan. Nobody is written to.
pub(crate) async fn make(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    Upload(sent): Upload,
) -> Result<Response, Problem> {
    let became = async {
        let typed = if sent.form { of_form(&sent) } else { sent.fields.typed::<Typed>()? };
        let wish = typed.wish()?;
        if wish.target == Target::Users && !may(&by, Right::Users, false) {
            let detail = Text(
                "Only administrators write to users. Choose contacts of your group instead.",
                "Solo los administradores escriben a usuarios. Elija contactos de su grupo.",
            );
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not_allowed",
                Text("This is not for your account", "Esto no es para su cuenta").say(),
                detail,
            ));
        }
        let nobody = || {
            Problem::rejected([("filter", vec![Text("Nobody is found so.", "No se ha encontrado a nadie.").into()])])
        };
        plan(&app, wish, &by).await?.ok_or_else(nobody)
    };
    match became.await {
        Ok(planned) if caller.wants_html => {
            let to = format!("/admin/resends/{}", planned.run.id);
            Ok(telling(reply::see_other(&to), "run", planned.run.id.as_str()))
        }
        Ok(planned) => {
            let answer = reply::json(StatusCode::CREATED, &told(&app, &planned));
            Ok(telling(answer, "run", planned.run.id.as_str()))
        }
        Err(problem) if caller.wants_html && !problem.errors.is_empty() => {
            pages::resends::refused(&app, &by, &problem).await
        }
        Err(problem) => Err(problem),
    }
}

fn told(app: &App, planned: &Planned) -> Value {
    let Planned { run, skipped, preview } = planned;
    json!({
        "id": run.id,
        "state": run.state.as_str(),
        "target": run.target,
        "total": run.total,
        "recipients": run.recipients(),
        "skipped": skipped,
        "skipped_count": run.skipped,
        "preview": {"subject": preview.subject, "html": preview.html, "text": preview.text},
        "seconds": run.seconds(app.mails_per_second),
        "cost_usd": run.cost_usd(),
    })
}

fn id(path: &str) -> Result<RunId, Problem> {
    RunId::parse(path).ok_or_else(Problem::not_found)
}

/// `GET /admin/resends/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let run = find(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    let counts = tally(&app, &run).await?;
    if caller.wants_html {
        return pages::resends::show(&app, &by, &caller.uri, (&run, counts)).await;
    }
    Ok(reply::json(StatusCode::OK, &Shown::of(&run, counts)))
}

/// `POST /admin/resends/{id}/start`, `pause`, `resume` and `cancel`.
pub(crate) async fn change(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let word = caller.uri.path().rsplit('/').next().unwrap_or_default();
    let asked = Order::parse(word).ok_or_else(Problem::not_found)?;
    match order(&app, &id(&path)?, asked, &by).await? {
        Ordered::Yes(run) => {
            if caller.wants_html {
                return Ok(reply::see_other(&format!("/admin/resends/{path}")));
            }
            let counts = tally(&app, &run).await?;
            Ok(reply::json(StatusCode::OK, &Shown::of(&run, counts)))
        }
        Ordered::NoSuchRun => Err(Problem::not_found()),
        Ordered::NotNow(state) => {
            let (is, again) = (Text("This run is", "Este envío está"), Text("Look at it again.", "Mírelo de nuevo."));
            let detail = format!("{is} {}. {again}", words::run(state).say().to_lowercase());
            Err(Problem::new(
                StatusCode::CONFLICT,
                "not_now",
                Text("This can't be done now", "Esto no se puede hacer ahora").say(),
                detail,
            ))
        }
    }
}

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

    fn skipped(one: &'a Skipped) -> Self {
        let (result, reason) = (domain::run::Became::Skipped, Some(one.reason.as_str()));
        Self { id: &one.row, username: None, name: "", to: None, result, fate: None, reason, mail_id: None }
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
async fn at(app: &App, run: &Run, place: u32) -> Result<(Vec<Recipient>, Vec<Skipped>, bool), Problem> {
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
        if sought.limit.is_none() && !items.is_empty() {
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

/// What somebody may ask of a run in its state, in words.
pub(crate) fn orders(run: &Run, by: &User) -> Vec<(&'static str, Text, &'static str)> {
    use domain::run::RunState::{Cancelled, Done, Paused, Planned, Running};
    if !may(by, Right::Resends, false) {
        return Vec::new();
    }
    match run.state {
        Planned => vec![("start", Text("Start", "Iniciar"), ""), ("cancel", Text("Cancel", "Cancelar"), "danger")],
        Running => vec![("pause", Text("Pause", "Pausar"), "plain"), ("cancel", Text("Cancel", "Cancelar"), "danger")],
        Paused => vec![("resume", Text("Go on", "Continuar"), ""), ("cancel", Text("Cancel", "Cancelar"), "danger")],
        Cancelled | Done => Vec::new(),
    }
}
