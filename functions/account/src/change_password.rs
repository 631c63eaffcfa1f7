//! `/change-password`: by the ticket of a sign-in, or with a session and the old password.

use axum::extract::State;
use axum::response::Response;
use domain::login::ChangeReason;
use domain::message;
use domain::password::Password;
use domain::user::User;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::flow::change_password::{By, Changed, by_ticket, change_password};
use web::{Caller, Given, Problem, cookies, guard, reply};

use crate::page::{self, Wrong};

/// Who is here, and why a new password is due if they came by a ticket.
async fn who(app: &App, caller: &Caller) -> Result<Option<(User, Option<ChangeReason>)>, Problem> {
    if let Some(ticket) = &caller.ticket
        && let Some(found) = by_ticket(app, ticket).await?
    {
        return Ok(Some((found.user, found.held.reason)));
    }
    Ok(guard::signed_in(app, caller).await?.map(|found| (found.user, None)))
}

/// `GET /change-password`
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let Some((user, reason)) = who(&app, &caller).await? else {
        return page::signed_out(&caller, "/change-password");
    };
    let settings = app.settings().await?;
    Ok(page::change(StatusCode::OK, &settings, (&user, reason), Wrong::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    new_password: String,
    new_password_again: Option<String>,
    old_password: Option<String>,
}

impl Typed {
    /// On a page the new password is typed twice (RP-5); a program may do so too.
    fn differs(&self, html: bool) -> bool {
        match &self.new_password_again {
            Some(again) => *again != self.new_password,
            None => html,
        }
    }
}

/// `POST /change-password`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    if typed.differs(caller.wants_html) {
        return again(&app, &caller, &[("new_password_again", vec![message::PASSWORDS_DIFFER.into()])]).await;
    }
    let Ok(new) = Password::parse(&typed.new_password) else {
        let long = message::password(domain::password::Reason::TooLong);
        return again(&app, &caller, &[("new_password", vec![long])]).await;
    };
    let by = match (&typed.old_password, &caller.session, &caller.ticket) {
        (Some(old), Some(token), _) => By::Session(token, caller.again(old)),
        (None, held, Some(ticket)) => By::Ticket(ticket, held.as_ref()),
        (None, Some(_), None) => {
            return again(&app, &caller, &[("old_password", vec![message::REQUIRED.into()])]).await;
        }
        _ => return page::signed_out(&caller, "/change-password"),
    };
    match change_password(&app, by, &new, (caller.visitor(), &caller.passes)).await? {
        Changed::SignedIn(token, begun, passes, return_to) => {
            let answer = if caller.wants_html {
                reply::see_other(return_to.as_deref().unwrap_or("/account?password=changed"))
            } else {
                reply::json(StatusCode::OK, &serde_json::json!({"next": "signed_in"}))
            };
            let answer = reply::with_cookie(answer, cookies::hold_session(&token, &begun));
            let answer = reply::with_cookie(answer, cookies::hold_browser(&passes));
            Ok(reply::with_cookie(answer, cookies::drop(cookies::TICKET)))
        }
        Changed::SecurityCode(ticket) => {
            let answer = if caller.wants_html {
                reply::see_other("/sign-in/security-code")
            } else {
                reply::json(StatusCode::OK, &serde_json::json!({"next": "security_code"}))
            };
            Ok(reply::with_cookie(answer, cookies::hold_ticket(&ticket)))
        }
        Changed::SignedOut => page::signed_out(&caller, "/change-password"),
        Changed::WrongPassword => wrong_password(&app, &caller).await,
        Changed::Weak(reasons) => {
            let reasons = reasons.into_iter().map(message::password).collect();
            again(&app, &caller, &[("new_password", reasons)]).await
        }
        Changed::Unchanged => again(&app, &caller, &[("new_password", vec![message::PASSWORD_UNCHANGED.into()])]).await,
    }
}

async fn wrong_password(app: &App, caller: &Caller) -> Result<Response, Problem> {
    let problem = page::wrong_password();
    match who(app, caller).await? {
        Some((user, None)) if caller.wants_html => {
            let settings = app.settings().await?;
            let wrong = Wrong { old: Some(problem.detail), ..Wrong::default() };
            Ok(page::change(StatusCode::UNAUTHORIZED, &settings, (&user, None), wrong))
        }
        _ => Err(problem),
    }
}

/// The form once more with what is wrong, or the problem for a program.
async fn again(app: &App, caller: &Caller, errors: &[(&'static str, Vec<String>)]) -> Result<Response, Problem> {
    let here = if caller.wants_html { who(app, caller).await? } else { None };
    let Some((user, reason)) = here else { return Err(Problem::rejected(errors.to_vec())) };
    let settings = app.settings().await?;
    let told = |field: &str| errors.iter().find(|(name, _)| *name == field).map(|(_, reasons)| reasons.join(" "));
    let wrong = Wrong { old: told("old_password"), new: told("new_password"), again: told("new_password_again") };
    Ok(page::change(StatusCode::UNPROCESSABLE_ENTITY, &settings, (&user, reason), wrong))
}
