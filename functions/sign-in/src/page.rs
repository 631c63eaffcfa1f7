//! What people see here.

use axum::response::Response;
use domain::return_to::ReturnTo;
use domain::settings::{PinChannel, Settings};
use http::StatusCode;
use web::pages::{self, Asked, Notice, ResetAccountPage, SentPage, SignInPage};
use web::{Problem, edge, reply};

/// What the sign-in form shows of an earlier try.
#[derive(Default)]
pub(crate) struct Form<'a> {
    pub(crate) username: &'a str,
    pub(crate) keep: bool,
    pub(crate) instance: Option<String>,
    pub(crate) return_to: Option<&'a ReturnTo>,
    pub(crate) message: Option<String>,
}

pub(crate) fn sign_in(status: StatusCode, settings: &Settings, form: Form<'_>) -> Response {
    let page = SignInPage {
        username: form.username.to_owned(),
        keep: form.keep,
        instance: form.instance,
        return_to: form.return_to.map(|to| to.as_str().to_owned()),
        message: form.message.map(Notice::error),
        pin_door: settings.pin_channel != PinChannel::Off,
        ..SignInPage::default()
    };
    let answer = reply::page(status, pages::sign_in(&reply::frame(settings), &page));
    edge::with_form_targets(answer, &settings.sign_in_return_origins)
}

pub(crate) fn reset_account(settings: &Settings, instance: Option<String>) -> Response {
    let page = ResetAccountPage { instance, ..ResetAccountPage::default() };
    reply::page(StatusCode::OK, pages::reset_account(&reply::frame(settings), &page))
}

pub(crate) fn temporary_sent(settings: &Settings) -> Response {
    let page = SentPage { asked: Asked::Password, given: String::new(), link_minutes: None };
    reply::page(StatusCode::OK, pages::sent(&reply::frame(settings), &page))
}

/// The one answer to every refusal (SI-3).
pub(crate) fn refused(message: String) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "sign_in_failed", "Sign-in failed", message)
}
