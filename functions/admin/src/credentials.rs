//! `…/reset-password` and `…/resend` of users and contacts: what staff do about somebody's way in (AD-2, AD-3, BR-3).

use axum::extract::{Path, State};
use axum::response::Response;
use domain::language::Text;
use domain::message;
use domain::password::Password;
use domain::user::User;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::flow::credentials::{Besides, Resent, Set, Whom, resend, reset_password};
use web::{Caller, Given, OwnPage, Problem, reply};

use crate::pages::form;
use crate::pages::person::Aside;
use crate::rights::{By, telling};
use crate::words;
use crate::{contacts, pages, users};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    password: String,
    password_again: String,
    #[serde(default, deserialize_with = "web::switch")]
    resend: bool,
    #[serde(default, deserialize_with = "web::switch")]
    unlink: bool,
}

impl Typed {
    fn done(&self) -> &'static str {
        if self.resend { "password_set_resent" } else { "password_set" }
    }
}

/// `POST /admin/users/{id}/reset-password`
pub(crate) async fn reset_user(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let id = users::id(&path)?;
    match reset(&app, Whom::User(&id), &typed, &by).await {
        Ok((answer, unlinked)) => {
            let page = pages::back(&caller, &format!("/admin/users/{path}"), typed.done());
            Ok(noting(page.unwrap_or(answer), unlinked))
        }
        Err(problem) if caller.wants_html => {
            let typed = form::refused(problem, std::collections::BTreeMap::new())?;
            pages::user::user_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /admin/contacts/{id}/reset-password`
pub(crate) async fn reset_contact(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let id = contacts::id(&path)?;
    match reset(&app, Whom::Contact(&id), &typed, &by).await {
        Ok((answer, unlinked)) => {
            let page = pages::back(&caller, &format!("/admin/contacts/{path}"), typed.done());
            Ok(noting(page.unwrap_or(answer), unlinked))
        }
        Err(problem) if caller.wants_html => {
            let typed = form::refused(problem, std::collections::BTreeMap::new())?;
            pages::contact::contact_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /admin/users/{id}/resend`
pub(crate) async fn resend_user(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let answer = again(&app, Whom::User(&users::id(&path)?), &by).await?;
    Ok(pages::back(&caller, &format!("/admin/users/{path}"), "resent").unwrap_or(answer))
}

/// `POST /admin/contacts/{id}/resend`
pub(crate) async fn resend_contact(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let answer = again(&app, Whom::Contact(&contacts::id(&path)?), &by).await?;
    Ok(pages::back(&caller, &format!("/admin/contacts/{path}"), "resent").unwrap_or(answer))
}

/// Notes how many accounts elsewhere were taken away, if any.
fn noting(answer: Response, unlinked: usize) -> Response {
    if unlinked == 0 { answer } else { telling(answer, "unlinked", unlinked.to_string()) }
}

/// The answer, and how many accounts elsewhere don't open this one any more.
async fn reset(app: &App, whom: Whom<'_>, typed: &Typed, by: &User) -> Result<(Response, usize), Problem> {
    let wrong = |field, reason: String| Err(Problem::rejected([(field, vec![reason])]));
    if typed.password != typed.password_again {
        return wrong("password_again", message::PASSWORDS_DIFFER.into());
    }
    let Ok(new) = Password::parse(&typed.password) else {
        return wrong("password", message::password(domain::password::Reason::TooLong));
    };
    let besides = Besides { resend: typed.resend, unlink: typed.unlink };
    match reset_password(app, whom, &new, besides, by).await? {
        Set::Yes(mail, unlinked) => {
            let answer = serde_json::json!({"mail_id": mail, "unlinked": unlinked});
            Ok((reply::json(StatusCode::OK, &answer), unlinked))
        }
        Set::Weak(reasons) => {
            Err(Problem::rejected([("password", reasons.into_iter().map(message::password).collect())]))
        }
        Set::Unchanged => wrong("password", message::PASSWORD_UNCHANGED.into()),
        Set::NobodyHere => Err(Problem::not_found()),
        Set::NotTheirs => Err(Problem::not_allowed()),
        Set::NoAccount => Err(Problem::new(
            StatusCode::CONFLICT,
            "no_account",
            Text("There is no account", "No hay ninguna cuenta").say(),
            Text(
                "This contact has no account yet, so there is no password to set. Send them their way in: that makes one.",
                "Este contacto aún no tiene cuenta, así que no hay contraseña que poner. Envíele su acceso: eso crea una.",
            ),
        )),
        Set::Disabled => Err(disabled()),
    }
}

async fn again(app: &App, whom: Whom<'_>, by: &User) -> Result<Response, Problem> {
    match resend(app, whom, by).await? {
        Resent::Yes(mail) => Ok(reply::json(StatusCode::ACCEPTED, &serde_json::json!({"mail_id": mail}))),
        other => Err(not_sent(&other)),
    }
}

/// Why nothing was sent.
pub(crate) fn not_sent(why: &Resent) -> Problem {
    match why {
        Resent::Yes(_) | Resent::NobodyHere => Problem::not_found(),
        Resent::NotTheirs => Problem::not_allowed(),
        Resent::NoAccount => no_account(),
        Resent::Disabled => disabled(),
        Resent::NoEmail => {
            let detail = Text(
                "There is no e-mail address to write to. Add one first.",
                "No hay correo electrónico al que escribir. Añada uno primero.",
            );
            Problem::new(StatusCode::CONFLICT, "no_email", words::NO_ADDRESS.say(), detail)
        }
    }
}

fn no_account() -> Problem {
    let detail = Text(
        "This contact has no account, and none can be made: somebody with an account has an address of theirs. Look at who has it.",
        "Este contacto no tiene cuenta y no se puede crear: alguien con cuenta tiene una dirección suya. Mire quién la tiene.",
    );
    Problem::new(StatusCode::CONFLICT, "no_account", Text("There is no account", "No hay cuenta").say(), detail)
}

fn disabled() -> Problem {
    let detail = Text("They are switched off. Switch them on first.", "Está desactivado. Actívelo primero.");
    let title = Text("They are switched off", "Está desactivado").say();
    Problem::new(StatusCode::CONFLICT, "disabled", title, detail)
}
