//! What web admins and staff do.

mod settings;

use axum::Router;
use axum::routing::{get, post};
use service::App;
use web::edge;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/admin/settings", get(settings::show).put(settings::change))
        .route("/admin/settings/versions", get(settings::versions))
        .route("/admin/settings/versions/{version}/restore", post(settings::restore))
        .route("/admin/settings/password-forecast", get(settings::forecast));
    edge::router(app, routes)
}
