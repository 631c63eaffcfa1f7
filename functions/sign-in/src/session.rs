//! Who is signed in, and signing out.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::expiry;
use domain::user::{Grants, Kind};
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use service::App;
use service::flow::session::{give_up, sign_out as end};
use web::{Caller, OwnPage, Problem, cookies, guard, reply};

#[derive(Serialize)]
struct Answer<'a> {
    user: Who<'a>,
    expires_at: Timestamp,
    remembered: bool,
    alerts: Vec<Alert>,
}

#[derive(Serialize)]
struct Alert {
    code: &'static str,
    at: Timestamp,
}

#[derive(Serialize)]
struct Who<'a> {
    id: &'a str,
    username: &'a str,
    name: String,
    kind: Kind,
    #[serde(flatten)]
    grants: &'a Grants,
}

/// `GET /session`: what other services of the organisation ask.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let found = guard::signed_in(&app, &caller).await?.ok_or_else(Problem::signed_out)?;
    let user = &found.user;
    let who = Who {
        id: user.id.as_str(),
        username: &user.username,
        name: user.person.name(),
        kind: user.kind,
        grants: &user.grants,
    };
    let (expires_at, remembered) = (found.held.expires_at(), found.held.remembered);
    let settings = app.settings().await?;
    let ends = expiry::ends_soon(&settings, &user.id, user.password_set_at(), app.clock.now());
    let alerts = ends.map(|at| Alert { code: "password_expires_soon", at }).into_iter().collect();
    Ok(reply::json(StatusCode::OK, &Answer { user: who, expires_at, remembered, alerts }))
}

/// `POST /sign-out`: whether or not anybody was signed in.
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller, _: OwnPage) -> Result<Response, Problem> {
    if let Some(token) = &caller.session {
        end(&app, token).await?;
    }
    if let Some(ticket) = &caller.ticket {
        give_up(&app, ticket).await?;
    }
    let answer = if caller.wants_html { reply::see_other("/sign-in") } else { StatusCode::NO_CONTENT.into_response() };
    Ok(reply::with_cookie(reply::with_cookie(answer, cookies::drop(cookies::SESSION)), cookies::drop(cookies::TICKET)))
}
