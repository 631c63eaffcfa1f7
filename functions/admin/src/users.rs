//! `/admin/users/{id}`: somebody with an account, and what may be changed of them (AD-4).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::access::Right;
use domain::email::Email;
use domain::id::{LocationId, UserId};
use domain::user::{Kind, State as UserState, User};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::users::{Patch, Patched, Wish, find, is_locked, patch};
use web::{Caller, Given, OwnPage, Problem, guard, reply};

/// Names of rights that one list holds, at the most.
pub(crate) const MOST_GRANTS: usize = 100;

/// The longest text of a field, in bytes.
const LONGEST: usize = 200;

/// A user as administrators see them.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the answer")]
pub(crate) struct Shown<'a> {
    id: &'a str,
    username: &'a str,
    kind: Kind,
    first_name: &'a str,
    last_name: &'a str,
    email: Option<&'a str>,
    address_email: Option<&'a str>,
    phone: Option<&'a str>,
    company: Option<&'a str>,
    group: Option<&'a str>,
    permissions: &'a [String],
    profiles: &'a [String],
    company_exceptions: &'a [String],
    default_location: Option<&'a str>,
    contact: Option<&'a str>,
    disabled: bool,
    invitation_expired: bool,
    /// Whether too many wrong tries have locked them; not looked up in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<bool>,
    /// Whether a second factor is set up.
    mfa: bool,
    /// Whether they hold a PIN.
    sponsor: bool,
    sponsored_by: Option<&'a str>,
    created_at: Timestamp,
    password_changed_at: Option<Timestamp>,
}

impl<'a> Shown<'a> {
    pub(crate) fn of(user: &'a User) -> Self {
        let person = &user.person;
        Self {
            id: user.id.as_str(),
            username: &user.username,
            kind: user.kind,
            first_name: &person.first_name,
            last_name: &person.last_name,
            email: person.email.as_ref().map(Email::shown),
            address_email: person.address_email.as_ref().map(Email::shown),
            phone: person.phone.as_deref(),
            company: person.company.as_deref(),
            group: person.group.as_deref(),
            permissions: &user.grants.permissions,
            profiles: &user.grants.profiles,
            company_exceptions: &user.grants.company_exceptions,
            default_location: user.default_location.as_ref().map(LocationId::as_str),
            contact: user.contact.as_ref().map(domain::id::ContactId::as_str),
            disabled: user.state == UserState::Disabled,
            invitation_expired: user.state == UserState::InvitationExpired,
            locked: None,
            mfa: user.factor.as_ref().is_some_and(domain::factor::Factor::is_proven),
            sponsor: user.pin.is_some(),
            sponsored_by: user.sponsored_by.as_ref().map(UserId::as_str),
            created_at: user.created_at,
            password_changed_at: user.password_changed_at,
        }
    }
}

/// The id in a path; what can't be one is nobody's.
pub(crate) fn id(path: &str) -> Result<UserId, Problem> {
    UserId::parse(path).ok_or_else(Problem::not_found)
}

/// `GET /admin/users/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Path(path): Path<String>,
    caller: Caller,
) -> Result<Response, Problem> {
    guard::with_right(&app, &caller, Right::Users).await?;
    let user = find(&app, &id(&path)?).await?.ok_or_else(Problem::not_found)?;
    let locked = Some(is_locked(&app, &user).await?);
    Ok(reply::json(StatusCode::OK, &Shown { locked, ..Shown::of(&user) }))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    permissions: Option<Vec<String>>,
    profiles: Option<Vec<String>>,
    company_exceptions: Option<Vec<String>>,
    company: Wish<String>,
    group: Wish<String>,
    default_location: Wish<String>,
    disabled: Option<bool>,
}

impl Typed {
    fn patch(self) -> Result<Patch, Problem> {
        let lists = [
            ("permissions", self.permissions.as_ref()),
            ("profiles", self.profiles.as_ref()),
            ("company_exceptions", self.company_exceptions.as_ref()),
        ];
        let texts = [("company", self.company.value()), ("group", self.group.value())];
        let mut errors: Vec<(&'static str, Vec<String>)> = Vec::new();
        for (field, list) in lists {
            if list.is_some_and(|list| list.len() > MOST_GRANTS || !list.iter().all(|name| is_plain(name))) {
                errors.push((
                    field,
                    vec![format!("At most {MOST_GRANTS} names of 1 to {LONGEST} bytes, each one line.")],
                ));
            }
        }
        for (field, text) in texts {
            if text.is_some_and(|text| !is_plain(text)) {
                errors.push((field, vec![format!("One line of 1 to {LONGEST} bytes, or null.")]));
            }
        }
        let default_location = match &self.default_location {
            Wish::Keep => Wish::Keep,
            Wish::Clear => Wish::Clear,
            Wish::Set(id) => LocationId::parse(id).map_or(Wish::Keep, Wish::Set),
        };
        if self.default_location.value().is_some() && default_location == Wish::Keep {
            errors.push(("default_location", vec![NO_LOCATION.to_owned()]));
        }
        if !errors.is_empty() {
            return Err(Problem::rejected(errors));
        }
        let Self { permissions, profiles, company_exceptions, company, group, disabled, .. } = self;
        Ok(Patch { permissions, profiles, company_exceptions, company, group, default_location, disabled })
    }
}

const NO_LOCATION: &str = "There is no such location. GET /admin/locations lists them.";

pub(crate) fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}

/// `PATCH /admin/users/{id}`
pub(crate) async fn change(
    State(app): State<App>,
    Path(path): Path<String>,
    caller: Caller,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let by = guard::with_right(&app, &caller, Right::Users).await?;
    match patch(&app, &id(&path)?, &typed.patch()?, &by).await? {
        Patched::Yes(user) => Ok(reply::json(StatusCode::OK, &Shown::of(&user))),
        Patched::NoSuchUser => Err(Problem::not_found()),
        Patched::NoSuchLocation => Err(Problem::rejected([("default_location", vec![NO_LOCATION.to_owned()])])),
        Patched::Oneself => {
            let reason = "You can't switch off your own account. Ask another administrator.".to_owned();
            Err(Problem::rejected([("disabled", vec![reason])]))
        }
    }
}

/// `POST /admin/users/{id}/security-code/reset`: the next sign-in sets up another; every session ends; the owner is told.
pub(crate) async fn reset_factor(
    State(app): State<App>,
    Path(path): Path<String>,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    let by = guard::with_right(&app, &caller, Right::Users).await?;
    if service::flow::factor::reset_factor(&app, &id(&path)?, &by).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Err(Problem::not_found())
}
