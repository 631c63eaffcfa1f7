//! Sign-in instances as pages.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::instance::{DEFAULT, Instance};
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use serde_json::{Map, Value};
use service::App;
use service::store::Named;
use web::pages::Notice;
use web::pages::console::{Input, Typed, Way, inputs, post, press, send, table};
use web::{OwnPage, Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::instances::{self, existing};
use crate::rights::{By, telling};

const HERE: &str = "/admin/instances";

const SHAPE: [(&str, As); 15] = [
    ("id", As::Text),
    ("title", As::Text),
    ("site", As::Text),
    ("allowed_origins", As::Lines),
    ("return_to", As::OrNull),
    ("override_message", As::Tick),
    ("message", As::Text),
    ("forgot_password.shown", As::Tick),
    ("forgot_password.instructions", As::Text),
    ("forgot_username.shown", As::Tick),
    ("forgot_username.instructions", As::Text),
    ("create_account.shown", As::Tick),
    ("create_account.instructions", As::Text),
    ("pin_door", As::Tick),
    ("federated", As::Tick),
];

/// What was sent, by a form or a program.
pub(crate) fn typed(sent: Sent) -> Result<instances::Typed, Problem> {
    if !sent.form {
        return sent.fields.typed();
    }
    let mut nested: Map<String, Value> = Map::new();
    for (name, value) in form::object(&form::texts(&sent.fields), &SHAPE) {
        match name.split_once('.') {
            Some((outer, inner)) => {
                let within = nested.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                within.as_object_mut().map(|within| within.insert(inner.to_owned(), value));
            }
            None if name == "id" && value == "" => {}
            None => drop(nested.insert(name, value)),
        }
    }
    form::read(nested)
}

/// The list of instances.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[Named]) -> Result<Response, Problem> {
    let rows = all.iter().map(|one| {
        let title = if one.instance.title.is_empty() { "Sign in" } else { &one.instance.title };
        vec![
            html! { a href={ (HERE) "/" (one.id) } { (one.id) } },
            html! { (title) },
            html! { (one.instance.site) },
            html! { (one.instance.allowed_origins.join(", ")) },
            html! { a href={ "/sign-in?instance=" (one.id) } { "Look at it" } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { "Each is one copy of the sign-in box, on one page of one site. /sign-in shows the default one." }
        p.actions { a.button href={ (HERE) "/new" } { "New instance" } }
        (table("Instances", &["Name", "Title", "Site", "Origins", ""], &rows))
    };
    page(app, by, (HERE, "Sign-in instances"), happened(uri), &content).await
}

/// `GET /admin/instances/new`
pub(crate) async fn new(State(app): State<App>, By(by): By) -> Result<Response, Problem> {
    edit(&app, &by, (None, &Instance::default()), &Typed::default(), None).await
}

/// An instance, with its form.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, of: &Named) -> Result<Response, Problem> {
    edit(app, by, (Some(&of.id), &of.instance), &Typed::default(), happened(uri)).await
}

/// The form of an instance that is there, or of a new one.
pub(crate) async fn edit(
    app: &App,
    by: &User,
    (id, of): (Option<&str>, &Instance),
    typed: &Typed,
    message: Option<Notice>,
) -> Result<Response, Problem> {
    let origins = of.allowed_origins.join("\n");
    let to = of.return_to.clone().unwrap_or_default();
    let tick = |name, label, on: bool| Input::line(name, label, if on { "true" } else { "" }).way(Way::Tick);
    let mut all = vec![
        Input::line("title", "Title", &of.title).hint("What the box is called; empty for Sign in."),
        Input::line("site", "Site", &of.site).hint("The site it belongs to, as your staff call it."),
        Input::line("allowed_origins", "Allowed origins", &origins)
            .way(Way::Lines(3))
            .hint("Origins of pages that the box may stand on, one a line, such as https://www.example.org."),
        Input::line("return_to", "Where to go afterwards", &to).hint("If the page doesn't say."),
        tick("override_message", "Override the system message if sign in fails", of.override_message),
        Input::line("message", "Message if sign in fails", &of.message)
            .way(Way::Lines(3))
            .hint("Required when it overrides the system's."),
        tick("forgot_password.shown", "Display forgot password link", of.forgot_password.shown),
        Input::line("forgot_password.instructions", "Instructions beside it", &of.forgot_password.instructions)
            .way(Way::Lines(2)),
        tick("forgot_username.shown", "Display forgot username link", of.forgot_username.shown),
        Input::line("forgot_username.instructions", "Instructions beside it", &of.forgot_username.instructions)
            .way(Way::Lines(2)),
        tick("create_account.shown", "Display create account link", of.create_account.shown),
        Input::line("create_account.instructions", "Its text", &of.create_account.instructions).way(Way::Lines(2)),
        tick("pin_door", "Door for holders of a PIN", of.pin_door),
        tick("federated", "Other ways to sign in", of.federated),
    ];
    if id.is_none() {
        all.insert(
            0,
            Input::line("id", "Name", "").hint("Small letters, digits and dashes; empty for one that is made."),
        );
    }
    let action = id.map_or(HERE.to_owned(), |id| format!("{HERE}/{id}"));
    let content = html! {
        @if let Some(id) = id { p { a href={ "/sign-in?instance=" (id) } { "Look at it" } } }
        (post(&action, &html! { (inputs(&all, typed)) (send("Save")) }))
        @if let Some(id) = id {
            h2 { "On a page of your own" }
            p.hint { "Put this where the box is to be, on pages of the allowed origins. The link is for visitors without scripts." }
            pre { (snippet(&app.origin, id)) }
            (press(&format!("{HERE}/{id}/remove"), if id == DEFAULT { "As it was at first" } else { "Remove this instance" }, "danger"))
        }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(app, by, (status, HERE, id.unwrap_or("New instance")), message, &content).await
}

/// What a page says to have the box (IN-9).
fn snippet(origin: &str, id: &str) -> String {
    format!(
        "<script src=\"{origin}/widget.js\" defer></script>\n\
         <vestibule-sign-in instance=\"{id}\"><a href=\"{origin}/sign-in?instance={id}\">Sign in</a></vestibule-sign-in>"
    )
}

/// A form that can't be taken, shown again.
pub(crate) async fn refused(
    app: &App,
    by: &User,
    id: Option<&str>,
    (problem, texts): (Problem, BTreeMap<String, String>),
) -> Result<Response, Problem> {
    let problem = match problem.code {
        "name_taken" => Problem::rejected([("id", vec![problem.detail])]),
        _ => problem,
    };
    let mut typed = form::refused(problem, texts)?;
    // A box that isn't ticked isn't sent.
    for (name, _) in SHAPE.iter().filter(|(_, kind)| *kind == As::Tick) {
        typed.values.entry((*name).to_owned()).or_default();
    }
    let stored = match id {
        Some(id) => existing(app, id).await?.instance,
        None => Instance::default(),
    };
    edit(app, by, (id, &stored), &typed, None).await
}

/// `POST /admin/instances/{id}`, from the page.
pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async { instances::put(&app, &id, typed(sent)?).await };
    match became.await {
        Ok((_, changed)) => Ok(telling(to_page(&format!("{HERE}/{id}"), "saved"), "changed", changed)),
        Err(problem) => refused(&app, &by, Some(&id), (problem, texts)).await,
    }
}

/// `POST /admin/instances/{id}/remove`, from the page.
pub(crate) async fn remove(state: State<App>, path: Path<String>, page: OwnPage) -> Result<Response, Problem> {
    instances::remove(state, path, page).await.map(|_| to_page(HERE, "removed"))
}
