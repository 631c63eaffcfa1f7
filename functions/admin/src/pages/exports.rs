//! The export as a page: the passphrase, the proof, and one button that is pressed until the last part has come.

use axum::response::Response;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::user::User;
use http::Uri;
use maud::{Markup, html};
use service::App;
use service::flow::export::{SHORTEST, TICKET_SECONDS};
use web::Problem;
use web::pages::console::{Input, Typed, Way, inputs, post, section, send};

use super::form::refused as typed;
use super::{happened, page, page_with};

pub(crate) const HERE: &str = "/admin/exports";

const TITLE: Text = Text("Export of everything", "Exportación de todo");
const NEW: Text = Text("A new one", "Una nueva");

/// The page; where an export has begun in this browser, with the way to its next part.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, begun: bool) -> Result<Response, Problem> {
    let content = html! {
        (about())
        @if begun { (section(Text("Your export", "Su exportación"), &parts())) }
        (section(NEW, &form(&Typed::default())))
    };
    page(app, by, (HERE, TITLE), happened(uri), &content).await
}

/// The same, with what is wrong.
pub(crate) async fn refused(app: &App, by: &User, problem: Problem) -> Result<Response, Problem> {
    let status = problem.status;
    let typed = typed(problem, std::collections::BTreeMap::new())?;
    let content = html! { (about()) (section(NEW, &form(&typed))) };
    page_with(app, by, (status, HERE, TITLE), None, &content).await
}

fn about() -> Markup {
    html! {
        p.hint {
            (Text(
                "Everything goes into one file: people, their rights, passwords and second factors, settings, layouts, instances, locations, providers, applications, programs, and what happened. An empty Vestibule that it is brought into answers as this one. Every administrator is told by mail.",
                "Todo va a un solo archivo: personas, sus derechos, contraseñas y segundos factores, ajustes, diseños, instancias, sedes, proveedores, aplicaciones, programas y lo ocurrido. Un Vestibule vacío en el que se introduzca responde como este. Se avisa por correo a todos los administradores.",
            ))
        }
    }
}

fn parts() -> Markup {
    let minutes = TICKET_SECONDS / 60;
    html! {
        p {
            (Text("It comes in parts, each within ", "Llega por partes, cada una dentro de los ")) (minutes) (Text(
                " minutes of the one before. Press until a file has come whose name ends in ",
                " minutos siguientes a la anterior. Pulse hasta que llegue un archivo cuyo nombre acabe en ",
            ))
            strong { "last" } (Text(", and put them into one file in their order.", " y júntelos en un archivo en su orden."))
        }
        p.actions { a.button href={ (HERE) "/part" } { (Text("Take the next part", "Tomar la parte siguiente")) } }
    }
}

fn form(typed: &Typed) -> Markup {
    let least = match spoken() {
        English => format!(
            "At least {SHORTEST} characters: five or six words that don't belong together do well. Without it nobody brings the export back, and nobody can find it out for you."
        ),
        Spanish => format!(
            "Al menos {SHORTEST} caracteres: cinco o seis palabras sin relación entre sí van bien. Sin ella nadie puede recuperar la exportación, y nadie puede averiguarla por usted."
        ),
    };
    let all = [
        Input::line("passphrase", Text("Passphrase of the file", "Frase de contraseña del archivo"), "")
            .way(Way::Secret)
            .told(&least),
        Input::line("passphrase_again", Text("The passphrase again", "La frase de contraseña otra vez"), "")
            .way(Way::Secret),
        Input::line("password", Text("Your password", "Su contraseña"), "")
            .way(Way::Secret)
            .hint(Text("To be sure that it is you.", "Para asegurarnos de que es usted.")),
        Input::line("code", Text("Your security code", "Su código de seguridad"), "").hint(Text(
            "Or a recovery code. Empty, where you have none set up.",
            "O un código de recuperación. Vacío si no tiene ninguno configurado.",
        )),
    ];
    post(HERE, &html! { (inputs(&all, typed)) (send(Text("Begin the export", "Empezar la exportación"))) })
}
