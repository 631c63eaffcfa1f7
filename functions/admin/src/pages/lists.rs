//! The lists of users and contacts.

use axum::response::Response;
use domain::access::{Right, may};
use domain::email::Email;
use domain::language::Text;
use domain::run::Target;
use domain::user::{State, User};
use http::Uri;
use maud::{Markup, html};
use service::App;
use service::flow::lists::Page;
use service::store::{ContactRow, UserRow};
use web::pages::console::{empty, mark, next_page, search, table};
use web::{Problem, reply};

use super::{called, happened, kind, page, resends};
use crate::words;

/// The list of users.
pub(crate) async fn users(app: &App, by: &User, uri: &Uri, of: &Page<UserRow>) -> Result<Response, Problem> {
    let q = reply::query(uri, "q").unwrap_or_default();
    let filter = reply::query(uri, "filter").unwrap_or_default();
    let choices = [
        ("", Text("Everybody", "Todos")),
        ("kind:contact", Text("Contacts' accounts", "Cuentas de contactos")),
        ("kind:staff", Text("Staff", "Personal")),
        ("kind:administrator", Text("Administrators", "Administradores")),
        ("kind:api", Text("Programs", "Programas")),
        ("sponsor:true", Text("Sponsors", "Patrocinadores")),
        ("locked:true", Text("Locked", "Bloqueado")),
        ("never_signed_in:true", Text("Never signed in", "Nunca ha entrado")),
        ("state:disabled", Text("Switched off", "Desactivado")),
        ("state:invitation_expired", Text("Invitation expired", "Invitación caducada")),
    ];
    let content = html! {
        p.actions { a.button href="/admin/users/new" { (Text("New user", "Nuevo usuario")) } }
        (search("/admin/users", Text(
            "Name, username, e-mail or company",
            "Nombre, nombre de usuario, correo o empresa",
        ), &q, &narrowing(&filter, &choices)))
        div data-list="" {
            @if of.items.is_empty() { (empty(Text(
                "Nobody is found so. Try the beginning of a name, or another filter.",
                "No se ha encontrado a nadie. Pruebe con el principio de un nombre o con otro filtro.",
            ))) }
            @else { (resends::batch(Target::Users, (&q, &filter), Text(
                "Send new user email",
                "Enviar el correo de nuevo usuario",
            ), &ticked_users(&of.items))) }
            (next_page(next("/admin/users", (&q, &filter), of.next.as_deref()).as_deref()))
        }
    };
    page(app, by, ("/admin/users", Text("Users", "Usuarios")), happened(uri), &content).await
}

/// The list of contacts.
pub(crate) async fn contacts(app: &App, by: &User, uri: &Uri, of: &Page<ContactRow>) -> Result<Response, Problem> {
    let q = reply::query(uri, "q").unwrap_or_default();
    let filter = reply::query(uri, "filter").unwrap_or_default();
    let choices = [
        ("", Text("Everybody", "Todos")),
        ("account:true", Text("With an account", "Con cuenta")),
        ("account:false", Text("Without an account", "Sin cuenta")),
        ("state:disabled", Text("Switched off", "Desactivados")),
    ];
    let ticked =
        |row: &ContactRow| std::iter::once(tick(row.id(), &row.person.name())).chain(contact_row(row)).collect();
    let rows: Vec<Vec<Markup>> = of.items.iter().map(ticked).collect();
    let head = [
        Text("Choose", "Elegir"),
        Text("Name", "Nombre"),
        Text("E-mail", "Correo electrónico"),
        Text("Company", "Empresa"),
        Text("Group", "Grupo"),
        Text("Account", "Cuenta"),
    ];
    let content = html! {
        p.actions { a.button href="/admin/contacts/new" { (Text("New contact", "Nuevo contacto")) } }
        (search("/admin/contacts", Text("Name, e-mail or company", "Nombre, correo o empresa"), &q, &narrowing(&filter, &choices)))
        div data-list="" {
            @if rows.is_empty() { (empty(nobody(by))) }
            @else { (resends::batch(Target::Contacts, (&q, &filter), Text(
                "Resend login credentials",
                "Reenviar los datos de acceso",
            ), &table(Text("Contacts", "Contactos"), &head, &rows))) }
            (next_page(next("/admin/contacts", (&q, &filter), of.next.as_deref()).as_deref()))
        }
    };
    page(app, by, ("/admin/contacts", Text("Contacts", "Contactos")), happened(uri), &content).await
}

fn nobody(by: &User) -> Text {
    if may(by, Right::Users, true) {
        Text(
            "Nobody is found so. Try the beginning of a name, or another filter.",
            "No se ha encontrado a nadie. Pruebe con el principio de un nombre o con otro filtro.",
        )
    } else {
        Text(
            "Nobody in your group is found so. Try the beginning of a name.",
            "No se ha encontrado a nadie en su grupo. Pruebe con el principio de un nombre.",
        )
    }
}

fn narrowing(filter: &str, choices: &[(&str, Text)]) -> Markup {
    let written = !choices.iter().any(|(value, _)| *value == filter);
    html! {
        div.field.narrow {
            label for="filter" { (Text("Only", "Solo")) }
            select id="filter" name="filter" {
                @for (value, name) in choices { option value=(value) selected[*value == filter] { (name) } }
                @if written { option value=(filter) selected { (filter) } }
            }
        }
    }
}

fn next(path: &str, asked: (&str, &str), cursor: Option<&str>) -> Option<String> {
    let cursor = cursor?;
    let pairs = [("q", asked.0), ("filter", asked.1), ("cursor", cursor)];
    let query: Vec<String> =
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| reply::encoded(name, value)).collect();
    Some(format!("{path}?{}", query.join("&")))
}

/// What stands over users.
const USER_HEAD: [Text; 6] = [
    Text("Name", "Nombre"),
    Text("Username", "Nombre de usuario"),
    Text("E-mail", "Correo electrónico"),
    Text("Kind", "Tipo"),
    Text("Company or group", "Empresa o grupo"),
    words::STATE,
];

const USERS: Text = Text("Users", "Usuarios");

/// Users as a table.
pub(crate) fn user_table(rows: &[UserRow]) -> Markup {
    table(USERS, &USER_HEAD, &rows.iter().map(|row| user_row(row, &page_of(row))).collect::<Vec<_>>())
}

/// Users as a table that leads to their contacts, where whoever looks has no right to users.
pub(crate) fn member_table(rows: &[UserRow]) -> Markup {
    let contact = |row: &UserRow| row.contact.as_ref().map(|id| format!("/admin/contacts/{id}")).unwrap_or_default();
    table(USERS, &USER_HEAD, &rows.iter().map(|row| user_row(row, &contact(row))).collect::<Vec<_>>())
}

fn page_of(row: &UserRow) -> String {
    format!("/admin/users/{}", row.id())
}

/// Users as a table whose rows can be ticked.
fn ticked_users(rows: &[UserRow]) -> Markup {
    let head: Vec<Text> = std::iter::once(Text("Choose", "Elegir")).chain(USER_HEAD).collect();
    let ticked =
        |row: &UserRow| std::iter::once(tick(row.id(), &row.username)).chain(user_row(row, &page_of(row))).collect();
    table(USERS, &head, &rows.iter().map(ticked).collect::<Vec<_>>())
}

fn tick(id: &str, name: &str) -> Markup {
    html! { label.tick { input type="checkbox" name={ "id-" (id) } value="true" aria-label={ (Text("Choose ", "Elegir ")) (name) }; } }
}

/// A row; the name leads to a page, if there is one.
fn user_row(row: &UserRow, page: &str) -> Vec<Markup> {
    let person = &row.person;
    let belongs = [person.company.as_deref(), person.group.as_deref()];
    let belongs: Vec<&str> = belongs.into_iter().flatten().collect();
    vec![
        html! { @if page.is_empty() { (called(person, &row.username)) } @else { a href=(page) { (called(person, &row.username)) } } },
        html! { (row.username) },
        html! { (person.mailbox().map(Email::shown).unwrap_or_default()) },
        html! { span.whole { (kind(row.kind)) } },
        html! { (belongs.join(", ")) },
        state(row.state, row.pin.is_some(), row.password_changed_at.is_none()),
    ]
}

/// A user's state in words that stand out.
pub(crate) fn state(state: State, sponsor: bool, never: bool) -> Markup {
    html! {
        @match state {
            State::Active if never => { (mark("warn", Text("Never signed in", "Nunca ha entrado"))) }
            State::Active => { (mark("good", Text("Active", "Activo"))) }
            State::InvitationExpired => { (mark("warn", Text("Invitation expired", "Invitación caducada"))) }
            State::Disabled => { (mark("bad", Text("Switched off", "Desactivado"))) }
        }
        @if sponsor { " " (mark("", Text("Sponsor", "Patrocinador"))) }
    }
}

fn contact_row(row: &ContactRow) -> Vec<Markup> {
    let person = &row.person;
    let email = person.mailbox().map(Email::shown).unwrap_or_default();
    vec![
        html! { a href={ "/admin/contacts/" (row.id()) } { (called(person, if email.is_empty() { row.id() } else { email })) } },
        html! { (email) },
        html! { (person.company.as_deref().unwrap_or_default()) },
        html! { (person.group.as_deref().unwrap_or_default()) },
        html! {
            @if row.user.is_some() { (mark("good", Text("Has one", "Tiene una"))) } @else { (mark("", Text("None", "Ninguna"))) }
            @if row.disabled { " " (mark("bad", Text("Switched off", "Desactivado"))) }
        },
    ]
}
