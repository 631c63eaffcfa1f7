//! `POST /token`: an API user's credentials in the `Authorization` header (RFC 7617) become a token for some minutes (FE-4), as
//! with the client credentials of OAuth 2.0 (RFC 6749, 4.4). There is no cookie in it that another site could use.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue, StatusCode};
use service::App;
use service::flow::token::{Issued, issue};
use web::{Caller, Problem, Unread, basic, reply};

/// Bytes that the header has at the most: a name and a password of the longest kind.
const LONGEST: usize = 4_096;

/// `POST /token`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    _: Unread,
) -> Result<Response, Problem> {
    let Some((username, password)) = basic(&headers, LONGEST) else { return Ok(refused()) };
    match issue(&app, &username, &password, caller.visitor()).await? {
        Issued::Yes(token, seconds) => {
            let issued =
                serde_json::json!({"access_token": token.reveal(), "token_type": "Bearer", "expires_in": seconds});
            Ok(reply::json(StatusCode::OK, &issued))
        }
        Issued::Refused => Ok(refused()),
        Issued::MustWait(seconds) => Err(Problem::too_many_requests(seconds)),
    }
}

fn refused() -> Response {
    let detail = "Send the username and password of an API user in the Authorization header: Basic, as in RFC 7617.";
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "sign_in_failed", "No token for these credentials", detail);
    let mut answer = problem.into_response();
    answer
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Vestibule\", charset=\"UTF-8\""));
    answer
}
