//! The organisation's logo, handed in and taken down on the page of its settings: a form with a file, which needs no script.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::language::Text;
use domain::logo::Told;
use domain::settings::Settings;
use domain::settings::about::about_key;
use http::StatusCode;
use maud::{Markup, html};
use serde_json::Map;
use service::App;
use service::flow::settings as flow;
use web::pages::console::{Input, Typed, Way, input, logo, press, section, send, upload};
use web::{HandedIn, OwnPage, Problem};

use super::form;
use super::settings::{HERE, area_page};
use super::to_page;
use crate::rights::{By, telling};
use crate::settings::outcome;

/// Its key.
const KEY: &str = "organisation.logo";

/// The part of the page that shows it.
pub(super) fn part(settings: &Settings, typed: &Typed) -> Markup {
    let hint = about_key(KEY).map_or(Text("", ""), |about| about.help);
    let file = Input::line("file", Text("The picture", "La imagen"), "");
    let file = file.way(Way::File("image/png,image/jpeg,image/webp")).hint(hint);
    let hung = settings.organisation_logo.as_deref().and_then(Told::of);
    section(
        Text("Logo", "Logotipo"),
        &html! {
            @if let Some(hung) = hung {
                (logo(hung, &settings.organisation_name))
                (press(&format!("{HERE}/logo/remove"), Text("Take the logo down", "Quitar el logotipo"), "danger"))
            }
            (upload(&format!("{HERE}/logo"), &html! { (input(&file, typed)) (send(Text("Hang it up", "Ponerlo"))) }))
        },
    )
}

/// `POST /admin/settings/logo`, from the page.
pub(crate) async fn hang(State(app): State<App>, By(by): By, given: HandedIn) -> Result<Response, Problem> {
    let saved = flow::hang(&app, Some(given.text), &by).await?;
    match outcome(saved, None, &Map::new()) {
        Ok(_) => Ok(telling(to_page(&format!("{HERE}?area=organisation"), "saved"), "changed", KEY)),
        Err(mut problem) => {
            // The field of the form is called after what it takes.
            let Some(reasons) = problem.errors.remove(KEY) else { return Err(problem) };
            problem.errors.insert("file".into(), reasons);
            let typed = form::refused(problem, BTreeMap::new())?;
            let now = flow::current(&app).await?;
            area_page(&app, &by, ("organisation", &now, StatusCode::UNPROCESSABLE_ENTITY), None, &typed).await
        }
    }
}

/// `POST /admin/settings/logo/remove`, from the page.
pub(crate) async fn take_down(State(app): State<App>, By(by): By, _: OwnPage) -> Result<Response, Problem> {
    outcome(flow::hang(&app, None, &by).await?, None, &Map::new())?;
    Ok(telling(to_page(&format!("{HERE}?area=organisation"), "saved"), "changed", KEY))
}
