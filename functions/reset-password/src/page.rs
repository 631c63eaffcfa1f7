//! What people see here.

use axum::response::Response;
use domain::settings::Settings;
use http::StatusCode;
use web::pages::{
    self, Asked, ForgotPasswordPage, LinkDeadPage, RecoveryOffPage, ResetAccountPage, ResetDonePage, ResetPage,
    SentPage,
};
use web::reply;

/// What a form that asks for a link shows of an earlier try.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) given: String,
    pub(crate) error: Option<String>,
    pub(crate) instance: Option<String>,
}

pub(crate) fn ask(status: StatusCode, settings: &Settings, asked: Asked, form: Form) -> Response {
    let Form { given, error, instance } = form;
    let frame = reply::frame(settings);
    let page = if asked == Asked::Account {
        let page = ResetAccountPage { email: given, email_error: error, instance, message: None };
        pages::reset_account(&frame, &page)
    } else {
        let page = ForgotPasswordPage { username: given, username_error: error, instance, message: None };
        pages::forgot_password(&frame, &page)
    };
    reply::page(status, page)
}

pub(crate) fn sent(settings: &Settings, asked: Asked) -> Response {
    let page = SentPage { asked, given: String::new(), link_minutes: Some(settings.recovery_link_minutes.into()) };
    reply::page(StatusCode::OK, pages::sent(&reply::frame(settings), &page))
}

pub(crate) fn recovery_off(settings: &Settings) -> Response {
    reply::page(StatusCode::FORBIDDEN, pages::recovery_off(&reply::frame(settings), &RecoveryOffPage::default()))
}

/// What the page behind the link shows.
#[derive(Default)]
pub(crate) struct Reset {
    pub(crate) token: String,
    pub(crate) username: Option<String>,
    pub(crate) username_error: Option<String>,
    pub(crate) password_error: Option<String>,
    pub(crate) again_error: Option<String>,
}

pub(crate) fn reset(status: StatusCode, settings: &Settings, data: Reset) -> Response {
    let page = ResetPage {
        token: data.token,
        username: data.username,
        username_error: data.username_error,
        requirements: reply::requirements(settings),
        password_error: data.password_error,
        password_again_error: data.again_error,
        message: None,
    };
    reply::page(status, pages::reset(&reply::frame(settings), &page))
}

pub(crate) fn done(settings: &Settings, name_only: bool) -> Response {
    reply::page(StatusCode::OK, pages::reset_done(&reply::frame(settings), &ResetDonePage { name_only }))
}

pub(crate) fn link_dead(settings: &Settings, account: bool) -> Response {
    let asked = if account { Asked::Account } else { Asked::Password };
    reply::page(StatusCode::GONE, pages::link_dead(&reply::frame(settings), &LinkDeadPage { asked }))
}
