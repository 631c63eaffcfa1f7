//! `/account/sessions`: where one is signed in, and ending it (SE-4, AC-3).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::session::Session;
use domain::visit;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use service::App;
use service::flow::session::{SignedIn, end, list};
use web::pages::SessionRow;
use web::{Caller, OwnPage, Problem, cookies, guard, reply};

use crate::page;

#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    device: String,
    place: &'a str,
    started_at: Timestamp,
    last_used: Timestamp,
    expires_at: Timestamp,
    remembered: bool,
    current: bool,
}

impl<'a> Shown<'a> {
    fn of(session: &'a Session, here: &SignedIn) -> Self {
        Self {
            id: &session.family,
            device: visit::device(&session.browser),
            place: &session.place,
            started_at: session.started_at,
            last_used: session.last_used,
            expires_at: session.expires_at(),
            remembered: session.remembered,
            current: session.family == here.held.family,
        }
    }
}

/// `GET /account/sessions`
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?;
    let Some(here) = here else { return page::signed_out(&caller, "/account/sessions") };
    let sessions = list(&app, &here.user).await?;
    let shown: Vec<Shown<'_>> = sessions.iter().map(|session| Shown::of(session, &here)).collect();
    if !caller.wants_html {
        return Ok(reply::json(StatusCode::OK, &shown));
    }
    let settings = app.settings().await?;
    let now = app.clock.now();
    let rows = shown.into_iter().map(|session| SessionRow {
        id: session.id.to_owned(),
        device: session.device,
        place: session.place.to_owned(),
        minutes: now.duration_since(session.last_used).as_mins(),
        current: session.current,
    });
    Ok(page::sessions(&settings, rows.collect()))
}

/// `DELETE /account/sessions/{id}`; a form posts to `…/end`.
pub(crate) async fn end_one(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?.ok_or_else(Problem::signed_out)?;
    if !end(&app, &here.user, Some(&id)).await? {
        return Err(Problem::not_found());
    }
    Ok(ended(&caller, id == here.held.family))
}

/// `DELETE /account/sessions`: all, this one too. A form posts to `/account/sessions/end`.
pub(crate) async fn end_all(State(app): State<App>, caller: Caller, _: OwnPage) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?.ok_or_else(Problem::signed_out)?;
    end(&app, &here.user, None).await?;
    Ok(ended(&caller, true))
}

fn ended(caller: &Caller, own: bool) -> Response {
    let answer = match (caller.wants_html, own) {
        (false, _) => StatusCode::NO_CONTENT.into_response(),
        (true, true) => reply::see_other("/sign-in"),
        (true, false) => reply::see_other("/account/sessions"),
    };
    if own { reply::with_cookie(answer, cookies::drop(cookies::SESSION)) } else { answer }
}
