//! Applications as pages.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::store::KeptClient;
use web::pages::Notice;
use web::pages::console::{Input, Typed, Way, empty, facts, inputs, mark, post, press, section, send, table};
use web::{Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::clients::{self, Made, existing};
use crate::rights::By;
use crate::version::Seen;

const HERE: &str = "/admin/clients";

/// What its form says.
pub(crate) const SHAPE: [(&str, As); 5] =
    [("id", As::Text), ("name", As::Text), ("redirect_uris", As::Lines), ("public", As::Tick), ("disabled", As::Tick)];

/// The list of applications.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[KeptClient]) -> Result<Response, Problem> {
    let rows = all.iter().map(|one| {
        vec![
            html! { a href={ (HERE) "/" (one.id) } { (one.client.name) } },
            html! { (one.id) },
            html! { @if one.client.public { "Keeps no secret" } @else { "Has a secret" } },
            html! { @if one.client.disabled { (mark("bad", "Off")) } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { "Programs and sites of the organisation that send people here to sign in (OpenID Connect)." }
        p.actions { a.button href={ (HERE) "/new" } { "New application" } }
        @if rows.is_empty() { (empty("There is none yet. An application that speaks OpenID Connect can be added in a minute.")) }
        @else { (table("Applications", &["Name", "Client id", "Secret", ""], &rows)) }
    };
    page(app, by, (HERE, "Applications"), happened(uri), &content).await
}

/// `GET /admin/clients/new`
pub(crate) async fn new(State(app): State<App>, By(by): By) -> Result<Response, Problem> {
    edit(&app, &by, None, &Typed::default(), None).await
}

/// An application, with its form.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, of: &KeptClient) -> Result<Response, Problem> {
    edit(app, by, Some(of), &Typed::default(), happened(uri)).await
}

/// An application whose secret has just been made: shown now and never again.
pub(crate) async fn made(app: &App, by: &User, made: &Made) -> Result<Response, Problem> {
    let told = made.secret.as_ref().map(|secret| format!("Its secret, which is shown only now:\n{secret}"));
    let message = Notice::success(told.unwrap_or_else(|| "Made.".to_owned()));
    edit(app, by, Some(&made.kept), &Typed::default(), Some(message)).await
}

/// The form of an application that is there, or of a new one.
async fn edit(
    app: &App,
    by: &User,
    kept: Option<&KeptClient>,
    typed: &Typed,
    message: Option<Notice>,
) -> Result<Response, Problem> {
    let of = kept.map(|kept| kept.client.clone()).unwrap_or_default();
    let addresses = of.redirect_uris.join("\n");
    let ticked = |yes: bool| if yes { "true" } else { "" };
    let mut all = vec![
        Input::line("name", "Name", &of.name).hint("What people read on their way to it."),
        Input::line("redirect_uris", "Addresses that it gets people back at", &addresses)
            .way(Way::Lines(3))
            .hint("A line each, exactly as the application sends it."),
        Input::line("public", "It can't keep a secret", ticked(of.public))
            .way(Way::Tick)
            .hint("For what runs in a browser or on a phone."),
        Input::line("disabled", "Off for now", ticked(of.disabled)).way(Way::Tick),
    ];
    if kept.is_none() {
        let hint = "Small letters, digits and dashes; empty for one that is made.";
        all.insert(0, Input::line("id", "Client id", "").hint(hint));
    }
    let action = kept.map_or(HERE.to_owned(), |kept| format!("{HERE}/{}", kept.id));
    let content = html! {
        @if let Some(kept) = kept {
            p.hint { "What the application has to know:" }
            (facts(&[("Issuer", app.origin.to_string()), ("Client id", kept.id.clone())]))
        }
        (post(&action, &html! { (inputs(&all, typed)) (send("Save")) }))
        @if let Some(kept) = kept {
            @if !kept.client.public {
                (section("Secret", &html! {
                    p.hint { "With another one, the application does not get in until it knows it." }
                    (press(&format!("{action}/secret"), "Make another secret", "plain"))
                }))
            }
            (press(&format!("{action}/remove"), "Remove this application", "danger"))
        }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = kept.map_or("New application", |kept| kept.client.name.as_str());
    page_with(app, by, (status, HERE, title), message, &content).await
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
    for name in ["public", "disabled"] {
        typed.values.entry(name.to_owned()).or_default();
    }
    let stored = match id {
        Some(id) => Some(existing(app, id).await?),
        None => None,
    };
    edit(app, by, stored.as_ref(), &typed, None).await
}

/// `POST /admin/clients/{id}`, from the page.
pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async { clients::put(&app, &id, form::typed(sent, &SHAPE)?, None).await };
    match became.await {
        Ok(_) => Ok(to_page(&format!("{HERE}/{id}"), "saved")),
        Err(problem) => refused(&app, &by, Some(&id), (problem, texts)).await,
    }
}

/// `POST /admin/clients/{id}/remove`, from the page.
pub(crate) async fn remove(state: State<App>, path: Path<String>, seen: Seen) -> Result<Response, Problem> {
    clients::remove(state, path, seen).await.map(|_| to_page(HERE, "removed"))
}
