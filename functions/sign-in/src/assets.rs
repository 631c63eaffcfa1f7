//! The style sheets and the scripts. Their addresses change with their content, so they are kept for ever.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use web::pages::console::{CONSOLE_SCRIPT, CONSOLE_STYLE};
use web::pages::{SCRIPT, STYLE};

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

fn asset(kind: &'static str, content: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, FOR_EVER)], content).into_response()
}
