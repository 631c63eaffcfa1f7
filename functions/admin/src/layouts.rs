//! `/admin/layouts`: the mails, each editable (ML-1 to ML-4).

use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::layout::{COMMON_ITEMS, Flaw, Occasion, links};
use domain::message;
use domain::user::User;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::layouts::{self as flow, Change, Imported, Saved, Standing};
use web::{Caller, GivenOrNothing, Problem, Sent, reply};

use crate::pages::form;
use crate::rights::{By, differing, telling};
use crate::version::{Edit, Seen};
use crate::{pages, paging, version};

/// A layout in a list.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    occasion: Occasion,
    subject: &'a str,
    /// 0 for one that is built in.
    version: u64,
    edited: bool,
    at: Option<Timestamp>,
    by: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(standing: &'a Standing) -> Self {
        let written = standing.written.as_ref();
        Self {
            name: &standing.name,
            occasion: standing.occasion,
            subject: &standing.layout.subject,
            version: written.map_or(0, |one| one.version),
            edited: written.is_some_and(|one| one.edited),
            at: written.map(|one| one.at),
            by: written.map(|one| one.by.as_str()),
        }
    }
}

/// A layout, whole.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    line: Line<'a>,
    html: &'a str,
    text: &'a str,
    /// What may stand between two exclamation marks.
    merge_items: Vec<&'static str>,
    /// Which of them must be in both bodies.
    required_items: &'static [&'static str],
}

fn whole(standing: &Standing) -> Response {
    let occasion = standing.occasion;
    let line = Line::of(standing);
    let version = line.version;
    let merge_items = [occasion.own_items(), &COMMON_ITEMS].concat();
    let (html, text, required_items) = (&*standing.layout.html, &*standing.layout.text, occasion.required());
    version::tagged(reply::json(StatusCode::OK, &Whole { line, html, text, merge_items, required_items }), version)
}

/// `GET /admin/layouts`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let all = flow::list(&app).await?;
    if caller.wants_html {
        return pages::layouts::list(&app, &by, &caller.uri, &all).await;
    }
    let items: Vec<Line<'_>> = all.iter().map(Line::of).collect();
    paging::page(&caller.uri, &items)
}

/// `GET /admin/layouts/{name}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let standing = flow::get(&app, &name).await?.ok_or_else(Problem::not_found)?;
    if caller.wants_html {
        return pages::layouts::show(&app, &by, &caller.uri, &standing).await;
    }
    Ok(whole(&standing))
}

/// What was sent of a layout, by the form of the lab or by a program.
pub(crate) fn sent_change(sent: Sent) -> Result<Change, Problem> {
    if sent.form {
        return form::read::<Typed>(pages::layouts::object(&form::texts(&sent.fields))).map(Change::from);
    }
    sent.fields.typed::<Typed>().map(Change::from)
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    occasion: Option<Occasion>,
    subject: Option<String>,
    html: Option<String>,
    text: Option<String>,
}

impl From<Typed> for Change {
    fn from(Typed { occasion, subject, html, text }: Typed) -> Self {
        Self { occasion, subject, html, text }
    }
}

/// `PUT /admin/layouts/{name}`: what is given of it; under a new name with what it is for.
pub(crate) async fn save(
    State(app): State<App>,
    Path(name): Path<String>,
    By(by): By,
    Edit { seen, given }: Edit<Typed>,
) -> Result<Response, Problem> {
    let (answer, changed) = write(&app, &name, given.into(), (seen, &by)).await?;
    Ok(telling(answer, "changed", changed))
}

/// Writes a layout; answers what of it changed, too.
pub(crate) async fn write(
    app: &App,
    name: &str,
    change: Change,
    of: (Option<u64>, &User),
) -> Result<(Response, String), Problem> {
    let (seen, by) = of;
    let before = flow::get(app, name).await?.map(|before| before.layout).unwrap_or_default();
    let outcome = flow::save(app, name, change, seen, by).await?;
    let changed = if let Saved::Yes(now) = &outcome { differing(&before, &now.layout) } else { String::new() };
    Ok((saved(outcome, seen)?, changed))
}

/// `GET /admin/layouts/{name}/versions`
pub(crate) async fn versions(
    State(app): State<App>,
    Path(name): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let items = flow::versions(&app, &name).await?;
    if caller.wants_html {
        return pages::layouts::versions(&app, &by, &name, &items, &caller.uri).await;
    }
    paging::page(&caller.uri, &items)
}

/// `POST /admin/layouts/{name}/versions/{version}/restore`
pub(crate) async fn restore(
    State(app): State<App>,
    Path((name, version)): Path<(String, String)>,
    By(by): By,
    caller: Caller,
    Seen(seen): Seen,
) -> Result<Response, Problem> {
    let Ok(version) = version.parse() else { return Err(Problem::not_found()) };
    let answer = saved(flow::restore(&app, &name, version, seen, &by).await?, seen)?;
    Ok(pages::back(&caller, &format!("/admin/layouts/{name}/versions"), "restored").unwrap_or(answer))
}

/// `POST /admin/layouts/{name}/preview`: as its reader would see it, with made-up values. Nothing is saved.
pub(crate) async fn preview(
    State(app): State<App>,
    Path(name): Path<String>,
    caller: Caller,
    sent: Sent,
) -> Result<Response, Problem> {
    let change = sent_change(sent)?;
    let html = change.html.clone();
    match flow::preview(&app, &name, change).await? {
        Ok(letter) if caller.wants_html => {
            let look = reply::query(&caller.uri, "as").unwrap_or_default();
            Ok(pages::layouts::exhibit(&look, &letter.subject, (&letter.html, &letter.text)))
        }
        Ok(letter) => {
            let links = links(html.as_deref().unwrap_or(&letter.html));
            let (subject, html, text) = (letter.subject, letter.html, letter.text);
            let shown = serde_json::json!({"subject": subject, "html": html, "text": text, "links": links});
            Ok(reply::json(StatusCode::OK, &shown))
        }
        Err(refused) => saved(refused, None),
    }
}

/// `POST /admin/layouts/{name}/test`: the same, mailed to whoever asks.
pub(crate) async fn test(
    State(app): State<App>,
    Path(name): Path<String>,
    By(by): By,
    caller: Caller,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async {
        match flow::test(&app, &name, sent_change(sent)?, &by).await? {
            Ok(mail) => Ok(reply::json(StatusCode::ACCEPTED, &serde_json::json!({"mail_id": mail}))),
            Err(refused) => saved(refused, None),
        }
    };
    match became.await {
        Ok(_) if caller.wants_html => pages::layouts::tested(&app, &by, &name, texts).await,
        Ok(answer) => Ok(answer),
        Err(problem) if caller.wants_html => pages::layouts::refused(&app, &by, &name, (problem, texts)).await,
        Err(problem) => Err(problem),
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Import {
    /// Whether what somebody edited is written over as well.
    overwrite: bool,
}

/// `POST /admin/layouts/import`
pub(crate) async fn import(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    GivenOrNothing(wish): GivenOrNothing<Import>,
) -> Result<Response, Problem> {
    match flow::import(&app, wish.overwrite, &by).await? {
        Imported::Done(..) if caller.wants_html => Ok(pages::to_page("/admin/layouts", "imported")),
        Imported::Done(imported, kept) => {
            Ok(reply::json(StatusCode::OK, &serde_json::json!({"imported": imported, "kept": kept})))
        }
        Imported::NoEnvironmentName => {
            let detail = Text(
                "Give this environment a name first: the setting organisation.environment_name. The layouts say it, so that mail \
                 from a test site is told apart.",
                "Dé antes un nombre a este entorno: el ajuste organisation.environment_name. Los diseños lo dicen, para distinguir \
                 el correo de un sitio de pruebas.",
            );
            Err(Problem::new(
                StatusCode::CONFLICT,
                "environment_name_missing",
                Text("The environment has no name", "El entorno no tiene nombre").say(),
                detail,
            ))
        }
    }
}

pub(crate) fn saved(saved: Saved, seen: Option<u64>) -> Result<Response, Problem> {
    Err(match saved {
        Saved::Yes(standing) => return Ok(whole(&standing)),
        Saved::Stale(now) => version::stale(seen, now),
        Saved::NoSuchLayout => Problem::not_found(),
        Saved::Flawed(occasion, flaws) => flawed(occasion, &flaws),
        Saved::OtherOccasion(occasion) => {
            let reason = match spoken() {
                English => format!("This layout is for {} and stays so. Use another name.", occasion.name()),
                Spanish => format!("Este diseño es para {} y así se queda. Use otro nombre.", occasion.name()),
            };
            Problem::rejected([("occasion", vec![reason])])
        }
        Saved::TooMany => {
            let detail = Text(
                "There are as many layouts as there can be. Change one of those that nothing uses.",
                "Hay tantos diseños como puede haber. Cambie uno de los que nada usa.",
            );
            Problem::new(StatusCode::CONFLICT, "too_many", Text("Too many layouts", "Demasiados diseños").say(), detail)
        }
    })
}

fn flawed(occasion: Occasion, flaws: &[Flaw]) -> Problem {
    let mut errors: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for flaw in flaws {
        let (part, reason) = message::flaw(flaw, occasion);
        errors.entry(part.key()).or_default().push(reason);
    }
    let missing = flaws.iter().any(|flaw| matches!(flaw, Flaw::Missing(..)));
    let problem = Problem::rejected(errors);
    if missing { Problem { code: "merge_item_missing", ..problem } } else { problem }
}
