//! `/sign-in/security-code`: the code after the password, or a recovery code in its place.

use axum::extract::State;
use axum::response::Response;
use domain::language::Text;
use domain::login::ChangeReason;
use domain::message;
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::verify_code::{Begun, Proof, Verified, verify};
use web::{Caller, Given, Problem, cookies, reply};

use crate::page;

/// `GET /sign-in/security-code`
pub(crate) async fn show(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    if caller.ticket.is_none() {
        return page::signed_out(&caller);
    }
    let settings = app.settings().await?;
    let recovery = reply::query(&uri, "recovery").is_some();
    Ok(page::code(StatusCode::OK, &settings, recovery, None))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    code: Option<String>,
    recovery_code: Option<String>,
}

#[derive(Serialize)]
struct Done<'a> {
    next: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ChangeReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<&'a str>,
    /// The recovery codes that come with a new factor, this once (MF-10).
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    recovery_codes: &'a [String],
}

/// `POST /sign-in/security-code`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let (proof, recovery) = match (&typed.code, &typed.recovery_code) {
        (Some(code), None) => (Proof::Code(code), false),
        (None, Some(code)) => (Proof::Recovery(code), true),
        _ => {
            let detail = Text("Send either code or recovery_code.", "Envíe code o recovery_code.");
            return Err(Problem::malformed(detail).about("code", message::REQUIRED));
        }
    };
    let Some(ticket) = &caller.ticket else { return page::signed_out(&caller) };
    let settings = app.settings().await?;
    match verify(&app, ticket, proof, &caller.passes, caller.visitor()).await? {
        Verified::SignedIn(begun) => {
            let Begun { token, session, passes, return_to, recovery } = *begun;
            let next =
                Done { next: "signed_in", reason: None, return_to: return_to.as_deref(), recovery_codes: &recovery };
            let answer = match (caller.wants_html, recovery.is_empty()) {
                (false, _) => reply::json(StatusCode::OK, &next),
                (true, true) => reply::see_other(return_to.as_deref().unwrap_or("/account")),
                (true, false) => page::recovery_codes(&settings, &recovery, return_to.as_deref().unwrap_or("/account")),
            };
            let held = [
                cookies::hold_session(&token, &session),
                cookies::drop(cookies::TICKET),
                cookies::hold_browser(&passes),
            ];
            Ok(held.into_iter().fold(answer, reply::with_cookie))
        }
        Verified::ChangePassword(ticket, reason, recovery) => {
            let next =
                Done { next: "change_password", reason: Some(reason), return_to: None, recovery_codes: &recovery };
            let answer = match (caller.wants_html, recovery.is_empty()) {
                (false, _) => reply::json(StatusCode::OK, &next),
                (true, true) => reply::see_other("/change-password"),
                (true, false) => page::recovery_codes(&settings, &recovery, "/change-password"),
            };
            Ok(reply::with_cookie(answer, cookies::hold_ticket(&ticket)))
        }
        Verified::Wrong(offset) if caller.wants_html => {
            let told = message::wrong_code(offset, recovery);
            Ok(page::code(StatusCode::UNAUTHORIZED, &settings, recovery, Some(told)))
        }
        Verified::Wrong(offset) => Err(Problem::wrong_code(offset, recovery)),
        Verified::SignedOut => page::signed_out(&caller),
    }
}
