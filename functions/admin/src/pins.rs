//! `/admin/users/{id}/pin`: what administrators do with a sponsor's PIN, and who came by it (PN-2, PN-3, PN-8).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::email::Email;
use domain::id::UserId;
use domain::language::Language::{English, Spanish};
use domain::language::{Text, spoken};
use domain::message;
use domain::user::User;
use http::{StatusCode, Uri};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::App;
use service::flow::sponsor::{Branch, PinMailed, Terms, Withdrawn, mail_pin, make_pin, tree, withdraw_pin};
use web::pages::Notice;
use web::{Caller, GivenOrNothing, Problem, Sent, reply};

use crate::pages::form;
use crate::pages::person::Aside;
use crate::pages::user::user_again;
use crate::rights::By;
use crate::users::id;
use crate::{pages, paging, words};

/// How many accounts can be made with one PIN, at the most, if they are counted.
const MOST_USES: u32 = 1_000_000;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wish {
    #[serde(deserialize_with = "form::filled")]
    ends_at: Option<Timestamp>,
    /// The last day, in UTC, as a form says it.
    #[serde(deserialize_with = "form::filled")]
    ends_on: Option<Date>,
    #[serde(deserialize_with = "form::filled")]
    uses: Option<u32>,
}

impl Wish {
    fn terms(self, now: Timestamp) -> Result<Terms, Problem> {
        let mut errors = Vec::new();
        let field = if self.ends_on.is_some() { "ends_on" } else { "ends_at" };
        let next_day = self
            .ends_on
            .and_then(|day| Offset::UTC.to_timestamp(day.tomorrow().ok()?.to_datetime(Time::midnight())).ok());
        let ends_at = self.ends_at.or(next_day);
        if self.ends_on.is_some() && next_day.is_none() {
            let reason = Text("Choose an earlier day.", "Elija un día anterior.");
            return Err(Problem::rejected([(field, vec![reason.into()])]));
        }
        if ends_at.is_some_and(|end| end <= now) {
            errors.push((
                field,
                vec![
                    Text("This is over already. Choose a later time.", "Eso ya ha pasado. Elija un momento posterior.")
                        .into(),
                ],
            ));
        }
        if self.uses.is_some_and(|uses| !(1..=MOST_USES).contains(&uses)) {
            errors.push((
                "uses",
                vec![match spoken() {
                    English => format!("Must be 1 to {MOST_USES}; leave it out for any number."),
                    Spanish => format!("Debe ser de 1 a {MOST_USES}; déjelo vacío para usos ilimitados."),
                }],
            ));
        }
        if errors.is_empty() {
            return Ok(Terms { ends_at, uses: self.uses });
        }
        Err(Problem::rejected(errors))
    }
}

/// `POST /admin/users/{id}/pin`: a new PIN in place of the one there is.
pub(crate) async fn make(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    if !sent.form && sent.fields.0.get("uses").is_some_and(Value::is_string) {
        let detail = Text("The body does not fit: `uses` is a number.", "El cuerpo no encaja: `uses` es un número.");
        return Err(Problem::malformed(detail));
    }
    let terms = match sent.fields.typed::<Wish>()?.terms(app.clock.now()) {
        Err(problem) if caller.wants_html => return again(&app, &id, &by, problem).await,
        terms => terms?,
    };
    let pin = make_pin(&app, &id, terms, &by).await?.ok_or_else(Problem::not_found)?;
    if caller.wants_html {
        let message = Some(Notice::success(Text("A new PIN is made.", "Se ha creado un PIN nuevo.")));
        return user_again(&app, &id, &by, Aside { pin: Some(pin), message, ..Aside::default() }).await;
    }
    let made = serde_json::json!({"pin": pin, "ends_at": terms.ends_at, "uses": terms.uses});
    Ok(reply::json(StatusCode::CREATED, &made))
}

async fn again(app: &App, id: &UserId, by: &User, problem: Problem) -> Result<Response, Problem> {
    let typed = form::refused(problem, std::collections::BTreeMap::new())?;
    user_again(app, id, by, Aside { typed, ..Aside::default() }).await
}

/// `DELETE /admin/users/{id}/pin`; with `?disable=true` those who came by it are disabled.
pub(crate) async fn withdraw(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    GivenOrNothing(given): GivenOrNothing<Withdrawal>,
) -> Result<Response, Problem> {
    let disable = given.disable || disables(&caller)?;
    match withdraw_pin(&app, &id(&path)?, disable, &by).await? {
        Withdrawn::Yes(_) => Ok(pages::back(&caller, &format!("/admin/users/{path}"), "pin_withdrawn")
            .unwrap_or_else(|| StatusCode::NO_CONTENT.into_response())),
        Withdrawn::NoPin => Err(no_pin()),
        Withdrawn::NoSuchUser => Err(Problem::not_found()),
    }
}

/// What the address says: a slip in it must not leave those switched on who were to be switched off.
fn disables(caller: &Caller) -> Result<bool, Problem> {
    match reply::query(&caller.uri, "disable").as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::rejected([("disable", vec![Text("Say true or false.", "Diga true o false.").into()])])),
    }
}

/// What goes along with withdrawing a PIN.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Withdrawal {
    disable: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Whereto {
    to: Option<String>,
}

/// `POST /admin/users/{id}/pin/mail`
pub(crate) async fn mail(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    GivenOrNothing(Whereto { to }): GivenOrNothing<Whereto>,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let to = to.filter(|to| !to.is_empty()).map(|to| Email::parse(&to)).transpose();
    let to = match to.map_err(|error| Problem::rejected([("to", vec![message::email(&error)])])) {
        Err(problem) if caller.wants_html => return again(&app, &id, &by, problem).await,
        to => to?,
    };
    match mail_pin(&app, &id, to, &by).await? {
        PinMailed::Yes(_) if caller.wants_html => Ok(pages::to_page(&format!("/admin/users/{path}"), "pin_mailed")),
        PinMailed::Yes(mail) => Ok(reply::json(StatusCode::ACCEPTED, &serde_json::json!({"mail_id": mail}))),
        PinMailed::NoPin => Err(no_pin()),
        PinMailed::NoEmail => {
            let detail = Text(
                "This user has no e-mail address. Say in `to` where the PIN is to go.",
                "Este usuario no tiene correo electrónico. Diga en `to` adónde debe ir el PIN.",
            );
            Err(Problem::new(StatusCode::CONFLICT, "no_email", words::NO_ADDRESS.say(), detail))
        }
        PinMailed::NoSuchUser => Err(Problem::not_found()),
    }
}

/// Somebody who came by a PIN, and those who came by theirs.
#[derive(Serialize)]
struct Shown {
    id: String,
    username: String,
    name: String,
    disabled: bool,
    by_current_pin: bool,
    created_at: Timestamp,
    sponsored: Vec<Shown>,
}

impl From<Branch> for Shown {
    fn from(Branch { user, by_current_pin, sponsored }: Branch) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.person.name(),
            disabled: user.state == domain::user::State::Disabled,
            by_current_pin,
            created_at: user.created_at,
            username: user.username,
            sponsored: sponsored.into_iter().map(Self::from).collect(),
        }
    }
}

/// `GET /admin/users/{id}/sponsored`: everybody who came by this sponsor's PINs, as a tree.
pub(crate) async fn sponsored(State(app): State<App>, Path(path): Path<String>, uri: Uri) -> Result<Response, Problem> {
    let tree = tree(&app, &id(&path)?).await?.ok_or_else(Problem::not_found)?;
    let items: Vec<Shown> = tree.into_iter().map(Shown::from).collect();
    paging::page(&uri, &items)
}

fn no_pin() -> Problem {
    let detail = Text(
        "This user has no PIN. Make one first: POST /admin/users/{id}/pin.",
        "Este usuario no tiene PIN. Cree uno primero: POST /admin/users/{id}/pin.",
    );
    Problem::new(StatusCode::CONFLICT, "no_pin", Text("There is no PIN", "No hay PIN").say(), detail)
}
