//! Versions of what several people may change: told in `ETag`, held against `If-Match`.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use http::header::{ETAG, IF_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use service::App;
use web::{Given, OwnPage, Problem};

/// The answer, with the version that it is about.
pub(crate) fn tagged(mut answer: Response, version: u64) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        answer.headers_mut().insert(ETAG, tag);
    }
    answer
}

/// A request without a body that matters, from one of our own pages, with the version that `If-Match` names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen(pub(crate) Option<u64>);

impl FromRequest<App> for Seen {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let seen = seen(request.headers())?;
        OwnPage::from_request(request, app).await.map(|_| Self(seen))
    }
}

/// What is said of something, on top of the version that `If-Match` names.
pub(crate) struct Edit<T> {
    pub(crate) seen: Option<u64>,
    pub(crate) given: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Edit<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let seen = seen(request.headers())?;
        let Given(given) = Given::from_request(request, app).await?;
        Ok(Self { seen, given })
    }
}

/// The version that `If-Match` names.
pub(crate) fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(tag) = headers.get(IF_MATCH) else { return Ok(None) };
    let tag = tag.to_str().unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    let version = tag.trim_start_matches("W/").trim_matches('"').parse();
    version.map(Some).map_err(|_| {
        Problem::malformed(Text(
            "If-Match must be the ETag that came with what you saw.",
            "If-Match debe ser el ETag que acompañaba a lo que vio.",
        ))
    })
}

/// Nothing, if the version that was seen, where one was said, is the one in force; 412 else.
pub(crate) fn up_to_date(seen: Option<u64>, now: u64) -> Result<(), Problem> {
    if seen.is_some_and(|seen| seen != now) { Err(stale(seen, now)) } else { Ok(()) }
}

/// 412: somebody else has saved since.
pub(crate) fn stale(seen: Option<u64>, now: u64) -> Problem {
    let older = || Text("an older one", "una anterior").into();
    let seen = seen.map_or_else(older, |seen| format!("{} {seen}", Text("version", "la versión")));
    let detail = match spoken() {
        English => {
            format!("You saw {seen}; version {now} is in force. Nothing was changed: look at it again and save then.")
        }
        Spanish => {
            format!(
                "Usted vio {seen}; está en vigor la versión {now}. No ha cambiado nada: mírelo de nuevo y guarde después."
            )
        }
    };
    let title = Text("Somebody was faster", "Alguien se adelantó").say();
    Problem::new(StatusCode::PRECONDITION_FAILED, "stale", title, detail)
}
