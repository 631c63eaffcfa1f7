//! Errors of the machine's own routes, in the form of RFC 9457.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// An error with a sentence for whoever made the request.
pub(super) fn problem(status: u16, code: &str, detail: &str) -> Response<Body> {
    build(status, &json!({"status": status, "title": title(status), "code": code, "detail": detail}))
}

/// 422: what is wrong with which part of a body.
pub(super) fn rejected(wrong: &[(String, String)]) -> Response<Body> {
    let mut errors = serde_json::Map::new();
    for (place, reason) in wrong {
        let reasons = errors.entry(place.clone()).or_insert_with(|| json!([]));
        reasons.as_array_mut().into_iter().for_each(|reasons| reasons.push(reason.clone().into()));
    }
    let detail = "The body is not what this route takes.";
    build(
        422,
        &json!({"status": 422, "title": title(422), "code": "rejected", "detail": detail, "errors": Value::Object(errors)}),
    )
}

fn build(status: u16, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn title(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
