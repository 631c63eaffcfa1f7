//! Forgot my username.

mod choose;
mod page;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::email::Email;
use domain::language::Text;
use domain::message;
use http::{StatusCode, Uri};
use serde::Deserialize;
use service::App;
use service::flow::recover::{ForgotUsername, forgot_username};
use web::{Caller, Given, Problem, edge, guests, reply};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/forgot-username", guests::welcomed(&app, guests::FORM, get(show).post(submit)))
        .route("/forgot-username/choose", get(choose::show).post(choose::submit));
    edge::router(app, routes)
}

/// `GET /forgot-username`
async fn show(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if reply::query(&uri, "sent").is_some() {
        return Ok(page::sent(&settings));
    }
    Ok(page::ask(
        StatusCode::OK,
        &settings,
        page::Form { instance: reply::query(&uri, "instance"), ..Default::default() },
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    email: String,
    instance: Option<String>,
}

/// `POST /forgot-username`: the same answer for every address (FU-7), but for a shared one (FU-5).
async fn submit(State(app): State<App>, caller: Caller, Given(typed): Given<Typed>) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let email = match Email::parse(&typed.email) {
        Ok(email) => email,
        Err(error) => {
            let reason = message::email(&error);
            if !caller.wants_html {
                return Err(Problem::rejected([("email", vec![reason])]));
            }
            let form = page::Form { email: typed.email, error: Some(reason), instance: typed.instance };
            return Ok(page::ask(StatusCode::UNPROCESSABLE_ENTITY, &settings, form));
        }
    };
    match forgot_username(&app, email).await? {
        ForgotUsername::Accepted if caller.wants_html => Ok(reply::see_other("/forgot-username?sent=1")),
        ForgotUsername::Accepted => Ok(StatusCode::ACCEPTED.into_response()),
        ForgotUsername::SharedAddress if caller.wants_html => Ok(page::shared_address(&settings, typed.email)),
        ForgotUsername::SharedAddress => {
            let detail = Text(
                "Several accounts use this address. Please contact staff.",
                "Varias cuentas usan esta dirección. Póngase en contacto con el personal.",
            )
            .say();
            Err(Problem::new(
                StatusCode::CONFLICT,
                "shared_address",
                Text("Several accounts use this address", "Varias cuentas usan esta dirección").say(),
                detail,
            ))
        }
    }
}
