//! The signed-in user's own page, and choosing a new password.

mod change_password;
mod page;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use domain::email::Email;
use domain::user::Kind;
use http::{StatusCode, Uri};
use serde::Serialize;
use service::App;
use service::flow::session::current;
use web::{Caller, Problem, edge, reply};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/account", get(show))
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
    let found = match &caller.session {
        Some(token) => current(&app, token).await?,
        None => None,
    };
    let Some(found) = found else { return page::signed_out(&caller, "/account") };
    let user = &found.user;
    if caller.wants_html {
        let settings = app.settings().await.map_err(service::flow::Trouble::from)?;
        let changed = reply::query(&uri, "password").is_some_and(|value| value == "changed");
        return Ok(page::account(&settings, user, changed, app.clock.now()));
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
