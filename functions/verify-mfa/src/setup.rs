//! Setting up the second factor: the mail that is asked for at sign-in, and the page behind its link. Opening the link shows a
//! button; a press shows the secret, once (MF-5, MF-9).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::factor::{SetupMail, set_up, setup_mail};
use web::{Caller, Given, OwnPage, Problem, reply};

use crate::page;

/// `GET /sign-in/setup-mail`: asks whether a mail is to be sent.
pub(crate) async fn ask(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    if reply::query(&uri, "sent").is_some() {
        return Ok(page::mail_sent(&settings));
    }
    if caller.ticket.is_none() {
        return page::signed_out(&caller);
    }
    Ok(page::ask(&settings))
}

/// `POST /sign-in/setup-mail`
pub(crate) async fn mail(State(app): State<App>, caller: Caller, _: OwnPage) -> Result<Response, Problem> {
    let Some(ticket) = &caller.ticket else { return page::signed_out(&caller) };
    let problem = match setup_mail(&app, ticket).await? {
        SetupMail::Accepted if caller.wants_html => return Ok(reply::see_other("/sign-in/setup-mail?sent=1")),
        SetupMail::Accepted => return Ok(StatusCode::ACCEPTED.into_response()),
        SetupMail::SignedOut => return page::signed_out(&caller),
        SetupMail::AlreadySetUp => page::already_set_up(),
        SetupMail::NoEmail => page::no_email(),
    };
    if caller.wants_html {
        let settings = app.settings().await?;
        return Ok(page::refused(&settings, &problem));
    }
    Err(problem)
}

/// `GET /security-code/setup`: the page with a button, whatever the token.
pub(crate) async fn show(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    Ok(page::set_up(&settings, &reply::query(&uri, "token").unwrap_or_default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    token: String,
}

#[derive(Serialize)]
struct Enrolment<'a> {
    otpauth_uri: &'a str,
    secret: &'a str,
    qr_svg: &'a str,
}

/// `POST /security-code/setup`
pub(crate) async fn submit(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let Some(shown) = set_up(&app, &typed.token).await? else {
        return if caller.wants_html { Ok(page::link_dead(&settings)) } else { Err(Problem::link_dead()) };
    };
    let qr_svg = qr(&shown.uri);
    if caller.wants_html {
        return Ok(page::secret(&settings, shown, qr_svg));
    }
    let enrolment = Enrolment { otpauth_uri: &shown.uri, secret: &shown.secret, qr_svg: &qr_svg };
    Ok(reply::json(StatusCode::OK, &enrolment))
}

/// The square that apps scan, black on white also in the dark.
fn qr(uri: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(uri, EcLevel::M) else { return String::new() };
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build();
    drawn.find("<svg").map_or_else(String::new, |start| drawn[start..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MF-5: an SVG that stands in a page, with nothing that a strict policy refuses.
    #[test]
    fn the_square_is_plain_svg() {
        let drawn = qr("otpauth://totp/Harbour:maria?secret=GEZDGNBVGY3TQOJQ&issuer=Harbour");
        assert!(drawn.starts_with("<svg") && drawn.ends_with("</svg>"), "{drawn}");
        assert!(!drawn.contains("style=") && !drawn.contains("<script"));
        assert_eq!(qr(&"x".repeat(10_000)), "");
    }
}
