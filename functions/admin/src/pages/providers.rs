//! Providers as pages.

use domain::language::Text;
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
use web::pages::console::{Input, SAVE, Typed, Way, empty, inputs, mark, post, press, send, table};
use web::{Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::providers::{self, existing, redirect_uri};
use crate::rights::{By, telling};
use crate::version::Seen;
use crate::words;

const HERE: &str = "/admin/providers";

/// What stands over the columns of the list.
const HEAD: [Text; 4] = [Text("Button", "Botón"), Text("Issuer", "Emisor"), Text("Mode", "Modo"), words::STATE];

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

const MODES: [(&str, Text); 2] = [
    (
        "social",
        Text("Social: not for whoever a second factor covers", "Social: no para quienes necesitan un segundo factor"),
    ),
    (
        "organisation",
        Text("Organisation: its own second factor is enough", "Organización: basta su propio segundo factor"),
    ),
];

/// The list of providers.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[Kept]) -> Result<Response, Problem> {
    let rows = all.iter().map(|one| {
        vec![
            html! { a href={ (HERE) "/" (one.id) } { (one.provider.name) } },
            html! { (one.provider.issuer) },
            html! { (if one.provider.mode == Mode::Social { Text("Social", "Social") } else { Text("Organisation", "Organización") }) },
            (if one.provider.disabled { mark("bad", Text("Off", "Desactivado")) } else { mark("good", Text("On", "Activo")) }),
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { (Text(
            "Each has a button beside the sign-in form, where the instance allows it.",
            "Cada uno tiene un botón junto al formulario de inicio de sesión, donde la instancia lo permite.",
        )) }
        p.actions { a.button href={ (HERE) "/new" } { (Text("New provider", "Nuevo proveedor")) } }
        @if rows.is_empty() { (empty(Text(
            "There is none yet: people sign in with their username and password.",
            "Todavía no hay ninguno: las personas entran con su nombre de usuario y contraseña.",
        ))) }
        @else { (table(Text("Providers", "Proveedores"), &HEAD, &rows)) }
    };
    page(app, by, (HERE, Text("Providers", "Proveedores")), happened(uri), &content).await
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
        Text("Empty, the one before stays.", "Vacío, se conserva el anterior.")
    } else {
        Text(
            "What the provider gave you beside the client id.",
            "Lo que el proveedor le dio junto al identificador de cliente.",
        )
    };
    let mut all = vec![
        Input::line("name", Text("Button", "Botón"), &of.name).hint(Text(
            "What the button says, such as Sign in with Harbour.",
            "Lo que dice el botón, por ejemplo Entrar con Harbour.",
        )),
        Input::line("issuer", Text("Issuer", "Emisor"), &of.issuer).hint(Text(
            "Its address, exactly as the provider writes it.",
            "Su dirección, exactamente como la escribe el proveedor.",
        )),
        Input::line("client_id", Text("Client id", "Identificador de cliente"), &of.client_id),
        Input::line("client_secret", Text("Client secret", "Secreto de cliente"), "").way(Way::Secret).hint(secret),
        Input::line("mode", Text("Mode", "Modo"), mode).way(Way::Choice(&MODES)),
        Input::line("amr", Text("Ways of proof", "Formas de prueba"), &amr).way(Way::Lines(2)).hint(Text(
            "One of these must have been used (amr), a line each; empty for any.",
            "Debe haberse usado una de estas (amr), una por línea; vacío para cualquiera.",
        )),
        Input::line("acr", Text("Levels of proof", "Niveles de prueba"), &acr).way(Way::Lines(2)).hint(Text(
            "One of these must have been reached (acr), a line each; empty for any.",
            "Debe haberse alcanzado uno de estos (acr), uno por línea; vacío para cualquiera.",
        )),
        Input::line("disabled", Text("Off for now", "Desactivado por ahora"), if of.disabled { "true" } else { "" })
            .way(Way::Tick),
    ];
    if kept.is_none() {
        let hint = Text(
            "Small letters, digits and dashes; empty for one that is made. It stands in the address of the button.",
            "Minúsculas, números y guiones; vacío para que se genere uno. Figura en la dirección del botón.",
        );
        all.insert(0, Input::line("id", Text("Name", "Nombre"), "").hint(hint));
    }
    let action = kept.map_or(HERE.to_owned(), |kept| format!("{HERE}/{}", kept.id));
    let content = html! {
        p.hint { (Text(
            "The provider has to know where it sends people back to:",
            "El proveedor debe saber adónde devuelve a las personas:",
        )) }
        pre { (redirect_uri(app)) }
        (post(&action, &html! { (inputs(&all, typed)) (send(SAVE)) }))
        @if let Some(kept) = kept { (press(&format!("{HERE}/{}/remove", kept.id), Text(
            "Remove this provider",
            "Eliminar este proveedor",
        ), "danger")) }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = kept.map_or_else(|| Text("New provider", "Nuevo proveedor").into(), |kept| kept.provider.name.clone());
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
