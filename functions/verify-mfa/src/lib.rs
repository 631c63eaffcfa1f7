//! The second factor: the security code at sign-in, and setting it up; and passkeys, as the second factor or alone.

mod code;
mod page;
mod passkey;
mod setup;

use axum::Router;
use axum::routing::{get, post};
use service::App;
use web::{edge, guests};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/sign-in/security-code", guests::welcomed(&app, guests::FORM, get(code::show).post(code::submit)))
        .route("/sign-in/passkey/options", post(passkey::options))
        .route("/sign-in/passkey", post(passkey::submit))
        .route("/sign-in/setup-mail", get(setup::ask).post(setup::mail))
        .route("/security-code/setup", get(setup::show).post(setup::submit));
    edge::router(app, routes)
}
