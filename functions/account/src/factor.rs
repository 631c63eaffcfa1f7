//! `/account/security-code`: one's own second factor: new recovery codes, another phone (AC-4, MF-9, MF-10).

use axum::extract::State;
use axum::response::Response;
use domain::language::Text;
use domain::message;
use domain::user::User;
use http::StatusCode;
use serde::Deserialize;
use service::App;
use service::flow::factor::{self as flow, Proven};
use service::flow::verify_code::Proof;
use web::pages::{self, FactorPage};
use web::{Caller, Given, Problem, cookies, guard, reply};

use crate::page;

/// Letters and digits that a security code has; a recovery code has more.
const CODE_LENGTH: usize = 6;

/// `GET /account/security-code`
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?;
    let Some(found) = here else { return page::signed_out(&caller, "/account/security-code") };
    let (set_up, left) = standing(&found.user);
    if caller.wants_html {
        return shown(&app, &found.user, StatusCode::OK, (None, None)).await;
    }
    let standing = serde_json::json!({"set_up": set_up, "recovery_codes_left": left});
    Ok(reply::json(StatusCode::OK, &standing))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    password: String,
    code: Option<String>,
    recovery_code: Option<String>,
}

impl Typed {
    fn proof(&self) -> Result<Proof<'_>, Problem> {
        proof(self.code.as_deref(), self.recovery_code.as_deref())
    }
}

/// On a page there is one field for both; they differ in length.
pub(crate) fn proof<'a>(code: Option<&'a str>, recovery: Option<&'a str>) -> Result<Proof<'a>, Problem> {
    match (code, recovery) {
        (Some(code), None) => {
            let long = code.chars().filter(|c| c.is_alphanumeric()).take(CODE_LENGTH + 1).count() > CODE_LENGTH;
            Ok(if long { Proof::Recovery(code) } else { Proof::Code(code) })
        }
        (None, Some(code)) => Ok(Proof::Recovery(code)),
        _ => {
            let detail = Text(
                "Send the password, and either code or recovery_code.",
                "Envíe la contraseña y, además, code o recovery_code.",
            );
            Err(Problem::malformed(detail).about("code", message::REQUIRED))
        }
    }
}

/// `POST /account/recovery-codes`
pub(crate) async fn new_codes(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?;
    let Some(found) = here else { return page::signed_out(&caller, "/account/security-code") };
    let made = flow::new_recovery_codes(&app, &found.user, caller.again(&typed.password), typed.proof()?).await?;
    match refused(&app, &caller, &found.user, made).await? {
        Ok(codes) if caller.wants_html => {
            let settings = app.settings().await?;
            Ok(reply::page(StatusCode::OK, pages::recovery_codes(&reply::frame(&settings), &codes, "/account")))
        }
        Ok(codes) => Ok(reply::json(StatusCode::OK, &serde_json::json!({"codes": codes}))),
        Err(answer) => Ok(answer),
    }
}

/// `POST /account/security-code/reset`: it is taken away, every session ends, and the next sign-in sets up another.
pub(crate) async fn give_up(
    State(app): State<App>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let here = guard::signed_in(&app, &caller).await?;
    let Some(found) = here else { return page::signed_out(&caller, "/account/security-code") };
    let gone = flow::give_up(&app, &found.user, caller.again(&typed.password), typed.proof()?).await?;
    match refused(&app, &caller, &found.user, gone).await? {
        Ok(()) => {
            let answer = if caller.wants_html {
                reply::see_other("/sign-in")
            } else {
                reply::json(StatusCode::OK, &serde_json::json!({"next": "sign_in"}))
            };
            Ok(reply::with_cookie(answer, cookies::drop(cookies::SESSION)))
        }
        Err(answer) => Ok(answer),
    }
}

/// What was done, or the page that says why it was not; a program gets the problem.
async fn refused<T>(
    app: &App,
    caller: &Caller,
    user: &User,
    became: Proven<T>,
) -> Result<Result<T, Response>, Problem> {
    let (problem, wrong) = match became {
        Proven::Yes(done) => return Ok(Ok(done)),
        Proven::WrongPassword => (page::wrong_password(), (Some(message::WRONG_PASSWORD.into()), None)),
        Proven::WrongCode(offset) => {
            (Problem::wrong_code(offset, false), (None, Some(message::wrong_code(offset, false))))
        }
        Proven::NotSetUp => (not_set_up(), (None, None)),
        Proven::SignInAgain => (Problem::sign_in_again(), (None, None)),
    };
    if caller.wants_html { shown(app, user, problem.status, wrong).await.map(Err) } else { Err(problem) }
}

async fn shown(
    app: &App,
    user: &User,
    status: StatusCode,
    wrong: (Option<String>, Option<String>),
) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let ((set_up, codes_left), (password_error, code_error)) = (standing(user), wrong);
    let page = FactorPage { set_up, codes_left, password_error, code_error };
    Ok(reply::page(status, pages::own_factor(&reply::frame(&settings), &page)))
}

fn standing(user: &User) -> (bool, usize) {
    let set_up = user.factor.as_ref().is_some_and(domain::factor::Factor::is_proven);
    (set_up, user.recovery.len())
}

/// 409: there is no authenticator.
pub(crate) fn not_set_up() -> Problem {
    let detail = Text(
        "No security code is set up. Should one be asked for, sign-in leads through it.",
        "No hay ningún código de seguridad configurado. Si se pide uno, el inicio de sesión le guiará.",
    )
    .say();
    Problem::new(
        StatusCode::CONFLICT,
        "not_set_up",
        Text("There is no security code", "No hay código de seguridad").say(),
        detail,
    )
}
