//! `/sign-in/passkey`: a passkey after the password, or in place of password and code (MF-13). Only a page with a script gets
//! here, because only a script can ask a device.

use axum::extract::State;
use axum::response::Response;
use domain::language::Text;
use domain::login::ChangeReason;
use domain::return_to::ReturnTo;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::App;
use service::flow::passkey_sign_in::{Answering, Asking, Became, ask, sign_in};
use service::flow::sign_in::SignIn;
use service::flow::verify_code::Verified;
use service::store::Before;
use web::{Caller, Fields, Given, GivenOrNothing, Problem, cookies, reply};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asks {
    /// Begins anew, whatever ticket the browser may still hold: the sign-in page asks so.
    #[serde(default)]
    afresh: bool,
}

/// `POST /sign-in/passkey/options`
pub(crate) async fn options(
    State(app): State<App>,
    caller: Caller,
    GivenOrNothing(asks): GivenOrNothing<Asks>,
) -> Result<Response, Problem> {
    match ask(&app, caller.ticket.as_ref().filter(|_| !asks.afresh)).await? {
        Asking::Asked(options, question) => {
            Ok(reply::with_cookie(reply::json(StatusCode::OK, &options), cookies::hold_question(&question)))
        }
        Asking::SignedOut => Err(Problem::signed_out()),
        Asking::NotHere => Err(Problem::no_passkeys_here()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    credential: Fields,
    #[serde(default, deserialize_with = "web::switch")]
    keep: bool,
    instance: Option<String>,
    return_to: Option<String>,
}

#[derive(Serialize)]
struct Done<'a> {
    next: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ChangeReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<&'a str>,
}

/// `POST /sign-in/passkey`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(sent): Given<Sent>,
) -> Result<Response, Problem> {
    let (settings, named) = tokio::join!(app.settings(), app.instance(sent.instance.as_deref()));
    let (settings, named) = (settings?, named?);
    let said = sent.return_to.as_deref();
    let target = named.instance.target(said, &app.origin, &settings.sign_in_return_origins);
    let return_to = target.as_ref().map(ReturnTo::as_str);
    let given = Answering {
        question: caller.question.as_deref().unwrap_or_default(),
        sent: &Value::Object(sent.credential.0),
        keep: sent.keep,
        return_to,
        passes: &caller.passes,
        held: Before { session: caller.session.as_ref(), ticket: caller.ticket.as_ref() },
        visitor: caller.visitor(),
    };
    let signed_in = |return_to| Done { next: "signed_in", reason: None, return_to };
    let due = |reason| Done { next: "change_password", reason: Some(reason), return_to: None };
    let became = sign_in(&app, given).await?;
    let (answer, held) = match &became {
        Became::Factor(Verified::SignedIn(begun)) => {
            let held = [cookies::hold_session(&begun.token, &begun.session), cookies::drop(cookies::TICKET)];
            let next = signed_in(begun.return_to.as_deref());
            (reply::json(StatusCode::OK, &next), [held.to_vec(), vec![cookies::hold_browser(&begun.passes)]].concat())
        }
        Became::Factor(Verified::ChangePassword(ticket, reason, _)) => {
            (reply::json(StatusCode::OK, &due(*reason)), vec![cookies::hold_ticket(ticket)])
        }
        Became::Factor(Verified::Wrong(_)) => return Err(wrong_passkey()),
        Became::Factor(Verified::SignedOut) | Became::SignIn(SignIn::SecurityCode(_)) => {
            return Err(Problem::signed_out());
        }
        Became::SignIn(SignIn::SignedIn(token, session, passes)) => {
            let held = vec![
                cookies::hold_session(token, session),
                cookies::drop(cookies::TICKET),
                cookies::hold_browser(passes),
            ];
            (reply::json(StatusCode::OK, &signed_in(return_to)), held)
        }
        Became::SignIn(SignIn::ChangePassword(ticket, reason)) => {
            let held = vec![cookies::hold_ticket(ticket), cookies::drop(cookies::SESSION)];
            (reply::json(StatusCode::OK, &due(*reason)), held)
        }
        Became::SignIn(SignIn::Refused(message)) => return Err(refused(named.instance.refusal(message.clone()))),
        Became::SignIn(SignIn::MustWait(seconds)) => return Err(Problem::too_many_requests(*seconds)),
    };
    let held = held.into_iter().chain([cookies::drop(cookies::PASSKEY)]);
    Ok(held.fold(answer, reply::with_cookie))
}

/// The one answer to every refusal (SI-3).
fn refused(message: String) -> Problem {
    let title = Text("Sign-in failed", "No se ha iniciado la sesión").say();
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_failed", title, message)
}

/// 401: not an answer of a passkey of theirs.
fn wrong_passkey() -> Problem {
    let detail = Text(
        "This passkey was not accepted. Try again, or use your security code.",
        "No se ha aceptado esta clave de acceso. Inténtelo de nuevo o use su código de seguridad.",
    )
    .say();
    let title = Text("This passkey is not right", "La clave de acceso no es correcta").say();
    Problem::new(StatusCode::UNAUTHORIZED, "wrong_passkey", title, detail)
}
