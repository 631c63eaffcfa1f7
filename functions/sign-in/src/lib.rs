//! Sign in, sign out, who is signed in; and what belongs to no other function: the front door, assets, health.

mod assets;
mod instances;
mod page;
mod session;
mod temporary;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use domain::language::Text;
use domain::login::ChangeReason;
use domain::return_to::ReturnTo;
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::sign_in::{Credentials, SignIn, sign_in};
use service::store::Before;
use web::pages::Notice;
use web::{Caller, Given, Problem, cookies, edge, guard, guests, reply};

/// The routes.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .route("/", get(async || reply::see_other("/sign-in")))
        .route("/sign-in", guests::welcomed(&app, guests::FORM, get(show).post(submit)))
        .route("/sign-in/temporary", get(temporary::show).post(temporary::submit))
        .route("/sign-out", post(session::sign_out))
        .route("/session", guests::welcomed(&app, guests::SEEN, get(session::show)))
        .route("/widget.js", get(assets::widget))
        .route("/instances/{id}", get(instances::show))
        .route("/health", get(async || reply::json(StatusCode::OK, &serde_json::json!({"status": "ok"}))))
        .route("/openapi.json", get(openapi))
        .route("/assets/style.css", get(assets::style))
        .route("/assets/theme.css", get(assets::theme))
        .route("/assets/logo/{name}", get(assets::logo))
        .route("/assets/script.js", get(assets::script))
        .route("/assets/passkeys.js", get(assets::passkeys))
        .route("/assets/strength.js", get(assets::strength))
        .route("/assets/console.css", get(assets::console_style))
        .route("/assets/console.js", get(assets::console_script));
    edge::router(app, routes)
}

/// What somebody is told who sent something when their session or ticket was over.
const TOO_LATE: Text = Text(
    "You were away too long, so what you sent was not taken. Sign in again.",
    "Ha pasado demasiado tiempo, así que no se ha aceptado lo que envió. Entre de nuevo.",
);

/// `GET /sign-in`
async fn show(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let id = reply::query(&uri, "instance");
    let (settings, named) = tokio::join!(app.settings(), app.instance(id.as_deref()));
    let (settings, named) = (settings?, named?);
    let return_to = reply::query(&uri, "return_to");
    let target = named.instance.target(return_to.as_deref(), &app.origin, &settings.sign_in_return_origins);
    if guard::signed_in(&app, &caller).await?.is_some() {
        return Ok(reply::see_other(target.as_ref().map_or("/account", ReturnTo::as_str)));
    }
    if reply::query(&uri, "resetAccount").is_some_and(|value| value == "true") {
        if !settings.recovery_by_mail {
            return Ok(reply::see_other("/reset-account")); // whose page says whom to ask (RP-7)
        }
        return Ok(page::reset_account(&settings, id));
    }
    let over = reply::query(&uri, "over").map(|_| Notice::info(TOO_LATE));
    let form = page::Form { return_to: target.as_ref(), message: over, ..page::Form::default() };
    let providers = app.providers().await?;
    Ok(page::sign_in(StatusCode::OK, (&settings, &named, &providers), form))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    username: String,
    password: String,
    #[serde(default, deserialize_with = "web::switch")]
    keep: bool,
    instance: Option<String>,
    return_to: Option<String>,
}

#[derive(Serialize)]
struct Done<'a> {
    next: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<ChangeReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<&'a str>,
}

/// `POST /sign-in`
async fn submit(State(app): State<App>, caller: Caller, Given(typed): Given<Typed>) -> Result<Response, Problem> {
    let id = typed.instance.clone().or_else(|| reply::query(&caller.uri, "instance"));
    let (settings, named) = tokio::join!(app.settings(), app.instance(id.as_deref()));
    let (settings, named) = (settings?, named?);
    let said = typed.return_to.as_deref();
    let target = named.instance.target(said, &app.origin, &settings.sign_in_return_origins);
    let return_to = target.as_ref().map(ReturnTo::as_str);
    let credentials = Credentials {
        typed: &typed.username,
        password: &typed.password,
        keep: typed.keep,
        return_to,
        held: Before { session: caller.session.as_ref(), ticket: caller.ticket.as_ref() },
        passes: &caller.passes,
        visitor: caller.visitor(),
    };
    let outcome = sign_in(&app, credentials).await?;
    let (held, next, html) = match outcome {
        SignIn::SignedIn(token, session, passes) => {
            let next = Done { next: "signed_in", reason: None, return_to };
            let session = cookies::hold_session(&token, &session);
            let held = vec![session, cookies::drop(cookies::TICKET), cookies::hold_browser(&passes)];
            (held, next, return_to.unwrap_or("/account"))
        }
        SignIn::ChangePassword(ticket, reason) => {
            let next = Done { next: "change_password", reason: Some(reason), return_to };
            (vec![cookies::hold_ticket(&ticket), cookies::drop(cookies::SESSION)], next, "/change-password")
        }
        SignIn::SecurityCode(ticket) => {
            let next = Done { next: "security_code", reason: None, return_to };
            (vec![cookies::hold_ticket(&ticket), cookies::drop(cookies::SESSION)], next, "/sign-in/security-code")
        }
        SignIn::Refused(message) if caller.wants_html => {
            let form = page::Form {
                username: &typed.username,
                keep: typed.keep,
                return_to: target.as_ref(),
                message: Some(Notice::error(named.instance.refusal(message))),
            };
            let providers = app.providers().await?;
            return Ok(page::sign_in(StatusCode::UNAUTHORIZED, (&settings, &named, &providers), form));
        }
        SignIn::Refused(message) => return Err(page::refused(named.instance.refusal(message))),
        SignIn::MustWait(seconds) => return Err(Problem::too_many_requests(seconds)),
    };
    let answer = if caller.wants_html { reply::see_other(html) } else { reply::json(StatusCode::OK, &next) };
    Ok(held.into_iter().fold(answer, reply::with_cookie))
}

/// `GET /openapi.json`
async fn openapi(State(app): State<App>) -> Response {
    reply::json(StatusCode::OK, &web::api::document(&app.origin))
}
