//! Sign-in instances as pages.

use domain::language::Text;
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
use web::pages::console::{Input, NOTHING, SAVE, Typed, Way, inputs, post, press, send, table};
use web::{OwnPage, Problem, Sent};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::instances::{self, existing};
use crate::rights::{By, telling};

const HERE: &str = "/admin/instances";

/// What stands over the columns of the list.
const HEAD: [Text; 5] =
    [Text("Name", "Nombre"), Text("Title", "Título"), Text("Site", "Sitio"), Text("Origins", "Orígenes"), NOTHING];

/// What is called so that is not there yet.
const NEW: Text = Text("New instance", "Nueva instancia");

/// What a box is called that has no title of its own.
const SIGN_IN: Text = Text("Sign in", "Iniciar sesión");

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
        let title = if one.instance.title.is_empty() { SIGN_IN.say() } else { &one.instance.title };
        vec![
            html! { a href={ (HERE) "/" (one.id) } { (one.id) } },
            html! { (title) },
            html! { (one.instance.site) },
            html! { (one.instance.allowed_origins.join(", ")) },
            html! { a href={ "/sign-in?instance=" (one.id) } { (Text("Look at it", "Verla")) } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { (Text(
            "Each is one copy of the sign-in box, on one page of one site. /sign-in shows the default one.",
            "Cada una es una copia del cuadro de inicio de sesión, en una página de un sitio. /sign-in muestra la predeterminada.",
        )) }
        p.actions { a.button href={ (HERE) "/new" } { (NEW) } }
        (table(Text("Instances", "Instancias"), &HEAD, &rows))
    };
    page(app, by, (HERE, Text("Sign-in instances", "Instancias de inicio de sesión")), happened(uri), &content).await
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
    let mut all = asked(of, &origins);
    if id.is_none() {
        all.insert(
            0,
            Input::line("id", Text("Name", "Nombre"), "").hint(Text(
                "Small letters, digits and dashes; empty for one that is made.",
                "Minúsculas, números y guiones; vacío para que se genere uno.",
            )),
        );
    }
    let action = id.map_or(HERE.to_owned(), |id| format!("{HERE}/{id}"));
    let title = id.map_or_else(|| NEW.into(), str::to_owned);
    let content = html! {
        @if let Some(id) = id { p { a href={ "/sign-in?instance=" (id) } { (Text("Look at it", "Verla")) } } }
        (post(&action, &html! { (inputs(&all, typed)) (send(SAVE)) }))
        @if let Some(id) = id {
            h2 { (Text("On a page of your own", "En una página propia")) }
            p.hint { (Text(
                "Put this where the box is to be, on pages of the allowed origins. The link is for visitors without scripts.",
                "Ponga esto donde deba estar el cuadro, en páginas de los orígenes permitidos. El enlace es para visitantes sin scripts.",
            )) }
            pre { (snippet(&app.origin, id)) }
            (press(&format!("{HERE}/{id}/remove"), if id == DEFAULT { Text(
                "As it was at first",
                "Como era al principio",
            ) } else { Text(
                "Remove this instance",
                "Eliminar esta instancia",
            ) }, "danger"))
        }
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(app, by, (status, HERE, title), message, &content).await
}

fn tick(name: &str, label: Text, on: bool) -> Input<'_> {
    Input::line(name, label, if on { "true" } else { "" }).way(Way::Tick)
}

/// What is asked of an instance; its origins stand one a line.
fn asked<'a>(of: &'a Instance, origins: &'a str) -> Vec<Input<'a>> {
    let own = [
        Input::line("title", Text("Title", "Título"), &of.title).hint(Text(
            "What the box is called; empty for Sign in.",
            "Cómo se llama el cuadro; vacío para «Iniciar sesión».",
        )),
        Input::line("site", Text("Site", "Sitio"), &of.site).hint(Text(
            "The site it belongs to, as your staff call it.",
            "El sitio al que pertenece, como lo llama su personal.",
        )),
        Input::line("allowed_origins", Text("Allowed origins", "Orígenes permitidos"), origins)
            .way(Way::Lines(3))
            .hint(Text(
                "Origins of pages that the box may stand on, one a line, such as https://www.example.org.",
                "Orígenes de las páginas que pueden llevar el cuadro, uno por línea, como https://www.example.org.",
            )),
        Input::line(
            "return_to",
            Text("Where to go afterwards", "Adónde ir después"),
            of.return_to.as_deref().unwrap_or_default(),
        )
        .hint(Text("If the page doesn't say.", "Si la página no lo dice.")),
        tick(
            "override_message",
            Text(
                "Override the system message if sign in fails",
                "Sustituir el mensaje del sistema si falla el inicio de sesión",
            ),
            of.override_message,
        ),
        Input::line("message", Text("Message if sign in fails", "Mensaje si falla el inicio de sesión"), &of.message)
            .way(Way::Lines(3))
            .hint(Text("Required when it overrides the system's.", "Obligatorio cuando sustituye al del sistema.")),
    ];
    own.into_iter().chain(doors(of)).collect()
}

/// The ways that an instance shows beside its form.
fn doors(of: &Instance) -> [Input<'_>; 8] {
    let beside = Text("Instructions beside it", "Instrucciones que lo acompañan");
    let words = |name, label, text| Input::line(name, label, text).way(Way::Lines(2));
    [
        tick(
            "forgot_password.shown",
            Text("Display forgot password link", "Mostrar el enlace de contraseña olvidada"),
            of.forgot_password.shown,
        ),
        words("forgot_password.instructions", beside, &of.forgot_password.instructions),
        tick(
            "forgot_username.shown",
            Text("Display forgot username link", "Mostrar el enlace de nombre de usuario olvidado"),
            of.forgot_username.shown,
        ),
        words("forgot_username.instructions", beside, &of.forgot_username.instructions),
        tick(
            "create_account.shown",
            Text("Display create account link", "Mostrar el enlace para crear una cuenta"),
            of.create_account.shown,
        ),
        words("create_account.instructions", Text("Its text", "Su texto"), &of.create_account.instructions),
        tick("pin_door", Text("Door for holders of a PIN", "Puerta para quienes tienen un PIN"), of.pin_door),
        tick("federated", Text("Other ways to sign in", "Otras formas de entrar"), of.federated),
    ]
}

/// What a page says to have the box (IN-9).
fn snippet(origin: &str, id: &str) -> String {
    format!(
        "<script src=\"{origin}/widget.js\" defer></script>\n\
         <vestibule-sign-in instance=\"{id}\"><a href=\"{origin}/sign-in?instance={id}\">{SIGN_IN}</a></vestibule-sign-in>"
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
