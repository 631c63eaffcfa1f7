//! `/admin/settings`: one JSON object, changed part by part; every version kept (AD-5).

use axum::extract::{Path, State};
use axum::response::Response;
use domain::expiry::forecast as days;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::settings::about::{ABOUT, Given as Takes};
use domain::settings::{EXPIRY_PERIODS, Settings, SettingsError};
use http::{HeaderMap, StatusCode, Uri};
use serde::Serialize;
use serde_json::{Map, Value};
use service::App;
use service::flow::settings::{self as flow, Saved};
use service::store::Versioned;
use web::{Caller, Fields, Problem, WithPicture, reply};

use crate::rights::{By, telling};
use crate::version::{self, Seen};
use crate::{pages, paging, words};

/// `GET /admin/settings`
pub(crate) async fn show(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let now = flow::current(&app).await?;
    if caller.wants_html {
        return pages::settings::show(&app, &by, &caller.uri, &now).await;
    }
    Ok(answer(&now))
}

/// `PUT /admin/settings`: some of them, if nobody has changed them since the version of `If-Match`.
pub(crate) async fn change(
    State(app): State<App>,
    By(by): By,
    headers: HeaderMap,
    WithPicture(Fields(changes)): WithPicture<Fields>,
) -> Result<Response, Problem> {
    let seen = version::seen(&headers)?;
    let answer = outcome(flow::change(&app, &changes, seen, &by).await?, seen, &changes)?;
    let keys: Vec<&str> = changes.keys().map(String::as_str).collect();
    Ok(telling(answer, "changed", keys.join(" ")))
}

/// `GET /admin/settings/versions`
pub(crate) async fn versions(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let items = flow::versions(&app).await?;
    if caller.wants_html {
        return pages::settings::versions(&app, &by, &caller.uri, &items).await;
    }
    paging::page(&caller.uri, &items)
}

/// `POST /admin/settings/versions/{version}/restore`
pub(crate) async fn restore(
    State(app): State<App>,
    Path(version): Path<String>,
    By(by): By,
    caller: Caller,
    Seen(seen): Seen,
) -> Result<Response, Problem> {
    let Ok(version) = version.parse() else { return Err(Problem::not_found()) };
    let answer = outcome(flow::restore(&app, version, seen, &by).await?, seen, &Map::new())?;
    Ok(pages::back(&caller, "/admin/settings/versions", "restored").unwrap_or(answer))
}

#[derive(Serialize)]
struct Forecast {
    /// The share of all passwords that expires on the busiest day.
    most_on_one_day: f64,
    days: Vec<Day>,
}

#[derive(Serialize)]
struct Day {
    date: String,
    share: f64,
}

/// `GET /admin/settings/password-forecast?expiry_days=90`: what turning expiry on would bring (PW-8).
pub(crate) async fn forecast(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let period =
        reply::query(&uri, "expiry_days").map_or(Some(settings.password_expiry_days), |days| days.parse().ok());
    let Some(period) = period.filter(|period| EXPIRY_PERIODS.contains(period)) else {
        return Err(Problem::rejected([(
            "expiry_days",
            vec![Text("Must be 0, 30, 60, 90, 180 or 365.", "Debe ser 0, 30, 60, 90, 180 o 365.").into()],
        )]));
    };
    let now = app.clock.now();
    let planned = Settings { password_expiry_days: period, ..Settings::clone(&settings) }.following(&settings, now);
    let days: Vec<Day> =
        days(&planned, now).into_iter().map(|(date, share)| Day { date: date.to_string(), share }).collect();
    let most_on_one_day = days.iter().map(|day| day.share).fold(0.0, f64::max);
    Ok(reply::json(StatusCode::OK, &Forecast { most_on_one_day, days }))
}

fn answer(versioned: &Versioned) -> Response {
    version::tagged(reply::json(StatusCode::OK, &versioned.settings), versioned.version)
}

pub(crate) fn outcome(saved: Saved, seen: Option<u64>, changes: &Map<String, Value>) -> Result<Response, Problem> {
    let error = match saved {
        Saved::Yes(versioned) => return Ok(answer(&versioned)),
        Saved::Stale(now) => {
            return Err(version::stale(seen, now));
        }
        Saved::Unreachable(names, more) => return Err(unreachable(names, more)),
        Saved::NoSuchVersion => return Err(Problem::not_found()),
        Saved::Refused(error) => error,
    };
    Err(refused(error, changes))
}

/// Why settings can't be so.
pub(crate) fn refused(error: SettingsError, changes: &Map<String, Value>) -> Problem {
    match error {
        SettingsError::Unknown(key) => {
            let key: String = key.chars().take(80).collect();
            Problem::malformed(match spoken() {
                English => format!("There is no setting called {key}."),
                Spanish => format!("No hay ningún ajuste llamado {key}."),
            })
        }
        SettingsError::WrongType(_) => {
            let keys: Vec<&str> = changes.keys().map(String::as_str).collect();
            let told = Text(
                "One of these has the wrong type, or is not one of its words",
                "Uno de estos tiene un tipo incorrecto, o no es una de sus palabras",
            );
            Problem::malformed(format!("{told}: {}.", keys.join(", ")))
        }
        SettingsError::Unread(key) => Problem::rejected([(key, vec![takes(key)])]),
        SettingsError::OutOfRange(all) => {
            Problem::rejected(all.iter().map(|out| (out.key, vec![words::between(out.least, out.most)])))
        }
        SettingsError::Unfit(key, why) => Problem::rejected([(key, vec![unfit(why)])]),
    }
}

/// What a setting can't be, as a sentence.
fn unfit(why: Text) -> String {
    match spoken() {
        English => format!("It {why}."),
        Spanish => format!("Este ajuste {why}."),
    }
}

/// What a setting takes, in words.
fn takes(key: &str) -> String {
    let about = ABOUT.iter().find(|about| about.key == key);
    match about.map(|about| about.given) {
        Some(Takes::OneOf(words)) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            format!("{}: {}.", Text("Must be one of", "Debe ser uno de"), words.join(", "))
        }
        _ if key.ends_with("email") => Text(
            "Must be an e-mail address, such as office@example.org.",
            "Debe ser un correo electrónico, por ejemplo oficina@example.org.",
        )
        .into(),
        Some(Takes::Number) => {
            Text("Must be a whole number within its range.", "Debe ser un número entero dentro de su intervalo.").into()
        }
        _ => Text("It can't be that.", "No puede ser eso.").into(),
    }
}

/// MF-2: who would be shut out, by name.
fn unreachable(names: Vec<String>, more: bool) -> Problem {
    let also = Text(" There are more than can be named.", " Hay más de las que se pueden nombrar.");
    let (also, all) = (if more { also.say() } else { "" }, names.join(", "));
    let told = match spoken() {
        English => format!(
            "These people would be asked for a security code and have no e-mail address to set one up by, so they could not sign \
             in: {all}.{also} Give them an address, or name them in {} if that is what you want.",
            flow::CONFIRMED
        ),
        Spanish => format!(
            "A estas personas se les pediría un código de seguridad y no tienen correo electrónico con el que configurarlo, así \
             que no podrían entrar: {all}.{also} Deles una dirección, o nómbrelas en {} si es lo que desea.",
            flow::CONFIRMED
        ),
    };
    Problem::rejected([("mfa.scope", vec![told]), (flow::CONFIRMED, names)])
}
