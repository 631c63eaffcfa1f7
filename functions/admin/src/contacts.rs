//! `/admin/contacts/{id}`: somebody the organisation knows.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::Right;
use domain::email::Email;
use domain::id::{ContactId, UserId};
use domain::user::Contact;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use service::App;
use service::flow::credentials::contact;
use web::{Caller, Problem, guard, reply};

/// A contact as staff see them.
#[derive(Serialize)]
pub(crate) struct Shown<'a> {
    id: &'a str,
    user: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    nickname: Option<&'a str>,
    email: Option<&'a str>,
    address_email: Option<&'a str>,
    phone: Option<&'a str>,
    company: Option<&'a str>,
    group: Option<&'a str>,
    created_at: Timestamp,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(contact: &'a Contact) -> Self {
        let person = &contact.person;
        Self {
            id: contact.id.as_str(),
            user: contact.user.as_ref().map(UserId::as_str),
            first_name: &person.first_name,
            last_name: &person.last_name,
            nickname: person.nickname.as_deref(),
            email: person.email.as_ref().map(Email::shown),
            address_email: person.address_email.as_ref().map(Email::shown),
            phone: person.phone.as_deref(),
            company: person.company.as_deref(),
            group: person.group.as_deref(),
            created_at: contact.created_at,
        }
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
    caller: Caller,
) -> Result<Response, Problem> {
    let by = guard::with_right(&app, &caller, Right::Contacts).await?;
    let found = contact(&app, &id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    Ok(reply::json(StatusCode::OK, &Shown::of(&found)))
}
