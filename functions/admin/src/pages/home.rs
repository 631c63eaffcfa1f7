//! Where staff begin: who is stuck, and the question that is asked most.

use axum::extract::State;
use axum::response::Response;
use domain::access::{Right, may};
use domain::language::Text;
use http::{StatusCode, Uri};
use maud::{Markup, html};
use service::App;
use web::pages::console::{search, section};
use web::{Caller, Problem, reply};

use super::{WAYS, happened, page};
use crate::help::{counts, reason};
use crate::rights::By;
use crate::words::WHY;

/// `GET /admin`
pub(crate) async fn show(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    if !caller.wants_html {
        let ways = WAYS.iter().filter(|(_, _, right)| may(&by, *right, true));
        let items: Vec<_> = ways.map(|(href, name, _)| serde_json::json!({"href": href, "name": name})).collect();
        return Ok(reply::json(StatusCode::OK, &serde_json::json!({"items": items, "next_cursor": null})));
    }
    let tiles = if may(&by, Right::Users, true) {
        tiles(&app).await?
    } else {
        html! {}
    };
    let content = html! {
        (ask(""))
        (tiles)
    };
    page(&app, &by, ("/admin", Text("Console", "Consola")), happened(&uri), &content).await
}

/// The question that is asked most.
pub(crate) fn ask(who: &str) -> Markup {
    html! {
        form.search method="get" action="/admin/explain" role="search" {
            div.field {
                label for="who" { (WHY) }
                p.hint id="who-hint" { (Text("A username or an e-mail address.", "Un nombre de usuario o un correo electrónico.")) }
                input type="search" id="who" name="who" value=(who) autocomplete="off" aria-describedby="who-hint";
            }
            button.button type="submit" { (Text("Find out", "Averiguarlo")) }
        }
    }
}

async fn tiles(app: &App) -> Result<Markup, Problem> {
    let groups = counts(app).await?;
    Ok(section(
        Text("Stuck people", "Personas sin acceso"),
        &html! {
            ul.tiles {
                @for group in &groups {
                    li { a href={ "/admin/stuck?filter=" (reason(group.why)) } {
                        strong { (group.count) }
                        span { (super::stuck::named(group.why)) }
                    } }
                }
            }
            (search("/admin/users", Text(
                "Find a user by name, username, e-mail or company",
                "Buscar un usuario por nombre, nombre de usuario, correo o empresa",
            ), "", &html! {}))
        },
    ))
}
