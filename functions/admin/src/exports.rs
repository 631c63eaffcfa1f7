//! `/admin/exports`: everything is taken out (IO-3), by an administrator in person who has just shown who they are. A program
//! follows `Link`; a browser holds where it goes on in a cookie, and takes a part at each press of one button.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::message;
use domain::session::Session;
use domain::user::User;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Deserialize;
use service::App;
use service::flow::export::{Begun, Part, TICKET_SECONDS, begin, part};
use service::flow::factor::Proven;
use service::flow::verify_code::Proof;
use web::{Caller, Given, Problem, cookies, reply};

use crate::pages;
use crate::rights::{By, Held, telling};

/// Characters of a security code; what has more is a recovery code.
const CODE_LENGTH: usize = 6;

/// A passphrase for the file, and fresh proof of whoever takes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    passphrase: String,
    passphrase_again: Option<String>,
    password: String,
    code: Option<String>,
    recovery_code: Option<String>,
}

impl Typed {
    /// On the page there is one field for both; they differ in length.
    fn proof(&self) -> Option<Proof<'_>> {
        let filled = |text: &'_ Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        if let Some(code) = self.recovery_code.as_deref().filter(|_| filled(&self.recovery_code)) {
            return Some(Proof::Recovery(code));
        }
        let code = self.code.as_deref().filter(|_| filled(&self.code))?;
        let long = code.chars().filter(|c| c.is_alphanumeric()).take(CODE_LENGTH + 1).count() > CODE_LENGTH;
        Some(if long { Proof::Recovery(code) } else { Proof::Code(code) })
    }
}

/// `GET /admin/exports`
pub(crate) async fn show(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    pages::exports::show(&app, &by, &caller.uri, cookies::sent(&headers, cookies::EXPORT).is_some()).await
}

/// `POST /admin/exports`: the first part for a program; a browser is led to where it takes it.
pub(crate) async fn take(
    State(app): State<App>,
    By(by): By,
    Held(held): Held,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let (ticket, export) = match begun(&app, (&by, &held), &caller, &typed).await {
        Ok(begun) => begun,
        Err(problem) if caller.wants_html && !problem.errors.is_empty() => {
            return pages::exports::refused(&app, &by, problem).await;
        }
        Err(problem) => return Err(problem),
    };
    let answer = if caller.wants_html {
        reply::with_cookie(reply::see_other(pages::exports::HERE), cookies::hold_export(&ticket))
    } else {
        let first = part(&app, &by, &ticket).await?.ok_or_else(over)?;
        file(&caller, first)
    };
    Ok(telling(answer, "export", export))
}

async fn begun(app: &App, by: (&User, &Session), caller: &Caller, typed: &Typed) -> Result<(String, String), Problem> {
    if typed.passphrase_again.as_ref().is_some_and(|again| *again != typed.passphrase) {
        return Err(Problem::rejected([(
            "passphrase_again",
            vec![Text("The two differ. Type the same again.", "No coinciden. Escriba lo mismo otra vez.").into()],
        )]));
    }
    let shown = (caller.again(&typed.password), typed.proof());
    let named = |mut problem: Problem, field: &'static str| {
        problem.errors.insert(field.into(), vec![problem.detail.clone()]);
        problem
    };
    match begin(app, by, shown, &typed.passphrase).await? {
        Proven::Yes(Begun::Ticket { ticket, export }) => Ok((ticket, export)),
        Proven::Yes(Begun::Weak(reasons)) => {
            Err(Problem::rejected([("passphrase", reasons.into_iter().map(message::password).collect())]))
        }
        Proven::WrongPassword => Err(named(wrong_password(), "password")),
        Proven::WrongCode(offset) => Err(named(Problem::wrong_code(offset, false), "code")),
        Proven::NotSetUp => Err(named(Problem::wrong_code(None, false), "code")),
        Proven::SignInAgain => Err(Problem::sign_in_again()),
    }
}

/// `GET /admin/exports/part`: the next part. Its ticket stands in the query, or in the browser's cookie.
pub(crate) async fn next(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let given = reply::query(&caller.uri, "cursor");
    let Some(ticket) = given.as_deref().or_else(|| cookies::sent(&headers, cookies::EXPORT)) else {
        if caller.wants_html {
            return Ok(pages::to_page(pages::exports::HERE, "all_exported"));
        }
        let reason = Text(
            "Take the address that Link says is next, as it was given.",
            "Use la dirección que Link da como siguiente, tal como se dio.",
        );
        return Err(Problem::rejected([("cursor", vec![reason.into()])]));
    };
    let Some(part) = part(&app, &by, ticket).await? else {
        return if caller.wants_html {
            let answer = pages::to_page(pages::exports::HERE, "export_over");
            Ok(reply::with_cookie(answer, cookies::drop(cookies::EXPORT)))
        } else {
            Err(over())
        };
    };
    let (export, number) = (part.export.clone(), part.number.to_string());
    Ok(telling(telling(file(&caller, part), "export", export), "part", number))
}

/// A part as a file.
fn file(caller: &Caller, part: Part) -> Response {
    let last = if part.next.is_none() { "-last" } else { "" };
    let name = format!("attachment; filename=\"vestibule-{}-part-{:03}{last}.ndjson\"", part.export, part.number);
    let mut answer = part.text.into_response();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.extend(HeaderValue::try_from(name).ok().map(|name| (CONTENT_DISPOSITION, name)));
    if caller.wants_html {
        let cookie = part.next.map_or_else(|| cookies::drop(cookies::EXPORT), |next| cookies::hold_export(&next));
        headers.append(SET_COOKIE, cookie);
    } else if let Some(next) = part.next {
        let link = format!("</admin/exports/part?{}>; rel=\"next\"", reply::encoded("cursor", &next));
        headers.extend(HeaderValue::try_from(link).ok().map(|link| (LINK, link)));
    }
    answer
}

/// 410: a ticket holds for half an hour, for whoever began.
fn over() -> Problem {
    let minutes = TICKET_SECONDS / 60;
    let detail = match spoken() {
        English => format!("The next part is taken within {minutes} minutes, by whoever began. Begin anew."),
        Spanish => format!("La parte siguiente se toma en {minutes} minutos, por quien empezó. Empiece de nuevo."),
    };
    Problem::new(
        StatusCode::GONE,
        "export_over",
        Text("This export is over", "Esta exportación ha terminado").say(),
        detail,
    )
}

/// 401: not the password of whoever is signed in.
fn wrong_password() -> Problem {
    let detail = Text(
        "This is not your password. Type the one that you sign in with.",
        "Esta no es su contraseña. Escriba la que usa para entrar.",
    );
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "wrong_password",
        Text("Wrong password", "Contraseña incorrecta").say(),
        detail,
    )
}
