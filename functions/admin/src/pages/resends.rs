//! Bulk runs as pages: the plan, the progress, what became of each.

use axum::response::Response;
use domain::run::{Counts, Run, RunState, Skipped, Target};
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::flow::bulk::Recipient;
use web::Problem;
use web::pages::Notice;
use web::pages::console::{
    Input, Typed, Way, empty, facts, input, mark, moment, next_page, post, press, section, send, table,
};
use web::pages::parts::hidden;

use super::{happened, page, page_with};
use crate::resends::orders;

const HERE: &str = "/admin/resends";

/// The list of runs, and a new one from a list.
pub(crate) async fn list(
    app: &App,
    by: &User,
    uri: &Uri,
    (runs, next): (&[Run], Option<&str>),
) -> Result<Response, Problem> {
    let rows = runs.iter().map(|run| {
        vec![
            html! { a href={ (HERE) "/" (run.id) } { (run.selection) } },
            html! { (target(run.target)) },
            state(run.state),
            html! { (run.total) },
            html! { (moment(run.created_at)) ", " (run.by_name) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let next = next.map(|cursor| format!("{HERE}?cursor={cursor}"));
    let content = html! {
        p.hint { "Many people are sent their way in at once. Choose them in the list of users or contacts, or paste a list here. "
            "First comes a plan; nobody is written to before you start it." }
        @if rows.is_empty() { (empty("There is none yet.")) }
        @else { (table("Bulk runs", &["Whom", "Among", "State", "Rows", "Planned"], &rows)) }
        (next_page(next.as_deref()))
        (section("From a list", &from_list()))
    };
    page(app, by, (HERE, "Bulk resend"), happened(uri), &content).await
}

fn from_list() -> Markup {
    let none = Typed::default();
    let among = [("contacts", "Contacts"), ("users", "Users")];
    post(
        HERE,
        &html! {
            (input(&Input::line("target", "Among", "contacts").way(Way::Choice(&among)), &none))
            (input(&Input::line("list", "Ids, usernames or e-mail addresses", "").way(Way::Lines(6)).hint("One a line, up to 100,000."), &none))
            (send("Plan"))
        },
    )
}

/// Why there is no plan.
pub(crate) async fn refused(app: &App, by: &User, problem: &Problem) -> Result<Response, Problem> {
    let reasons: Vec<String> = problem.errors.values().flatten().cloned().collect();
    let content = html! { (section("From a list", &from_list())) };
    let message = Some(Notice::error(reasons.join(" ")));
    page_with(app, by, (StatusCode::UNPROCESSABLE_ENTITY, HERE, "Bulk resend"), message, &content).await
}

fn target(target: Target) -> &'static str {
    match target {
        Target::Users => "Users",
        Target::Contacts => "Contacts",
    }
}

fn state(state: RunState) -> Markup {
    match state {
        RunState::Planned => mark("", "Planned"),
        RunState::Running => mark("warn", "Running"),
        RunState::Paused => mark("warn", "Paused"),
        RunState::Cancelled => mark("bad", "Cancelled"),
        RunState::Done => mark("good", "Done"),
    }
}

/// A run: its plan, or how far it is.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, (run, counts): (&Run, Counts)) -> Result<Response, Problem> {
    let here = format!("{HERE}/{}", run.id);
    let ended = counts.sent + counts.failed + counts.skipped + counts.cancelled;
    let open = matches!(run.state, RunState::Running | RunState::Paused);
    let seconds = run.seconds(app.mails_per_second);
    let content = html! {
        div.progress data-refresh=[(run.state == RunState::Running).then_some("2")] {
            p { (state(run.state)) }
            @if open || run.state == RunState::Done {
                progress max=(run.total) value=(ended) aria-label="Progress" {}
                p { (ended) " of " (run.total) " are served or reported." }
            }
            (facts(&[
                ("Whom", run.selection.clone()),
                ("Among", target(run.target).to_owned()),
                ("Rows", run.total.to_string()),
                ("Sent", counts.sent.to_string()),
                ("Failed", counts.failed.to_string()),
                ("Not served", counts.skipped.to_string()),
                ("Held", counts.held.to_string()),
                ("Cancelled", counts.cancelled.to_string()),
                ("Takes about", lasts(seconds)),
                ("Mail costs", format!("${:.2}", run.cost_usd())),
                ("Planned", format!("{}, {}", moment(run.created_at), run.by_name)),
                ("Ended", run.finished_at.map(moment).unwrap_or_default()),
            ]))
        }
        div.actions {
            @for (order, name, tone) in orders(run, by) { (press(&format!("{here}/{order}"), name, tone)) }
            @if open { a.button.plain href=(here) { "Look again" } }
        }
        (section("Everybody in it", &html! {
            p.actions {
                a.button.plain href={ (here) "/recipients" } { "One by one" }
                a.button.plain href={ (here) "/recipients.csv" } { "Download as CSV" }
            }
        }))
        @if run.state == RunState::Planned { (section("The mail", &preview(app).await?)) }
    };
    page(app, by, (HERE, "Bulk resend"), happened(uri), &content).await
}

async fn preview(app: &App) -> Result<Markup, Problem> {
    let letter = service::flow::bulk::preview(app).await?;
    Ok(html! { h3 { (letter.subject) } pre.letter { (letter.text) } })
}

fn lasts(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{seconds} seconds"),
        90..5_400 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

/// Everybody in a run.
pub(crate) async fn rows(
    app: &App,
    by: &User,
    run: &Run,
    (served, not_served, next): (&[Recipient], &[Skipped], Option<&str>),
) -> Result<Response, Problem> {
    let here = format!("{HERE}/{}", run.id);
    let mut all: Vec<Vec<Markup>> = Vec::new();
    for one in served {
        let word = serde_json::to_value(one.became).unwrap_or_default();
        let why = one.reason.map(domain::run::Reason::as_str).or(one.fate.map(domain::work::Fate::as_str));
        let fate = why.unwrap_or_default().replace('_', " ");
        all.push(vec![
            html! { (if one.name.is_empty() { &one.id } else { &one.name }) },
            html! { (one.to.as_deref().unwrap_or_default()) },
            html! { (word.as_str().unwrap_or_default()) },
            html! { (fate) },
        ]);
    }
    for one in not_served {
        let reason = one.reason.as_str().replace('_', " ");
        all.push(vec![html! { (one.row) }, html! {}, html! { "not served" }, html! { (reason) }]);
    }
    let next = next.map(|cursor| format!("{here}/recipients?cursor={cursor}"));
    let content = html! {
        p { a href=(here) { "Back to the run" } }
        @if all.is_empty() { (empty("Nobody.")) } @else { (table("Recipients", &["Who", "To", "Became", "Why"], &all)) }
        (next_page(next.as_deref()))
    };
    page(app, by, (HERE, "Everybody in the run"), None, &content).await
}

/// What stands around a list whose rows can be ticked: whom, and the button.
pub(crate) fn batch(target: Target, asked: (&str, &str), button: &str, rows: &Markup) -> Markup {
    let word = if target == Target::Users { "users" } else { "contacts" };
    html! {
        form.batch method="post" action=(HERE) {
            (hidden("target", word)) (hidden("q", asked.0)) (hidden("filter", asked.1))
            (rows)
            div.actions {
                label.tick { input type="radio" name="whom" value="ticked" checked; span { "Those that are ticked" } }
                label.tick { input type="radio" name="whom" value="all"; span { "Everybody who fits the search" } }
                button.button.plain type="button" data-tick-all="id-" hidden { "Tick all" }
                button.button type="submit" { (button) }
            }
        }
    }
}
