//! The layout lab: a mail edited with its preview beside it, tried out, its versions (ML-4).

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use domain::language::{Language, Text};
use domain::layout::{COMMON_ITEMS, links};
use domain::user::User;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use serde_json::{Map, Value};
use service::App;
use service::flow::layouts::{self as flow, Change, Standing};
use service::store::LayoutVersion;
use web::pages::Notice;
use web::pages::console::{Input, SAVE, Typed, Way, empty, inputs, mark, moment, press, section, table};
use web::pages::parts::hidden;
use web::{Problem, Sent, edge};

use super::form::{self, As};
use super::{happened, page, page_with, to_page};
use crate::layouts::{sent_change, write};
use crate::rights::{By, telling};
use crate::words;

const HERE: &str = "/admin/layouts";

/// What stands over the columns of the list.
const HEAD: [Text; 5] = [
    Text("Name", "Nombre"),
    Text("For", "Para"),
    Text("Subject", "Asunto"),
    words::STATE,
    Text("Last changed", "Último cambio"),
];

/// How a mail is looked at.
const LOOKS: [(&str, Text); 4] = [
    ("desktop", Text("Desktop", "Escritorio")),
    ("phone", Text("Phone", "Teléfono")),
    ("dark", Text("Dark", "Oscuro")),
    ("text", Text("Text", "Texto")),
];

/// What its form says.
pub(crate) const SHAPE: [(&str, As); 4] =
    [("occasion", As::Text), ("subject", As::Text), ("html", As::Text), ("text", As::Text)];

/// The list of layouts.
pub(crate) async fn list(app: &App, by: &User, uri: &Uri, all: &[Standing]) -> Result<Response, Problem> {
    let rows = all.iter().map(|one| {
        let written = one.written.as_ref();
        let edited = written.is_some_and(|written| written.edited);
        vec![
            html! { a href={ (HERE) "/" (one.name) } { (one.name) } },
            html! { (words::occasion(one.occasion)) },
            html! { (one.layout.subject) },
            match written {
                Some(_) if edited => mark("good", Text("Edited", "Editado")),
                Some(_) => mark("", Text("Imported", "Importado")),
                None => mark("", Text("Built in", "Incorporado")),
            },
            html! { @if let Some(written) = written { (moment(written.at)) ", " (written.by) } },
        ]
    });
    let rows: Vec<Vec<Markup>> = rows.collect();
    let content = html! {
        p.hint { (Text(
            "The mails that people get. Each has a good default; what is edited is never written over unasked.",
            "Los correos que reciben las personas. Cada uno tiene un buen texto predeterminado; lo editado nunca se sobrescribe sin pedirlo.",
        )) }
        form.press.actions method="post" action={ (HERE) "/import" } {
            button.button.plain type="submit" { (Text("Import default layouts", "Importar los diseños predeterminados")) }
            label.tick { input type="checkbox" name="overwrite" value="true"; span { (Text(
                "Write over edited ones as well",
                "Sobrescribir también los editados",
            )) } }
        }
        (table(Text("Layouts", "Diseños"), &HEAD, &rows))
    };
    page(app, by, (HERE, Text("Mail layouts", "Diseños de correo")), happened(uri), &content).await
}

/// A layout in the lab.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, of: &Standing) -> Result<Response, Problem> {
    lab(app, by, of, &Typed::default(), happened(uri)).await
}

async fn lab(app: &App, by: &User, of: &Standing, typed: &Typed, message: Option<Notice>) -> Result<Response, Problem> {
    let here = format!("{HERE}/{}", of.name);
    let version = of.written.as_ref().map_or(0, |written| written.version).to_string();
    let version = typed.value("version", &version);
    let all = [
        Input::line("subject", Text("Subject", "Asunto"), &of.layout.subject),
        Input::line("html", Text("HTML", "HTML"), &of.layout.html).way(Way::Lines(18)),
        Input::line("text", Text("Text", "Texto"), &of.layout.text).way(Way::Lines(10)),
    ];
    let items = [of.occasion.own_items(), &COMMON_ITEMS].concat();
    let required = of.occasion.required();
    let content = html! {
        div.lab {
            form.sheet method="post" action=(here) {
                (hidden("version", version))
                (inputs(&all, typed))
                p.hint { (Text("Merge items:", "Campos de combinación:")) }
                ul.items { @for item in &items { li { code { "!" (item) "!" }
                    @if required.contains(item) { span.away { (Text(" (required)", " (obligatorio)")) } } } } }
                div.actions {
                    button.button type="submit" { (SAVE) }
                    button.button.plain type="submit" formaction={ (here) "/test" } { (Text("Mail it to me", "Enviármelo")) }
                }
                div.actions {
                    @for (look, name) in LOOKS {
                        button.button.plain type="submit" formaction={ (here) "/preview?as=" (look) } formtarget="preview" { (name) }
                    }
                }
                p.hint { (Text(
                    "Each of these shows the mail as it is typed, with made-up values, and saves nothing.",
                    "Cada uno muestra el correo tal como está escrito, con valores inventados, y no guarda nada.",
                )) }
            }
            div.shown {
                h2 { (Text("Preview", "Vista previa")) }
                iframe name="preview" title=(Text("Preview of the mail", "Vista previa del correo")) {}
                (link_list(typed.value("html", &of.layout.html)))
            }
        }
        p { a href={ (here) "/versions" } { (Text("Earlier versions", "Versiones anteriores")) } }
        (languages(&of.name))
    };
    let status = if typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with(app, by, (status, HERE, of.name.replace('_', " ")), message, &content).await
}

/// ML-8: the ways to the same layout for those who read one language, and back.
fn languages(name: &str) -> Markup {
    if let Some((all, _)) = flow::in_language(name) {
        let hint = Text(
            "Whoever reads this language gets this mail, once it is saved.",
            "Quien lee este idioma recibe este correo, una vez guardado.",
        );
        return html! { p.hint { (hint.say()) } p { a href={ (HERE) "/" (all) } { (Text("The layout for all", "La plantilla para todos").say()) } } };
    }
    let called = |language: Language| match language {
        Language::English => {
            Text("Write it in English only for those who read it", "Escribirla en inglés para quien lo lee")
        }
        Language::Spanish => {
            Text("Write it in Spanish only for those who read it", "Escribirla en español para quien lo lee")
        }
    };
    html! {
        @for language in Language::ALL { p { a href={ (HERE) "/" (name) "-" (language.tag()) } { (called(language).say()) } } }
    }
}

fn link_list(html: &str) -> Markup {
    let all = links(html);
    html! {
        h3 { (Text("Links", "Enlaces")) }
        @if all.is_empty() { p.hint { (Text("None.", "Ninguno.")) } }
        ul { @for link in &all { li { (link.target) @if let Some(why) = link.flaw { " " (mark("bad", why)) } } } }
    }
}

/// A mail as its reader would see it, for the frame of the lab.
pub(crate) fn exhibit(look: &str, subject: &str, body: (&str, &str)) -> Response {
    let (html_body, text) = body;
    let answer = match look {
        "text" => {
            let pre = "white-space:pre-wrap;font:15px/1.5 monospace";
            Html(html! { pre style=(pre) { (subject) "\n\n" (text) } (link_list(html_body)) }.into_string())
        }
        // A phone is as wide as that, and in the dark a mail follows what it says of the dark.
        "phone" => Html(format!("<div style=\"max-width:390px;margin:auto;border:1px solid #999\">{html_body}</div>")),
        "dark" => Html(html_body.replace("(prefers-color-scheme: dark)", "all")),
        _ => Html(html_body.to_owned()),
    };
    edge::as_exhibit(answer.into_response())
}

/// `POST /admin/layouts/{name}`, from the lab.
pub(crate) async fn save(
    State(app): State<App>,
    Path(name): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let seen = texts.get("version").and_then(|version| version.parse().ok());
    let change: Change = sent_change(sent)?;
    match write(&app, &name, change, (seen, &by)).await {
        Ok((_, changed)) => Ok(telling(to_page(&format!("{HERE}/{name}"), "saved"), "changed", changed)),
        Err(problem) => refused(&app, &by, &name, (problem, texts)).await,
    }
}

/// The lab after a test mail: nothing is saved, and what was typed is still there.
pub(crate) async fn tested(
    app: &App,
    by: &User,
    name: &str,
    texts: BTreeMap<String, String>,
) -> Result<Response, Problem> {
    let standing = flow::get(app, name).await?.ok_or_else(Problem::not_found)?;
    let message = Text(
        "The mail is on its way to you. Nothing is saved yet.",
        "El correo va de camino a usted. Todavía no se ha guardado nada.",
    );
    let typed = Typed { values: texts, ..Typed::default() };
    lab(app, by, &standing, &typed, Some(Notice::success(message))).await
}

/// A layout that can't be saved so, shown again as it was typed.
pub(crate) async fn refused(
    app: &App,
    by: &User,
    name: &str,
    (problem, mut texts): (Problem, BTreeMap<String, String>),
) -> Result<Response, Problem> {
    let standing = flow::get(app, name).await?.ok_or_else(Problem::not_found)?;
    if problem.status == StatusCode::PRECONDITION_FAILED {
        // Whoever saves again has seen the newer one.
        texts.remove("version");
        let message = Notice::error(format!(
            "{} {}",
            problem.detail,
            Text("What you typed is below.", "Lo que escribió está abajo.")
        ));
        let typed = Typed { values: texts, ..Typed::default() };
        return lab(app, by, &standing, &typed, Some(message)).await;
    }
    let typed = form::refused(problem, texts)?;
    lab(app, by, &standing, &typed, None).await
}

/// The versions of a layout.
pub(crate) async fn versions(
    app: &App,
    by: &User,
    name: &str,
    all: &[LayoutVersion],
    uri: &Uri,
) -> Result<Response, Problem> {
    let newest = all.first().map(|version| version.version);
    let content = html! {
        @if all.is_empty() { (empty(Text("Nobody has changed this layout yet.", "Nadie ha cambiado este diseño todavía."))) }
        @for version in all {
            (section(words::version(version.version), &html! {
                p { (moment(version.at)) (Text(", by ", ", por ")) (version.by) ": " (version.layout.subject) }
                @if Some(version.version) != newest {
                    (press(&format!("{HERE}/{name}/versions/{}/restore", version.version), Text(
                        "Put this version in force again",
                        "Volver a poner en vigor esta versión",
                    ), "plain"))
                }
            }))
        }
        p { a href={ (HERE) "/" (name) } { (Text("Back to the layout", "Volver al diseño")) } }
    };
    page(app, by, (HERE, Text("Versions of the layout", "Versiones del diseño")), happened(uri), &content).await
}

/// The form of the lab as JSON, without what only the lab needs.
pub(crate) fn object(texts: &BTreeMap<String, String>) -> Map<String, Value> {
    form::object(texts, &SHAPE)
}
