//! What happened, as a table; and whether it was altered.

use axum::response::Response;
use domain::audit::{Entry, Outcome, Party};
use domain::user::User;
use http::Uri;
use maud::{Markup, html};
use service::App;
use service::flow::audit::{Altered, Page, Verified};
use web::pages::Notice;
use web::pages::console::{Input, Typed, Way, empty, input, mark, moment, next_page, table};
use web::{Problem, reply};

use super::page;

/// The list of what happened.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, of: &Page) -> Result<Response, Problem> {
    let rows: Vec<Vec<Markup>> = of.entries.iter().map(row).collect();
    let query = without_cursor(uri);
    let next = of.next.as_ref().map(|cursor| format!("/admin/audit?{query}{}", reply::encoded("cursor", cursor)));
    let content = html! {
        (asking(uri))
        p.actions {
            a.button.plain href={ "/admin/audit.csv?" (query) } { "Download as CSV" }
            a.button.plain href="/admin/audit/verify" { "Was it altered?" }
        }
        @if rows.is_empty() { (empty("Nothing is found so. Go further back with the days, or ask for less.")) }
        @else { (table("What happened", &["When", "What", "By", "On", "From", "Details"], &rows)) }
        (next_page(next.as_deref()))
    };
    page(app, by, ("/admin/audit", "Audit"), None, &content).await
}

fn asking(uri: &Uri) -> Markup {
    let said = |name: &str| reply::query(uri, name).unwrap_or_default();
    let (q, what, since, until) = (said("q"), said("what"), said("since"), said("until"));
    let none = Typed::default();
    html! {
        form.search method="get" action="/admin/audit" role="search" {
            (input(&Input::line("q", "Person, address or act", &q), &none))
            (input(&Input::line("what", "Area, such as sign_in", &what), &none))
            (input(&Input::line("since", "From this day on", &since).way(Way::Day), &none))
            (input(&Input::line("until", "Up to this day", &until).way(Way::Day), &none))
            button.button type="submit" { "Search" }
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
            @if entry.outcome == Some(Outcome::Refused) { " " (mark("warn", "refused")) }
            @if entry.outcome.is_none() { " " (mark("", "not ended")) }
        },
        party(entry.by.as_ref()),
        party(entry.on.as_ref()),
        html! { (from.map(|from| from.address.as_str()).unwrap_or_default()) " " span.quiet { (from.map(|from| from.browser.as_str()).unwrap_or_default()) } },
        html! { @for (name, value) in &entry.details { span.quiet { (name) ": " } (value) " " } },
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

/// What came of looking at the chain.
pub(crate) async fn chain(app: &App, by: &User, of: &Verified) -> Result<Response, Problem> {
    let notice = match &of.altered {
        None => Notice::success("Nothing that was looked at was altered."),
        Some(Altered::Changed(at)) => Notice::error(format!("The first altered entry is {} of {}.", at.sk, at.pk)),
        Some(Altered::Missing(at)) => Notice::error(format!("The first missing entry is {} of {}.", at.sk, at.pk)),
        Some(Altered::Broken(block)) => Notice::error(format!("The chain is broken at block {block}.")),
        Some(Altered::Cut(block)) => Notice::error(format!("Blocks are missing from {block} on.")),
    };
    let content = html! {
        p { (of.entries) " entries under " (of.blocks) " seals were looked at. What happened within the last minute is sealed with the next." }
        @if let Some(next) = of.next { p { a.button href={ "/admin/audit/verify?from=" (next) } { "Look at the next ones" } } }
        p { a href="/admin/audit" { "Back to what happened" } }
    };
    page(app, by, ("/admin/audit", "Was it altered?"), Some(notice), &content).await
}
