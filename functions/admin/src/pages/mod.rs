//! The console: what a web admin and a staff user work in all day. Each page works without a script.

pub(crate) mod audit;
pub(crate) mod explain;
pub(crate) mod exports;
pub(crate) mod form;
pub(crate) mod home;
pub(crate) mod imports;
pub(crate) mod instances;
pub(crate) mod layouts;
pub(crate) mod lists;
pub(crate) mod locations;
pub(crate) mod mail;
pub(crate) mod newcomer;
pub(crate) mod person;
pub(crate) mod providers;
pub(crate) mod resends;
pub(crate) mod settings;
pub(crate) mod stuck;

use axum::response::Response;
use domain::access::{Right, may};
use domain::user::User;
use http::StatusCode;
use maud::Markup;
use service::App;
use service::flow::Trouble;
use web::pages::Notice;
use web::pages::console::{Console, console};
use web::{Caller, Problem, edge, reply};

/// The ways of the console, and the right that each takes.
const WAYS: [(&str, &str, Right); 15] = [
    ("/admin", "Home", Right::Contacts),
    ("/admin/users", "Users", Right::Users),
    ("/admin/contacts", "Contacts", Right::Contacts),
    ("/admin/explain", "Why can't they get in?", Right::Contacts),
    ("/admin/stuck", "Stuck people", Right::Users),
    ("/admin/resends", "Bulk resend", Right::Resends),
    ("/admin/imports", "Imports", Right::Imports),
    ("/admin/exports", "Export", Right::Exports),
    ("/admin/mail", "Mail log", Right::Mail),
    ("/admin/layouts", "Mail layouts", Right::Layouts),
    ("/admin/instances", "Sign-in instances", Right::Instances),
    ("/admin/providers", "Providers", Right::Providers),
    ("/admin/locations", "Locations", Right::Locations),
    ("/admin/settings", "Settings", Right::Settings),
    ("/admin/audit", "Audit", Right::Audit),
];

/// What happened, by the word that an address carries.
const HAPPENED: [(&str, &str); 25] = [
    ("saved", "Saved."),
    ("made", "Made."),
    ("removed", "Removed."),
    ("restored", "The older version is in force again, as a new one."),
    ("password_set", "The password is set. It has to be changed at the next sign-in, and every session has ended."),
    ("resent", "The way in is on its way by mail."),
    ("password_set_resent", "The password is set, and the way in is on its way by mail."),
    ("factor_reset", "The security code is reset. The next sign-in sets up another one."),
    ("pin_withdrawn", "The PIN is withdrawn."),
    ("pin_mailed", "The PIN is on its way by mail."),
    ("sessions_ended", "Every session has ended."),
    ("disabled", "The account is switched off."),
    ("enabled", "The account is switched on."),
    ("account_made", "The account is made, and its temporary password is on its way by mail."),
    ("imported", "The default layouts are imported."),
    ("tested", "A test mail is on its way to you."),
    ("unchanged", "Nothing was to be changed."),
    ("pin_made", "A new PIN is made."),
    ("linked", "User and contact belong together now."),
    ("unlinked", "User and contact no longer belong together."),
    ("mailed", "The mail is on its way."),
    ("all_exported", "Nothing more is to come: you have every part, or no export has begun here."),
    ("export_over", "That export is over: each part is taken within half an hour of the one before. Begin anew."),
    ("identity_linked", "That sign-in opens the account from now on. Its owner is told."),
    ("identity_unlinked", "That sign-in opens the account no more. Its owner is told."),
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
    (current, title): (&str, &str),
    message: Option<Notice>,
    content: &Markup,
) -> Result<Response, Problem> {
    page_with(app, by, (StatusCode::OK, current, title), message, content).await
}

/// A page of the console with another status.
pub(crate) async fn page_with(
    app: &App,
    by: &User,
    (status, current, title): (StatusCode, &str, &str),
    message: Option<Notice>,
    content: &Markup,
) -> Result<Response, Problem> {
    let settings = app.settings().await.map_err(Trouble::from)?;
    let ways = WAYS.iter().filter(|(_, _, right)| may(by, *right, true)).map(|(href, name, _)| (*href, *name));
    let frame = reply::frame(&settings);
    let around = Console { frame, who: &by.username, ways: ways.collect(), current, message };
    Ok(edge::as_console(reply::page(status, console(&around, title, content))))
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
pub(crate) fn kind(kind: domain::user::Kind) -> &'static str {
    use domain::user::Kind;
    match kind {
        Kind::Contact => "Contact",
        Kind::Staff => "Staff",
        Kind::Administrator => "Administrator",
        Kind::Api => "Program",
    }
}
