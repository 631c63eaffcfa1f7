//! Boxes on other sites: what a page of an origin that an instance allows may ask for and read (IN-9). The instance stands in
//! the query, because a browser asks beforehand (CORS) without saying more.

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use domain::instance::{DEFAULT, Instance};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use service::App;
use service::flow::Trouble;

use crate::problem::Problem;
use crate::reply;

/// A page of another origin, which an instance allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guest;

/// What a browser is told of a route that boxes use.
const PREFLIGHT: [(HeaderName, HeaderValue); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST")),
    (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type")),
    (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
];

/// A route that pages of allowed origins may use, with the visitor's cookies. For everybody else it is as it would be without.
pub fn welcomed(app: &App, route: MethodRouter<App>) -> MethodRouter<App> {
    route.options(async || Problem::wrong_method()).layer(from_fn_with_state(app.clone(), welcome))
}

async fn welcome(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let Some(origin) = other(request.headers(), &app.origin) else { return Ok(next.run(request).await) };
    let id = reply::query(request.uri(), "instance").unwrap_or_else(|| DEFAULT.to_owned());
    let named = app.instance(Some(&id)).await.map_err(Trouble::from)?;
    if named.id != id || !allows(&named.instance, &origin) {
        return Ok(next.run(request).await);
    }
    let mut answer = if request.method() == Method::OPTIONS {
        (StatusCode::NO_CONTENT, PREFLIGHT).into_response()
    } else {
        request.extensions_mut().insert(Guest);
        next.run(request).await
    };
    read_by(&mut answer, origin);
    Ok(answer)
}

/// Lets a page of this origin read an answer that its visitor's cookies went along for.
pub fn read_by(answer: &mut Response, origin: HeaderValue) {
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    answer.headers_mut().insert(VARY, HeaderValue::from_static("origin"));
}

/// Whether an instance's box may stand on pages of this origin.
pub fn allows(instance: &Instance, origin: &HeaderValue) -> bool {
    instance.allowed_origins.iter().any(|allowed| origin == allowed.as_str())
}

/// The origin of a request, if it says one that is not ours.
pub fn other(headers: &HeaderMap, ours: &str) -> Option<HeaderValue> {
    let mut origins = headers.get_all(ORIGIN).iter();
    let only = origins.next().filter(|_| origins.next().is_none());
    only.filter(|origin| *origin != ours).cloned()
}
