//! The second factor: the security code at sign-in, and setting it up.

mod code;
mod page;
mod setup;

use axum::Router;
use axum::routing::get;
use service::App;
use web::{edge, guests};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/sign-in/security-code", guests::welcomed(&app, get(code::show).post(code::submit)))
        .route("/sign-in/setup-mail", get(setup::ask).post(setup::mail))
        .route("/security-code/setup", get(setup::show).post(setup::submit));
    edge::router(app, routes)
}
