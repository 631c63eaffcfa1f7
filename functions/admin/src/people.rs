//! `POST /admin/users` and `POST /admin/contacts`: new people (AD-4).

use domain::language::Text;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::access::may_act;
use domain::email::Email;
use domain::user::{Contact, Grants, Kind, Person, State as UserState, User};
use domain::username::Username;
use domain::work::Lane;
use domain::{message, phone};
use http::StatusCode;
use serde::Deserialize;
use service::flow::enrol::{Made, NewPerson, WayIn, make};
use service::flow::users::leads_beyond;
use service::store::Enrolled;
use service::{App, StoreError};
use web::{Caller, Problem, Sent, reply};

use crate::pages::form;
use crate::pages::newcomer::NEW;
use crate::pages::person::Aside;
use crate::person::{Errors, addresses, is_locale, is_plain, names};
use crate::rights::{By, telling};
use crate::users::MOST_GRANTS;
use crate::words;
use crate::{contacts, pages, users};

/// What a program or a form says of somebody new.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Typed {
    kind: Option<Kind>,
    username: Option<String>,
    name: Option<String>,
    emails: Option<Vec<String>>,
    first_name: Option<String>,
    last_name: Option<String>,
    nickname: Option<String>,
    email: Option<String>,
    address_email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    group: Option<String>,
    locale: Option<String>,
    permissions: Vec<String>,
    profiles: Vec<String>,
    company_exceptions: Vec<String>,
    #[serde(deserialize_with = "web::switch")]
    create_account: bool,
    #[serde(deserialize_with = "web::switch")]
    disabled: bool,
}

impl Typed {
    /// The same with names and addresses apart, where they were said in one.
    fn apart(mut self) -> Result<Self, Problem> {
        let mut errors = Errors::new();
        let apart = (self.first_name.take(), self.last_name.take());
        (self.first_name, self.last_name) = names(self.name.as_ref(), apart, &mut errors);
        let given = self.email.is_some() || self.address_email.is_some();
        if let Some(both) = addresses(self.emails.as_ref(), given, &mut errors) {
            (self.email, self.address_email) = both;
        }
        if errors.is_empty() { Ok(self) } else { Err(Problem::rejected(errors)) }
    }

    fn person(&self, errors: &mut Errors) -> Person {
        let email = |field, typed: &Option<String>, errors: &mut Errors| {
            let typed = typed.as_deref()?;
            Email::parse(typed).map_err(|error| errors.push((field, vec![message::email(&error)]))).ok()
        };
        let texts = [
            ("first_name", self.first_name.as_ref().filter(|name| !name.is_empty())),
            ("last_name", self.last_name.as_ref().filter(|name| !name.is_empty())),
            ("nickname", self.nickname.as_ref()),
            ("company", self.company.as_ref()),
            ("group", self.group.as_ref()),
        ];
        for (field, _) in texts.into_iter().filter(|(_, text)| text.is_some_and(|text| !is_plain(text))) {
            errors.push((field, vec![words::ONE_LINE.into()]));
        }
        if self.phone.as_deref().is_some_and(|typed| phone::parse(typed).is_none()) {
            errors.push(("phone", vec![message::PHONE.into()]));
        }
        if self.locale.as_deref().is_some_and(|locale| !is_locale(locale)) {
            errors.push((
                "locale",
                vec![Text("A language that we write in: en or es.", "Un idioma en el que escribimos: en o es.").into()],
            ));
        }
        Person {
            first_name: self.first_name.as_deref().unwrap_or_default().trim().to_owned(),
            last_name: self.last_name.as_deref().unwrap_or_default().trim().to_owned(),
            nickname: self.nickname.clone(),
            email: email("email", &self.email, errors),
            address_email: email("address_email", &self.address_email, errors),
            phone: self.phone.as_deref().and_then(phone::parse),
            company: self.company.clone(),
            group: self.group.clone(),
            locale: self.locale.clone(),
        }
    }

    fn grants(&self, errors: &mut Errors) -> Grants {
        let lists = [
            ("permissions", &self.permissions),
            ("profiles", &self.profiles),
            ("company_exceptions", &self.company_exceptions),
        ];
        for (field, list) in lists {
            if list.len() > MOST_GRANTS || !list.iter().all(|name| is_plain(name)) {
                errors.push((field, vec![words::at_most(MOST_GRANTS)]));
            }
        }
        let [permissions, profiles, company_exceptions] = lists.map(|(_, list)| list.clone());
        Grants { permissions, profiles, company_exceptions }
    }

    /// Somebody new of this kind, or every field that can't be so.
    fn new_person(&self, kind: Kind, with_account: bool, by: &User) -> Result<(NewPerson, bool), Problem> {
        let mut errors = Errors::new();
        let (person, grants) = (self.person(&mut errors), self.grants(&mut errors));
        // Whoever says names says one; a form leaves out what is not filled in.
        if self.first_name.as_ref().or(self.last_name.as_ref()).is_some()
            && person.name().is_empty()
            && errors.is_empty()
        {
            errors.push(("last_name", vec![message::REQUIRED.into()]));
        }
        let username = self.username.as_deref().map(Username::parse).transpose();
        let username = username.unwrap_or_else(|error| {
            errors.push(("username", vec![message::username(&error)]));
            None
        });
        if kind == Kind::Api && username.is_none() && errors.is_empty() {
            errors.push(("username", vec![message::REQUIRED.into()]));
        }
        if with_account && kind != Kind::Api && username.is_none() && person.mailbox().is_none() && errors.is_empty() {
            errors.push((
                "username",
                vec![
                    Text(
                        "Without an e-mail address to make one of, say what it is to be.",
                        "Sin un correo electrónico del que hacerlo, diga cuál debe ser.",
                    )
                    .into(),
                ],
            ));
        }
        if !with_account && person.name().is_empty() && person.mailbox().is_none() && errors.is_empty() {
            errors.push((
                "last_name",
                vec![
                    Text(
                        "A contact needs a name or an e-mail address.",
                        "Un contacto necesita un nombre o un correo electrónico.",
                    )
                    .into(),
                ],
            ));
        }
        if !errors.is_empty() {
            return Err(Problem::rejected(errors));
        }
        let mailed = person.mailbox().is_some() && kind != Kind::Api && !self.disabled;
        let way_in = if mailed { WayIn::Temporary(Lane::Now, Some(by.id.clone())) } else { WayIn::None };
        let state = if self.disabled { UserState::Disabled } else { UserState::Active };
        Ok((NewPerson { kind, username, person, grants, way_in, state }, with_account))
    }
}

/// `POST /admin/users`: an account; its owner gets a temporary password by mail.
pub(crate) async fn make_user(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async { user(&app, &by, &form::typed::<Typed>(sent, &NEW)?.apart()?).await };
    match became.await {
        Err(problem) if caller.wants_html => again(&app, &by, true, (problem, texts)).await,
        Ok(made) => Ok(made.answer(&caller)),
        Err(problem) => Err(problem),
    }
}

/// A form that can't be taken, shown again.
async fn again(
    app: &App,
    by: &User,
    user: bool,
    (problem, texts): (Problem, BTreeMap<String, String>),
) -> Result<Response, Problem> {
    let problem = match problem.code {
        "username_taken" => Problem::rejected([("username", vec![problem.detail])]),
        _ => problem,
    };
    let typed = form::refused(problem, texts)?;
    pages::newcomer::new(app, by, user, Aside { typed, ..Aside::default() }).await
}

async fn user(app: &App, by: &User, typed: &Typed) -> Result<New, Problem> {
    let kind = typed.kind.unwrap_or(Kind::Contact);
    if by.kind != Kind::Administrator && kind != Kind::Contact {
        return Err(Problem::rejected([(
            "kind",
            vec![
                Text(
                    "Only an administrator makes accounts of this kind.",
                    "Solo un administrador crea cuentas de este tipo.",
                )
                .into(),
            ],
        )]));
    }
    made(app, by, &typed.new_person(kind, true, by)?).await
}

/// `POST /admin/contacts`: somebody the organisation knows; with `create_account`, an account as well.
pub(crate) async fn make_contact(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    sent: Sent,
) -> Result<Response, Problem> {
    let texts = form::texts(&sent.fields);
    let became = async { contact(&app, &by, &form::typed::<Typed>(sent, &NEW)?.apart()?).await };
    match became.await {
        Err(problem) if caller.wants_html => again(&app, &by, false, (problem, texts)).await,
        Ok(made) => Ok(made.answer(&caller)),
        Err(problem) => Err(problem),
    }
}

async fn contact(app: &App, by: &User, typed: &Typed) -> Result<New, Problem> {
    if typed.kind.is_some_and(|kind| kind != Kind::Contact) {
        return Err(Problem::rejected([(
            "kind",
            vec![
                Text(
                    "A contact is of the kind contact. Make a user instead.",
                    "Un contacto es del tipo contacto. Cree un usuario en su lugar.",
                )
                .into(),
            ],
        )]));
    }
    in_reach(by, typed)?;
    if typed.username.is_some() && !typed.create_account {
        let reason = Text(
            "A contact without an account has no username. Say create_account as well.",
            "Un contacto sin cuenta no tiene nombre de usuario. Diga también create_account.",
        )
        .into();
        return Err(Problem::rejected([("username", vec![reason])]));
    }
    let made = made(app, by, &typed.new_person(Kind::Contact, typed.create_account, by)?).await?;
    as_contact(app, made).await
}

/// The contact that an account was made with.
async fn as_contact(app: &App, made: New) -> Result<New, Problem> {
    let New::User(user) = &made else { return Ok(made) };
    let Some(id) = &user.contact else { return Ok(made) };
    let contact = app.store.contact(id).await?.ok_or_else(Problem::not_found)?;
    Ok(New::Contact(contact.into()))
}

/// Staff make contacts of their own group, without rights that they would have to answer for (AD-3).
fn in_reach(by: &User, typed: &Typed) -> Result<(), Problem> {
    if !may_act(by, Kind::Contact, typed.group.as_deref()) {
        let group = by.person.group.clone().unwrap_or_else(|| Text("of nobody", "de nadie").into());
        let reason = format!("{} {group}.", Text("You look after the group", "Usted atiende al grupo"));
        return Err(Problem::rejected([("group", vec![reason])]));
    }
    let grants = [&typed.permissions, &typed.profiles, &typed.company_exceptions];
    if by.kind != Kind::Administrator && grants.iter().any(|list| !list.is_empty()) {
        return Err(Problem::rejected([(
            "permissions",
            vec![Text("Only an administrator gives rights.", "Solo un administrador da derechos.").into()],
        )]));
    }
    Ok(())
}

/// Somebody who was just made.
enum New {
    User(Box<User>),
    Contact(Box<Contact>),
}

impl New {
    fn answer(&self, caller: &Caller) -> Response {
        let (answer, path, id) = match self {
            Self::User(user) => (reply::json(StatusCode::CREATED, &users::Shown::of(user)), "users", user.id.as_str()),
            Self::Contact(contact) => {
                (reply::json(StatusCode::CREATED, &contacts::Shown::of(contact)), "contacts", contact.id.as_str())
            }
        };
        let answer = pages::back(caller, &format!("/admin/{path}/{id}"), "made").unwrap_or(answer);
        telling(answer, "id", id)
    }
}

async fn made(app: &App, by: &User, new: &(NewPerson, bool)) -> Result<New, Problem> {
    if leads_beyond(app, by, None, &new.0.person).await? {
        return Err(Problem::rejected([("email", vec![words::ADDRESS_IS_OTHERS.into()])]));
    }
    match make(app, &new.0, new.1).await? {
        Made::User(user) => Ok(New::User(user)),
        Made::Contact(contact) => Ok(New::Contact(contact)),
        Made::Not(Enrolled::AddressIsAName) => {
            let reason = words::ADDRESS_IS_A_NAME.into();
            Err(Problem::rejected([("email", vec![reason])]))
        }
        Made::Not(Enrolled::NameTaken) => Err(Problem::username_taken()),
        Made::Not(_) => Err(StoreError::Unprocessed.into()),
    }
}
