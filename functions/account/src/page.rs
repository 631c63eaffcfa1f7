//! What people see here.

use axum::response::Response;
use domain::expiry;
use domain::login::ChangeReason;
use domain::settings::Settings;
use domain::user::User;
use http::StatusCode;
use jiff::Timestamp;
use web::pages::{self, AccountPage, Alert, ChangePasswordPage, Notice, Reason};
use web::{Caller, Problem, reply};

pub(crate) fn account(settings: &Settings, user: &User, changed: bool, now: Timestamp) -> Response {
    let ends = expiry::ends_soon(settings, &user.id, user.password_set_at(), now);
    let days = ends.map(|end| u32::try_from(end.duration_since(now).as_hours() / 24).unwrap_or_default());
    let page = AccountPage {
        name: user.person.name(),
        username: user.username.clone(),
        alerts: days.map(|days| Alert::PasswordExpires { days }).into_iter().collect(),
        message: changed.then(|| Notice::success("Your new password is set.")),
    };
    reply::page(StatusCode::OK, pages::account(&reply::frame(settings), &page))
}

/// A person goes to sign in and comes back; a program is told.
pub(crate) fn signed_out(caller: &Caller, back: &str) -> Result<Response, Problem> {
    if caller.wants_html {
        Ok(reply::see_other(&format!("/sign-in?return_to={back}")))
    } else {
        Err(Problem::signed_out())
    }
}

/// What is wrong with what was typed.
#[derive(Default)]
pub(crate) struct Wrong {
    pub(crate) old: Option<String>,
    pub(crate) new: Option<String>,
    pub(crate) again: Option<String>,
}

pub(crate) fn change(
    status: StatusCode,
    settings: &Settings,
    by: (&User, Option<ChangeReason>),
    wrong: Wrong,
) -> Response {
    let (user, reason) = by;
    let page = ChangePasswordPage {
        reason: reason.map(|reason| match reason {
            ChangeReason::Temporary => Reason::Temporary,
            ChangeReason::Expired => Reason::Expired,
            ChangeReason::Required => Reason::Required,
        }),
        username: user.username.clone(),
        ask_old: reason.is_none(),
        requirements: reply::requirements(settings),
        old_password_error: wrong.old,
        new_password_error: wrong.new,
        new_password_again_error: wrong.again,
        ..ChangePasswordPage::default()
    };
    reply::page(status, pages::change_password(&reply::frame(settings), &page))
}
