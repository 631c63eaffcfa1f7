//! What people see here.

use axum::response::Response;
use domain::instance::{DEFAULT, Shown};
use domain::language::Text;
use domain::return_to::ReturnTo;
use domain::settings::{PinChannel, Settings};
use http::StatusCode;
use service::store::{Kept, Named};
use web::pages::{self, Asked, Frame, Help, Notice, ResetAccountPage, SentPage, SignInPage, Way};
use web::{Problem, edge, reply};

/// What the sign-in form shows of an earlier try.
#[derive(Default)]
pub(crate) struct Form<'a> {
    pub(crate) username: &'a str,
    pub(crate) keep: bool,
    pub(crate) return_to: Option<&'a ReturnTo>,
    pub(crate) message: Option<Notice>,
}

/// The box as an instance has it; the default one says nothing of itself in the page.
pub(crate) fn sign_in(status: StatusCode, of: (&Settings, &Named, &[Kept]), form: Form<'_>) -> Response {
    let (settings, Named { id, instance }, providers) = of;
    let way = |kept: &Kept| Way { id: kept.id.clone(), name: kept.provider.name.clone() };
    let page = SignInPage {
        username: form.username.to_owned(),
        keep: form.keep,
        instance: (id != DEFAULT).then(|| id.clone()),
        return_to: form.return_to.map(|to| to.as_str().to_owned()),
        message: form.message,
        forgot_password: help(&instance.forgot_password),
        forgot_username: help(&instance.forgot_username),
        create_account: help(&instance.create_account),
        pin_door: instance.pin_door && settings.pin_channel != PinChannel::Off,
        providers: providers.iter().filter(|_| instance.federated).map(way).collect(),
    };
    let frame = Frame { title: &instance.title, ..reply::frame(settings) };
    let answer = reply::page(status, pages::sign_in(&frame, &page));
    edge::with_form_targets(answer, &instance.origins(&settings.sign_in_return_origins))
}

fn help(of: &Shown) -> Help {
    Help { shown: of.shown, instructions: of.instructions.clone() }
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
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "sign_in_failed",
        Text("Sign-in failed", "No se ha iniciado la sesión").say(),
        message,
    )
}
