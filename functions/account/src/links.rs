//! `/account/links`: accounts elsewhere that open one's own (FE-1).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;
use service::App;
use service::flow::federated::{Linked, unlink};
use service::store::Link;
use web::pages::LinkRow;
use web::{Caller, OwnPage, Problem, guard, reply};

/// A link as its owner sees it.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    issuer: &'a str,
    label: &'a str,
    at: Timestamp,
}

/// `GET /account/links`
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?.ok_or_else(Problem::signed_out)?;
    let all = app.store.links_of(&here.user.id).await?;
    let shown = all.iter().map(|link| Shown { id: link.id(), issuer: &link.issuer, label: &link.label, at: link.at });
    Ok(reply::json(StatusCode::OK, &shown.collect::<Vec<_>>()))
}

/// `DELETE /account/links/{id}`; a form posts to `…/remove`.
pub(crate) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?.ok_or_else(Problem::signed_out)?;
    let Linked::Yes(_) = unlink(&app, &here, &id).await? else { return Err(Problem::not_found()) };
    Ok(if caller.wants_html {
        reply::see_other("/account?link=removed")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

/// A link on the page of its owner.
pub(crate) fn row(link: &Link) -> LinkRow {
    let host = link.issuer.parse::<Uri>().ok().and_then(|issuer| issuer.host().map(str::to_owned));
    LinkRow { id: link.id(), label: link.label.clone(), site: host.unwrap_or_else(|| link.issuer.clone()) }
}
