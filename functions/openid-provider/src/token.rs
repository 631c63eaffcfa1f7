//! `POST /openid/token`: an application exchanges its code (OpenID Connect Core 1.0, 3.1.3). It comes from the application itself, so
//! there is no cookie in it that another site could use.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use domain::client::{TOKEN_SECONDS, is_verifier};
use domain::layout::is_name;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use service::App;
use service::flow::Trouble;
use service::flow::applications::{Redeemed, Shown, is_secret_of, redeem};
use service::store::KeptClient;
use web::{Problem, basic, reply};

use crate::claims;
use crate::query::Given;
use crate::signing::Key;

/// The longest header with an application's name and secret, in bytes.
const LONGEST: usize = 1_024;

/// `POST /openid/token`
pub(crate) async fn submit(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let given = Given::of_form(&headers, body).await?;
    let mut answer = exchange(&app, &headers, &given).await?;
    // An application that is a script in a browser asks from its own origin; it brings what it has to show.
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(answer)
}

async fn exchange(app: &App, headers: &HeaderMap, given: &Given) -> Result<Response, Problem> {
    if given.is_ambiguous() {
        return Ok(refused("invalid_request", "Send each parameter once."));
    }
    let Some(shown) = credentials(headers, given) else { return Ok(unknown()) };
    let Some(kept) = authenticated(app, &shown).await? else { return Ok(unknown()) };
    if given.get("grant_type") != Some("authorization_code") {
        return Ok(refused("unsupported_grant_type", "Use grant_type=authorization_code."));
    }
    let (Some(code), Some(redirect_uri)) = (given.get("code"), given.get("redirect_uri")) else {
        return Ok(refused("invalid_request", "Send code, redirect_uri and code_verifier."));
    };
    let Some(verifier) = given.get("code_verifier").filter(|verifier| is_verifier(verifier)) else {
        return Ok(refused("invalid_request", "Send the code_verifier that code_challenge was made of (RFC 7636)."));
    };
    match redeem(app, &kept, Shown { code, redirect_uri, verifier }).await? {
        Some(redeemed) => issued(app, &kept, &redeemed).await,
        None => Ok(refused("invalid_grant", "The code is used, over, or not yours. Send the person here again.")),
    }
}

/// Which application it says it is, and its secret.
fn credentials(headers: &HeaderMap, given: &Given) -> Option<(String, Option<String>)> {
    let in_body = given.get("client_id").map(str::to_owned);
    if !headers.contains_key(AUTHORIZATION) {
        return Some((in_body?, given.get("client_secret").map(str::to_owned)));
    }
    let (id, secret) = shown(headers)?;
    // One way of showing it, and one name (RFC 6749, 2.3).
    let alone = given.get("client_secret").is_none() && in_body.is_none_or(|other| other == id);
    alone.then_some((id, Some(secret)))
}

/// The name and secret of the one header, each encoded as in a form (RFC 6749, 2.3.1).
fn shown(headers: &HeaderMap) -> Option<(String, String)> {
    let (id, secret) = basic(headers, LONGEST)?;
    let plain = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
    Some((plain(&id)?, plain(&secret)?))
}

/// The application, if it is who it says. One that can't keep a secret shows none: its code alone proves it.
async fn authenticated(app: &App, shown: &(String, Option<String>)) -> Result<Option<KeptClient>, Trouble> {
    let found = if is_name(&shown.0) { app.store.client(&shown.0).await? } else { None };
    Ok(found.filter(|kept| {
        let secret = shown.1.as_deref();
        let proven = secret.map_or(kept.client.public, |secret| !kept.client.public && is_secret_of(kept, secret));
        proven && !kept.client.disabled
    }))
}

async fn issued(app: &App, kept: &KeptClient, redeemed: &Redeemed) -> Result<Response, Problem> {
    let ring = app.keys.ring().await?;
    let key = Key::current(&ring).ok_or_else(Trouble::no_keys)?;
    let Redeemed { user, grant, access_token } = redeemed;
    let now = app.clock.now().as_second();
    let mut said = claims::of(user, grant.scope);
    said.extend([
        ("iss".to_owned(), json!(&*app.origin)),
        ("aud".to_owned(), json!(kept.id)),
        ("iat".to_owned(), json!(now)),
        ("exp".to_owned(), json!(now + TOKEN_SECONDS)),
        ("auth_time".to_owned(), json!(grant.signed_in_at.as_second())),
    ]);
    if let Some(nonce) = &grant.nonce {
        said.insert("nonce".to_owned(), json!(nonce));
    }
    if grant.proven {
        said.insert("amr".to_owned(), json!(["mfa"]));
    }
    let answer = json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "id_token": key.sign(&Value::Object(said)),
        "scope": grant.scope.words(),
    });
    Ok(reply::json(StatusCode::OK, &answer))
}

fn refused(error: &str, about: &str) -> Response {
    reply::json(StatusCode::BAD_REQUEST, &json!({"error": error, "error_description": about}))
}

fn unknown() -> Response {
    let about = "No application of this name and secret.";
    let mut answer =
        reply::json(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_client", "error_description": about}));
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Vestibule\""));
    answer
}
