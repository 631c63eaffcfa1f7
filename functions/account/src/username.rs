//! `/account/username`: another username, with the password as fresh proof (AC-1, AC-5).

use axum::extract::State;
use axum::response::Response;
use domain::message;
use domain::username::Username;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::flow::rename::{Renamed, rename};
use web::{Caller, Given, Problem, cookies, guard, reply};

use crate::page::{self, NameWrong};

/// `GET /account/username`
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?;
    let Some(found) = here else { return page::signed_out(&caller, "/account/username") };
    let settings = app.settings().await?;
    Ok(page::username(StatusCode::OK, &settings, &found.user.username, NameWrong::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    username: String,
    #[serde(default)]
    password: String,
}

/// `PUT /account/username`; a form posts.
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?;
    let Some(found) = here else { return page::signed_out(&caller, "/account/username") };
    let by = (&found.user, &found.held);
    let wrong = match Username::parse(&typed.username) {
        Err(error) => NameWrong { username: Some(message::username(&error)), password: None },
        Ok(_) if typed.password.is_empty() => NameWrong { username: None, password: Some(message::REQUIRED.into()) },
        Ok(to) => match rename(&app, by, &to, caller.again(&typed.password), caller.visitor()).await? {
            Renamed::SignedIn(token, begun) => {
                let answer = if caller.wants_html {
                    reply::see_other("/account?username=changed")
                } else {
                    reply::json(StatusCode::OK, &serde_json::json!({"username": to.shown()}))
                };
                return Ok(reply::with_cookie(answer, cookies::hold_session(&token, &begun)));
            }
            Renamed::SignedOut => return page::signed_out(&caller, "/account/username"),
            Renamed::NameTaken if !caller.wants_html => return Err(Problem::username_taken()),
            Renamed::NameTaken => NameWrong { username: Some(Problem::username_taken().detail), password: None },
            Renamed::Unchanged => NameWrong { username: Some(message::USERNAME_UNCHANGED.into()), password: None },
            Renamed::WrongPassword if !caller.wants_html => return Err(page::wrong_password()),
            Renamed::WrongPassword => NameWrong { username: None, password: Some(message::WRONG_PASSWORD.into()) },
        },
    };
    if caller.wants_html {
        let settings = app.settings().await?;
        return Ok(page::username(StatusCode::UNPROCESSABLE_ENTITY, &settings, &typed.username, wrong));
    }
    let errors = [("username", wrong.username), ("password", wrong.password)];
    Err(Problem::rejected(errors.into_iter().filter_map(|(field, reason)| Some((field, vec![reason?])))))
}
