//! `/admin/resends`: many people are sent their way in (BR): planned, begun, halted, and what became of each.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::{Right, may};
use domain::id::RunId;
use domain::language::Text;
use domain::run::{Counts, Order, Run, Target};
use domain::user::User;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::App;
use service::flow::bulk::{Ordered, Planned, Selection, Wish, find, listed, order, plan, tally};
use web::{Caller, OwnPage, Problem, Sent, Upload, reply};

use crate::lists::filter;
use crate::pages;
use crate::pages::form::{As, object, read, texts};
use crate::paging::{Sought, bad_cursor};
use crate::rights::{By, telling};
use crate::words;

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

/// What may stand over a list, and names nobody in it.
const HEADINGS: [&str; 5] = ["id", "username", "email", "e-mail", "e-mail address"];

/// A list, as text or line by line.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lines {
    Text(String),
    Each(Vec<String>),
}

impl Lines {
    fn all(self) -> Vec<String> {
        let (lines, pasted) = match self {
            Self::Text(text) => (text.split(['\n', '\r', ',', ';']).map(str::to_owned).collect(), true),
            Self::Each(lines) => (lines, false),
        };
        let lines = lines.into_iter().map(|line: String| line.trim().to_owned()).filter(|line| !line.is_empty());
        let mut lines: Vec<String> = lines.collect();
        // A column that was copied brings its heading along.
        let heads = |line: &String| HEADINGS.iter().any(|heading| line.eq_ignore_ascii_case(heading));
        if pasted && lines.len() > 1 && lines.first().is_some_and(heads) {
            lines.remove(0);
        }
        lines
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
                (Selection::Filter(q, filter(&text, target)?.into()), words)
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
fn of_form(sent: &Sent) -> Result<Typed, Problem> {
    let fields = texts(&sent.fields);
    let text = |name: &str| fields.get(name).cloned().filter(|text| !text.is_empty());
    let mut typed: Typed = read(object(&fields, &[("target", As::Text)]))?;
    if let Some(list) = text("list") {
        typed.list = Some(Lines::Text(list));
    } else if fields.get("whom").is_some_and(|whom| whom == "all") {
        typed.filter = Some(text("filter").unwrap_or_default());
        typed.q = text("q");
    } else {
        typed.ids = Some(fields.keys().filter_map(|name| name.strip_prefix("id-")).map(str::to_owned).collect());
    }
    Ok(typed)
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
        let typed = if sent.form { of_form(&sent)? } else { sent.fields.typed::<Typed>()? };
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

pub(crate) fn id(path: &str) -> Result<RunId, Problem> {
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
