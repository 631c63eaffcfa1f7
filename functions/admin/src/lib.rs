//! What web admins and staff do.

mod contacts;
mod credentials;
mod instances;
mod layouts;
mod lists;
mod locations;
mod people;
mod pins;
mod settings;
mod users;
mod version;

use axum::Router;
use axum::routing::{get, post};
use service::App;
use web::edge;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/admin/users", get(lists::users).post(people::make_user))
        .route("/admin/users/{id}/reset-password", post(credentials::reset_user))
        .route("/admin/users/{id}/resend", post(credentials::resend_user))
        .route("/admin/contacts", get(lists::contacts).post(people::make_contact))
        .route("/admin/contacts/{id}", get(contacts::show))
        .route("/admin/contacts/{id}/reset-password", post(credentials::reset_contact))
        .route("/admin/contacts/{id}/resend", post(credentials::resend_contact))
        .route("/admin/users/{id}", get(users::show).patch(users::change))
        .route("/admin/users/{id}/pin", post(pins::make).delete(pins::withdraw))
        .route("/admin/users/{id}/pin/mail", post(pins::mail))
        .route("/admin/users/{id}/sponsored", get(pins::sponsored))
        .route("/admin/users/{id}/security-code/reset", post(users::reset_factor))
        .route("/admin/instances", get(instances::list).post(instances::make))
        .route("/admin/instances/{id}", get(instances::show).put(instances::change).delete(instances::remove))
        .route("/admin/layouts", get(layouts::list))
        .route("/admin/layouts/import", post(layouts::import))
        .route("/admin/layouts/{name}", get(layouts::show).put(layouts::save))
        .route("/admin/layouts/{name}/preview", post(layouts::preview))
        .route("/admin/layouts/{name}/test", post(layouts::test))
        .route("/admin/layouts/{name}/versions", get(layouts::versions))
        .route("/admin/layouts/{name}/versions/{version}/restore", post(layouts::restore))
        .route("/admin/locations", get(locations::list).post(locations::make))
        .route("/admin/locations/{id}", get(locations::show).put(locations::change).delete(locations::remove))
        .route("/admin/settings", get(settings::show).put(settings::change))
        .route("/admin/settings/versions", get(settings::versions))
        .route("/admin/settings/versions/{version}/restore", post(settings::restore))
        .route("/admin/settings/password-forecast", get(settings::forecast));
    edge::router(app, routes)
}
