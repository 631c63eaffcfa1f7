//! `/admin/users/{id}/links`: accounts elsewhere that open a user's (FE-1): seen, made and taken away by administrators.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::language::Text;
use http::{StatusCode, Uri};
use jiff::Timestamp;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::federated::{Linked, link_by_staff, unlink_by_staff};
use service::store::Link;
use web::pages::console::{Input, NOTHING, Typed as Form, Way, inputs, post, press, send, table};
use web::{Caller, Given, OwnPage, Problem, reply};

use crate::rights::{By, telling};
use crate::users::id;
use crate::{pages, paging};

/// A link as administrators see it.
#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    provider: &'a str,
    issuer: &'a str,
    subject: &'a str,
    label: &'a str,
    at: Timestamp,
}

impl<'a> Shown<'a> {
    fn of(link: &'a Link) -> Self {
        let Link { issuer, subject, provider, label, at, .. } = link;
        Self { id: link.id(), provider, issuer, subject, label, at: *at }
    }
}

/// `GET /admin/users/{id}/links`
pub(crate) async fn list(State(app): State<App>, Path(user): Path<String>, uri: Uri) -> Result<Response, Problem> {
    let user = app.store.user(&id(&user)?).await?.ok_or_else(Problem::not_found)?;
    let all = app.store.links_of(&user.id).await?;
    let items: Vec<_> = all.iter().map(Shown::of).collect();
    paging::page(&uri, &items)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    provider: String,
    subject: String,
}

/// `POST /admin/users/{id}/links`: whom a provider calls so is this user.
pub(crate) async fn make(
    State(app): State<App>,
    Path(user): Path<String>,
    By(by): By,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let wrong = |field, why: Text| Err(Problem::rejected([(field, vec![why.into()])]));
    let (provider, subject) = (typed.provider.trim(), typed.subject.trim());
    match link_by_staff(&app, &id(&user)?, &by, (provider, subject)).await? {
        Linked::Yes(link) => {
            let answer = reply::json(StatusCode::CREATED, &Shown::of(&link));
            let answer = pages::back(&caller, &format!("/admin/users/{user}"), "identity_linked").unwrap_or(answer);
            Ok(telling(telling(answer, "provider", provider), "subject", subject))
        }
        Linked::NoSubject => wrong(
            "subject",
            Text(
                "What the provider calls the person (sub): 1 to 255 bytes.",
                "Cómo llama el proveedor a la persona (sub): de 1 a 255 bytes.",
            ),
        ),
        Linked::TooMany => wrong(
            "subject",
            Text(
                "The account has ten other sign-ins. Take one away first.",
                "La cuenta tiene otras diez formas de entrar. Quite una primero.",
            ),
        ),
        Linked::OwnCredentials | Linked::Unproven => wrong(
            "provider",
            Text("Programs do not sign in by a provider.", "Los programas no entran por un proveedor."),
        ),
        Linked::Nothing => wrong(
            "provider",
            Text(
                "There is no such provider, or the user is switched off or not yours to change.",
                "No existe ese proveedor, o el usuario está desactivado o usted no puede cambiarlo.",
            ),
        ),
        Linked::Taken => {
            let detail = Text(
                "It opens somebody's account already. Take it away there first.",
                "Ya abre la cuenta de alguien. Quítela allí primero.",
            );
            Err(Problem::new(
                StatusCode::CONFLICT,
                "already_linked",
                Text("It is linked already", "Ya está vinculada").say(),
                detail,
            ))
        }
    }
}

/// `DELETE /admin/users/{id}/links/{link}`; a form posts to `…/remove`.
pub(crate) async fn remove(
    State(app): State<App>,
    Path((user, link)): Path<(String, String)>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let Linked::Yes(_) = unlink_by_staff(&app, &id(&user)?, &by, &link).await? else {
        return Err(Problem::not_found());
    };
    let page = pages::back(&caller, &format!("/admin/users/{user}"), "identity_unlinked");
    Ok(page.unwrap_or_else(|| StatusCode::NO_CONTENT.into_response()))
}

/// The part of a user's page, and whether there is any.
pub(crate) async fn part(app: &App, user: &domain::id::UserId) -> Result<(Markup, bool), Problem> {
    let (links, providers) = tokio::join!(app.store.links_of(user), app.store.providers());
    let (links, providers) = (links?, providers?);
    let here = format!("/admin/users/{user}/links");
    let rows = links.iter().map(|link| {
        let remove = press(&format!("{here}/{}/remove", link.id()), Text("Take away", "Quitar"), "plain");
        vec![html! { (link.provider) }, html! { (link.label) }, html! { (link.subject) }, remove]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let choices: Vec<(&str, &str)> =
        providers.iter().map(|one| (one.id.as_str(), one.provider.name.as_str())).collect();
    let all = [
        Input::line("provider", Text("Provider", "Proveedor"), "").way(Way::Named(None, &choices)),
        Input::line("subject", Text("What it calls them", "Cómo le llama"), "").hint(Text(
            "The provider's own id of the person (sub), not an address.",
            "El identificador propio del proveedor para la persona (sub), no una dirección.",
        )),
    ];
    let markup = html! {
        @if !rows.is_empty() { (table(Text(
            "Other sign-ins",
            "Otras formas de entrar",
        ), &[Text("Provider", "Proveedor"), Text("Known as", "Conocido como"), Text("Subject", "Identificador"), NOTHING], &rows)) }
        @if choices.is_empty() { p.hint { (Text("There are no providers yet.", "Todavía no hay proveedores.")) } }
        @else { (post(&here, &html! { (inputs(&all, &Form::default())) (send(Text("Link", "Vincular"))) })) }
    };
    Ok((markup, !rows.is_empty()))
}
