//! Other doors: tokens for programs.

mod token;

use axum::Router;
use axum::routing::post;
use service::App;
use web::edge;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new().route("/token", post(token::submit));
    edge::router(app, routes)
}
