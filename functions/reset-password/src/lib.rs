//! Forgot my password, reset my account, and the page behind the mailed link.

mod ask;
mod page;
mod reset;

use axum::Router;
use axum::routing::get;
use service::App;
use web::edge;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/forgot-password", get(ask::show_password).post(ask::submit_password))
        .route("/reset-account", get(ask::show_account).post(ask::submit_account))
        .route("/reset", get(reset::show).post(reset::submit));
    edge::router(app, routes)
}
