//! Providers as pages.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::provider::Mode;
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::store::Kept;
use web::pages::Notice;
use web::pages::console::{Input, Typed, Way, empty, inputs, mark, post, press, send, table};
use web::{Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::providers::{self, existing, redirect_uri};
use crate::rights::{By, telling};
use crate::version::Seen;

const HERE: &str = "/admin/providers";

/// What its form says.
pub(crate) const SHAPE: [(&str, As); 9] = [
    ("id", As::Text),
    ("name", As::Text),
    ("issuer", As::Text),
    ("client_id", As::Text),
    ("client_secret", As::OrNull),
    ("mode", As::Text),
    ("amr", As::Lines),
    ("acr", As::Lines),
    ("disabled", As::Tick),
];

const MODES: [(&str, &str); 2] = [
    ("social", "Social: not for whoever a second factor covers"),
    ("organisation", "Organisation: its own second factor is enough"),
];

/// The list of providers.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[Kept]) -> Result<Response, Problem> {
    let rows = all.iter().map(|one| {
        vec![
            html! { a href={ (HERE) "/" (one.id) } { (one.provider.name) } },
            html! { (one.provider.issuer) },
            html! { (if one.provider.mode == Mode::Social { "Social" } else { "Organisation" }) },
            html! { @if one.provider.disabled { (mark("bad", "Off")) } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { "Each has a button beside the sign-in form, where the instance allows it." }
        p.actions { a.button href={ (HERE) "/new" } { "New provider" } }
        @if rows.is_empty() { (empty("There is none yet: people sign in with their username and password.")) }
        @else { (table("Providers", &["Button", "Issuer", "Mode", ""], &rows)) }
    };
    page(app, by, (HERE, "Providers"), happened(uri), &content).await
}

/// `GET /admin/providers/new`
pub(crate) async fn new(State(app): State<App>, By(by): By) -> Result<Response, Problem> {
    edit(&app, &by, None, &Typed::default(), None).await
}

/// A provider, with its form.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, of: &Kept) -> Result<Response, Problem> {
    edit(app, by, Some(of), &Typed::default(), happened(uri)).await
}

/// The form of a provider that is there, or of a new one.
async fn edit(
    app: &App,
    by: &User,
    kept: Option<&Kept>,
    typed: &Typed,
    message: Option<Notice>,
) -> Result<Response, Problem> {
    let of = kept.map(|kept| kept.provider.clone()).unwrap_or_default();
    let (amr, acr) = (of.amr.join("\n"), of.acr.join("\n"));
    let mode = if of.mode == Mode::Social { "social" } else { "organisation" };
    let secret = if kept.is_some() {
        "Empty, the one before stays."
    } else {
        "What the provider gave you beside the client id."
    };
    let mut all = vec![
        Input::line("name", "Button", &of.name).hint("What the button says, such as Sign in with Harbour."),
        Input::line("issuer", "Issuer", &of.issuer).hint("Its address, exactly as the provider writes it."),
        Input::line("client_id", "Client id", &of.client_id),
        Input::line("client_secret", "Client secret", "").way(Way::Secret).hint(secret),
        Input::line("mode", "Mode", mode).way(Way::Choice(&MODES)),
        Input::line("amr", "Ways of proof", &amr)
            .way(Way::Lines(2))
            .hint("One of these must have been used (amr), a line each; empty for any."),
        Input::line("acr", "Levels of proof", &acr)
            .way(Way::Lines(2))
            .hint("One of these must have been reached (acr), a line each; empty for any."),
        Input::line("disabled", "Off for now", if of.disabled { "true" } else { "" }).way(Way::Tick),
    ];
    if kept.is_none() {
        let hint =
            "Small letters, digits and dashes; empty for one that is made. It stands in the address of the button.";
        all.insert(0, Input::line("id", "Name", "").hint(hint));
    }
    let action = kept.map_or(HERE.to_owned(), |kept| format!("{HERE}/{}", kept.id));
    let content = html! {
        p.hint { "The provider has to know where it sends people back to:" }
        pre { (redirect_uri(app)) }
        (post(&action, &html! { (inputs(&all, typed)) (send("Save")) }))
        @if let Some(kept) = kept { (press(&format!("{HERE}/{}/remove", kept.id), "Remove this provider", "danger")) }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = kept.map_or("New provider", |kept| kept.provider.name.as_str());
    page_with(app, by, (status, HERE, title), message, &content).await
}

/// A form that can't be taken, shown again, without its secret.
pub(crate) async fn refused(
    app: &App,
    by: &User,
    id: Option<&str>,
    (problem, mut texts): (Problem, BTreeMap<String, String>),
) -> Result<Response, Problem> {
    texts.remove("client_secret");
    let problem = match problem.code {
        "name_taken" => Problem::rejected([("id", vec![problem.detail])]),
        _ => problem,
    };
    let mut typed = form::refused(problem, texts)?;
    // A box that isn't ticked isn't sent.
    typed.values.entry("disabled".to_owned()).or_default();
    let stored = match id {
        Some(id) => Some(existing(app, id).await?),
        None => None,
    };
    edit(app, by, stored.as_ref(), &typed, None).await
}

/// `POST /admin/providers/{id}`, from the page.
pub(crate) async fn save(
    State(app): State<App>,
    Path(id): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async { providers::put(&app, &id, form::typed(sent, &SHAPE)?, None).await };
    match became.await {
        Ok((_, changed)) => Ok(telling(to_page(&format!("{HERE}/{id}"), "saved"), "changed", changed)),
        Err(problem) => refused(&app, &by, Some(&id), (problem, texts)).await,
    }
}

/// `POST /admin/providers/{id}/remove`, from the page.
pub(crate) async fn remove(state: State<App>, path: Path<String>, seen: Seen) -> Result<Response, Problem> {
    providers::remove(state, path, seen).await.map(|_| to_page(HERE, "removed"))
}
