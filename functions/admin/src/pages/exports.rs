//! The export as a page: the passphrase, the proof, and one button that is pressed until the last part has come.

use axum::response::Response;
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

/// The page; where an export has begun in this browser, with the way to its next part.
pub(crate) async fn show(app: &App, by: &User, uri: &Uri, begun: bool) -> Result<Response, Problem> {
    let content = html! {
        (about())
        @if begun { (section("Your export", &parts())) }
        (section("A new one", &form(&Typed::default())))
    };
    page(app, by, (HERE, "Export of everything"), happened(uri), &content).await
}

/// The same, with what is wrong.
pub(crate) async fn refused(app: &App, by: &User, problem: Problem) -> Result<Response, Problem> {
    let status = problem.status;
    let typed = typed(problem, std::collections::BTreeMap::new())?;
    let content = html! { (about()) (section("A new one", &form(&typed))) };
    page_with(app, by, (status, HERE, "Export of everything"), None, &content).await
}

fn about() -> Markup {
    html! {
        p.hint {
            "Everything goes into one file: people, their rights, passwords and second factors, settings, layouts, instances, "
            "locations, providers, programs, and what happened. An empty Vestibule that it is brought into answers as this one. "
            "Every administrator is told by mail."
        }
    }
}

fn parts() -> Markup {
    let minutes = TICKET_SECONDS / 60;
    html! {
        p {
            "It comes in parts, each within " (minutes) " minutes of the one before. Press until a file has come whose name ends in "
            strong { "last" } ", and put them into one file in their order."
        }
        p.actions { a.button href={ (HERE) "/part" } { "Take the next part" } }
    }
}

fn form(typed: &Typed) -> Markup {
    let least = format!(
        "At least {SHORTEST} characters: five or six words that don't belong together do well. Without it nobody brings the \
         export back, and nobody can find it out for you."
    );
    let all = [
        Input::line("passphrase", "Passphrase of the file", "").way(Way::Secret).hint(&least),
        Input::line("passphrase_again", "The passphrase again", "").way(Way::Secret),
        Input::line("password", "Your password", "").way(Way::Secret).hint("To be sure that it is you."),
        Input::line("code", "Your security code", "").hint("Or a recovery code. Empty, where you have none set up."),
    ];
    post(HERE, &html! { (inputs(&all, typed)) (send("Begin the export")) })
}
