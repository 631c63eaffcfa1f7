//! Forgot my password, reset my account, and the page behind the mailed link.

mod ask;
mod page;
mod reset;

use axum::Router;
use axum::routing::get;
use service::App;
use web::edge;
use web::guests::{FORM, welcomed};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/forgot-password", welcomed(&app, FORM, get(ask::show_password).post(ask::submit_password)))
        .route("/reset-account", welcomed(&app, FORM, get(ask::show_account).post(ask::submit_account)))
        .route("/reset", get(reset::show).post(reset::submit));
    edge::router(app, routes)
}
