//! The style sheets and the scripts. Their addresses change with their content, so they are kept for ever; but not what another
//! version is asked for by, as while a deployment takes the place of the one before.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::logo::Told;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, Uri};
use service::App;
use web::Problem;
use web::pages::console::{CONSOLE_SCRIPT, CONSOLE_STYLE, console_script_href, console_style_href};
use web::pages::{
    self, PASSKEY_SCRIPT, SCRIPT, STRENGTH_SCRIPT, STYLE, WIDGET_SCRIPT, passkey_script_href, script_href,
    strength_script_href, style_href, theme_href,
};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPTS: &str = "text/javascript; charset=utf-8";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(crate) async fn style(uri: Uri) -> Response {
    asset(&uri, style_href(), CSS, STYLE)
}

/// The organisation's own; its address changes with the settings, which may be a few seconds older here than those of the page.
pub(crate) async fn theme(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let href = theme_href(&settings).unwrap_or_default();
    Ok(asset(&uri, &href, CSS, pages::theme(&settings)))
}

/// `GET /assets/logo/{name}`: the organisation's, or one that it had before, which an old mail may still show.
pub(crate) async fn logo(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let told = Told::of(&name).ok_or_else(Problem::not_found)?;
    let picture = app.logo(told.name).await?;
    let picture = Option::clone(&picture).ok_or_else(Problem::not_found)?;
    let shared = HeaderName::from_static("cross-origin-resource-policy");
    Ok(([(CONTENT_TYPE, told.media), (CACHE_CONTROL, FOR_EVER), (shared, "cross-origin")], picture).into_response())
}

pub(crate) async fn script(uri: Uri) -> Response {
    asset(&uri, script_href(), SCRIPTS, SCRIPT)
}

pub(crate) async fn passkeys(uri: Uri) -> Response {
    asset(&uri, passkey_script_href(), SCRIPTS, PASSKEY_SCRIPT)
}

pub(crate) async fn strength(uri: Uri) -> Response {
    asset(&uri, strength_script_href(), SCRIPTS, STRENGTH_SCRIPT)
}

pub(crate) async fn console_style(uri: Uri) -> Response {
    asset(&uri, &console_style_href(), CSS, CONSOLE_STYLE)
}

pub(crate) async fn console_script(uri: Uri) -> Response {
    asset(&uri, &console_script_href(), SCRIPTS, CONSOLE_SCRIPT)
}

/// `GET /widget.js`: its address stays, so it is asked for again after an hour. Any page may load it.
pub(crate) async fn widget() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (headers, WIDGET_SCRIPT).into_response()
}

fn asset(asked: &Uri, href: &str, kind: &'static str, content: impl IntoResponse) -> Response {
    let is_this = asked.path_and_query().is_some_and(|asked| asked.as_str() == href);
    let kept = if is_this || asked.query().is_none() { FOR_EVER } else { "no-store" };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, kept)], content).into_response()
}
