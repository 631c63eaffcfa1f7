//! The style sheets and the scripts. Their addresses change with their content, so they are kept for ever.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::logo::Told;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, Uri};
use service::App;
use service::flow::Trouble;
use web::Problem;
use web::pages::console::{CONSOLE_SCRIPT, CONSOLE_STYLE};
use web::pages::{self, PASSKEY_SCRIPT, SCRIPT, STRENGTH_SCRIPT, STYLE, theme_href, widget_script};

const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

/// The organisation's own; its address changes with it. Where another version is asked for, because the settings here are a
/// few seconds older than those of the page, it is not kept.
pub(crate) async fn theme(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await.map_err(Trouble::from)?;
    let is_asked_for =
        uri.path_and_query().is_some_and(|asked| Some(asked.as_str()) == theme_href(&settings).as_deref());
    let kept = if is_asked_for { FOR_EVER } else { "no-store" };
    Ok(([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, kept)], pages::theme(&settings)).into_response())
}

/// `GET /assets/logo/{name}`: the organisation's, or one that it had before, which an old mail may still show.
pub(crate) async fn logo(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let told = Told::of(&name).ok_or_else(Problem::not_found)?;
    let picture = app.logo(told.name).await.map_err(Trouble::from)?;
    let picture = Option::clone(&picture).ok_or_else(Problem::not_found)?;
    let shared = HeaderName::from_static("cross-origin-resource-policy");
    Ok(([(CONTENT_TYPE, told.media), (CACHE_CONTROL, FOR_EVER), (shared, "cross-origin")], picture).into_response())
}

pub(crate) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn passkeys() -> Response {
    asset("text/javascript; charset=utf-8", PASSKEY_SCRIPT)
}

pub(crate) async fn strength() -> Response {
    asset("text/javascript; charset=utf-8", STRENGTH_SCRIPT)
}

pub(crate) async fn console_style() -> Response {
    asset("text/css; charset=utf-8", CONSOLE_STYLE)
}

pub(crate) async fn console_script() -> Response {
    asset("text/javascript; charset=utf-8", CONSOLE_SCRIPT)
}

/// `GET /widget.js`: its address stays, so it is asked for again after an hour. Any page may load it.
pub(crate) async fn widget() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, widget_script()).into_response()
}

fn asset(kind: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, FOR_EVER)], content).into_response()
}
