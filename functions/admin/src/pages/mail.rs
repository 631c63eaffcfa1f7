//! What mail went to an address.

use axum::response::Response;
use domain::user::User;
use maud::{Markup, html};
use service::App;
use service::flow::mail_log::Page;
use service::store::Mail;
use web::pages::console::{empty, mark, moment, next_page, search, table};
use web::{Problem, reply};

use super::page;
use crate::help::MailShown;

/// The page that asks for an address.
pub(crate) async fn ask(app: &App, by: &User) -> Result<Response, Problem> {
    let content = html! {
        p.hint { "Every mail of the last thirty days and what became of it." }
        (search("/admin/mail", "E-mail address", "", &html! {}))
    };
    page(app, by, ("/admin/mail", "Mail log"), None, &content).await
}

/// The mails to an address.
pub(crate) async fn show(app: &App, by: &User, to: &str, of: &Page) -> Result<Response, Problem> {
    let mails: Vec<(String, Mail)> = of.mails.iter().map(|mail| (to.to_owned(), mail.clone())).collect();
    let next = of
        .next
        .as_ref()
        .map(|cursor| format!("/admin/mail?{}&{}", reply::encoded("to", to), reply::encoded("cursor", cursor)));
    let content = html! {
        (search("/admin/mail", "E-mail address", to, &html! {}))
        @if mails.is_empty() { (empty("No mail to this address in the last thirty days.")) } @else { (mail_table(&mails)) }
        (next_page(next.as_deref()))
    };
    page(app, by, ("/admin/mail", "Mail log"), None, &content).await
}

/// Mails as a table.
pub(crate) fn mail_table(mails: &[(String, Mail)]) -> Markup {
    let rows = mails.iter().map(|(to, mail)| {
        let fate = MailShown::of(to, mail).fate;
        let tone = match fate {
            "sent" | "delivered" => "good",
            "bounced" | "complained" | "rejected" | "given_up" => "bad",
            "capped" | "held" => "warn",
            _ => "",
        };
        let occasion = mail.occasion.as_deref().unwrap_or_default().replace('_', " ");
        vec![
            html! { (moment(mail.posted_at)) },
            html! { (occasion) },
            html! { (to) },
            mark(tone, &fate.replace('_', " ")),
            html! { (mail.attempts) },
        ]
    });
    table("Mails", &["Asked for", "Layout", "To", "Became", "Tries"], &rows.collect::<Vec<_>>())
}
