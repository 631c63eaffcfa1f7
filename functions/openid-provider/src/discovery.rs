//! What applications have to know of this provider, at the address that all of them look at (OpenID Connect Discovery 1.0).

use axum::extract::State;
use axum::response::Response;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use http::{HeaderValue, StatusCode};
use serde_json::json;
use service::App;
use web::{Problem, reply};

use crate::signing::Key;

/// How long applications may keep it, in seconds: no longer than every function knows a new key before it signs.
const KEPT: &str = "public, max-age=30";

/// `GET /.well-known/openid-configuration`
pub(crate) async fn show(State(app): State<App>) -> Response {
    let at = |path: &str| format!("{}{path}", app.origin);
    let said = json!({
        "issuer": &*app.origin,
        "authorization_endpoint": at("/openid/authorize"),
        "token_endpoint": at("/openid/token"),
        "userinfo_endpoint": at("/openid/userinfo"),
        "jwks_uri": at("/openid/keys"),
        "scopes_supported": ["openid", "profile", "email", "access"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "name", "given_name", "family_name",
            "preferred_username", "locale", "email", "kind", "company", "permissions", "profiles", "company_exceptions",
        ],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "ui_locales_supported": ["en", "es"],
        "authorization_response_iss_parameter_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    public(reply::json(StatusCode::OK, &said))
}

/// `GET /openid/keys`
pub(crate) async fn keys(State(app): State<App>) -> Result<Response, Problem> {
    let ring = app.keys.ring().await?;
    Ok(public(reply::json(StatusCode::OK, &Key::set(&ring))))
}

/// For everybody, the scripts of other sites among them: there is no secret in it.
fn public(mut answer: Response) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(KEPT));
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer
}
