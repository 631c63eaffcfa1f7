//! The console: what a web admin and a staff user work in all day. Each page works without a script.

pub(crate) mod audit;
pub(crate) mod clients;
pub(crate) mod contact;
pub(crate) mod explain;
pub(crate) mod exports;
pub(crate) mod form;
pub(crate) mod home;
pub(crate) mod imports;
pub(crate) mod instances;
pub(crate) mod layouts;
pub(crate) mod lists;
pub(crate) mod locations;
pub(crate) mod logo;
pub(crate) mod mail;
pub(crate) mod newcomer;
pub(crate) mod person;
pub(crate) mod providers;
pub(crate) mod resends;
pub(crate) mod settings;
pub(crate) mod stuck;
pub(crate) mod user;

use axum::response::Response;
use domain::access::{Right, may};
use domain::expiry;
use domain::language::Text;
use domain::user::User;
use http::StatusCode;
use maud::Markup;
use service::App;
use web::pages::Notice;
use web::pages::console::{Console, Said, console};
use web::{Caller, Problem, edge, reply};

use crate::words::WHY;

/// The ways of the console, and the right that each takes.
const WAYS: [(&str, Text, Right); 16] = [
    ("/admin", Text("Home", "Inicio"), Right::Contacts),
    ("/admin/users", Text("Users", "Usuarios"), Right::Users),
    ("/admin/contacts", Text("Contacts", "Contactos"), Right::Contacts),
    ("/admin/explain", WHY, Right::Contacts),
    ("/admin/stuck", Text("Stuck people", "Personas sin acceso"), Right::Users),
    ("/admin/resends", Text("Bulk resend", "Reenvío masivo"), Right::Resends),
    ("/admin/imports", Text("Imports", "Importaciones"), Right::Imports),
    ("/admin/exports", Text("Export", "Exportación"), Right::Exports),
    ("/admin/mail", Text("Mail log", "Registro de correo"), Right::Mail),
    ("/admin/layouts", Text("Mail layouts", "Diseños de correo"), Right::Layouts),
    ("/admin/instances", Text("Sign-in instances", "Instancias de inicio de sesión"), Right::Instances),
    ("/admin/providers", Text("Providers", "Proveedores"), Right::Providers),
    ("/admin/clients", Text("Applications", "Aplicaciones"), Right::Clients),
    ("/admin/locations", Text("Locations", "Sedes"), Right::Locations),
    ("/admin/settings", Text("Settings", "Ajustes"), Right::Settings),
    ("/admin/audit", Text("Audit", "Auditoría"), Right::Audit),
];

/// What happened, by the word that an address carries.
const HAPPENED: [(&str, Text); 27] = [
    ("saved", Text("Saved.", "Guardado.")),
    ("made", Text("Made.", "Creado.")),
    ("removed", Text("Removed.", "Eliminado.")),
    (
        "erased",
        Text(
            "They are erased: the account, the contact and what hung on them.",
            "Todo se ha borrado: la cuenta, el contacto y lo que dependía de ellos.",
        ),
    ),
    (
        "restored",
        Text(
            "The older version is in force again, as a new one.",
            "La versión anterior vuelve a estar en vigor, como una nueva.",
        ),
    ),
    (
        "password_set",
        Text(
            "The password is set. It has to be changed at the next sign-in, and every session has ended.",
            "La contraseña está puesta. Habrá que cambiarla en el próximo inicio de sesión y se han cerrado todas las sesiones.",
        ),
    ),
    ("resent", Text("The way in is on its way by mail.", "La manera de entrar va de camino por correo.")),
    (
        "password_set_resent",
        Text(
            "The password is set, and the way in is on its way by mail.",
            "La contraseña está puesta y la manera de entrar va de camino por correo.",
        ),
    ),
    (
        "factor_reset",
        Text(
            "The security code is reset. The next sign-in sets up another one.",
            "El código de seguridad se ha restablecido. En el próximo inicio de sesión se configurará otro.",
        ),
    ),
    ("pin_withdrawn", Text("The PIN is withdrawn.", "El PIN se ha retirado.")),
    ("pin_mailed", Text("The PIN is on its way by mail.", "El PIN va de camino por correo.")),
    ("sessions_ended", Text("Every session has ended.", "Se han cerrado todas las sesiones.")),
    ("disabled", Text("The account is switched off.", "La cuenta está desactivada.")),
    ("enabled", Text("The account is switched on.", "La cuenta está activada.")),
    (
        "contact_disabled",
        Text(
            "They are switched off: nobody makes an account for them, and the one they have is off as well.",
            "Está desactivado: nadie le crea una cuenta y la que tiene también está desactivada.",
        ),
    ),
    (
        "contact_enabled",
        Text("They are switched on, and their account with them.", "Está activado, y su cuenta también."),
    ),
    (
        "account_made",
        Text(
            "The account is made, and its temporary password is on its way by mail.",
            "La cuenta está creada y su contraseña temporal va de camino por correo.",
        ),
    ),
    ("imported", Text("The default layouts are imported.", "Se han importado los diseños predeterminados.")),
    ("unchanged", Text("Nothing was to be changed.", "No había nada que cambiar.")),
    ("pin_made", Text("A new PIN is made.", "Se ha creado un PIN nuevo.")),
    ("linked", Text("User and contact belong together now.", "El usuario y el contacto están ahora vinculados.")),
    (
        "unlinked",
        Text("User and contact no longer belong together.", "El usuario y el contacto ya no están vinculados."),
    ),
    ("mailed", Text("The mail is on its way.", "El correo va de camino.")),
    (
        "all_exported",
        Text(
            "Nothing more is to come: you have every part, or no export has begun here.",
            "No queda nada: ya tiene todas las partes o aquí no se ha empezado ninguna exportación.",
        ),
    ),
    (
        "export_over",
        Text(
            "That export is over: each part is taken within half an hour of the one before. Begin anew.",
            "Esa exportación ha terminado: cada parte se toma en la media hora siguiente a la anterior. Empiece de nuevo.",
        ),
    ),
    (
        "identity_linked",
        Text(
            "That sign-in opens the account from now on. Its owner is told.",
            "Desde ahora esa forma de entrar abre la cuenta. Se ha avisado a su titular.",
        ),
    ),
    (
        "identity_unlinked",
        Text(
            "That sign-in opens the account no more. Its owner is told.",
            "Esa forma de entrar ya no abre la cuenta. Se ha avisado a su titular.",
        ),
    ),
];

/// What a page says of what happened, by the word in its address.
pub(crate) fn happened(uri: &http::Uri) -> Option<Notice> {
    let word = reply::query(uri, "done")?;
    HAPPENED.iter().find(|(known, _)| *known == word).map(|(_, text)| Notice::success(*text))
}

/// A page of the console.
pub(crate) async fn page(
    app: &App,
    by: &User,
    (current, title): (&str, impl Said),
    message: Option<Notice>,
    content: &Markup,
) -> Result<Response, Problem> {
    page_with(app, by, (StatusCode::OK, current, title), message, content).await
}

/// A page of the console with another status.
pub(crate) async fn page_with(
    app: &App,
    by: &User,
    (status, current, title): (StatusCode, &str, impl Said),
    message: Option<Notice>,
    content: &Markup,
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let ways = WAYS.iter().filter(|(_, _, right)| may(by, *right, true)).map(|(href, name, _)| (*href, *name));
    let frame = reply::frame(&settings);
    let now = app.clock.now();
    let expires = expiry::days_left(&settings, &by.id, by.password_set_at(), now);
    let around = Console { frame, who: &by.username, ways: ways.collect(), current, expires, message };
    Ok(edge::as_console(reply::page(status, console(&around, title.said(), content))))
}

/// Back to a page that says what happened, for a browser; `None` for a program.
pub(crate) fn back(caller: &Caller, to: &str, word: &str) -> Option<Response> {
    caller.wants_html.then(|| to_page(to, word))
}

/// Back to a page that says what happened.
pub(crate) fn to_page(to: &str, word: &str) -> Response {
    let joint = if to.contains('?') { '&' } else { '?' };
    reply::see_other(&format!("{to}{joint}done={word}"))
}

/// A person's name, or whatever else they go by.
pub(crate) fn called(person: &domain::user::Person, otherwise: &str) -> String {
    let name = person.name();
    if name.is_empty() { otherwise.to_owned() } else { name }
}

/// The words of a kind.
pub(crate) fn kind(kind: domain::user::Kind) -> Text {
    use domain::user::Kind;
    match kind {
        Kind::Contact => Text("Contact", "Contacto"),
        Kind::Staff => Text("Staff", "Personal"),
        Kind::Administrator => Text("Administrator", "Administrador"),
        Kind::Api => Text("Program", "Programa"),
    }
}
