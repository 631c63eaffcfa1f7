//! Applications as pages.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::language::Text;
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::store::KeptClient;
use web::pages::Notice;
use web::pages::console::{Input, SAVE, Typed, Way, empty, facts, inputs, mark, post, press, section, send, table};
use web::{Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::clients::{self, Made, existing};
use crate::rights::{By, telling};
use crate::version::Seen;
use crate::words;

const HERE: &str = "/admin/clients";

const TITLE: Text = Text("Applications", "Aplicaciones");
const NEW: Text = Text("New application", "Nueva aplicación");
const CLIENT_ID: Text = Text("Client id", "Identificador de cliente");
const SHOWN_NOW: Text = Text("Its secret, which is shown only now:", "Su secreto, que se muestra solo ahora:");
const HEAD: [Text; 4] = [Text("Name", "Nombre"), CLIENT_ID, Text("Secret", "Secreto"), words::STATE];

/// What its form says.
pub(crate) const SHAPE: [(&str, As); 5] =
    [("id", As::Text), ("name", As::Text), ("redirect_uris", As::Lines), ("public", As::Tick), ("disabled", As::Tick)];

/// The list of applications.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[KeptClient]) -> Result<Response, Problem> {
    let rows = all.iter().map(|one| {
        vec![
            html! { a href={ (HERE) "/" (one.id) } { (one.client.name) } },
            html! { (one.id) },
            html! { @if one.client.public { (Text("Keeps no secret", "No guarda secretos")) } @else { (Text("Has a secret", "Tiene un secreto")) } },
            (if one.client.disabled { mark("bad", Text("Off", "Desactivada")) } else { mark("good", Text("On", "Activa")) }),
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { (Text("Programs and sites of the organisation that send people here to sign in (OpenID Connect).", "Programas y sitios de la organización que envían aquí a las personas a iniciar sesión (OpenID Connect).")) }
        p.actions { a.button href={ (HERE) "/new" } { (NEW) } }
        @if rows.is_empty() { (empty(Text("There is none yet. An application that speaks OpenID Connect can be added in a minute.", "Todavía no hay ninguna. Una aplicación que hable OpenID Connect se añade en un minuto."))) }
        @else { (table(TITLE, &HEAD, &rows)) }
    };
    page(app, by, (HERE, TITLE), happened(uri), &content).await
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
    let told = made.secret.as_ref().map(|secret| format!("{}\n{secret}", SHOWN_NOW.say()));
    let message = Notice::success(told.unwrap_or_else(|| Text("Made.", "Creada.").into()));
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
        Input::line("name", Text("Name", "Nombre"), &of.name)
            .hint(Text("What people read on their way to it.", "Lo que leen las personas de camino a ella.")),
        Input::line(
            "redirect_uris",
            Text("Addresses that it gets people back at", "Direcciones a las que se devuelve a las personas"),
            &addresses,
        )
        .way(Way::Lines(3))
        .hint(Text(
            "A line each, exactly as the application sends it.",
            "Una por línea, exactamente como la envía la aplicación.",
        )),
        Input::line("public", Text("It can't keep a secret", "No puede guardar un secreto"), ticked(of.public))
            .way(Way::Tick)
            .hint(Text(
                "For what runs in a browser or on a phone.",
                "Para lo que se ejecuta en un navegador o en un teléfono.",
            )),
        Input::line("disabled", Text("Off for now", "Desactivada por ahora"), ticked(of.disabled)).way(Way::Tick),
    ];
    if kept.is_none() {
        let hint = Text(
            "Small letters, digits and dashes; empty for one that is made.",
            "Minúsculas, números y guiones; vacío para que se genere uno.",
        );
        all.insert(0, Input::line("id", CLIENT_ID, "").hint(hint));
    }
    let action = kept.map_or(HERE.to_owned(), |kept| format!("{HERE}/{}", kept.id));
    let content = html! {
        @if let Some(kept) = kept {
            p.hint { (Text("What the application has to know:", "Lo que la aplicación debe saber:")) }
            (facts(&[(Text("Issuer", "Emisor"), app.origin.to_string()), (CLIENT_ID, kept.id.clone())]))
        }
        (post(&action, &html! { (inputs(&all, typed)) (send(SAVE)) }))
        @if let Some(kept) = kept {
            @if !kept.client.public {
                (section(Text("Secret", "Secreto"), &html! {
                    p.hint { (Text("With another one, the application does not get in until it knows it.", "Con otro, la aplicación no entra hasta que lo conozca.")) }
                    (press(&format!("{action}/secret"), Text("Make another secret", "Generar otro secreto"), "plain"))
                }))
            }
            (press(&format!("{action}/remove"), Text("Remove this application", "Eliminar esta aplicación"), "danger"))
        }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = kept.map_or_else(|| NEW.into(), |kept| kept.client.name.clone());
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
        Ok((_, changed)) => Ok(telling(to_page(&format!("{HERE}/{id}"), "saved"), "changed", changed)),
        Err(problem) => refused(&app, &by, Some(&id), (problem, texts)).await,
    }
}

/// `POST /admin/clients/{id}/remove`, from the page.
pub(crate) async fn remove(state: State<App>, path: Path<String>, seen: Seen) -> Result<Response, Problem> {
    clients::remove(state, path, seen).await.map(|_| to_page(HERE, "removed"))
}
