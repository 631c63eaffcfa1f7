//! What people see here.

use axum::response::Response;
use domain::factor::Shown;
use domain::language::Text;
use domain::settings::Settings;
use http::StatusCode;
use web::pages::{self, Asked, CodePage, LinkDeadPage, Notice, ProblemPage, SecretPage};
use web::{Caller, Problem, edge, reply};

pub(crate) fn code(status: StatusCode, settings: &Settings, recovery: bool, wrong: Option<String>) -> Response {
    let page = CodePage { recovery, message: wrong.map(Notice::error) };
    let answer = reply::page(status, pages::security_code(&reply::frame(settings), &page));
    edge::with_form_targets(answer, &settings.sign_in_return_origins)
}

pub(crate) fn ask(settings: &Settings) -> Response {
    reply::page(StatusCode::OK, pages::ask_setup(&reply::frame(settings)))
}

pub(crate) fn mail_sent(settings: &Settings) -> Response {
    reply::page(StatusCode::OK, pages::setup_sent(&reply::frame(settings)))
}

pub(crate) fn set_up(settings: &Settings, token: &str) -> Response {
    reply::page(StatusCode::OK, pages::setup(&reply::frame(settings), token))
}

pub(crate) fn secret(settings: &Settings, shown: Shown, qr_svg: String) -> Response {
    let page = SecretPage { secret: shown.secret, uri: shown.uri, qr_svg };
    reply::page(StatusCode::OK, pages::secret(&reply::frame(settings), &page))
}

pub(crate) fn link_dead(settings: &Settings) -> Response {
    let page = LinkDeadPage { asked: Asked::SecurityCode };
    reply::page(StatusCode::GONE, pages::link_dead(&reply::frame(settings), &page))
}

pub(crate) fn recovery_codes(settings: &Settings, codes: &[String], next: &str) -> Response {
    reply::page(StatusCode::OK, pages::recovery_codes(&reply::frame(settings), codes, next))
}

pub(crate) fn refused(settings: &Settings, problem: &Problem) -> Response {
    let page =
        ProblemPage { title: problem.title.to_owned(), detail: problem.detail.clone(), request_id: String::new() };
    reply::page(problem.status, pages::problem(&reply::frame(settings), &page))
}

/// Back to the sign-in page, or 401: the ticket is over.
pub(crate) fn signed_out(caller: &Caller) -> Result<Response, Problem> {
    match (caller.wants_html, caller.reads) {
        (true, true) => Ok(reply::see_other("/sign-in")),
        (true, false) => Ok(reply::see_other("/sign-in?over=true")),
        (false, _) => Err(Problem::signed_out()),
    }
}

/// 409: a factor is proven; a link never replaces it (MF-9).
pub(crate) fn already_set_up() -> Problem {
    let detail = Text(
        "Your account has an authenticator app or a passkey already. If you have lost it, sign in with one of your recovery \
         codes, or ask an administrator to reset your security code.",
        "Su cuenta ya tiene una aplicación de autenticación o una clave de acceso. Si la ha perdido, entre con uno de sus \
         códigos de recuperación o pida a un administrador que restablezca su código de seguridad.",
    );
    Problem::new(
        StatusCode::CONFLICT,
        "already_set_up",
        Text("A security code is set up", "Ya hay un código de seguridad").say(),
        detail,
    )
}

/// 409: nowhere to send the link (MF-3).
pub(crate) fn no_email() -> Problem {
    let detail = Text(
        "Your account has no e-mail address that the link could go to. Please ask an administrator to add one.",
        "Su cuenta no tiene ningún correo electrónico al que enviar el enlace. Pida a un administrador que añada uno.",
    );
    Problem::new(
        StatusCode::CONFLICT,
        "no_email",
        Text("There is no address to write to", "No hay ninguna dirección a la que escribir").say(),
        detail,
    )
}

#[cfg(test)]
mod tests {
    use domain::language::{Language, speaking};

    use super::*;

    /// OP-7: what stands in the way of a code is said in the language of the page.
    #[test]
    fn what_stands_in_the_way_is_said_in_every_language() {
        for problem in [already_set_up, no_email] {
            let [english, spanish] = Language::ALL.map(|language| speaking(language, problem));
            assert!(english.title != spanish.title && english.detail != spanish.detail, "{}", english.code);
        }
    }
}
