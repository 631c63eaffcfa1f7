//! The style sheets and the scripts. Their addresses change with their content, so they are kept for ever.

use axum::response::{IntoResponse, Response};
use http::HeaderName;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use web::pages::console::{CONSOLE_SCRIPT, CONSOLE_STYLE};
use web::pages::{SCRIPT, STYLE, widget_script};

const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(crate) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

pub(crate) async fn script() -> Response {
    asset("text/javascript; charset=utf-8", SCRIPT)
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
