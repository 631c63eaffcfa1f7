//! The signed-in user's own pages: who they are, their username, password, sessions, second factor and passkeys.

mod change_password;
mod factor;
mod links;
mod page;
mod passkeys;
mod sessions;
mod username;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use domain::email::Email;
use domain::user::Kind;
use http::{StatusCode, Uri};
use serde::Serialize;
use service::App;
use web::{Caller, Problem, edge, guard, reply};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/account", get(show))
        .route("/account/username", get(username::show).put(username::submit).post(username::submit))
        .route("/account/sessions", get(sessions::show).delete(sessions::end_all))
        .route("/account/sessions/end", post(sessions::end_all))
        .route("/account/sessions/{id}", axum::routing::delete(sessions::end_one))
        .route("/account/sessions/{id}/end", post(sessions::end_one))
        .route("/account/links", get(links::show))
        .route("/account/links/{id}", axum::routing::delete(links::remove))
        .route("/account/links/{id}/remove", post(links::remove))
        .route("/account/security-code", get(factor::show))
        .route("/account/security-code/reset", post(factor::give_up))
        .route("/account/recovery-codes", post(factor::new_codes))
        .route("/account/passkeys", get(passkeys::show).post(passkeys::add))
        .route("/account/passkeys/options", post(passkeys::options))
        .route("/account/passkeys/{id}", axum::routing::delete(passkeys::remove))
        .route("/account/passkeys/{id}/remove", post(passkeys::remove_form))
        .route("/change-password", get(change_password::show).post(change_password::submit));
    edge::router(app, routes)
}

#[derive(Serialize)]
struct Account<'a> {
    id: &'a str,
    username: &'a str,
    name: String,
    kind: Kind,
    email: Option<&'a str>,
}

/// `GET /account`
async fn show(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let Some(found) = guard::signed_in(&app, &caller).await? else { return page::signed_out(&caller, "/account") };
    let user = &found.user;
    if caller.wants_html {
        let (settings, links) = tokio::join!(app.settings(), app.store.links_of(&user.id));
        let (settings, links) = (settings?, links?);
        let rows = links.iter().map(links::row).collect();
        return Ok(page::account(&settings, (user, rows), page::Happened::from(&uri), app.clock.now()));
    }
    let account = Account {
        id: user.id.as_str(),
        username: &user.username,
        name: user.person.name(),
        kind: user.kind,
        email: user.person.mailbox().map(Email::shown),
    };
    Ok(reply::json(StatusCode::OK, &account))
}
