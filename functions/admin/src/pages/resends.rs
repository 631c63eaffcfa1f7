//! Bulk runs as pages: the plan, the progress, what became of each.

use axum::response::Response;
use domain::language::Text;
use domain::run::{Counts, Run, RunState, Target};
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::flow::bulk::{NotServed, Recipient};
use web::Problem;
use web::pages::Notice;
use web::pages::console::{
    Input, Typed, Way, empty, facts, input, mark, moment, next_page, post, press, progress, section, send, table,
};
use web::pages::parts::hidden;

use super::{happened, page, page_with};
use crate::resends::orders;
use crate::words;

const HERE: &str = "/admin/resends";

/// What stands over the columns of those who are written to.
const RECIPIENT_HEAD: [Text; 4] =
    [Text("Who", "Quién"), Text("To", "Para"), Text("Became", "Resultado"), Text("Why", "Por qué")];

/// What stands over the columns of the list.
const HEAD: [Text; 5] = [
    Text("Whom", "A quién"),
    Text("Among", "Entre"),
    words::STATE,
    Text("Rows", "Filas"),
    Text("Planned", "Planificado"),
];

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
        p.hint { (Text(
            "Many people are sent their way in at once. Choose them in the list of users or contacts, or paste a list here. ",
            "Se envía la manera de entrar a muchas personas a la vez. Elíjalas en la lista de usuarios o de contactos, o pegue aquí una lista. ",
        ))
            (Text(
                "First comes a plan; nobody is written to before you start it.",
                "Primero se hace un plan; no se escribe a nadie hasta que usted lo inicie.",
            )) }
        @if rows.is_empty() { (empty(Text("There is none yet.", "Todavía no hay ninguno."))) }
        @else { (table(Text("Bulk runs", "Envíos masivos"), &HEAD, &rows)) }
        (next_page(next.as_deref()))
        (section(Text("From a list", "A partir de una lista"), &from_list()))
    };
    page(app, by, (HERE, Text("Bulk resend", "Reenvío masivo")), happened(uri), &content).await
}

fn from_list() -> Markup {
    let none = Typed::default();
    let among = [("contacts", Text("Contacts", "Contactos")), ("users", Text("Users", "Usuarios"))];
    post(
        HERE,
        &html! {
            (input(&Input::line("target", Text("Among", "Entre"), "contacts").way(Way::Choice(&among)), &none))
            (input(&Input::line("list", Text(
                "Ids, usernames or e-mail addresses",
                "Identificadores, nombres de usuario o correos electrónicos",
            ), "").way(Way::Lines(6)).hint(Text("One a line, up to 100,000.", "Uno por línea, hasta 100.000.")), &none))
            (send(Text("Plan", "Planificar")))
        },
    )
}

/// Why there is no plan.
pub(crate) async fn refused(app: &App, by: &User, problem: &Problem) -> Result<Response, Problem> {
    let reasons: Vec<String> = problem.errors.values().flatten().cloned().collect();
    let content = html! { (section(Text("From a list", "A partir de una lista"), &from_list())) };
    let message = Some(Notice::error(reasons.join(" ")));
    page_with(
        app,
        by,
        (StatusCode::UNPROCESSABLE_ENTITY, HERE, Text("Bulk resend", "Reenvío masivo")),
        message,
        &content,
    )
    .await
}

fn target(target: Target) -> Text {
    match target {
        Target::Users => Text("Users", "Usuarios"),
        Target::Contacts => Text("Contacts", "Contactos"),
    }
}

fn state(state: RunState) -> Markup {
    match state {
        RunState::Planned => mark("", words::run(state)),
        RunState::Running | RunState::Paused => mark("warn", words::run(state)),
        RunState::Cancelled => mark("bad", words::run(state)),
        RunState::Done => mark("good", words::run(state)),
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
                (progress(ended, run.total))
                p { (ended) (Text(" of ", " de ")) (run.total) (Text(
                    " are served or reported.",
                    " se han atendido o constan con su motivo.",
                )) }
            }
            (facts(&[
                (Text("Whom", "A quién"), run.selection.clone()),
                (Text("Among", "Entre"), target(run.target).into()),
                (Text("Rows", "Filas"), run.total.to_string()),
                (Text("Sent", "Enviados"), counts.sent.to_string()),
                (Text("Failed", "Fallidos"), counts.failed.to_string()),
                (Text("Not served", "No atendidos"), counts.skipped.to_string()),
                (Text("Held", "Retenidos"), counts.held.to_string()),
                (Text("Cancelled", "Cancelado"), counts.cancelled.to_string()),
                (Text("Takes about", "Tarda unos"), words::lasts(seconds)),
                (Text("Mail costs", "Coste del correo"), format!("${:.2}", run.cost_usd())),
                (Text("Planned", "Planificado"), format!("{}, {}", moment(run.created_at), run.by_name)),
                (Text("Ended", "Terminado"), run.finished_at.map(moment).unwrap_or_default()),
            ]))
        }
        div.actions {
            @for (order, name, tone) in orders(run, by) { (press(&format!("{here}/{order}"), name, tone)) }
            @if open { a.button.plain href=(here) { (Text("Look again", "Mirar de nuevo")) } }
        }
        (section(Text("Everybody in it", "Todos los que incluye"), &html! {
            p.actions {
                a.button.plain href={ (here) "/recipients" } { (Text("One by one", "Uno por uno")) }
                a.button.plain href={ (here) "/recipients.csv" } { (words::CSV) }
            }
        }))
        @if run.state == RunState::Planned { (section(Text("The mail", "El correo"), &preview(app).await?)) }
    };
    page(app, by, (HERE, Text("Bulk resend", "Reenvío masivo")), happened(uri), &content).await
}

async fn preview(app: &App) -> Result<Markup, Problem> {
    let letter = service::flow::bulk::preview(app).await?;
    Ok(html! { h3 { (letter.subject) } pre.letter { (letter.text) } })
}

/// Everybody in a run.
pub(crate) async fn rows(
    app: &App,
    by: &User,
    run: &Run,
    (served, not_served, next): (&[Recipient], &[NotServed], Option<&str>),
) -> Result<Response, Problem> {
    let here = format!("{HERE}/{}", run.id);
    let mut all: Vec<Vec<Markup>> = Vec::new();
    for one in served {
        let fate = one.reason.map(words::reason).or_else(|| one.fate.map(words::fate));
        all.push(vec![
            html! { (if one.name.is_empty() { &one.id } else { &one.name }) },
            html! { (one.to.as_deref().unwrap_or_default()) },
            html! { (words::became(one.became)) },
            html! { @if let Some(fate) = fate { (fate) } },
        ]);
    }
    for one in not_served {
        let reason = words::reason(one.skipped.reason);
        all.push(vec![
            html! { (if one.name.is_empty() { &one.skipped.row } else { &one.name }) },
            html! { (one.to.as_deref().unwrap_or_default()) },
            html! { (Text("not served", "no atendido")) },
            html! { (reason) },
        ]);
    }
    let next = next.map(|cursor| format!("{here}/recipients?cursor={cursor}"));
    let content = html! {
        p { a href=(here) { (Text("Back to the run", "Volver al envío")) } }
        @if all.is_empty() { (empty(Text("Nobody.", "Nadie."))) } @else { (table(Text("Recipients", "Destinatarios"), &RECIPIENT_HEAD, &all)) }
        (next_page(next.as_deref()))
    };
    page(app, by, (HERE, Text("Everybody in the run", "Todos los del envío")), None, &content).await
}

/// What stands around a list whose rows can be ticked: whom, and the button.
pub(crate) fn batch(target: Target, asked: (&str, &str), button: Text, rows: &Markup) -> Markup {
    let (word, title) = match target {
        Target::Users => ("users", Text("Batch action", "Acción para varios")),
        Target::Contacts => ("contacts", Text("Bulk actions", "Acciones para varios")),
    };
    html! {
        form.batch method="post" action=(HERE) {
            (hidden("target", word)) (hidden("q", asked.0)) (hidden("filter", asked.1))
            (rows)
            div.actions {
                strong { (title) }
                label.tick { input type="radio" name="whom" value="ticked" checked; span { (Text(
                    "Those that are ticked",
                    "Los marcados",
                )) } }
                label.tick { input type="radio" name="whom" value="all"; span { (Text(
                    "Everybody who fits the search",
                    "Todos los que coinciden con la búsqueda",
                )) } }
                button.button.plain type="button" data-tick-all="id-" hidden { (Text("Tick all", "Marcar todos")) }
                button.button type="submit" { (button) }
            }
        }
    }
}
