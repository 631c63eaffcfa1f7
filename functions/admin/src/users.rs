//! `/admin/users/{id}`: somebody with an account, and what may be changed of them (AD-4).

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::email::Email;
use domain::id::{ContactId, LocationId, UserId};
use domain::language::Text;
use domain::user::{Grants, Kind, Person, State as UserState, User};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::App;
use service::flow::users::{Patch, Patched, Wish, about, patch};
use service::store::UserRow;
use web::{Caller, Given, OwnPage, Problem, reply};

use crate::person::{Errors, Persona, is_plain, to_the_second};
use crate::rights::{By, telling};
use crate::words;

/// Names of rights that one list holds, at the most.
pub(crate) const MOST_GRANTS: usize = 100;

/// A user as administrators see them.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own in the answer")]
pub(crate) struct Shown<'a> {
    id: &'a str,
    username: &'a str,
    kind: Kind,
    #[serde(flatten)]
    person: PersonShown<'a>,
    permissions: &'a [String],
    profiles: &'a [String],
    company_exceptions: &'a [String],
    contact: Option<&'a str>,
    disabled: bool,
    invitation_expired: bool,
    /// Whether a second factor is set up.
    mfa: bool,
    /// Whether they hold a PIN.
    sponsor: bool,
    created_at: Timestamp,
    password_changed_at: Option<Timestamp>,
    #[serde(flatten)]
    beside: Option<InList>,
    #[serde(flatten)]
    more: Option<More<'a>>,
}

/// What is looked up for the rows of a list.
#[derive(Serialize)]
struct InList {
    locked: bool,
    last_sign_in: Option<Timestamp>,
}

/// Who somebody is and where they can be reached.
#[derive(Serialize)]
pub(crate) struct PersonShown<'a> {
    name: String,
    emails: Vec<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    nickname: Option<&'a str>,
    email: Option<&'a str>,
    address_email: Option<&'a str>,
    phone: Option<&'a str>,
    company: Option<&'a str>,
    group: Option<&'a str>,
    locale: Option<&'a str>,
}

/// What is looked up for one of them and not for a list.
#[derive(Serialize)]
struct More<'a> {
    /// Whether too many wrong tries have locked them.
    #[serde(skip_serializing_if = "Option::is_none")]
    locked: Option<bool>,
    default_location: Option<&'a str>,
    sponsored_by: Option<&'a str>,
    last_sign_in: Option<Timestamp>,
    bounced_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_expires_at: Option<Timestamp>,
    passkeys: usize,
}

impl<'a> PersonShown<'a> {
    pub(crate) fn of(person: &'a Person) -> Self {
        Self {
            name: person.name(),
            emails: person.emails().into_iter().map(Email::shown).collect(),
            first_name: &person.first_name,
            last_name: &person.last_name,
            nickname: person.nickname.as_deref(),
            email: person.email.as_ref().map(Email::shown),
            address_email: person.address_email.as_ref().map(Email::shown),
            phone: person.phone.as_deref(),
            company: person.company.as_deref(),
            group: person.group.as_deref(),
            locale: person.locale.as_deref(),
        }
    }
}

impl<'a> Shown<'a> {
    /// One of a list.
    pub(crate) fn row(row: &'a UserRow, locked: bool) -> Self {
        let facts = (row.mfa, row.pin.is_some());
        let (kind, state) = (row.kind, row.state);
        let times = (row.created_at, row.password_changed_at);
        let contact = row.contact.as_ref();
        let shown =
            Self::new((row.id(), &row.username, kind, state), (&row.person, &row.grants), contact, facts, times);
        Self { beside: Some(InList { locked, last_sign_in: row.last_sign_in }), ..shown }
    }

    pub(crate) fn of(user: &'a User) -> Self {
        let facts = (user.has_factor(), user.pin.is_some());
        let whose = (user.id.as_str(), user.username.as_str(), user.kind, user.state);
        let times = (user.created_at, user.password_changed_at);
        let shown = Self::new(whose, (&user.person, &user.grants), user.contact.as_ref(), facts, times);
        let more = More {
            locked: None,
            default_location: user.default_location.as_ref().map(LocationId::as_str),
            sponsored_by: user.sponsored_by.as_ref().map(UserId::as_str),
            last_sign_in: user.last_sign_in,
            bounced_at: user.bounced_at,
            passkeys: user.passkeys.len(),
            password_expires_at: None,
        };
        Self { more: Some(more), ..shown }
    }

    fn new(
        whose: (&'a str, &'a str, Kind, UserState),
        says: (&'a Person, &'a Grants),
        contact: Option<&'a ContactId>,
        facts: (bool, bool),
        times: (Timestamp, Option<Timestamp>),
    ) -> Self {
        let (id, username, kind, state) = whose;
        let (person, grants) = says;
        Self {
            id,
            username,
            kind,
            person: PersonShown::of(person),
            permissions: &grants.permissions,
            profiles: &grants.profiles,
            company_exceptions: &grants.company_exceptions,
            contact: contact.map(ContactId::as_str),
            disabled: state == UserState::Disabled,
            invitation_expired: state == UserState::InvitationExpired,
            mfa: facts.0,
            sponsor: facts.1,
            created_at: to_the_second(times.0),
            password_changed_at: times.1.map(to_the_second),
            beside: None,
            more: None,
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
    By(by): By,
    caller: Caller,
) -> Result<Response, Problem> {
    let known = about(&app, &id(&path)?).await?.ok_or_else(Problem::not_found)?;
    if caller.wants_html {
        return crate::pages::user::user(&app, &known, &by, &caller).await;
    }
    let shown = Shown::of(&known.user);
    let more = shown.more.map(|more| More {
        locked: Some(known.locks.any()),
        last_sign_in: known.last_sign_in,
        password_expires_at: known.password_expires_at,
        ..more
    });
    Ok(reply::json(StatusCode::OK, &Shown { more, ..Shown::of(&known.user) }))
}

/// What a program says is to change.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    kind: Option<Kind>,
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
    permissions: Option<Vec<String>>,
    profiles: Option<Vec<String>>,
    company_exceptions: Option<Vec<String>>,
    default_location: Wish<String>,
    contact: Wish<String>,
    disabled: Option<bool>,
}

impl Typed {
    pub(crate) fn patch(self) -> Result<Patch, Problem> {
        let mut errors = Errors::new();
        let persona = Persona {
            name: self.name,
            emails: self.emails,
            first_name: self.first_name,
            last_name: self.last_name,
            nickname: self.nickname,
            email: self.email,
            address_email: self.address_email,
            phone: self.phone,
            company: self.company,
            group: self.group,
            locale: self.locale,
        };
        let person = persona.patch(&mut errors);
        let lists = [
            ("permissions", self.permissions.as_ref()),
            ("profiles", self.profiles.as_ref()),
            ("company_exceptions", self.company_exceptions.as_ref()),
        ];
        for (field, list) in lists {
            if list.is_some_and(|list| list.len() > MOST_GRANTS || !list.iter().all(|name| is_plain(name))) {
                errors.push((field, vec![words::at_most(MOST_GRANTS)]));
            }
        }
        let default_location = self.default_location.parsed(|id| LocationId::parse(id));
        let contact = self.contact.parsed(|id| ContactId::parse(id));
        if default_location.is_none() {
            errors.push(("default_location", vec![NO_LOCATION.into()]));
        }
        if contact.is_none() {
            errors.push(("contact", vec![NO_CONTACT.into()]));
        }
        if !errors.is_empty() {
            return Err(Problem::rejected(errors));
        }
        let (default_location, contact) = (default_location.unwrap_or_default(), contact.unwrap_or_default());
        let (kind, disabled) = (self.kind, self.disabled);
        let (permissions, profiles) = (self.permissions, self.profiles);
        let company_exceptions = self.company_exceptions;
        Ok(Patch { person, kind, permissions, profiles, company_exceptions, default_location, contact, disabled })
    }
}

const NO_LOCATION: Text = Text(
    "There is no such location. GET /admin/locations lists them.",
    "No existe esa sede. GET /admin/locations las muestra.",
);
const NO_CONTACT: Text =
    Text("There is no such contact, or it has another account.", "No existe ese contacto, o tiene otra cuenta.");

/// `PATCH /admin/users/{id}`
pub(crate) async fn change(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    Given(typed): Given<Typed>,
) -> Result<Response, Problem> {
    let patch_of = typed.patch()?;
    let user = patched(patch(&app, &id(&path)?, &patch_of, &by).await?)?;
    Ok(telling(reply::json(StatusCode::OK, &Shown::of(&user)), "changed", fields(&patch_of)))
}

/// The names of what a patch speaks of.
pub(crate) fn fields(patch: &Patch) -> String {
    let person = &patch.person;
    let said = [
        ("kind", patch.kind.is_some()),
        ("first_name", person.first_name.is_some()),
        ("last_name", person.last_name.is_some()),
        ("nickname", person.nickname != Wish::Keep),
        ("email", person.email != Wish::Keep),
        ("address_email", person.address_email != Wish::Keep),
        ("phone", person.phone != Wish::Keep),
        ("company", person.company != Wish::Keep),
        ("group", person.group != Wish::Keep),
        ("locale", person.locale != Wish::Keep),
        ("permissions", patch.permissions.is_some()),
        ("profiles", patch.profiles.is_some()),
        ("company_exceptions", patch.company_exceptions.is_some()),
        ("default_location", patch.default_location != Wish::Keep),
        ("contact", patch.contact != Wish::Keep),
        ("disabled", patch.disabled.is_some()),
    ];
    let names: Vec<&str> = said.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect();
    names.join(" ")
}

/// Who it is now, or why nothing was changed.
pub(crate) fn patched<T>(became: Patched<T>) -> Result<Box<T>, Problem> {
    let wrong = |field, reason: Text| Err(Problem::rejected([(field, vec![reason.into()])]));
    match became {
        Patched::Yes(now) => Ok(now),
        Patched::Nobody => Err(Problem::not_found()),
        Patched::NotTheirsToChange => Err(Problem::not_allowed()),
        Patched::NoSuchLocation => wrong("default_location", NO_LOCATION),
        Patched::NoSuchContact => wrong("contact", NO_CONTACT),
        Patched::Oneself(field) => wrong(
            field,
            Text(
                "You can't take your own rights or account away. Ask another administrator.",
                "No puede quitarse sus propios derechos ni su cuenta. Pídalo a otro administrador.",
            ),
        ),
        Patched::NotTheirs(field) => {
            wrong(field, Text("Only an administrator changes this.", "Solo un administrador cambia esto."))
        }
        Patched::Nameless => wrong("last_name", Text("They need one name at least.", "Necesita al menos un nombre.")),
        Patched::OtherGroup => wrong("group", Text("You look after another group.", "Usted atiende a otro grupo.")),
        Patched::AddressIsAName => wrong("email", words::ADDRESS_IS_A_NAME),
        Patched::AddressIsOthers => wrong("email", words::ADDRESS_IS_OTHERS),
    }
}

/// `POST /admin/users/{id}/security-code/reset`: the next sign-in sets up another; every session ends; the owner is told.
pub(crate) async fn reset_factor(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    caller: Caller,
    _: OwnPage,
) -> Result<Response, Problem> {
    if !service::flow::factor::reset_factor(&app, &id(&path)?, &by).await? {
        return Err(Problem::not_found());
    }
    Ok(crate::pages::back(&caller, &format!("/admin/users/{path}"), "factor_reset")
        .unwrap_or_else(|| StatusCode::NO_CONTENT.into_response()))
}
