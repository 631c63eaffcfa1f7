//! Imports as pages: the file, its rehearsal, the progress, what became of each row.

use axum::response::Response;
use domain::intake::{Intake, IntakeState, Line, Taken};
use domain::source::Source;
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::flow::import::COLUMNS;
use web::Problem;
use web::pages::Notice;
use web::pages::console::{
    Input, Typed, Way, empty, facts, input, mark, moment, next_page, press, section, send, table, upload,
};

use super::{happened, page, page_with};

const HERE: &str = "/admin/imports";

/// The last imports, and a new one.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[Intake]) -> Result<Response, Problem> {
    let rows = all.iter().map(|intake| {
        vec![
            html! { a href={ (HERE) "/" (intake.id) } { (moment(intake.created_at)) } },
            html! { (intake.by_name) },
            state(intake.state),
            html! { (intake.total) },
            html! { (intake.made) },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { "People are brought in from a file. First it is rehearsed: nobody is stored and nobody is written to before you run it." }
        @if rows.is_empty() { (empty("There is none yet.")) }
        @else { (table("Imports", &["Rehearsed", "By", "State", "Rows", "Made"], &rows)) }
        (section("A new one", &form()))
    };
    page(app, by, (HERE, "Imports"), happened(uri), &content).await
}

fn form() -> Markup {
    let none = Typed::default();
    let formats = [
        ("", "As it begins: CSV or JSON"),
        ("csv", "CSV, the first line names the columns"),
        ("jsonl", "JSON, an object on each line"),
    ];
    let sources = Source::ALL.map(|source| (source.as_str(), source.name()));
    let columns = format!("Our own columns: {}. Of another system its own are read.", COLUMNS.join(", "));
    let file = "Up to 20,000 rows and 4 MiB. Whoever runs the house brings a longer file in at once, from the command line: \
                infra/deploy/import --people FILE. Or make several of it.";
    upload(
        HERE,
        &html! {
            (input(&Input::line("source", "Where the file comes from", "").way(Way::Choice(&sources)).hint(&columns), &none))
            (input(&Input::line("file", "The file", "").way(Way::File(".csv,.json,.jsonl,.ndjson,.txt")).hint(file), &none))
            (input(&Input::line("format", "Written as", "").way(Way::Choice(&formats)), &none))
            (input(&Input::line("text", "Or what stands in it", "").way(Way::Lines(8)).hint("Only if no file is chosen."), &none))
            (send("Rehearse"))
        },
    )
}

/// Why a file was not taken.
pub(crate) async fn refused(app: &App, by: &User, problem: &Problem) -> Result<Response, Problem> {
    let reasons: Vec<String> = problem.errors.values().flatten().cloned().collect();
    let content = section("A new one", &form());
    let message = Some(Notice::error(reasons.join(" ")));
    page_with(app, by, (StatusCode::UNPROCESSABLE_ENTITY, HERE, "Imports"), message, &content).await
}

fn state(state: IntakeState) -> Markup {
    match state {
        IntakeState::Rehearsed => mark("", "Rehearsed"),
        IntakeState::Running => mark("warn", "Running"),
        IntakeState::Done => mark("good", "Done"),
    }
}

/// An import: what would happen, how far it is, and its rows.
pub(crate) async fn show(
    app: &App,
    by: &User,
    uri: &Uri,
    (intake, lines, next): (&Intake, &[Line], Option<u32>),
) -> Result<Response, Problem> {
    let here = format!("{HERE}/{}", intake.id);
    let running = intake.state == IntakeState::Running;
    let ended = intake.made + intake.not_made;
    let next = next.map(|place| format!("{here}?cursor={place}"));
    let rows: Vec<Vec<Markup>> = lines.iter().map(line).collect();
    let content = html! {
        div.progress data-refresh=[running.then_some("2")] {
            p { (state(intake.state)) }
            @if intake.state != IntakeState::Rehearsed {
                progress max=(intake.total) value=(ended) aria-label="Progress" {}
                p { (ended) " of " (intake.total) " are stored or reported." }
            }
            (facts(&[
                ("Comes from", Source::parse(&intake.source).unwrap_or_default().name().to_owned()),
                ("Columns that nothing is taken from", intake.left_out.join(", ")),
                ("Rows", intake.total.to_string()),
                ("Contacts to make", intake.contacts.to_string()),
                ("Accounts to make", intake.users.to_string()),
                ("Who keep their password", intake.with_password.to_string()),
                ("Refused beforehand", intake.refused.to_string()),
                ("Usernames made up, such as", intake.usernames.join(", ")),
                ("Made", intake.made.to_string()),
                ("Rehearsed", format!("{}, {}", moment(intake.created_at), intake.by_name)),
                ("Ended", intake.finished_at.map(moment).unwrap_or_default()),
            ]))
        }
        div.actions {
            @if intake.state == IntakeState::Rehearsed { (press(&format!("{here}/run"), "Run", "")) }
            @if running { a.button.plain href=(here) { "Look again" } }
            a.button.plain href={ (here) "/rows.csv" } { "Download as CSV" }
        }
        @if !intake.warnings.is_empty() { (section("Worth knowing", &warnings(intake))) }
        (section("The rows", &html! {
            @if rows.is_empty() { (empty("There are none.")) }
            @else { (table("Rows", &["Line", "Who", "Username", "Became", "Why"], &rows)) }
            (next_page(next.as_deref()))
        }))
    };
    page(app, by, (HERE, "Import"), happened(uri), &content).await
}

fn warnings(intake: &Intake) -> Markup {
    let rows = intake.warnings.iter().map(|warning| {
        let lines: Vec<String> = warning.rows.iter().map(u64::to_string).collect();
        vec![html! { (warning.code.sentence()) }, html! { (warning.count) }, html! { (lines.join(", ")) }]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    table("Worth knowing", &["What", "Rows", "Lines, the first ones"], &rows)
}

fn line(line: &Line) -> Vec<Markup> {
    let became = match line.became {
        Taken::Waiting => mark("", "Waiting"),
        Taken::Made => mark("good", "Made"),
        Taken::Refused => mark("bad", "Refused"),
    };
    vec![
        html! { (line.line) },
        html! { (line.who) },
        html! { (line.username.as_deref().unwrap_or_default()) },
        became,
        html! { (line.reason.as_deref().unwrap_or_default()) },
    ]
}
