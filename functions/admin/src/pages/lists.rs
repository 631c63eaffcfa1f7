//! The lists of users and contacts.

use axum::response::Response;
use domain::access::{Right, may};
use domain::email::Email;
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

/// The list of users.
pub(crate) async fn users(app: &App, by: &User, uri: &Uri, of: &Page<UserRow>) -> Result<Response, Problem> {
    let q = reply::query(uri, "q").unwrap_or_default();
    let filter = reply::query(uri, "filter").unwrap_or_default();
    let choices = [
        ("", "Everybody"),
        ("kind:contact", "Contacts' accounts"),
        ("kind:staff", "Staff"),
        ("kind:administrator", "Administrators"),
        ("kind:api", "Programs"),
        ("sponsor:true", "Sponsors"),
        ("locked:true", "Locked"),
        ("never_signed_in:true", "Never signed in"),
        ("state:disabled", "Switched off"),
        ("state:invitation_expired", "Invitation expired"),
    ];
    let content = html! {
        p.actions { a.button href="/admin/users/new" { "New user" } }
        (search("/admin/users", "Name, username, e-mail or company", &q, &narrowing(&filter, &choices)))
        div data-list="" {
            @if of.items.is_empty() { (empty("Nobody is found so. Try the beginning of a name, or another filter.")) }
            @else { (resends::batch(Target::Users, (&q, &filter), "Send new user email", &ticked_users(&of.items))) }
            (next_page(next("/admin/users", (&q, &filter), of.next.as_deref()).as_deref()))
        }
    };
    page(app, by, ("/admin/users", "Users"), happened(uri), &content).await
}

/// The list of contacts.
pub(crate) async fn contacts(app: &App, by: &User, uri: &Uri, of: &Page<ContactRow>) -> Result<Response, Problem> {
    let q = reply::query(uri, "q").unwrap_or_default();
    let filter = reply::query(uri, "filter").unwrap_or_default();
    let choices = [("", "Everybody"), ("account:true", "With an account"), ("account:false", "Without an account")];
    let ticked =
        |row: &ContactRow| std::iter::once(tick(row.id(), &row.person.name())).chain(contact_row(row)).collect();
    let rows: Vec<Vec<Markup>> = of.items.iter().map(ticked).collect();
    let head = ["Choose", "Name", "E-mail", "Company", "Group", "Account"];
    let content = html! {
        p.actions { a.button href="/admin/contacts/new" { "New contact" } }
        (search("/admin/contacts", "Name, e-mail or company", &q, &narrowing(&filter, &choices)))
        div data-list="" {
            @if rows.is_empty() { (empty(nobody(by))) }
            @else { (resends::batch(Target::Contacts, (&q, &filter), "Resend login credentials", &table("Contacts", &head, &rows))) }
            (next_page(next("/admin/contacts", (&q, &filter), of.next.as_deref()).as_deref()))
        }
    };
    page(app, by, ("/admin/contacts", "Contacts"), happened(uri), &content).await
}

fn nobody(by: &User) -> &'static str {
    if may(by, Right::Users, true) {
        "Nobody is found so. Try the beginning of a name, or another filter."
    } else {
        "Nobody in your group is found so. Try the beginning of a name."
    }
}

fn narrowing(filter: &str, choices: &[(&str, &str)]) -> Markup {
    let written = !choices.iter().any(|(value, _)| *value == filter);
    html! {
        div.field.narrow {
            label for="filter" { "Only" }
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

/// Users as a table.
pub(crate) fn user_table(rows: &[UserRow]) -> Markup {
    let head = ["Name", "Username", "E-mail", "Kind", "Company or group", "State"];
    table("Users", &head, &rows.iter().map(|row| user_row(row, &page_of(row))).collect::<Vec<_>>())
}

/// Users as a table that leads to their contacts, where whoever looks has no right to users.
pub(crate) fn member_table(rows: &[UserRow]) -> Markup {
    let head = ["Name", "Username", "E-mail", "Kind", "Company or group", "State"];
    let contact = |row: &UserRow| row.contact.as_ref().map(|id| format!("/admin/contacts/{id}")).unwrap_or_default();
    table("Users", &head, &rows.iter().map(|row| user_row(row, &contact(row))).collect::<Vec<_>>())
}

fn page_of(row: &UserRow) -> String {
    format!("/admin/users/{}", row.id())
}

/// Users as a table whose rows can be ticked.
fn ticked_users(rows: &[UserRow]) -> Markup {
    let head = ["Choose", "Name", "Username", "E-mail", "Kind", "Company or group", "State"];
    let ticked =
        |row: &UserRow| std::iter::once(tick(row.id(), &row.username)).chain(user_row(row, &page_of(row))).collect();
    table("Users", &head, &rows.iter().map(ticked).collect::<Vec<_>>())
}

fn tick(id: &str, name: &str) -> Markup {
    html! { label.tick { input type="checkbox" name={ "id-" (id) } value="true" aria-label={ "Choose " (name) }; } }
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
        html! { (kind(row.kind)) },
        html! { (belongs.join(", ")) },
        state(row.state, row.pin.is_some(), row.password_changed_at.is_none()),
    ]
}

/// A user's state in words that stand out.
pub(crate) fn state(state: State, sponsor: bool, never: bool) -> Markup {
    html! {
        @match state {
            State::Active if never => { (mark("warn", "Never signed in")) }
            State::Active => { (mark("good", "Active")) }
            State::InvitationExpired => { (mark("warn", "Invitation expired")) }
            State::Disabled => { (mark("bad", "Switched off")) }
        }
        @if sponsor { " " (mark("", "Sponsor")) }
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
            @if row.user.is_some() { (mark("good", "Has one")) } @else { (mark("", "None")) }
            @if row.disabled { " " (mark("bad", "Switched off")) }
        },
    ]
}
