//! What happened, as a table; and whether it was altered.

use axum::response::Response;
use domain::audit::{Entry, Outcome, Party};
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::user::User;
use http::Uri;
use maud::{Markup, html};
use service::App;
use service::flow::audit::{Altered, Page, Verified};
use web::pages::Notice;
use web::pages::console::{Input, SEARCH, Typed, Way, empty, input, mark, moment, next_page, table};
use web::{Problem, reply};

use super::page;
use crate::words;

/// What stands over the columns of the list.
const HEAD: [Text; 6] = [
    Text("When", "Cuándo"),
    Text("What", "Qué"),
    Text("By", "Por"),
    Text("On", "Sobre"),
    Text("From", "Desde"),
    Text("Details", "Detalles"),
];

/// The list of what happened.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, of: &Page) -> Result<Response, Problem> {
    let rows: Vec<Vec<Markup>> = of.entries.iter().map(row).collect();
    let query = without_cursor(uri);
    let next = of.next.as_ref().map(|cursor| format!("/admin/audit?{query}{}", reply::encoded("cursor", cursor)));
    let content = html! {
        (asking(uri))
        p.actions {
            a.button.plain href={ "/admin/audit.csv?" (query) } { (words::CSV) }
            a.button.plain href="/admin/audit/verify" { (Text("Was it altered?", "¿Se ha alterado?")) }
        }
        @if rows.is_empty() { (empty(Text(
            "Nothing is found so. Go further back with the days, or ask for less.",
            "No se ha encontrado nada. Retroceda más días o pida menos condiciones.",
        ))) }
        @else { (table(Text(
            "What happened",
            "Lo que ha ocurrido",
        ), &HEAD, &rows)) }
        (next_page(next.as_deref()))
    };
    page(app, by, ("/admin/audit", Text("Audit", "Auditoría")), None, &content).await
}

fn asking(uri: &Uri) -> Markup {
    let said = |name: &str| reply::query(uri, name).unwrap_or_default();
    let (q, what, since, until) = (said("q"), said("what"), said("since"), said("until"));
    let none = Typed::default();
    html! {
        form.search method="get" action="/admin/audit" role="search" {
            (input(&Input::line("q", Text("Person, address or act", "Persona, dirección o acción"), &q), &none))
            (input(&Input::line("what", Text("Area, such as sign_in", "Área, por ejemplo sign_in"), &what), &none))
            (input(&Input::line("since", Text("From this day on", "Desde este día"), &since).way(Way::Day), &none))
            (input(&Input::line("until", Text("Up to this day", "Hasta este día"), &until).way(Way::Day), &none))
            button.button type="submit" { (SEARCH) }
        }
    }
}

fn without_cursor(uri: &Uri) -> String {
    let names = ["q", "what", "by", "on", "since", "until", "filter"].into_iter();
    let said = names.filter_map(|name| Some((name, reply::query(uri, name).filter(|value| !value.is_empty())?)));
    let said: Vec<String> = said.map(|(name, value)| reply::encoded(name, &value) + "&").collect();
    said.concat()
}

fn row(entry: &Entry) -> Vec<Markup> {
    let from = entry.from.as_ref();
    vec![
        html! { (moment(entry.at)) },
        html! {
            span.whole { (entry.what) }
            @if entry.outcome == Some(Outcome::Refused) { " " (mark("warn", Text("refused", "rechazado"))) }
            @if entry.outcome.is_none() { " " (mark("", Text("not ended", "sin terminar"))) }
        },
        party(entry.by.as_ref()),
        html! { span.long { (party(entry.on.as_ref())) } },
        html! { (from.map(|from| from.address.as_str()).unwrap_or_default()) " " span.quiet { (from.map(|from| from.browser.as_str()).unwrap_or_default()) } },
        html! { span.long { @for (name, value) in &entry.details { span.quiet { (name) ": " } (value) " " } } },
    ]
}

fn party(party: Option<&Party>) -> Markup {
    let Some(party) = party else { return html! {} };
    // Whoever has no name here is called by the end of what they are known by.
    let end = party.id.char_indices().rev().nth(4).map_or(0, |(at, _)| at);
    let short = format!("{} …{}", party.kind, &party.id[end..]);
    let long = party.name.is_none() && matches!(&*party.kind, "user" | "contact" | "mail");
    let name = party.name.as_deref().unwrap_or(if long { &short } else { &party.id });
    match &*party.kind {
        "user" => html! { a href={ "/admin/users/" (party.id) } { (name) } },
        "contact" => html! { a href={ "/admin/contacts/" (party.id) } { (name) } },
        _ if long => html! { (name) },
        kind => html! { (kind) " " (name) },
    }
}

/// What was done to the chain.
fn told(altered: &Altered) -> String {
    match (altered, spoken()) {
        (Altered::Changed(at), English) => format!("The first altered entry is {} of {}.", at.sk, at.pk),
        (Altered::Changed(at), Spanish) => format!("La primera entrada alterada es {} de {}.", at.sk, at.pk),
        (Altered::Missing(at), English) => format!("The first missing entry is {} of {}.", at.sk, at.pk),
        (Altered::Missing(at), Spanish) => format!("La primera entrada que falta es {} de {}.", at.sk, at.pk),
        (Altered::Broken(block), English) => format!("The chain is broken at block {block}."),
        (Altered::Broken(block), Spanish) => format!("La cadena está rota en el bloque {block}."),
        (Altered::Cut(block), English) => format!("Blocks are missing from {block} on."),
        (Altered::Cut(block), Spanish) => format!("Faltan bloques a partir del {block}."),
    }
}

/// What came of looking at the chain.
pub(crate) async fn chain(app: &App, by: &User, of: &Verified) -> Result<Response, Problem> {
    let notice = match &of.altered {
        None => Notice::success(Text("Nothing that was looked at was altered.", "Nada de lo revisado se ha alterado.")),
        Some(altered) => Notice::error(told(altered)),
    };
    let content = html! {
        p { (Text(
            "Entries that were looked at: ",
            "Entradas revisadas: ",
        )) (of.entries) (Text("; seals: ", "; sellos: ")) (of.blocks) ". "
            (Text(
                "What happened within the last minute is sealed with the next.",
                "Lo ocurrido en el último minuto se sella con lo siguiente.",
            )) }
        @if let Some(next) = of.next { p { a.button href={ "/admin/audit/verify?from=" (next) } { (Text(
            "Look at the next ones",
            "Ver las siguientes",
        )) } } }
        p { a href="/admin/audit" { (Text("Back to what happened", "Volver a lo que ha ocurrido")) } }
    };
    page(app, by, ("/admin/audit", Text("Was it altered?", "¿Se ha alterado?")), Some(notice), &content).await
}
