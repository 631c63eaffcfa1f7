//! `/account/passkeys`: one's own passkeys (AC-4, MF-13). Making one takes a script; looking at them and removing one does not.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::language::Text;
use domain::user::User;
use domain::{message, passkey};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::App;
use service::flow::factor::Proven;
use service::flow::passkey::{self as flow, AskedNew, Changed};
use service::flow::verify_code::Proof;
use web::pages::{self, Notice, PasskeyRow, PasskeysPage};
use web::{Caller, Fields, Given, Problem, cookies, guard, reply};

use crate::{factor, page};

const HERE: &str = "/account/passkeys";

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

/// `GET /account/passkeys`
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let Some(found) = guard::signed_in(&app, &caller).await? else { return page::signed_out(&caller, HERE) };
    if caller.wants_html {
        return shown(&app, &found.user, StatusCode::OK, Wrong::default()).await;
    }
    let rows: Vec<_> = found.user.passkeys.iter().map(|(id, passkey)| row(id, passkey)).collect();
    Ok(reply::json(StatusCode::OK, &serde_json::json!({"items": rows})))
}

fn row<'a>(id: &'a str, passkey: &'a passkey::Passkey) -> Row<'a> {
    Row { id, name: &passkey.name, created_at: passkey.created_at, last_used_at: passkey.used_at }
}

/// Fresh proof: the password, and a code where an authenticator is set up.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    password: String,
    code: Option<String>,
    recovery_code: Option<String>,
}

impl Shown {
    fn proof(&self) -> Result<Option<Proof<'_>>, Problem> {
        let code = self.code.as_deref().filter(|code| !code.trim().is_empty());
        match (code, self.recovery_code.as_deref()) {
            (None, None) => Ok(None),
            (code, recovery) => factor::proof(code, recovery).map(Some),
        }
    }
}

/// `POST /account/passkeys/options`: what a new passkey is to be like, once.
pub(crate) async fn options(
    State(app): State<App>,
    caller: Caller,
    Given(given): Given<Shown>,
) -> Result<Response, Problem> {
    let Some(found) = guard::signed_in(&app, &caller).await? else { return Err(Problem::signed_out()) };
    let asked = flow::ask_new(&app, (&found.user, &found.held), caller.again(&given.password), given.proof()?).await?;
    match asked {
        Proven::Yes(AskedNew::Options(options)) => Ok(reply::json(StatusCode::OK, &options)),
        Proven::Yes(AskedNew::TooMany) => Err(too_many()),
        Proven::Yes(AskedNew::NotHere) => Err(Problem::no_passkeys_here()),
        Proven::WrongPassword => Err(page::wrong_password()),
        Proven::WrongCode(offset) => Err(Problem::wrong_code(offset, false)),
        Proven::NotSetUp => Err(factor::not_set_up()),
        Proven::SignInAgain => Err(Problem::sign_in_again()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    name: String,
    credential: Fields,
}

/// `POST /account/passkeys`
pub(crate) async fn add(State(app): State<App>, caller: Caller, Given(made): Given<Made>) -> Result<Response, Problem> {
    let Some(found) = guard::signed_in(&app, &caller).await? else { return Err(Problem::signed_out()) };
    let Some(name) = passkey::name(&made.name) else {
        let reason =
            Text("Give it a name of at most 60 characters.", "Póngale un nombre de 60 caracteres como máximo.");
        return Err(Problem::rejected([("name", vec![reason.say().to_owned()])]));
    };
    let by = (&found.user, &found.held);
    match flow::add(&app, by, name.clone(), &Value::Object(made.credential.0), caller.visitor()).await? {
        Changed::Yes(id, token, session) => {
            let answer = reply::json(StatusCode::CREATED, &serde_json::json!({"id": id, "name": name}));
            Ok(reply::with_cookie(answer, cookies::hold_session(&token, &session)))
        }
        Changed::No => Err(not_made()),
    }
}

/// `DELETE /account/passkeys/{id}`
pub(crate) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    Given(given): Given<Shown>,
) -> Result<Response, Problem> {
    taken_away(app, caller, &id, given).await
}

/// What the page's form sends: the name of a passkey to be made may stand in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    password: String,
    code: Option<String>,
    #[serde(rename = "name")]
    _name: Option<String>,
}

/// `POST /account/passkeys/{id}/remove`: the same from the page.
pub(crate) async fn remove_form(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    Given(form): Given<Form>,
) -> Result<Response, Problem> {
    taken_away(app, caller, &id, Shown { password: form.password, code: form.code, recovery_code: None }).await
}

async fn taken_away(app: App, caller: Caller, id: &str, given: Shown) -> Result<Response, Problem> {
    let Some(found) = guard::signed_in(&app, &caller).await? else { return page::signed_out(&caller, HERE) };
    let (by, shown_now) = ((&found.user, &found.held), (caller.again(&given.password), given.proof()?));
    let (problem, wrong) = match flow::remove(&app, by, id, shown_now, caller.visitor()).await? {
        Proven::Yes(Changed::Yes(_, token, session)) => {
            let answer =
                if caller.wants_html { reply::see_other(HERE) } else { StatusCode::NO_CONTENT.into_response() };
            return Ok(reply::with_cookie(answer, cookies::hold_session(&token, &session)));
        }
        Proven::Yes(Changed::No) => return Err(Problem::not_found()),
        Proven::NotSetUp => return Err(factor::not_set_up()),
        Proven::SignInAgain => return Err(Problem::sign_in_again()),
        Proven::WrongPassword => {
            (page::wrong_password(), Wrong { password: Some(message::WRONG_PASSWORD.into()), code: None })
        }
        Proven::WrongCode(offset) => {
            let told = message::wrong_code(offset, false);
            (Problem::wrong_code(offset, false), Wrong { password: None, code: Some(told) })
        }
    };
    if caller.wants_html { shown(&app, &found.user, problem.status, wrong).await } else { Err(problem) }
}

/// What is wrong with the proof.
#[derive(Default)]
struct Wrong {
    password: Option<String>,
    code: Option<String>,
}

async fn shown(app: &App, user: &User, status: StatusCode, wrong: Wrong) -> Result<Response, Problem> {
    let settings = app.settings().await?;
    let now = app.clock.now();
    let days = |at: Timestamp| now.duration_since(at).as_hours() / 24;
    let rows = user.passkeys.iter().map(|(id, passkey)| PasskeyRow {
        id: id.clone(),
        name: passkey.name.clone(),
        made: days(passkey.created_at),
        used: passkey.used_at.map(days),
    });
    let full = user.passkeys.len() >= passkey::MOST_PASSKEYS;
    let page = PasskeysPage {
        rows: rows.collect(),
        ask_code: user.factor.as_ref().is_some_and(domain::factor::Factor::is_proven),
        message: full.then(|| Notice::info(too_many().detail)),
        password_error: wrong.password,
        code_error: wrong.code,
    };
    Ok(reply::page(status, pages::passkeys(&reply::frame(&settings), &page)))
}

/// 409: as many as one may have.
fn too_many() -> Problem {
    let detail = Text(
        "You have ten passkeys, which is as many as an account can have. Remove one first.",
        "Tiene diez claves de acceso, el máximo de una cuenta. Elimine antes una.",
    )
    .say();
    let title = Text("There are enough passkeys", "Ya hay suficientes claves de acceso").say();
    Problem::new(StatusCode::CONFLICT, "too_many_passkeys", title, detail)
}

/// 409: what came is not what was asked for, or no more.
fn not_made() -> Problem {
    let detail = Text(
        "This passkey could not be added. Begin again, within five minutes, in this browser.",
        "No se ha podido añadir esta clave de acceso. Empiece de nuevo y termine en cinco minutos, en este navegador.",
    )
    .say();
    let title = Text("No passkey was added", "No se ha añadido ninguna clave de acceso").say();
    Problem::new(StatusCode::CONFLICT, "passkey_refused", title, detail)
}
