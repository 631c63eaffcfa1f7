//! `/admin/locations`: offices, each with the address that its mail is sent from (ML-5).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::email::Email;
use domain::id::LocationId;
use domain::language::Text;
use domain::message;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::store::Location;
use web::{Caller, Given, OwnPage, Problem, Sent, reply};

use crate::pages::form::{texts, typed};
use crate::pages::locations::SHAPE;
use crate::person::is_plain;
use crate::rights::{By, differing, telling};
use crate::{pages, paging, words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    /// As it is shown: whoever puts back what they got.
    id: Option<String>,
    name: String,
    email: String,
}

const ID: Text = Text("A location's id is given to it, and stays.", "El id de una sede se le asigna y no cambia.");

impl Typed {
    fn location(&self, id: LocationId) -> Result<Location, Problem> {
        let mut errors = Vec::new();
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            errors.push(("name", vec![message::REQUIRED.into()]));
        } else if !is_plain(&name) {
            errors.push(("name", vec![words::ONE_LINE.into()]));
        }
        if self.id.as_ref().is_some_and(|said| said != id.as_str()) {
            errors.push(("id", vec![ID.into()]));
        }
        match Email::parse(&self.email) {
            Ok(email) if errors.is_empty() => Ok(Location { id, name, email }),
            Ok(_) => Err(Problem::rejected(errors)),
            Err(error) => {
                errors.push(("email", vec![message::email(&error)]));
                Err(Problem::rejected(errors))
            }
        }
    }
}

/// `GET /admin/locations`
pub(crate) async fn list(State(app): State<App>, By(by): By, caller: Caller) -> Result<Response, Problem> {
    let items = app.store.locations().await?;
    if caller.wants_html {
        return pages::locations::list(&app, &by, &caller.uri, &items).await;
    }
    paging::page(&caller.uri, &items)
}

/// `POST /admin/locations`
pub(crate) async fn make(State(app): State<App>, By(by): By, caller: Caller, sent: Sent) -> Result<Response, Problem> {
    let texts = texts(&sent.fields);
    let random = app.random.bytes()?;
    let id = LocationId::new(app.clock.now(), random);
    let location = typed::<Typed>(sent, &SHAPE).and_then(|typed| typed.location(id));
    let location = match location {
        Err(problem) if caller.wants_html => return pages::locations::refused(&app, &by, None, (problem, texts)).await,
        other => other?,
    };
    app.store.put_location(&location, true).await?;
    let answer = reply::json(StatusCode::CREATED, &location);
    let answer = pages::back(&caller, "/admin/locations", "made").unwrap_or(answer);
    Ok(telling(answer, "id", location.id.as_str()))
}

/// `GET /admin/locations/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let location = existing(&app, &id).await?;
    if caller.wants_html {
        let message = pages::happened(&caller.uri);
        return pages::locations::edit(&app, &by, Some(&location), &web::pages::console::Typed::default(), message)
            .await;
    }
    Ok(reply::json(StatusCode::OK, &location))
}

/// A location.
pub(crate) async fn existing(app: &App, id: &str) -> Result<Location, Problem> {
    let id = LocationId::parse(id).ok_or_else(Problem::not_found)?;
    app.store.location(&id).await?.ok_or_else(Problem::not_found)
}

/// `PUT /admin/locations/{id}`
pub(crate) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let (location, changed) = put(&app, &id, &typed).await?;
    Ok(telling(reply::json(StatusCode::OK, &location), "changed", changed))
}

/// Writes a location that is there; answers what of it changed, too.
pub(crate) async fn put(app: &App, id: &str, typed: &Typed) -> Result<(Location, String), Problem> {
    let before = existing(app, id).await?;
    let location = typed.location(before.id.clone())?;
    if app.store.put_location(&location, false).await? {
        let changed = differing(&before, &location);
        return Ok((location, changed));
    }
    Err(Problem::not_found())
}

/// `DELETE /admin/locations/{id}`
pub(crate) async fn remove(State(app): State<App>, Path(id): Path<String>, _: OwnPage) -> Result<Response, Problem> {
    let location = existing(&app, &id).await?;
    app.store.remove_location(&location.id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
