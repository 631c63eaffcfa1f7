//! `/sign-in/temporary`: one button for whoever comes with a temporary password whose days are over (TP-5). The same answer
//! for every name.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::message;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::flow::recover::{Recovery, fresh_temporary};
use web::{Caller, Given, Problem, reply};

use crate::page;

/// `GET /sign-in/temporary`: that a mail is on its way.
pub(crate) async fn show(State(app): State<App>) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    Ok(page::temporary_sent(&settings))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    username: String,
}

/// `POST /sign-in/temporary`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    if typed.username.trim().is_empty() {
        return Err(Problem::rejected([("username", vec![message::REQUIRED.into()])]));
    }
    match fresh_temporary(&app, &typed.username).await? {
        Recovery::Accepted if caller.wants_html => Ok(reply::see_other("/sign-in/temporary")),
        Recovery::Accepted => Ok(StatusCode::ACCEPTED.into_response()),
        Recovery::Off => Err(Problem::recovery_off()),
    }
}
