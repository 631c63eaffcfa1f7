//! `/admin/locations`: offices, each with the address that its mail is sent from (ML-5).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::access::Right;
use domain::email::Email;
use domain::id::LocationId;
use domain::{message, name};
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::flow::Trouble;
use service::store::Location;
use web::{Caller, Given, OwnPage, Problem, guard, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    name: String,
    email: String,
}

impl Typed {
    fn location(&self, id: LocationId) -> Result<Location, Problem> {
        match (name::parse(&self.name), Email::parse(&self.email)) {
            (Ok(name), Ok(email)) => Ok(Location { id, name, email }),
            (name, email) => {
                let name = name.err().map(|error| ("name", vec![message::name(error)]));
                let email = email.err().map(|error| ("email", vec![message::email(&error)]));
                Err(Problem::rejected(name.into_iter().chain(email)))
            }
        }
    }
}

/// `GET /admin/locations`
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    guard::with_right(&app, &caller, Right::Locations).await?;
    let items = app.store.locations().await.map_err(Trouble::from)?;
    Ok(reply::json(StatusCode::OK, &serde_json::json!({"items": items, "next_cursor": null})))
}

/// `POST /admin/locations`
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    guard::with_right(&app, &caller, Right::Locations).await?;
    let random = app.random.bytes().map_err(Trouble::from)?;
    let location = typed.location(LocationId::new(app.clock.now(), random))?;
    app.store.put_location(&location, true).await.map_err(Trouble::from)?;
    Ok(reply::json(StatusCode::CREATED, &location))
}

/// `GET /admin/locations/{id}`
pub(crate) async fn show(State(app): State<App>, Path(id): Path<String>, caller: Caller) -> Result<Response, Problem> {
    guard::with_right(&app, &caller, Right::Locations).await?;
    let id = LocationId::parse(&id).ok_or_else(Problem::not_found)?;
    let location = app.store.location(&id).await.map_err(Trouble::from)?;
    location.map(|location| reply::json(StatusCode::OK, &location)).ok_or_else(Problem::not_found)
}

/// `PUT /admin/locations/{id}`
pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    guard::with_right(&app, &caller, Right::Locations).await?;
    let location = typed.location(LocationId::parse(&id).ok_or_else(Problem::not_found)?)?;
    if app.store.put_location(&location, false).await.map_err(Trouble::from)? {
        return Ok(reply::json(StatusCode::OK, &location));
    }
    Err(Problem::not_found())
}

/// `DELETE /admin/locations/{id}`
pub(crate) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    guard::with_right(&app, &caller, Right::Locations).await?;
    let id = LocationId::parse(&id).ok_or_else(Problem::not_found)?;
    if app.store.remove_location(&id).await.map_err(Trouble::from)? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Err(Problem::not_found())
}
