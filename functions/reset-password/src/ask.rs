//! Asking for a link: `/forgot-password` and `/reset-account`. The same answer whoever is asked for (RP-9).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::email::Email;
use domain::message;
use domain::settings::Settings;
use http::{StatusCode, Uri};
use serde::Deserialize;
use service::App;
use service::flow::recover::{Recovery, forgot_password, reset_account};
use web::pages::Asked;
use web::{Caller, Given, Problem, reply};

use crate::page::{self, Form};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByUsername {
    username: String,
    instance: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByEmail {
    email: String,
    instance: Option<String>,
}

/// `GET /forgot-password`
pub(crate) async fn show_password(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    show(&app, &uri, Asked::Password).await
}

/// `GET /reset-account`
pub(crate) async fn show_account(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    show(&app, &uri, Asked::Account).await
}

async fn show(app: &App, uri: &Uri, asked: Asked) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if !settings.recovery_by_mail {
        return Ok(page::recovery_off(&settings));
    }
    if reply::query(uri, "sent").is_some() {
        return Ok(page::sent(&settings, asked));
    }
    let form = Form { instance: reply::query(uri, "instance"), ..Form::default() };
    Ok(page::ask(StatusCode::OK, &settings, asked, form))
}

/// `POST /forgot-password`
pub(crate) async fn submit_password(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<ByUsername>,
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if typed.username.trim().is_empty() {
        let form = Form { error: Some(message::REQUIRED.into()), instance: typed.instance, ..Form::default() };
        return again(&caller, &settings, Asked::Password, form);
    }
    let became = forgot_password(&app, &typed.username).await?;
    answer(&caller, &settings, became, "/forgot-password?sent=1")
}

/// `POST /reset-account`
pub(crate) async fn submit_account(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<ByEmail>,
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let email = match Email::parse(&typed.email) {
        Ok(email) => email,
        Err(error) => {
            let form = Form { given: typed.email, error: Some(message::email(&error)), instance: typed.instance };
            return again(&caller, &settings, Asked::Account, form);
        }
    };
    let became = reset_account(&app, email).await?;
    answer(&caller, &settings, became, "/reset-account?sent=1")
}

fn again(caller: &Caller, settings: &Settings, asked: Asked, form: Form) -> Result<Response, Problem> {
    if caller.wants_html {
        return Ok(page::ask(StatusCode::UNPROCESSABLE_ENTITY, settings, asked, form));
    }
    let field = if asked == Asked::Account { "email" } else { "username" };
    Err(Problem::rejected([(field, form.error.into_iter().collect())]))
}

fn answer(caller: &Caller, settings: &Settings, became: Recovery, sent: &str) -> Result<Response, Problem> {
    match became {
        Recovery::Accepted if caller.wants_html => Ok(reply::see_other(sent)),
        Recovery::Accepted => Ok(StatusCode::ACCEPTED.into_response()),
        Recovery::Off if caller.wants_html => Ok(page::recovery_off(settings)),
        Recovery::Off => Err(Problem::recovery_off()),
    }
}
