//! `/openid/userinfo`: who somebody is now, for an application with an access token (OpenID Connect Core 1.0, 5.3).

use axum::extract::State;
use axum::response::Response;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use service::App;
use service::flow::applications::holder;
use web::{Problem, bearer, reply};

use crate::claims;

/// `GET` and `POST /openid/userinfo`
pub(crate) async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = match bearer(&headers) {
        Some(token) => holder(&app, token).await?,
        None => None,
    };
    Ok(match found {
        Some((user, scope)) => reply::json(StatusCode::OK, &Value::Object(claims::of(&user, scope))),
        None => refused(),
    })
}

fn refused() -> Response {
    let about = "The access token is over, or none. Send the person here again.";
    let mut answer =
        reply::json(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_token", "error_description": about}));
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer error=\"invalid_token\""));
    answer
}
