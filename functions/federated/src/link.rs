//! `/sign-in/link`: whoever a provider has proven, and who is nobody here yet, proves an account of theirs once (FE-1, FE-5).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use service::App;
use service::flow::Trouble;
use service::flow::federated::{Linked, Linking, link, pending};
use service::flow::session::SignedIn;
use web::{Caller, OwnPage, Problem, cookies, guard, reply};

use crate::page;

/// `GET /sign-in/link`: the way to sign in, or the question whether the two belong together.
pub(crate) async fn show(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    let Some(linking) = held(&app, &headers).await? else { return Ok(reply::see_other("/sign-in")) };
    let here = guard::signed_in(&app, &caller).await?;
    let (settings, named) = tokio::join!(app.settings(), app.instance(linking.instance.as_deref()));
    let (settings, named) = (settings?, named?);
    Ok(page::link((&settings, &named), &linking, here.filter(|here| linking.is_proven_by(here)).as_ref()))
}

/// `POST /sign-in/link`: they do.
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    _: OwnPage,
) -> Result<Response, Problem> {
    let Some(linking) = held(&app, &headers).await? else { return Ok(reply::see_other("/sign-in")) };
    let here = guard::signed_in(&app, &caller).await?;
    let Some(here) = here else { return Ok(reply::see_other("/sign-in/link")) };
    let answer = linked(&app, &linking, &here).await;
    let Some(answer) = answer? else { return Ok(reply::see_other("/sign-in/link")) };
    Ok(reply::with_cookie(answer, cookies::drop(cookies::LINKING)))
}

/// What becomes of it; nothing while the account is yet to be proven.
async fn linked(app: &App, linking: &Linking, here: &SignedIn) -> Result<Option<Response>, Problem> {
    Ok(Some(match link(app, linking, here).await? {
        Linked::Yes(_) => reply::see_other(linking.return_to.as_deref().unwrap_or("/account?link=made")),
        Linked::Unproven => return Ok(None),
        Linked::OwnCredentials => page::own_credentials().into_response(),
        Linked::Taken => page::taken().into_response(),
        Linked::TooMany => page::too_many().into_response(),
        Linked::Nothing | Linked::NoSubject => page::stale().into_response(),
    }))
}

async fn held(app: &App, headers: &HeaderMap) -> Result<Option<Linking>, Trouble> {
    match cookies::sent(headers, cookies::LINKING) {
        Some(sealed) => pending(app, sealed).await,
        None => Ok(None),
    }
}
