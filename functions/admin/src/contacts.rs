//! `/admin/contacts/{id}`: somebody the organisation knows.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{ContactId, UserId};
use domain::user::Contact;
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::credentials::{Resent, Whom, contact, give_account};
use service::flow::users::{ContactPatch, Wish, patch_contact};
use service::store::ContactRow;
use web::{Caller, Given, Problem, reply};

use crate::person::{Errors, Persona, to_the_second};
use crate::rights::{By, telling};
use crate::users::{PersonShown, fields, patched};

/// A contact as staff see them.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    user: Option<&'a str>,
    #[serde(flatten)]
    person: PersonShown<'a>,
    disabled: bool,
    created_at: Timestamp,
}

impl<'a> Shown<'a> {
    /// One of a list.
    pub(crate) fn row(row: &'a ContactRow) -> Self {
        let user = row.user.as_ref().map(UserId::as_str);
        let person = PersonShown::of(&row.person);
        Self { id: row.id(), user, person, disabled: row.disabled, created_at: row.created_at }
    }

    pub(crate) fn of(contact: &'a Contact) -> Self {
        let user = contact.user.as_ref().map(UserId::as_str);
        let person = PersonShown::of(&contact.person);
        let (disabled, created_at) = (contact.disabled, to_the_second(contact.created_at));
        Self { id: contact.id.as_str(), user, person, disabled, created_at }
    }
}

/// The id in a path; what can't be one is nobody's.
pub(crate) fn id(path: &str) -> Result<ContactId, Problem> {
    ContactId::parse(path).ok_or_else(Problem::not_found)
}

/// `GET /admin/contacts/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let found = contact(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    if caller.wants_html {
        return crate::pages::contact::contact(&app, &found, &by, &caller).await;
    }
    Ok(reply::json(StatusCode::OK, &Shown::of(&found)))
}

/// What a program says is to change.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    name: Option<String>,
    emails: Option<Vec<String>>,
    first_name: Option<String>,
    last_name: Option<String>,
    nickname: Wish<String>,
    email: Wish<String>,
    address_email: Wish<String>,
    phone: Wish<String>,
    company: Wish<String>,
    group: Wish<String>,
    locale: Wish<String>,
    disabled: Option<bool>,
    #[serde(deserialize_with = "web::switch")]
    create_account: bool,
}

/// `PATCH /admin/contacts/{id}`; with `create_account`, they get an account and a mail with the way in, if they have none.
pub(crate) async fn change(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let mut errors = Errors::new();
    let persona = Persona {
        name: typed.name,
        emails: typed.emails,
        first_name: typed.first_name,
        last_name: typed.last_name,
        nickname: typed.nickname,
        email: typed.email,
        address_email: typed.address_email,
        phone: typed.phone,
        company: typed.company,
        group: typed.group,
        locale: typed.locale,
    };
    let change = ContactPatch { person: persona.patch(&mut errors), disabled: typed.disabled };
    if !errors.is_empty() {
        return Err(Problem::rejected(errors));
    }
    let id = id(&path)?;
    let mut now = patched(patch_contact(&app, &id, &change, &by).await?)?;
    if typed.create_account && now.user.is_none() {
        match give_account(&app, Whom::Contact(&id), &by).await? {
            Resent::Yes(_) => {}
            other => return Err(crate::credentials::not_sent(&other)),
        }
        *now = contact(&app, &id, &by).await?.ok_or_else(Problem::not_found)?;
    }
    Ok(telling(reply::json(StatusCode::OK, &Shown::of(&now)), "changed", fields(&change.into())))
}
