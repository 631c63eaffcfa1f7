//! New users: the form for people the organisation knows.

mod form;
mod page;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri};
use service::App;
use service::flow::sign_up::{SignUp, sign_up};
use web::{Caller, Given, Problem, edge, reply};

use form::Typed;

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new().route("/sign-up", get(show).post(submit));
    edge::router(app, routes)
}

/// `GET /sign-up`
async fn show(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if reply::query(&uri, "sent").is_some() {
        return Ok(page::sent(&settings));
    }
    let typed = Typed { instance: reply::query(&uri, "instance"), ..Typed::default() };
    Ok(page::form(StatusCode::OK, &settings, typed, page::Wrong::default()))
}

/// `POST /sign-up`: 409 when no account can be made of it, with the organisation's message (SU-6).
async fn submit(State(app): State<App>, caller: Caller, Given(typed): Given<Typed>) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let applicant = match typed.applicant(settings.sign_up_phone) {
        Ok(applicant) => applicant,
        Err(errors) if caller.wants_html => {
            let wrong = page::Wrong { errors, message: None };
            return Ok(page::form(StatusCode::UNPROCESSABLE_ENTITY, &settings, typed, wrong));
        }
        Err(errors) => {
            return Err(Problem::rejected(errors.into_iter().map(|(field, reason)| (field, vec![reason]))));
        }
    };
    let problem = match sign_up(&app, &applicant, caller.visitor()).await? {
        SignUp::Accepted if caller.wants_html => return Ok(reply::see_other("/sign-up?sent=1")),
        SignUp::Accepted => return Ok(StatusCode::ACCEPTED.into_response()),
        SignUp::MustWait(seconds) => Problem::too_many_requests(seconds),
        SignUp::NotFound(message) => page::not_found(message),
        SignUp::Several => page::not_found(domain::message::SEVERAL_CONTACTS.into()),
    };
    if caller.wants_html && problem.status == StatusCode::CONFLICT {
        let wrong = page::Wrong { errors: Vec::new(), message: Some(problem.detail) };
        return Ok(page::form(StatusCode::CONFLICT, &settings, typed, wrong));
    }
    Err(problem)
}
