//! What people see here.

use axum::response::Response;
use domain::language::Text;
use domain::settings::{Asked, Settings};
use http::StatusCode;
use web::pages::{self, Filled, Notice, SignUpPage};
use web::{Problem, reply};

use crate::form::{Errors, Typed};

/// What was wrong with an earlier try.
#[derive(Default)]
pub(crate) struct Wrong {
    pub(crate) errors: Errors,
    pub(crate) message: Option<String>,
}

pub(crate) fn form(status: StatusCode, settings: &Settings, typed: Typed, wrong: Wrong) -> Response {
    let error = |field| wrong.errors.iter().find(|(name, _)| *name == field).map(|(_, reason)| reason.clone());
    let filled = |field, value| Filled { value, error: error(field) };
    let phone = (settings.sign_up_phone != Asked::No).then(|| filled("phone", typed.phone.unwrap_or_default()));
    let page = SignUpPage {
        first_name: filled("first_name", typed.first_name),
        last_name: filled("last_name", typed.last_name),
        email: filled("email", typed.email),
        phone,
        phone_optional: settings.sign_up_phone == Asked::Optional,
        instance: typed.instance,
        message: wrong.message.map(Notice::error),
    };
    reply::page(status, pages::sign_up(&reply::frame(settings), &page))
}

pub(crate) fn sent(settings: &Settings) -> Response {
    reply::page(StatusCode::OK, pages::signed_up(&reply::frame(settings)))
}

/// 409: nobody we know, or somebody who has an account (SU-6).
pub(crate) fn not_found(message: String) -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "contact_not_found",
        Text("No account was made", "No se ha creado ninguna cuenta").say(),
        message,
    )
}
