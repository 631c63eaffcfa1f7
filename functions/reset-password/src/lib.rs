//! Forgot my password, reset my account, and the page behind the mailed link.

mod ask;
mod page;
mod reset;

use axum::Router;
use axum::routing::get;
use service::App;
use web::{edge, guests};

/// The routes.
pub fn router(app: App) -> Router {
    let ask = |route| guests::welcomed(&app, guests::FORM, route);
    let routes = Router::new()
        .route("/forgot-password", ask(get(ask::show_password).post(ask::submit_password)))
        .route("/reset-account", ask(get(ask::show_account).post(ask::submit_account)))
        .route("/reset", get(reset::show).post(reset::submit));
    edge::router(app, routes)
}
