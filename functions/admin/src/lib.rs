//! What web admins and staff do.

mod audit;
mod clients;
mod contacts;
mod credentials;
mod data;
mod doors;
mod erase;
mod exports;
mod help;
mod imports;
mod instances;
mod layouts;
mod links;
mod lists;
mod locations;
mod named;
mod pages;
mod paging;
mod people;
mod person;
mod pins;
mod providers;
mod recipients;
mod resends;
mod rights;
mod sessions;
mod settings;
mod users;
mod version;
mod words;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use service::App;
use web::edge;

pub use rights::{RULES, Rule};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/admin", get(pages::home::show))
        .route("/admin/users", get(lists::users).post(people::make_user))
        .route("/admin/users/new", get(pages::newcomer::new_user))
        .route(
            "/admin/users/{id}",
            get(users::show).patch(users::change).delete(erase::user).post(pages::user::save_user),
        )
        .route("/admin/users/{id}/remove", post(erase::user_from_page))
        .route("/admin/users/{id}/data", get(data::of_a_user))
        .route("/admin/users/{id}/disable", post(pages::user::disable))
        .route("/admin/users/{id}/enable", post(pages::user::enable))
        .route("/admin/users/{id}/sessions", get(sessions::show).delete(sessions::end))
        .route("/admin/users/{id}/sessions/end", post(sessions::end))
        .route("/admin/users/{id}/reset-password", post(credentials::reset_user))
        .route("/admin/users/{id}/resend", post(credentials::resend_user))
        .route("/admin/users/{id}/security-code/reset", post(users::reset_factor))
        .route("/admin/users/{id}/pin", post(pins::make).delete(pins::withdraw))
        .route("/admin/users/{id}/pin/withdraw", post(pins::withdraw))
        .route("/admin/users/{id}/pin/mail", post(pins::mail))
        .route("/admin/users/{id}/links", get(links::list).post(links::make))
        .route("/admin/users/{id}/links/{link}", axum::routing::delete(links::remove))
        .route("/admin/users/{id}/links/{link}/remove", post(links::remove))
        .route("/admin/users/{id}/sponsored", get(pins::sponsored))
        .route("/admin/contacts", get(lists::contacts).post(people::make_contact))
        .route("/admin/contacts/new", get(pages::newcomer::new_contact))
        .route(
            "/admin/contacts/{id}",
            get(contacts::show).patch(contacts::change).delete(erase::contact).post(pages::contact::save_contact),
        )
        .route("/admin/contacts/{id}/remove", post(erase::contact_from_page))
        .route("/admin/contacts/{id}/data", get(data::of_a_contact))
        .route("/admin/contacts/{id}/disable", post(pages::contact::disable_contact))
        .route("/admin/contacts/{id}/enable", post(pages::contact::enable_contact))
        .route("/admin/contacts/{id}/reset-password", post(credentials::reset_contact))
        .route("/admin/contacts/{id}/resend", post(credentials::resend_contact))
        .route("/admin/explain", get(help::why))
        .route("/admin/stuck", get(help::stuck))
        .route("/admin/mail", get(help::mail))
        .route("/admin/resends", get(resends::list).post(resends::make))
        .route("/admin/resends/{id}", get(resends::show))
        .route("/admin/resends/{id}/start", post(resends::change))
        .route("/admin/resends/{id}/pause", post(resends::change))
        .route("/admin/resends/{id}/resume", post(resends::change))
        .route("/admin/resends/{id}/cancel", post(resends::change))
        .route("/admin/resends/{id}/recipients", get(recipients::rows))
        .route("/admin/resends/{id}/recipients.csv", get(recipients::csv))
        .route("/admin/imports", get(imports::list).post(imports::rehearse))
        .route("/admin/imports/{id}", get(imports::show))
        .route("/admin/imports/{id}/run", post(imports::run))
        .route("/admin/imports/{id}/rows.csv", get(imports::csv))
        .route("/admin/exports", get(exports::show).post(exports::take))
        .route("/admin/exports/part", get(exports::next))
        .route("/admin/audit", get(audit::list))
        .route("/admin/audit.csv", get(audit::csv))
        .route("/admin/audit/verify", get(audit::chain));
    let routes = settled(routes).route_layer(from_fn_with_state(app.clone(), rights::admit));
    edge::router(app, routes)
}

/// What is set once, and seldom changed.
fn settled(routes: Router<App>) -> Router<App> {
    routes
        .route("/admin/instances", get(instances::list).post(instances::make))
        .route("/admin/instances/new", get(pages::instances::new))
        .route(
            "/admin/instances/{id}",
            get(instances::show).put(instances::change).delete(instances::remove).post(pages::instances::save),
        )
        .route("/admin/instances/{id}/remove", post(pages::instances::remove))
        .route("/admin/layouts", get(layouts::list))
        .route("/admin/layouts/import", post(layouts::import))
        .route("/admin/layouts/{name}", get(layouts::show).put(layouts::save).post(pages::layouts::save))
        .route("/admin/layouts/{name}/preview", post(layouts::preview))
        .route("/admin/layouts/{name}/test", post(layouts::test))
        .route("/admin/layouts/{name}/versions", get(layouts::versions))
        .route("/admin/layouts/{name}/versions/{version}/restore", post(layouts::restore))
        .route("/admin/locations", get(locations::list).post(locations::make))
        .route("/admin/locations/new", get(pages::locations::new))
        .route(
            "/admin/locations/{id}",
            get(locations::show).put(locations::change).delete(locations::remove).post(pages::locations::save),
        )
        .route("/admin/locations/{id}/remove", post(pages::locations::remove))
        .route("/admin/providers", get(providers::list).post(providers::make))
        .route("/admin/providers/new", get(pages::providers::new))
        .route(
            "/admin/providers/{id}",
            get(providers::show).put(providers::change).delete(providers::remove).post(pages::providers::save),
        )
        .route("/admin/providers/{id}/remove", post(pages::providers::remove))
        .route("/admin/clients", get(clients::list).post(clients::make))
        .route("/admin/clients/new", get(pages::clients::new))
        .route(
            "/admin/clients/{id}",
            get(clients::show).put(clients::change).delete(clients::remove).post(pages::clients::save),
        )
        .route("/admin/clients/{id}/secret", post(clients::renew))
        .route("/admin/clients/{id}/remove", post(pages::clients::remove))
        .route("/admin/settings", get(settings::show).put(settings::change).post(pages::settings::save))
        .route("/admin/settings/difference", post(pages::settings::difference))
        .route("/admin/settings/logo", post(pages::logo::hang))
        .route("/admin/settings/logo/remove", post(pages::logo::take_down))
        .route("/admin/settings/versions", get(settings::versions))
        .route("/admin/settings/versions/{version}/restore", post(settings::restore))
        .route("/admin/settings/password-forecast", get(settings::forecast))
}
