//! Locations as pages.

use domain::language::Text;
use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::user::User;
use http::{StatusCode, Uri};
use maud::html;
use service::App;
use service::store::Location;
use web::pages::Notice;
use web::pages::console::{Input, SAVE, Typed, empty, inputs, post, press, send, table};
use web::{OwnPage, Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::locations;
use crate::rights::{By, telling};

const HERE: &str = "/admin/locations";

/// What stands over the columns of the list.
const HEAD: [Text; 2] = [Text("Name", "Nombre"), Text("Sender", "Remitente")];

/// What its form says.
pub(crate) const SHAPE: [(&str, As); 2] = [("name", As::Text), ("email", As::Text)];

/// The list of locations.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[Location]) -> Result<Response, Problem> {
    let rows = all
        .iter()
        .map(|one| vec![html! { a href={ (HERE) "/" (one.id) } { (one.name) } }, html! { (one.email.shown()) }]);
    let rows: Vec<_> = rows.collect();
    let content = html! {
        p.hint { (Text(
            "An office with its own sender address. Whoever has one as their default location mails from it.",
            "Una oficina con su propia dirección de remitente. Quien tiene una como sede predeterminada escribe desde ella.",
        )) }
        p.actions { a.button href={ (HERE) "/new" } { (Text("New location", "Nueva sede")) } }
        @if rows.is_empty() { (empty(Text(
            "There is none yet: all mail is sent from the organisation's address.",
            "Todavía no hay ninguna: todo el correo se envía desde la dirección de la organización.",
        ))) }
        @else { (table(Text("Locations", "Sedes"), &HEAD, &rows)) }
    };
    page(app, by, (HERE, Text("Locations", "Sedes")), happened(uri), &content).await
}

/// `GET /admin/locations/new`
pub(crate) async fn new(State(app): State<App>, By(by): By) -> Result<Response, Problem> {
    edit(&app, &by, None, &Typed::default(), None).await
}

/// The form of a location that is there, or of a new one.
pub(crate) async fn edit(
    app: &App,
    by: &User,
    of: Option<&Location>,
    typed: &Typed,
    message: Option<Notice>,
) -> Result<Response, Problem> {
    let (name, email) = of.map_or(("", ""), |of| (of.name.as_str(), of.email.shown()));
    let all = [
        Input::line("name", Text("Name", "Nombre"), name),
        Input::line("email", Text("Sender", "Remitente"), email).hint(Text(
            "The address that its mail is sent from; its domain must be yours.",
            "La dirección desde la que se envía su correo; el dominio debe ser suyo.",
        )),
    ];
    let action = of.map_or(HERE.to_owned(), |of| format!("{HERE}/{}", of.id));
    let content = html! {
        (post(&action, &html! { (inputs(&all, typed)) (send(SAVE)) }))
        @if let Some(of) = of { (press(&format!("{HERE}/{}/remove", of.id), Text(
            "Remove this location",
            "Eliminar esta sede",
        ), "danger")) }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = of.map_or_else(|| Text("New location", "Nueva sede").into(), |of| of.name.clone());
    page_with(app, by, (status, HERE, title), message, &content).await
}

/// A form that can't be taken, shown again.
pub(crate) async fn refused(
    app: &App,
    by: &User,
    id: Option<&str>,
    (problem, texts): (Problem, BTreeMap<String, String>),
) -> Result<Response, Problem> {
    let typed = form::refused(problem, texts)?;
    let stored = match id {
        Some(id) => Some(locations::existing(app, id).await?),
        None => None,
    };
    edit(app, by, stored.as_ref(), &typed, None).await
}

/// `POST /admin/locations/{id}`, from the page.
pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async { locations::put(&app, &id, &form::typed(sent, &SHAPE)?).await };
    match became.await {
        Ok((_, changed)) => Ok(telling(to_page(HERE, "saved"), "changed", changed)),
        Err(problem) => refused(&app, &by, Some(&id), (problem, texts)).await,
    }
}

/// `POST /admin/locations/{id}/remove`, from the page.
pub(crate) async fn remove(state: State<App>, path: Path<String>, page: OwnPage) -> Result<Response, Problem> {
    locations::remove(state, path, page).await.map(|_| to_page(HERE, "removed"))
}
