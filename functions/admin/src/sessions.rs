//! `/admin/users/{id}/sessions`: where somebody is signed in, and ending it (SE-4, SE-5).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::session::Session;
use domain::visit::device;
use http::{StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use service::App;
use service::flow::session::{end_all, list};
use service::flow::users::within;
use web::{Caller, OwnPage, Problem};

use crate::paging;
use crate::rights::By;
use crate::users::id;

#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    device: String,
    place: &'a str,
    started_at: Timestamp,
    last_used: Timestamp,
    remembered: bool,
}

impl<'a> Shown<'a> {
    fn of(session: &'a Session) -> Self {
        let (started_at, last_used) = (session.started_at, session.last_used);
        let (device, place) = (device(&session.browser), session.place.as_str());
        Self { id: &session.family, device, place, started_at, last_used, remembered: session.remembered }
    }
}

/// `GET /admin/users/{id}/sessions`
pub(crate) async fn show(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    uri: Uri,
) -> Result<Response, Problem> {
    let user = within(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    let all = list(&app, &user).await?;
    let items: Vec<Shown<'_>> = all.iter().map(Shown::of).collect();
    paging::page(&uri, &items)
}

/// `DELETE /admin/users/{id}/sessions`, and the form that does the same.
pub(crate) async fn end(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let user = within(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    end_all(&app, &user).await?;
    Ok(crate::pages::back(&caller, &format!("/admin/users/{path}"), "sessions_ended")
        .unwrap_or_else(|| StatusCode::NO_CONTENT.into_response()))
}
