//! What people see on their way to an application.

use axum::response::Response;
use domain::language::Text;
use http::StatusCode;
use service::App;
use web::pages::{self, OnwardPage};
use web::{Problem, reply};

/// A page that goes on to the application by itself. A browser holds what a form may lead to against every redirect that follows
/// it; whoever has just signed in by a form goes on from a page of their own.
pub(crate) async fn onward(app: &App, name: &str, href: &str) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let page = OnwardPage { application: name.to_owned(), href: href.to_owned() };
    Ok(reply::page(StatusCode::OK, pages::onward(&reply::frame(&settings), &page)))
}

/// A page that asks somebody who is signed in to sign in once more, because the application wants to be sure.
pub(crate) async fn again(app: &App, name: &str, request: &str) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    Ok(reply::page(StatusCode::OK, pages::again(&reply::frame(&settings), name, request)))
}

/// 400: no application that is known, or not one of its addresses. Nobody is sent anywhere.
pub(crate) fn unknown_application() -> Problem {
    let detail = Text(
        "The application that sent you here is not known, or asks to send you on to an address that is not its own. Tell whoever runs it.",
        "La aplicación que le ha enviado aquí no es conocida, o quiere enviarle a una dirección que no es suya. Avise a quien la gestiona.",
    );
    let title = Text("This application is not known", "Esta aplicación no es conocida").say();
    Problem::new(StatusCode::BAD_REQUEST, "unknown_application", title, detail.say())
}
