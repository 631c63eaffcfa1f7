//! What mail went to an address.

use axum::response::Response;
use domain::language::Text;
use domain::layout::Occasion;
use domain::user::User;
use domain::work::Stage;
use http::StatusCode;
use maud::{Markup, html};
use service::App;
use service::flow::mail_log::Page;
use service::store::Mail;
use web::pages::Notice;
use web::pages::console::{empty, mark, moment, next_page, search, table};
use web::{Problem, reply};

use super::{page, page_with};
use crate::help::MailShown;
use crate::words;

/// The page that asks for an address, again where what was typed is none.
pub(crate) async fn ask(app: &App, by: &User, (typed, wrong): (&str, Option<String>)) -> Result<Response, Problem> {
    let content = html! {
        p.hint { (Text(
            "Every mail to an address in the last thirty days, and what became of it.",
            "Todos los correos a una dirección en los últimos treinta días y qué fue de ellos.",
        )) }
        (search("/admin/mail", Text("E-mail address", "Correo electrónico"), typed, &html! {}))
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let about = (status, "/admin/mail", Text("Mail log", "Registro de correo"));
    page_with(app, by, about, wrong.map(Notice::error), &content).await
}

/// The mails to an address.
pub(crate) async fn show(app: &App, by: &User, to: &str, of: &Page) -> Result<Response, Problem> {
    let mails: Vec<(String, Mail)> = of.mails.iter().map(|mail| (to.to_owned(), mail.clone())).collect();
    let next = of
        .next
        .as_ref()
        .map(|cursor| format!("/admin/mail?{}&{}", reply::encoded("to", to), reply::encoded("cursor", cursor)));
    let content = html! {
        (search("/admin/mail", Text("E-mail address", "Correo electrónico"), to, &html! {}))
        @if mails.is_empty() { (empty(Text(
            "No mail to this address in the last thirty days.",
            "Ningún correo a esta dirección en los últimos treinta días.",
        ))) } @else { (mail_table(&mails)) }
        (next_page(next.as_deref()))
    };
    page(app, by, ("/admin/mail", Text("Mail log", "Registro de correo")), None, &content).await
}

/// What became of a mail, or is becoming.
fn became(mail: &Mail) -> Text {
    match (mail.fate, mail.state) {
        (Some(fate), _) => words::fate(fate),
        (None, Stage::Sending) => Text("sending", "enviándose"),
        (None, Stage::Held) => Text("held", "retenido"),
        (None, Stage::Waiting | Stage::Done) => Text("queued", "en cola"),
    }
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
        let occasion = mail.occasion.as_deref().and_then(Occasion::named).map(words::occasion);
        vec![
            html! { (moment(mail.posted_at)) },
            html! { @if let Some(occasion) = occasion { (occasion) } },
            html! { (to) },
            mark(tone, became(mail)),
            html! { (mail.attempts) },
        ]
    });
    table(
        Text("Mails", "Correos"),
        &[
            Text("Asked for", "Pedido"),
            Text("Layout", "Diseño"),
            Text("To", "Para"),
            Text("Became", "Resultado"),
            Text("Tries", "Intentos"),
        ],
        &rows.collect::<Vec<_>>(),
    )
}
