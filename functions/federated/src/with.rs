//! `GET /sign-in/with/{provider}`: off to a provider (FE-1). Nothing is written here; the browser holds what has begun.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::provider::is_id;
use domain::return_to::ReturnTo;
use http::Uri;
use service::App;
use service::flow::Trouble;
use service::flow::federated::{Wishes, begin as begin_with};
use service::store::Kept;
use web::{Caller, Problem, cookies, reply};

use crate::page;
use crate::provider::Providers;

/// `GET /sign-in/with/{provider}`
pub(crate) async fn begin(
    State(app): State<App>,
    Extension(providers): Extension<Providers>,
    Path(id): Path<String>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    if let Some(seconds) = app.throttle.must_wait(&caller.address, app.clock.now()) {
        return Err(Problem::too_many_requests(seconds));
    }
    let instance = reply::query(&uri, "instance");
    let (settings, named) = tokio::join!(app.settings(), app.instance(instance.as_deref()));
    let (settings, named) = (settings?, named?);
    let kept = open(&app, &id).await?.filter(|_| named.instance.federated).ok_or_else(Problem::not_found)?;
    let said = reply::query(&uri, "return_to");
    let target = named.instance.target(said.as_deref(), &app.origin, &settings.sign_in_return_origins);
    let wishes = Wishes {
        instance: instance.filter(|id| *id == named.id),
        return_to: target.as_ref().map(|to| ReturnTo::as_str(to).to_owned()),
        keep: reply::query(&uri, "keep").is_some_and(|value| value == "true"),
    };
    let (begun, sealed) = begin_with(&app, &kept, wishes).await?;
    match providers.way(&app, &kept, &begun).await {
        Ok(way) => Ok(reply::with_cookie(reply::see_other(&way), cookies::hold_federated(&sealed))),
        Err(failure) => Err(page::failed(&app, &kept, failure).await),
    }
}

/// A provider by which people come in.
pub(crate) async fn open(app: &App, id: &str) -> Result<Option<Kept>, Trouble> {
    let found = if is_id(id) { app.store.provider(id).await? } else { None };
    Ok(found.filter(|kept| !kept.provider.disabled))
}
