//! What people see here.

use axum::response::Response;
use domain::language::Text;
use domain::settings::Settings;
use http::StatusCode;
use web::pages::{self, Filled, PinSignUpPage};
use web::{Problem, reply};

use crate::Typed;

/// What was wrong with an earlier try, by field.
#[derive(Default)]
pub(crate) struct Wrong {
    pin: Option<String>,
    email: Option<String>,
    username: Option<String>,
}

impl Wrong {
    pub(crate) fn of(problem: &Problem) -> Self {
        let told = |field| problem.errors.get(field).map(|reasons| reasons.join(" "));
        let is = |code: &str| (problem.code == code).then(|| problem.detail.clone());
        Self {
            pin: told("pin").or_else(|| is("pin_refused")),
            email: told("email"),
            username: told("username").or_else(|| is("username_taken")),
        }
    }
}

pub(crate) fn form(status: StatusCode, settings: &Settings, typed: Typed, wrong: Wrong) -> Response {
    let page = PinSignUpPage {
        pin_error: wrong.pin,
        email: Filled { value: typed.email, error: wrong.email },
        username: Filled { value: typed.username, error: wrong.username },
        instance: typed.instance,
        message: None,
    };
    reply::page(status, pages::pin_sign_up(&reply::frame(settings), &page))
}

pub(crate) fn sent(settings: &Settings) -> Response {
    reply::page(StatusCode::OK, pages::signed_up(&reply::frame(settings)))
}

pub(crate) fn off(settings: &Settings) -> Response {
    reply::page(StatusCode::FORBIDDEN, pages::pin_off(&reply::frame(settings)))
}

/// 403: not here, or not by programs (PN-1).
pub(crate) fn pin_off() -> Problem {
    let detail = Text(
        "Accounts are not made with a PIN here. Please contact staff if you were given one.",
        "Aquí no se crean cuentas con un PIN. Si le dieron uno, póngase en contacto con el personal.",
    )
    .say();
    Problem::new(StatusCode::FORBIDDEN, "pin_off", Text("No PINs here", "Aquí no se usan PIN").say(), detail)
}

/// 403: wrong, used up, over or withdrawn; which of them is not said.
pub(crate) fn pin_refused() -> Problem {
    let detail = Text(
        "This PIN can't be used. Check it for a slip, or ask whoever gave it to you for a new one.",
        "Este PIN no sirve. Revíselo o pida uno nuevo a quien se lo dio.",
    )
    .say();
    Problem::new(
        StatusCode::FORBIDDEN,
        "pin_refused",
        Text("This PIN can't be used", "Este PIN no sirve").say(),
        detail,
    )
}
