//! What every answer has in common: headers, the request's number, and problems as pages for browsers.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use domain::language::Language;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use lambda_http::RequestExt;
use service::{App, language, origin};
use tower::Layer;

use crate::caller::{Caller, bearer, language_in};
use crate::cookies;
use crate::pages::{self, ProblemPage, elsewhere};
use crate::problem::Problem;
use crate::reply;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every answer, unless one has its own.
pub const EVERYWHERE: [(HeaderName, &str); 7] = [
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
    (STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Puts the edge around a function's routes and gives them the app. As a layer of the router it would be put around each route,
/// at every start of the function: here it is put around all of them, once.
pub fn router(app: App, routes: Router<App>) -> Router {
    let routes: Router = routes
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .with_state(app.clone());
    Router::new().fallback_service(from_fn_with_state(app, around).layer(routes))
}

/// The same page of the console, which shows mails in a frame.
pub fn as_console(mut answer: Response) -> Response {
    if let Ok(policy) = HeaderValue::try_from(format!("{POLICY}; frame-src 'self'")) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// A mail as its reader would see it, for a frame of the console. It may look as it likes and do nothing: no script, no form, no
/// origin of its own.
pub fn as_exhibit(mut answer: Response) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox; frame-ancestors 'self'";
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    answer
}

/// The same page, whose form may also lead to these origins: a browser holds `form-action` against the redirect, too.
pub fn with_form_targets(mut answer: Response, origins: &[String]) -> Response {
    if origins.is_empty() {
        return answer;
    }
    if let Ok(policy) = HeaderValue::try_from(
        POLICY.replace("form-action 'self'", &format!("form-action 'self' {}", origins.join(" "))),
    ) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// Whether a path is taken as it was sent. The gateway decodes it, and an address that is made of it ends at `#`, drops tabs and
/// line ends, and goes back at `..`: another route would be called than was meant.
fn is_whole(path: &str) -> bool {
    let plain = |c: char| !c.is_control() && c != '#' && c != '\\';
    path.chars().all(plain) && !path.split('/').any(|part| part == "." || part == "..")
}

async fn around(State(app): State<App>, caller: Caller, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(caller.renewal.clone());
    let again = elsewhere::again(request.method(), &caller.uri);
    let bears = bearer(request.headers()).is_some();
    let whole = is_whole(request.raw_http_path());
    let answered = async {
        let response = if whole {
            origin::within(caller.origin(), next.run(request)).await
        } else {
            Problem::not_found().into_response()
        };
        shown(&app, &caller, response).await
    };
    let answered = elsewhere::within(again, answered);
    let mut response = language::within(language_of(&app, &caller).await, answered).await;
    service::metrics::capacity(&app.meter);
    let unauthorized = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    // Unless the answer itself says what the browser is to hold.
    let said = headers.get_all(SET_COOKIE).iter().any(|line| line.as_bytes().starts_with(cookies::SESSION.as_bytes()));
    if let Some(cookie) = caller.renewal.cookie().filter(|_| !said) {
        headers.append(SET_COOKIE, cookie.clone());
    }
    if let Some(language) = language_in(&caller.uri).filter(|_| caller.wants_html) {
        headers.append(SET_COOKIE, cookies::hold_language(language));
    }
    if bears && unauthorized {
        headers.entry(WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer error=\"invalid_token\""));
    }
    for (name, value) in EVERYWHERE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::try_from(&caller.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}

/// The language that the address, the browser or the program asks for; where that is none of ours the organisation's (OP-7).
/// What a request causes to be mailed is in it as well.
async fn language_of(app: &App, caller: &Caller) -> Language {
    match caller.language {
        Some(language) => language,
        None => app.settings().await.unwrap_or_default().organisation_language,
    }
}

/// An answer as its reader wants it: a problem as a page for a browser.
async fn shown(app: &App, caller: &Caller, mut response: Response) -> Response {
    match response.extensions_mut().remove::<Problem>().filter(|_| caller.wants_html) {
        Some(problem) => as_page(app, caller, problem, response.headers()).await,
        None => response,
    }
}

async fn as_page(app: &App, caller: &Caller, problem: Problem, given: &HeaderMap) -> Response {
    // Without the settings a page has no organisation's name, and is a page all the same.
    let settings = app.settings().await.unwrap_or_default();
    let page =
        ProblemPage { title: problem.title.to_owned(), detail: problem.detail, request_id: caller.request_id.clone() };
    let page = pages::problem(&reply::frame(&settings), &page);
    let mut response = (problem.status, page.into_string()).into_response();
    let kept = given.iter().filter(|(name, _)| *name != CONTENT_TYPE && *name != http::header::CONTENT_LENGTH);
    let kept: Vec<_> = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    response.headers_mut().extend(kept);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_an_address_would_change_is_none() {
        for whole in ["", "/", "/admin/users/7/sessions", "/a b", "/é", "/...", "/a..b", "//x"] {
            assert!(is_whole(whole), "{whole}");
        }
        for other in ["/users/7#/sessions", "/users/x/../7", "/users/.", "/us\ters", "/users\n", "/users\\7", "/x/.."] {
            assert!(!is_whole(other), "{other}");
        }
    }
}
