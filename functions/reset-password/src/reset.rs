//! `/reset`: the page behind the mailed link. Opening it changes nothing and says nothing of the link (RP-4).

use axum::extract::State;
use axum::response::Response;
use domain::message;
use domain::password::Password;
use domain::username::Username;
use http::{StatusCode, Uri};
use serde::Deserialize;
use service::App;
use service::flow::reset::{Choice, Reset, reset};
use web::{Caller, Given, Problem, reply};

use crate::page;

/// `GET /reset`: the page, whatever the token.
pub(crate) async fn show(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if let Some(done) = reply::query(&uri, "done") {
        return Ok(page::done(&settings, done == "name"));
    }
    let username = reply::query(&uri, "account").map(|_| String::new());
    let token = reply::query(&uri, "token").unwrap_or_default();
    Ok(page::reset(StatusCode::OK, &settings, page::Reset { token, username, ..page::Reset::default() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    token: String,
    password: Option<String>,
    password_again: Option<String>,
    username: Option<String>,
}

type Errors = Vec<(&'static str, Vec<String>)>;

/// `POST /reset`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let (password, username) = match chosen(&typed, caller.wants_html) {
        Ok(chosen) => chosen,
        Err(errors) => return again(&app, &caller, typed, StatusCode::UNPROCESSABLE_ENTITY, errors).await,
    };
    let choice = Choice { token: &typed.token, password: password.as_ref(), username: username.as_ref() };
    let errors = match reset(&app, choice).await? {
        Reset::Done if caller.wants_html => {
            let done = if password.is_some() { "/reset?done=1" } else { "/reset?done=name" };
            return Ok(reply::see_other(done));
        }
        Reset::Done => return Ok(reply::json(StatusCode::OK, &serde_json::json!({"next": "sign_in"}))),
        Reset::LinkDead if caller.wants_html => {
            let settings = app.settings().await?;
            return Ok(page::link_dead(&settings, typed.username.is_some()));
        }
        Reset::LinkDead => return Err(Problem::link_dead()),
        Reset::NameTaken if caller.wants_html => vec![("username", vec![Problem::username_taken().detail])],
        Reset::NameTaken => return Err(Problem::username_taken()),
        Reset::PasswordMissing => vec![("password", vec![message::REQUIRED.into()])],
        Reset::SameName => vec![("username", vec![message::USERNAME_UNCHANGED.into()])],
        Reset::PasswordOnly => vec![("username", vec![message::PASSWORD_ONLY.into()])],
        Reset::Weak(reasons) => vec![("password", reasons.into_iter().map(message::password).collect())],
        Reset::Unchanged => vec![("password", vec![message::PASSWORD_UNCHANGED.into()])],
    };
    let status = if errors[0].0 == "username" { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    again(&app, &caller, typed, status, errors).await
}

/// What was chosen, or what is wrong with it. On a page the password is typed twice (RP-5).
fn chosen(typed: &Typed, html: bool) -> Result<(Option<Password>, Option<Username>), Errors> {
    let mut errors = Errors::new();
    let given = typed.password.as_deref().filter(|password| !password.is_empty());
    let differs = match typed.password_again.as_deref() {
        Some(again) => again != given.unwrap_or_default(),
        None => html && given.is_some(),
    };
    if differs {
        errors.push(("password_again", vec![message::PASSWORDS_DIFFER.into()]));
    }
    let password = given.map(Password::parse).transpose();
    if password.is_err() {
        errors.push(("password", vec![message::password(domain::password::Reason::TooLong)]));
    }
    let wanted = typed.username.as_deref().filter(|name| !name.trim().is_empty());
    if given.is_none() && wanted.is_none() {
        errors.push(("password", vec![message::REQUIRED.into()]));
    }
    let username = wanted.map(Username::parse).transpose();
    if let Err(error) = &username {
        errors.push(("username", vec![message::username(error)]));
    }
    match (password, username) {
        (Ok(password), Ok(username)) if errors.is_empty() => Ok((password, username)),
        _ => Err(errors),
    }
}

async fn again(
    app: &App,
    caller: &Caller,
    typed: Typed,
    status: StatusCode,
    errors: Errors,
) -> Result<Response, Problem> {
    if !caller.wants_html {
        return Err(Problem::rejected(errors));
    }
    let settings = app.settings().await?;
    let told = |field: &str| errors.iter().find(|(name, _)| *name == field).map(|(_, reasons)| reasons.join(" "));
    let page = page::Reset {
        username_error: told("username"),
        password_error: told("password"),
        again_error: told("password_again"),
        token: typed.token,
        username: typed.username,
    };
    Ok(page::reset(status, &settings, page))
}
