//! Boxes on other sites: what a page of an origin that an instance allows may ask for and read (IN-9). The instance stands in
//! the query or in what is sent. A browser that asks beforehand (CORS) may say neither: then any instance will do.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use domain::instance::{DEFAULT, Instance};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ALLOW, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use service::App;
use service::flow::Trouble;

use crate::given::bounded;
use crate::problem::Problem;
use crate::reply;

/// A page of another origin, which an instance allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guest;

/// The methods of a form and of the page that it stands on.
pub const FORM: &str = "GET,HEAD,POST";

/// The methods of what is only looked at.
pub const SEEN: &str = "GET,HEAD";

/// What a browser is told of a route that boxes use.
const PREFLIGHT: [(HeaderName, HeaderValue); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST")),
    (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type")),
    (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600")),
];

/// A route that pages of allowed origins may use, with the visitor's cookies. For everybody else it is as it would be without:
/// whoever asks beforehand hears that this is none of its methods, which `allow` names.
pub fn welcomed(app: &App, allow: &'static str, route: MethodRouter<App>) -> MethodRouter<App> {
    let others = async move || ([(ALLOW, allow)], Problem::wrong_method());
    route.options(others).layer(from_fn_with_state(app.clone(), welcome))
}

async fn welcome(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let Some(origin) = other(request.headers(), &app.origin) else { return Ok(next.run(request).await) };
    let (whole, asked) = instance_of(request).await?;
    request = whole;
    if !is_allowed(&app, asked, &origin).await? {
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

/// The instance that a request names, and the request as it was.
async fn instance_of(request: Request) -> Result<(Request, Option<String>), Problem> {
    let named = reply::query(request.uri(), "instance");
    if request.method().is_safe() {
        return Ok((request, named));
    }
    let (parts, body) = request.into_parts();
    let sent = bounded(body).await?;
    let named = match (named, named_in(&sent)) {
        (Some(here), Some(there)) if here != there => String::new(), // the one let in would get the other's answer
        (here, there) => there.or(here).unwrap_or_else(|| DEFAULT.to_owned()),
    };
    Ok((Request::from_parts(parts, Body::from(sent)), Some(named)))
}

/// The field `instance` of JSON or a form; whatever is wrong with the rest is told by whoever reads it.
fn named_in(sent: &[u8]) -> Option<String> {
    match serde_json::from_slice(sent) {
        Ok(Value::Object(fields)) => fields.get("instance")?.as_str().map(str::to_owned),
        _ => form_urlencoded::parse(sent).find(|(name, _)| name == "instance").map(|(_, value)| value.into_owned()),
    }
}

async fn is_allowed(app: &App, asked: Option<String>, origin: &HeaderValue) -> Result<bool, Trouble> {
    let Some(id) = asked else {
        return Ok(app.store.instances().await?.iter().any(|named| allows(&named.instance, origin)));
    };
    let named = app.instance(Some(&id)).await?;
    Ok(named.id == id && allows(&named.instance, origin))
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
