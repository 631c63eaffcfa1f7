//! Imports as pages: the file, its rehearsal, the progress, what became of each row.

use std::collections::BTreeMap;

use axum::response::Response;
use domain::intake::{Intake, IntakeState, Line, Taken};
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::source::Source;
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use service::flow::import::COLUMNS;
use web::Problem;
use web::pages::console::{
    Input, Typed, Way, empty, facts, input, mark, moment, next_page, press, progress, section, send, summary, table,
    upload,
};

use super::{happened, page, page_with};
use crate::words;

const HERE: &str = "/admin/imports";

/// What a file comes from that has our own columns.
const OWN: Text = Text("Our own columns", "Nuestras propias columnas");

/// What stands over the columns of the rows.
const ROW_HEAD: [Text; 5] = [
    Text("Line", "Línea"),
    Text("Who", "Quién"),
    Text("Username", "Nombre de usuario"),
    Text("Became", "Resultado"),
    Text("Why", "Por qué"),
];

/// What stands over the columns of the list.
const HEAD: [Text; 5] =
    [Text("Rehearsed", "Ensayada"), Text("By", "Por"), words::STATE, Text("Rows", "Filas"), Text("Made", "Creados")];

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
        p.hint { (Text(
            "People are brought in from a file. First it is rehearsed: nobody is stored and nobody is written to before you run it.",
            "Las personas se incorporan desde un archivo. Primero se ensaya: no se guarda a nadie ni se escribe a nadie hasta que usted lo ejecute.",
        )) }
        @if rows.is_empty() { (empty(Text("There is none yet.", "Todavía no hay ninguno."))) }
        @else { (table(Text("Imports", "Importaciones"), &HEAD, &rows)) }
        (section(Text("A new one", "Una nueva"), &form(&Typed::default())))
    };
    page(app, by, (HERE, Text("Imports", "Importaciones")), happened(uri), &content).await
}

fn form(typed: &Typed) -> Markup {
    let formats = [
        ("", Text("As it begins: CSV or JSON", "Según empiece: CSV o JSON")),
        ("csv", Text("CSV, the first line names the columns", "CSV, la primera línea nombra las columnas")),
        ("jsonl", Text("JSON, an object on each line", "JSON, un objeto en cada línea")),
    ];
    let sources = Source::ALL[1..].iter().map(|source| (source.as_str(), source.name())).collect::<Vec<_>>();
    let columns = match spoken() {
        English => format!("Our own columns: {}. Of another system its own are read.", COLUMNS.join(", ")),
        Spanish => format!("Nuestras propias columnas: {}. De otro sistema se leen las suyas.", COLUMNS.join(", ")),
    };
    let file = Text(
        "Up to 20,000 rows and 4 MiB. Whoever runs the house brings a longer file in at once, from the command line: infra/deploy/import --people FILE. Or make several of it.",
        "Hasta 20.000 filas y 4 MiB. Quien gestiona la casa trae de una vez un archivo más largo desde la línea de órdenes: infra/deploy/import --people FILE. O haga varios de él.",
    );
    let only = Text("Only if no file is chosen.", "Solo si no se elige ningún archivo.");
    upload(
        HERE,
        &html! {
            (summary(typed))
            (input(&Input::line("source", Text("Where the file comes from", "De dónde viene el archivo"), "").way(Way::Named(Some(("", OWN)), &sources)).told(&columns), typed))
            (input(&Input::line("file", Text("The file", "El archivo"), "").way(Way::File(".csv,.json,.jsonl,.ndjson,.txt")).hint(file), typed))
            (input(&Input::line("format", Text("Written as", "Escrito como"), "").way(Way::Choice(&formats)), typed))
            (input(&Input::line("text", Text("Or what stands in it", "O su contenido"), "").way(Way::Lines(8)).hint(only), typed))
            (send(Text("Rehearse", "Ensayar")))
        },
    )
}

/// Why a file was not taken, beside the field that it was chosen in; what else was chosen stays so.
pub(crate) async fn refused(
    app: &App,
    by: &User,
    mut problem: Problem,
    chosen: BTreeMap<String, String>,
) -> Result<Response, Problem> {
    if let Some(reasons) = problem.errors.remove("text") {
        problem.errors.insert("file".into(), reasons);
    }
    let typed = super::form::refused(problem, chosen)?;
    let content = section(Text("A new one", "Una nueva"), &form(&typed));
    page_with(app, by, (StatusCode::UNPROCESSABLE_ENTITY, HERE, Text("Imports", "Importaciones")), None, &content).await
}

fn state(state: IntakeState) -> Markup {
    match state {
        IntakeState::Rehearsed => mark("", Text("Rehearsed", "Ensayada")),
        IntakeState::Running => mark("warn", Text("Running", "En curso")),
        IntakeState::Done => mark("good", Text("Done", "Hecho")),
    }
}

/// What comes of running what was rehearsed.
const WHO_IS_MAILED: Text = Text(
    "Running it makes these contacts and accounts. Everybody who keeps no password is mailed a temporary one; whoever is disabled is \
     mailed nothing, nor are API users.",
    "Al ejecutarla se crean estos contactos y cuentas. Quien no conserva su contraseña recibe una temporal por correo; quien está \
     desactivado no recibe nada, ni tampoco los usuarios de API.",
);

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
                (progress(ended, intake.total))
                p { (ended) (Text(" of ", " de ")) (intake.total) (Text(
                    " are stored or reported.",
                    " se han guardado o constan con su motivo.",
                )) }
            }
            (facts(&[
                (Text("Comes from", "Viene de"), comes_from(&intake.source)),
                (Text("Columns that nothing is taken from", "Columnas de las que no se toma nada"), intake.left_out.join(", ")),
                (Text("Rows", "Filas"), intake.total.to_string()),
                (Text("Contacts to make", "Contactos por crear"), intake.contacts.to_string()),
                (Text("Accounts to make", "Cuentas por crear"), intake.users.to_string()),
                (Text("Who keep their password", "Conservan su contraseña"), intake.with_password.to_string()),
                (Text("Refused beforehand", "Rechazadas de antemano"), intake.refused.to_string()),
                (Text("Usernames made up, such as", "Nombres de usuario propuestos, como"), intake.usernames.join(", ")),
                (Text("Made", "Creados"), intake.made.to_string()),
                (Text("Rehearsed", "Ensayada"), format!("{}, {}", moment(intake.created_at), intake.by_name)),
                (Text("Ended", "Terminado"), intake.finished_at.map(moment).unwrap_or_default()),
            ]))
        }
        @if intake.state == IntakeState::Rehearsed { p { (WHO_IS_MAILED) } }
        div.actions {
            @if intake.state == IntakeState::Rehearsed { (press(&format!("{here}/run"), Text("Run", "Ejecutar"), "")) }
            @if running { a.button.plain href=(here) { (Text("Look again", "Mirar de nuevo")) } }
            a.button.plain href={ (here) "/rows.csv" } { (words::CSV) }
        }
        @if !intake.warnings.is_empty() { (section(Text("Worth knowing", "Conviene saber"), &warnings(intake))) }
        (section(Text("The rows", "Las filas"), &html! {
            @if rows.is_empty() { (empty(Text("There are none.", "No hay ninguna."))) }
            @else { (table(Text("Rows", "Filas"), &ROW_HEAD, &rows)) }
            (next_page(next.as_deref()))
        }))
    };
    page(app, by, (HERE, Text("Import", "Importación")), happened(uri), &content).await
}

fn warnings(intake: &Intake) -> Markup {
    let rows = intake.warnings.iter().map(|warning| {
        let lines: Vec<String> = warning.rows.iter().map(u64::to_string).collect();
        vec![html! { (warning.code.sentence()) }, html! { (warning.count) }, html! { (lines.join(", ")) }]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    table(
        Text("Worth knowing", "Conviene saber"),
        &[Text("What", "Qué"), Text("Rows", "Filas"), Text("Lines, the first ones", "Líneas, las primeras")],
        &rows,
    )
}

fn line(line: &Line) -> Vec<Markup> {
    let became = match line.became {
        Taken::Waiting => mark("", words::taken(line.became)),
        Taken::Made => mark("good", words::taken(line.became)),
        Taken::Refused => mark("bad", words::taken(line.became)),
    };
    vec![
        html! { (line.line) },
        html! { (line.who) },
        html! { (line.username.as_deref().unwrap_or_default()) },
        became,
        html! { (line.reason.as_deref().unwrap_or_default()) },
    ]
}

/// The system that a file comes from.
fn comes_from(word: &str) -> String {
    match Source::parse(word).unwrap_or_default() {
        Source::Vestibule => OWN.into(),
        other => other.name().to_owned(),
    }
}
