//! Sign-in to the organisation's applications: a small OpenID provider (OpenID Connect Core 1.0, code flow with PKCE).

mod authorize;
mod claims;
mod discovery;
mod page;
mod query;
mod signing;
mod token;
mod userinfo;

use axum::Router;
use axum::routing::{get, post};
use service::App;
use web::edge;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::show))
        .route("/openid/keys", get(discovery::keys))
        .route("/openid/authorize", get(authorize::come).post(authorize::come_by_form))
        .route("/openid/again", post(authorize::again))
        .route("/openid/token", post(token::submit))
        .route("/openid/userinfo", get(userinfo::show).post(userinfo::show));
    edge::router(app, routes)
}
