//! New users: the door for holders of a PIN.

mod page;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::email::Email;
use domain::message;
use domain::settings::PinChannel;
use domain::username::Username;
use http::{StatusCode, Uri};
use serde::Deserialize;
use service::App;
use service::flow::pin_sign_up::{self as flow, PinSignUp, pin_sign_up};
use web::{Caller, Given, Problem, edge, reply};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new().route("/pin-sign-up", get(show).post(submit));
    edge::router(app, routes)
}

/// `GET /pin-sign-up`
async fn show(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if settings.pin_channel == PinChannel::Off {
        return if caller.wants_html { Ok(page::off(&settings)) } else { Err(page::pin_off()) };
    }
    if reply::query(&uri, "sent").is_some() {
        return Ok(page::sent(&settings));
    }
    let typed = Typed { instance: reply::query(&uri, "instance"), ..Typed::default() };
    Ok(page::form(StatusCode::OK, &settings, typed, page::Wrong::default()))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    pin: String,
    email: String,
    username: String,
    instance: Option<String>,
}

/// `POST /pin-sign-up`
async fn submit(State(app): State<App>, caller: Caller, Given(typed): Given<Typed>) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let problem = attempt(&app, &caller, &typed).await?;
    match problem {
        None if caller.wants_html => Ok(reply::see_other("/pin-sign-up?sent=1")),
        None => Ok(StatusCode::ACCEPTED.into_response()),
        Some(problem) if caller.wants_html && problem.code == "pin_off" => Ok(page::off(&settings)),
        Some(problem) if caller.wants_html && problem.retry_after.is_none() => {
            Ok(page::form(problem.status, &settings, typed, page::Wrong::of(&problem)))
        }
        Some(problem) => Err(problem),
    }
}

/// What keeps the account from being made, if anything does.
async fn attempt(app: &App, caller: &Caller, typed: &Typed) -> Result<Option<Problem>, Problem> {
    let (email, username) = (Email::parse(&typed.email), Username::parse(&typed.username));
    let (Ok(email), Ok(username), false) = (&email, &username, typed.pin.trim().is_empty()) else {
        let pin = typed.pin.trim().is_empty().then(|| ("pin", vec![message::REQUIRED.into()]));
        let email = email.err().map(|error| ("email", vec![message::email(&error)]));
        let username = username.err().map(|error| ("username", vec![message::username(&error)]));
        return Ok(Some(Problem::rejected(pin.into_iter().chain(email).chain(username))));
    };
    let given = flow::Typed { pin: &typed.pin, email, username };
    Ok(match pin_sign_up(app, given, caller.wants_html, caller.visitor()).await? {
        PinSignUp::Accepted => None,
        PinSignUp::Off => Some(page::pin_off()),
        PinSignUp::Refused => Some(page::pin_refused()),
        PinSignUp::NameTaken => Some(Problem::username_taken()),
        PinSignUp::EmailTaken => Some(Problem::rejected([("email", vec![message::EMAIL_TAKEN.into()])])),
        PinSignUp::MustWait(seconds) => Some(Problem::too_many_requests(seconds)),
    })
}
