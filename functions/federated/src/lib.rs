//! Other doors: sign-in by providers, and tokens for programs.

mod asking;
mod callback;
mod link;
mod page;
mod provider;
mod token;
mod with;

use axum::routing::{get, post};
use axum::{Extension, Router};
use service::App;
use web::edge;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/sign-in/with/{provider}", get(with::begin))
        .route("/sign-in/callback", get(callback::come))
        .route("/sign-in/link", get(link::show).post(link::submit))
        .route("/token", post(token::submit))
        .layer(Extension(provider::Providers::default()));
    edge::router(app, routes)
}
