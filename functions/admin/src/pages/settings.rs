//! The settings as pages: one for each area, made from what is told of each; the difference before saving, versions, restore.

use domain::language::Text;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::expiry::forecast;
use domain::settings::Settings;
use domain::settings::about::{ABOUT, AREAS, About, Given, about_key};
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use serde_json::{Map, Value};
use service::App;
use service::flow::settings::{self as flow, CONFIRMED, differences};
use service::store::{SettingsVersion, Versioned};
use web::pages::console::{Input, NOTHING, Typed, Way, empty, inputs, moment, post, press, section, send, table, tabs};
use web::pages::{Notice, parts::hidden};
use web::{Problem, Sent, reply};

use super::form::{self, As};
use super::{happened, logo, page, page_with, to_page};
use crate::rights::{By, telling};
use crate::settings::{outcome, refused};
use crate::words;

pub(super) const HERE: &str = "/admin/settings";

/// The settings of an area.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, now: &Versioned) -> Result<Response, Problem> {
    let area = area(reply::query(uri, "area").as_deref());
    area_page(app, by, (area, now, StatusCode::OK), happened(uri), &Typed::default()).await
}

fn area(asked: Option<&str>) -> &'static str {
    AREAS.iter().find(|(key, _)| Some(*key) == asked).map_or(AREAS[0].0, |(key, _)| key)
}

pub(super) async fn area_page(
    app: &App,
    by: &User,
    (area, now, status): (&str, &Versioned, StatusCode),
    message: Option<Notice>,
    typed: &Typed,
) -> Result<Response, Problem> {
    let told: Vec<Told> = of_area(area).map(|about| Told::of(about, &now.settings)).collect();
    let all: Vec<Input<'_>> = told.iter().map(Told::input).collect();
    let content = html! {
        (tabs(AREAS.map(|(key, name)| (format!("{HERE}?area={key}"), name, key == area))))
        (post(&format!("{HERE}/difference"), &html! {
            (hidden("area", area)) (hidden("version", &now.version.to_string()))
            (inputs(&all, typed))
            (send(Text("Look at the changes", "Ver los cambios")))
        }))
        @if area == "organisation" { (logo::part(&now.settings, typed)) }
        p { (words::version(now.version)) ". " a href={ (HERE) "/versions" } { (Text(
            "Who changed what, and earlier versions",
            "Quién cambió qué, y versiones anteriores",
        )) } }
    };
    page_with(app, by, (status, HERE, Text("Settings", "Ajustes")), message, &content).await
}

fn of_area(area: &str) -> impl Iterator<Item = &'static About> {
    let typed = |about: &About| !matches!(about.given, Given::ByItself | Given::Picture);
    ABOUT.iter().filter(move |about| about.area == area && typed(about))
}

/// A setting as its page shows it.
struct Told {
    about: &'static About,
    stored: String,
    hint: String,
}

impl Told {
    fn of(about: &'static About, settings: &Settings) -> Self {
        let value = |settings: &Settings| {
            serde_json::to_value(settings).ok().and_then(|all| all.get(about.key).cloned()).unwrap_or_default()
        };
        let usual = said(about, &value(&Settings::default()));
        let range = settings.ranges().into_iter().find(|(key, ..)| *key == about.key);
        let range =
            range.map(|(_, _, least, most)| format!(" {least} {} {most}.", Text("to", "a"))).unwrap_or_default();
        let usual = if usual.is_empty() || usual.len() > 60 {
            String::new()
        } else {
            format!(" {} {usual}.", Text("Usually", "Normalmente"))
        };
        let advice = if about.advice == NOTHING { String::new() } else { format!("\n{}", about.advice) };
        Self { about, stored: as_typed(&value(settings)), hint: format!("{}{range}{usual}{advice}", about.help) }
    }

    fn input(&self) -> Input<'_> {
        let way = match self.about.given {
            Given::Text | Given::Optional | Given::Picture | Given::ByItself => Way::Line,
            Given::Paragraph | Given::OptionalParagraph => Way::Lines(3),
            Given::List => Way::Lines(4),
            Given::Switch => Way::Tick,
            Given::Number => Way::Number,
            Given::OneOf(words) | Given::OneNumberOf(words) => Way::Choice(words),
        };
        Input::line(self.about.key, self.about.label, &self.stored).way(way).told(&self.hint)
    }
}

/// A value as a field holds it.
fn as_typed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(as_typed).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// A value as people read it: one of a few words as its field calls it.
fn said(about: &About, value: &Value) -> String {
    let (Given::OneOf(words) | Given::OneNumberOf(words)) = about.given else { return in_words(value) };
    let word = as_typed(value);
    words.iter().find(|(known, _)| *known == word).map_or_else(|| in_words(value), |(_, name)| (*name).into())
}

/// Any value as people read it.
fn in_words(value: &Value) -> String {
    match value {
        Value::Null => Text("nothing", "nada").into(),
        Value::Bool(true) => Text("on", "sí").into(),
        Value::Bool(false) => Text("off", "no").into(),
        Value::Array(all) if all.is_empty() => Text("none", "ninguno").into(),
        Value::Array(all) => all.iter().map(in_words).collect::<Vec<_>>().join(", "),
        other => as_typed(other).replace('_', " "),
    }
}

fn shape(area: &str) -> Vec<(&'static str, As)> {
    let of = |about: &About| match about.given {
        Given::Optional | Given::OptionalParagraph => As::OrNull,
        Given::List => As::Lines,
        Given::Switch => As::Tick,
        Given::Number | Given::OneNumberOf(_) => As::Number,
        _ => As::Text,
    };
    of_area(area).map(|about| (about.key, of(about))).collect()
}

/// What a form of the settings says.
struct Wished {
    area: &'static str,
    seen: Option<u64>,
    /// Who is covered by a second factor without an e-mail address, and is meant to be.
    named: Vec<Value>,
    texts: BTreeMap<String, String>,
    changes: Map<String, Value>,
}

impl Wished {
    fn of(sent: &Sent) -> Self {
        let mut texts = form::texts(&sent.fields);
        let mut take = |name: &str| texts.remove(name).unwrap_or_default();
        let (area, seen) = (area(Some(&take("area"))), take("version").parse().ok());
        let named = take("named").lines().map(Value::from).collect();
        let changes = form::object(&texts, &shape(area));
        Self { area, seen, named, texts, changes }
    }
}

/// `POST /admin/settings/difference`, from the page: what would change. Nothing is saved.
pub(crate) async fn difference(State(app): State<App>, By(by): By, sent: Sent) -> Result<Response, Problem> {
    let wished = Wished::of(&sent);
    let now = flow::current(&app).await?;
    match now.settings.with(&wished.changes, app.clock.now()) {
        Ok(after) if after == now.settings => Ok(to_page(&format!("{HERE}?area={}", wished.area), "unchanged")),
        Ok(after) => shown(&app, &by, (&wished, &now), &after).await,
        Err(error) => not_so(&app, &by, refused(error, &wished.changes), (wished, &now)).await,
    }
}

/// `POST /admin/settings`, from the page that shows the difference.
pub(crate) async fn save(State(app): State<App>, By(by): By, sent: Sent) -> Result<Response, Problem> {
    let mut wished = Wished::of(&sent);
    let now = flow::current(&app).await?;
    if let Ok(after) = now.settings.with(&wished.changes, app.clock.now()) {
        let changed = differences(&now.settings, &after);
        wished.changes.retain(|key, _| changed.contains_key(key));
    }
    let keys = wished.changes.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
    let mut changes = wished.changes.clone();
    if !wished.named.is_empty() {
        changes.insert(CONFIRMED.to_owned(), wished.named.clone().into());
    }
    match outcome(flow::change(&app, &changes, wished.seen, &by).await?, wished.seen, &changes) {
        Ok(_) => Ok(telling(to_page(&format!("{HERE}?area={}", wished.area), "saved"), "changed", keys)),
        Err(problem) if problem.status == StatusCode::PRECONDITION_FAILED => stale(&app, &by, &wished, &problem).await,
        Err(problem) if problem.errors.contains_key(CONFIRMED) => name_them(&app, &by, (&wished, &now), &problem).await,
        Err(problem) => not_so(&app, &by, problem, (wished, &now)).await,
    }
}

/// The form again, with what is wrong with it.
async fn not_so(
    app: &App,
    by: &User,
    problem: Problem,
    (wished, now): (Wished, &Versioned),
) -> Result<Response, Problem> {
    let typed = form::refused(problem, wished.texts)?;
    area_page(app, by, (wished.area, now, StatusCode::UNPROCESSABLE_ENTITY), None, &typed).await
}

fn again(wished: &Wished, version: u64) -> Markup {
    html! {
        (hidden("area", wished.area)) (hidden("version", &version.to_string()))
        @for (name, value) in &wished.texts { (hidden(name, value)) }
    }
}

async fn shown(
    app: &App,
    by: &User,
    (wished, now): (&Wished, &Versioned),
    after: &Settings,
) -> Result<Response, Problem> {
    let content = html! {
        (changes_table(&differences(&now.settings, after)))
        @if after.password_expiry_since.is_some_and(|since| now.settings.password_expiry_since != Some(since)) {
            (first_round(app, after))
        }
        (post(HERE, &html! { (again(wished, now.version)) (send(Text("Save these changes", "Guardar estos cambios"))) }))
        p { a href={ (HERE) "?area=" (wished.area) } { (Text("Leave everything as it is", "Dejarlo todo como está")) } }
    };
    page(app, by, (HERE, Text("These settings would change", "Cambiarían estos ajustes")), None, &content).await
}

/// PW-8: what turning expiry on would bring.
fn first_round(app: &App, after: &Settings) -> Markup {
    let days = forecast(after, app.clock.now());
    let most = days.iter().map(|(_, share)| share).fold(0.0, |most: f64, share| most.max(*share));
    let ends = days.first().zip(days.last());
    section(
        Text("What this brings", "Lo que esto supone"),
        &html! {
            @if let Some(((first, _), (last, _))) = ends {
                p { (Text(
                    "The first round is spread from ",
                    "La primera ronda se reparte del ",
                )) (first) (Text(" to ", " al ")) (last) (Text(": at most ", ": como máximo "))
                    (format!("{:.1}", most * 100.0)) (Text(
                        " of a hundred passwords expire on one day.",
                        " de cada cien contraseñas caducan en un mismo día.",
                    )) }
            }
        },
    )
}

fn changes_table(changes: &BTreeMap<String, (Value, Value)>) -> Markup {
    let rows = changes.iter().map(|(key, (was, is))| {
        let about = about_key(key);
        let label = about.map_or(key.as_str(), |about| about.label.say());
        let [was, is] = [was, is].map(|value| about.map_or_else(|| in_words(value), |about| said(about, value)));
        vec![html! { (label) " " span.quiet { (key) } }, html! { (was) }, html! { (is) }]
    });
    table(
        Text("Changes", "Cambios"),
        &[Text("Setting", "Ajuste"), Text("Was", "Era"), Text("Will be", "Será")],
        &rows.collect::<Vec<_>>(),
    )
}

async fn stale(app: &App, by: &User, wished: &Wished, problem: &Problem) -> Result<Response, Problem> {
    let now = flow::current(app).await?;
    let typed = Typed { values: wished.texts.clone(), ..Typed::default() };
    let below = Text(
        "Your entries are below, on top of what is in force now.",
        "Sus cambios están abajo, sobre lo que está en vigor ahora.",
    );
    let message = Notice::error(format!("{} {below}", problem.detail));
    area_page(app, by, (wished.area, &now, StatusCode::PRECONDITION_FAILED), Some(message), &typed).await
}

/// MF-2: whoever would be shut out is named before it is done.
async fn name_them(
    app: &App,
    by: &User,
    (wished, now): (&Wished, &Versioned),
    problem: &Problem,
) -> Result<Response, Problem> {
    let names = problem.errors.get(CONFIRMED).cloned().unwrap_or_default();
    let content = html! {
        p { (Text(
            "These people would be asked for a security code and have no e-mail address to set one up by, so they could not sign in:",
            "A estas personas se les pediría un código de seguridad y no tienen correo electrónico con el que configurarlo, así que no podrían entrar:",
        )) }
        ul { @for name in &names { li { (name) } } }
        (post(HERE, &html! {
            (again(wished, now.version)) (hidden("named", &names.join("\n")))
            (send(Text("Save all the same", "Guardar de todos modos")))
        }))
        p { a href={ (HERE) "?area=" (wished.area) } { (Text("Leave everything as it is", "Dejarlo todo como está")) } }
    };
    let message = Some(Notice::error(Text("Some people would be shut out.", "Algunas personas se quedarían fuera.")));
    page_with(
        app,
        by,
        (StatusCode::UNPROCESSABLE_ENTITY, HERE, Text("Who would be shut out", "Quiénes se quedarían fuera")),
        message,
        &content,
    )
    .await
}

/// The versions.
pub(crate) async fn versions(app: &App, by: &User, uri: &Uri, all: &[SettingsVersion]) -> Result<Response, Problem> {
    let newest = all.first().map(|version| version.version);
    let content = html! {
        @if all.is_empty() { (empty(Text("Nobody has changed the settings yet.", "Nadie ha cambiado los ajustes todavía."))) }
        @for version in all {
            (section(words::version(version.version), &html! {
                p { (moment(version.at)) (Text(", by ", ", por ")) (version.by) }
                @if !version.changes.is_empty() { (changes_table(&version.changes)) }
                @if Some(version.version) != newest {
                    (press(&format!("{HERE}/versions/{}/restore", version.version), Text(
                        "Put this version in force again",
                        "Volver a poner en vigor esta versión",
                    ), "plain"))
                }
            }))
        }
        p { a href=(HERE) { (Text("Back to the settings", "Volver a los ajustes")) } }
    };
    page(app, by, (HERE, Text("Versions of the settings", "Versiones de los ajustes")), happened(uri), &content).await
}
