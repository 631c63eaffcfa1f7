//! What people see here.

use axum::response::Response;
use domain::settings::Settings;
use http::StatusCode;
use web::pages::{self, Asked, ChoosePage, ForgotUsernamePage, LinkDeadPage, SentPage, SharedAddressPage};
use web::reply;

/// What the form shows of an earlier try.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) email: String,
    pub(crate) error: Option<String>,
    pub(crate) instance: Option<String>,
}

pub(crate) fn ask(status: StatusCode, settings: &Settings, form: Form) -> Response {
    let Form { email, error, instance } = form;
    let page = ForgotUsernamePage { email, email_error: error, instance, message: None };
    reply::page(status, pages::forgot_username(&reply::frame(settings), &page))
}

pub(crate) fn sent(settings: &Settings) -> Response {
    let page = SentPage { asked: Asked::Username, ..SentPage::default() };
    reply::page(StatusCode::OK, pages::sent(&reply::frame(settings), &page))
}

pub(crate) fn shared_address(settings: &Settings, email: String) -> Response {
    let page = SharedAddressPage { email };
    reply::page(StatusCode::CONFLICT, pages::shared_address(&reply::frame(settings), &page))
}

pub(crate) fn choose(settings: &Settings, token: String, accounts: Option<Vec<(String, String)>>) -> Response {
    reply::page(StatusCode::OK, pages::choose(&reply::frame(settings), &ChoosePage { token, accounts }))
}

pub(crate) fn chosen(settings: &Settings) -> Response {
    let page = SentPage { asked: Asked::Password, given: String::new(), link_minutes: None };
    reply::page(StatusCode::OK, pages::sent(&reply::frame(settings), &page))
}

pub(crate) fn choice_dead(settings: &Settings) -> Response {
    let page = LinkDeadPage { asked: Asked::Username };
    reply::page(StatusCode::GONE, pages::link_dead(&reply::frame(settings), &page))
}
