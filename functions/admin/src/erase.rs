//! `DELETE /admin/users/{id}` and `/admin/contacts/{id}`: somebody is erased, on request.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::language::Text;
use http::StatusCode;
use service::App;
use service::flow::erase::{self, Erased};
use web::{OwnPage, Problem, Sent};

use crate::pages::{form, to_page};
use crate::rights::By;
use crate::{contacts, users};

/// `DELETE /admin/users/{id}`
pub(crate) async fn user(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    _: OwnPage,
) -> Result<Response, Problem> {
    gone(erase::user(&app, &users::id(&path)?, &by).await?)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE /admin/contacts/{id}`
pub(crate) async fn contact(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    _: OwnPage,
) -> Result<Response, Problem> {
    gone(erase::contact(&app, &contacts::id(&path)?, &by).await?)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /admin/users/{id}/remove`, from the page.
pub(crate) async fn user_from_page(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    confirmed(&sent)?;
    gone(erase::user(&app, &users::id(&path)?, &by).await?)?;
    Ok(to_page("/admin/users", "erased"))
}

/// `POST /admin/contacts/{id}/remove`, from the page.
pub(crate) async fn contact_from_page(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    confirmed(&sent)?;
    gone(erase::contact(&app, &contacts::id(&path)?, &by).await?)?;
    Ok(to_page("/admin/contacts", "erased"))
}

/// What can't be taken back is pressed twice: the box is ticked first.
fn confirmed(sent: &Sent) -> Result<(), Problem> {
    let ticked = form::texts(&sent.fields).get("erase").is_some_and(|said| said == "true");
    let reason =
        Text("Tick the box first: this can't be taken back.", "Marque antes la casilla: esto no se puede deshacer.");
    if ticked { Ok(()) } else { Err(Problem::rejected([("erase", vec![reason.into()])])) }
}

fn gone(became: Erased) -> Result<(), Problem> {
    match became {
        Erased::Yes => Ok(()),
        Erased::Nobody => Err(Problem::not_found()),
        Erased::Oneself => {
            let reason = Text(
                "Nobody erases themselves. Ask another administrator.",
                "Nadie se borra a sí mismo. Pídalo a otro administrador.",
            );
            Err(Problem::rejected([("id", vec![reason.into()])]))
        }
    }
}
