//! The page of a user and of a contact: everything known, and every action that the viewer may take.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::{Right, may, may_act};
use domain::email::Email;
use domain::id::{ContactId, LocationId, UserId};
use domain::user::{Contact, Kind, Person, State as UserState, User};
use http::StatusCode;
use maud::{Markup, html};
use service::App;
use service::flow::sponsor::{Branch, tree};
use service::flow::users::{ContactPatch, Known, about, patch, patch_contact};
use web::pages::Notice;
use web::pages::console::{Input, Typed, Way, empty, facts, input, inputs, moment, post, press, section, send};
use web::{Caller, OwnPage, Problem, Sent, reply};

use super::form::{self, As};
use super::{called, happened, kind, lists, page_with, to_page};
use crate::contacts;
use crate::rights::{By, telling};
use crate::users::{self, fields, id, patched};

/// What a page shows beside who it is about.
#[derive(Default)]
pub(crate) struct Aside {
    /// What was typed and can't be taken.
    pub(crate) typed: Typed,
    /// What happened.
    pub(crate) message: Option<Notice>,
    /// A PIN that was just made, shown once.
    pub(crate) pin: Option<String>,
}

pub(super) const PERSON: [(&str, As); 9] = [
    ("first_name", As::Text),
    ("last_name", As::Text),
    ("nickname", As::OrNull),
    ("email", As::OrNull),
    ("address_email", As::OrNull),
    ("phone", As::OrNull),
    ("company", As::OrNull),
    ("group", As::OrNull),
    ("locale", As::OrNull),
];

const ACCOUNT: [(&str, As); 6] = [
    ("kind", As::Text),
    ("permissions", As::Lines),
    ("profiles", As::Lines),
    ("company_exceptions", As::Lines),
    ("default_location", As::OrNull),
    ("contact", As::OrNull),
];

pub(super) const KINDS: [(&str, &str); 4] =
    [("contact", "Contact"), ("staff", "Staff"), ("administrator", "Administrator"), ("api", "Program")];

/// The page of a user.
pub(crate) async fn user(app: &App, known: &Known, by: &User, caller: &Caller) -> Result<Response, Problem> {
    let message = happened(&caller.uri);
    user_page(app, known, by, Aside { message, ..Aside::default() }).await
}

/// The page of a user whose form could not be taken, or with a PIN that was just made.
pub(crate) async fn user_again(app: &App, id: &UserId, by: &User, aside: Aside) -> Result<Response, Problem> {
    let known = about(app, id).await?.ok_or_else(Problem::not_found)?;
    user_page(app, &known, by, aside).await
}

async fn user_page(app: &App, known: &Known, by: &User, aside: Aside) -> Result<Response, Problem> {
    let user = &known.user;
    let sponsors = may(by, Right::Sponsors, true);
    let branches = async {
        if sponsors && (user.pin.is_some() || user.kind != Kind::Api) { tree(app, &user.id).await } else { Ok(None) }
    };
    let (branches, links) = tokio::join!(Box::pin(branches), Box::pin(crate::links::part(app, &user.id)));
    let (branches, links) = (branches?, links?);
    let acts = may_act(by, user.kind, user.person.group.as_deref()) && may(by, Right::Users, false);
    let content = html! {
        (known_facts(known))
        @if acts { (actions(known)) }
        @if let Some(pin) = &aside.pin {
            section.part { h2 { "The new PIN" } p.pin { (pin) } p.hint { "It is shown this once. Mail it from here, or read it out." } }
        }
        @if sponsors { (section("PIN and who came by it", &pin(user, &branches.unwrap_or_default(), &aside.typed))) }
        @if acts {
            (section("Other sign-ins", &links))
            (section("Set a password for them", &html! { div #reset { (reset(&format!("/admin/users/{}", user.id), &aside.typed)) } }))
            (section("Change", &html! { div #edit { (edit_user(app, user, &aside.typed).await?) } }))
        }
    };
    let status = if aside.typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = called(&user.person, &user.username);
    page_with(app, by, (status, "/admin/users", &title), aside.message, &content).await
}

fn known_facts(known: &Known) -> Markup {
    let user = &known.user;
    let person = &user.person;
    html! {
        p { (lists::state(user.state, user.pin.is_some(), user.password_changed_at.is_none()))
            @if known.locks.any() { " " span.mark.bad { "Locked" } }
            @if user.bounced_at.is_some() { " " span.mark.bad { "Mail came back" } } }
        (facts(&[
            ("Username", user.username.clone()),
            ("Kind", kind(user.kind).to_owned()),
            ("E-mail", person.email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            ("Address e-mail", person.address_email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            ("Phone", person.phone.clone().unwrap_or_default()),
            ("Company", person.company.clone().unwrap_or_default()),
            ("Group", person.group.clone().unwrap_or_default()),
            ("Language", person.locale.clone().unwrap_or_default()),
            ("Permissions", user.grants.permissions.join(", ")),
            ("Profiles", user.grants.profiles.join(", ")),
            ("Company exceptions", user.grants.company_exceptions.join(", ")),
            ("Security code", if user.factor.as_ref().is_some_and(domain::factor::Factor::is_proven) { "Set up" } else { "Not set up" }.to_owned()),
            ("Passkeys", user.passkeys.len().to_string()),
            ("Last signed in", known.last_sign_in.map_or("Never, or long ago".to_owned(), moment)),
            ("Open sessions", known.sessions.to_string()),
            ("Password chosen", user.password_changed_at.map_or("Never".to_owned(), moment)),
            ("Password expires", known.password_expires_at.map(moment).unwrap_or_default()),
            ("Account made", moment(user.created_at)),
        ]))
        @if let Some(contact) = &user.contact { p { "Belongs to " a href={ "/admin/contacts/" (contact) } { "this contact" } "." } }
        @if let Some(sponsor) = &user.sponsored_by { p { "Came by the PIN of " a href={ "/admin/users/" (sponsor) } { "this sponsor" } "." } }
    }
}

fn actions(known: &Known) -> Markup {
    let user = &known.user;
    let here = format!("/admin/users/{}", user.id);
    let off = user.state == UserState::Disabled;
    html! {
        div.actions {
            @if !off && user.person.mailbox().is_some() { (press(&format!("{here}/resend"), "Mail them their way in", "")) }
            a.button.plain href={ "/admin/explain?" (reply::encoded("who", &user.username)) } { "Why can't they get in?" }
            @if let Some(email) = user.person.mailbox() {
                a.button.plain href={ "/admin/mail?" (reply::encoded("to", email.shown())) } { "Their mail" }
            }
            @if known.sessions > 0 { (press(&format!("{here}/sessions/end"), "End every session", "plain")) }
            @if user.factor.is_some() || !user.passkeys.is_empty() {
                (press(&format!("{here}/security-code/reset"), "Reset security code and passkeys", "danger"))
            }
            @if off { (press(&format!("{here}/enable"), "Switch the account on", "plain")) }
            @else { (press(&format!("{here}/disable"), "Switch the account off", "danger")) }
        }
    }
}

fn pin(user: &User, branches: &[Branch], typed: &Typed) -> Markup {
    let here = format!("/admin/users/{}/pin", user.id);
    html! {
        @if user.pin.is_some() {
            p { "They hold a PIN." }
            (post(&format!("{here}/mail"), &html! {
                (input(&Input::line("to", "Mail the PIN to", "").hint("Empty for their own address."), typed))
                (send("Mail the PIN"))
            }))
            form.press method="post" action={ (here) "/withdraw" } {
                label.tick { input type="checkbox" name="disable" value="true"; span { "Switch off who came by it as well" } }
                button.button.danger type="submit" { "Withdraw the PIN" }
            }
        }
        details open[typed.errors.contains_key("uses") || typed.errors.contains_key("ends_at")] {
            summary { @if user.pin.is_some() { "Make a new PIN in its place" } @else { "Make a PIN" } }
            (post(&here, &html! {
                (input(&Input::line("ends_on", "Last day", "").way(Way::Day).hint("Empty for no end."), typed))
                (input(&Input::line("uses", "Number of uses", "").way(Way::Number).hint("Empty for any number."), typed))
                (send("Make a PIN"))
            }))
        }
        @if !branches.is_empty() { h3 { "Who came by it" } (branch(branches)) }
    }
}

fn branch(branches: &[Branch]) -> Markup {
    html! {
        ul.tree {
            @for one in branches {
                li {
                    a href={ "/admin/users/" (one.user.id) } { (called(&one.user.person, &one.user.username)) }
                    @if one.user.state == UserState::Disabled { " " span.mark.bad { "Switched off" } }
                    @if !one.sponsored.is_empty() { (branch(&one.sponsored)) }
                }
            }
        }
    }
}

fn reset(here: &str, typed: &Typed) -> Markup {
    post(
        &format!("{here}/reset-password"),
        &html! {
            (inputs(&[
                Input::line("password", "New password", "").way(Way::Secret),
                Input::line("password_again", "New password again", "").way(Way::Secret),
                Input::line("resend", "Mail them their way in as well", "").way(Way::Tick),
            ], typed))
            p.hint { "They change it at the next sign-in and hear of it by mail; every session ends, and a lock is open." }
            (send("Set the password"))
        },
    )
}

fn lines(all: &[String]) -> String {
    all.join("\n")
}

pub(super) struct PersonFields<'a> {
    first_name: &'a str,
    last_name: &'a str,
    others: [(&'static str, &'static str, String, &'static str); 7],
}

impl<'a> PersonFields<'a> {
    pub(super) fn of(person: &'a Person) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let email = |value: &Option<Email>| value.as_ref().map(|email| email.shown().to_owned()).unwrap_or_default();
        Self {
            first_name: &person.first_name,
            last_name: &person.last_name,
            others: [
                ("nickname", "Nickname", text(&person.nickname), ""),
                ("email", "E-mail", email(&person.email), "Where mail goes first."),
                (
                    "address_email",
                    "Address e-mail",
                    email(&person.address_email),
                    "Where mail goes if there is no other.",
                ),
                ("phone", "Phone", text(&person.phone), ""),
                ("company", "Company", text(&person.company), ""),
                ("group", "Contact group", text(&person.group), "It decides which staff look after them."),
                ("locale", "Language", text(&person.locale), "Such as en or es; empty for the organisation's."),
            ],
        }
    }

    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        let names = [
            Input::line("first_name", "First name", self.first_name),
            Input::line("last_name", "Last name", self.last_name),
        ];
        let others = self.others.iter().map(|(name, label, value, hint)| Input::line(name, label, value).hint(hint));
        names.into_iter().chain(others).collect()
    }
}

async fn edit_user(app: &App, user: &User, typed: &Typed) -> Result<Markup, Problem> {
    let locations = app.store.locations().await.map_err(service::flow::Trouble::from)?;
    let mut places: Vec<(&str, &str)> = vec![("", "The organisation's")];
    places.extend(locations.iter().map(|location| (location.id.as_str(), location.name.as_str())));
    let person = PersonFields::of(&user.person);
    let word = serde_json::to_value(user.kind).unwrap_or_default();
    let (permissions, profiles) = (lines(&user.grants.permissions), lines(&user.grants.profiles));
    let exceptions = lines(&user.grants.company_exceptions);
    let location = user.default_location.as_ref().map(LocationId::as_str).unwrap_or_default();
    let contact = user.contact.as_ref().map(ContactId::as_str).unwrap_or_default();
    let mut all = person.inputs();
    all.extend([
        Input::line("kind", "Kind", word.as_str().unwrap_or_default()).way(Way::Choice(&KINDS)),
        Input::line("permissions", "Permissions", &permissions)
            .way(Way::Lines(3))
            .hint("One a line, such as orders.read."),
        Input::line("profiles", "Profiles", &profiles).way(Way::Lines(2)).hint("One a line."),
        Input::line("company_exceptions", "Company exceptions", &exceptions).way(Way::Lines(2)).hint("One a line."),
        Input::line("default_location", "Location they mail from", location).way(Way::Choice(&places)),
        Input::line("contact", "Contact", contact)
            .hint("The number of the contact that the account belongs to; empty for none."),
    ]);
    Ok(post(&format!("/admin/users/{}", user.id), &html! { (inputs(&all, typed)) (send("Save")) }))
}

/// `POST /admin/users/{id}`, from the page.
pub(crate) async fn save_user(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let texts = form::texts(&sent.fields);
    let became = async {
        let change = form::typed::<users::Typed>(sent, &[PERSON.as_slice(), &ACCOUNT].concat())?.patch()?;
        patched(patch(&app, &id, &change, &by).await?)?;
        Ok(fields(&change))
    };
    match became.await {
        Ok(changed) => Ok(telling(to_page(&format!("/admin/users/{path}"), "saved"), "changed", changed)),
        Err(problem) => {
            let typed = form::refused(problem, texts)?;
            user_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
    }
}

/// `POST /admin/users/{id}/disable`
pub(crate) async fn disable(app: State<App>, path: Path<String>, by: By, _: OwnPage) -> Result<Response, Problem> {
    switch(app, path, by, true).await
}

/// `POST /admin/users/{id}/enable`
pub(crate) async fn enable(app: State<App>, path: Path<String>, by: By, _: OwnPage) -> Result<Response, Problem> {
    switch(app, path, by, false).await
}

async fn switch(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    disabled: bool,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let change = service::flow::users::Patch { disabled: Some(disabled), ..Default::default() };
    match patched(patch(&app, &id, &change, &by).await?) {
        Ok(_) => Ok(to_page(&format!("/admin/users/{path}"), if disabled { "disabled" } else { "enabled" })),
        Err(problem) => {
            let typed = form::refused(problem, BTreeMap::new())?;
            user_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
    }
}

/// `POST /admin/contacts/{id}/disable`
pub(crate) async fn disable_contact(
    app: State<App>,
    path: Path<String>,
    by: By,
    _: OwnPage,
) -> Result<Response, Problem> {
    switch_contact(app, path, by, true).await
}

/// `POST /admin/contacts/{id}/enable`
pub(crate) async fn enable_contact(
    app: State<App>,
    path: Path<String>,
    by: By,
    _: OwnPage,
) -> Result<Response, Problem> {
    switch_contact(app, path, by, false).await
}

async fn switch_contact(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    disabled: bool,
) -> Result<Response, Problem> {
    let id = contacts::id(&path)?;
    let change = ContactPatch { disabled: Some(disabled), ..ContactPatch::default() };
    match patched(patch_contact(&app, &id, &change, &by).await?) {
        Ok(_) => Ok(to_page(
            &format!("/admin/contacts/{path}"),
            if disabled { "contact_disabled" } else { "contact_enabled" },
        )),
        Err(problem) => {
            let typed = form::refused(problem, BTreeMap::new())?;
            contact_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
    }
}

/// The page of a contact.
pub(crate) async fn contact(app: &App, of: &Contact, by: &User, caller: &Caller) -> Result<Response, Problem> {
    let message = happened(&caller.uri);
    contact_page(app, of, by, Aside { message, ..Aside::default() }).await
}

/// The page of a contact whose form could not be taken.
pub(crate) async fn contact_again(app: &App, id: &ContactId, by: &User, aside: Aside) -> Result<Response, Problem> {
    let found = service::flow::credentials::contact(app, id, by).await?.ok_or_else(Problem::not_found)?;
    contact_page(app, &found, by, aside).await
}

async fn contact_page(app: &App, of: &Contact, by: &User, aside: Aside) -> Result<Response, Problem> {
    let here = format!("/admin/contacts/{}", of.id);
    let person = PersonFields::of(&of.person);
    let mailed = of.person.mailbox();
    let resend = if of.user.is_some() { "Mail them their way in" } else { "Make an account and mail the way in" };
    let off = is_off(app, of).await?;
    let content = html! {
        (facts(&[
            ("Number", of.id.to_string()),
            ("E-mail", of.person.email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            ("Address e-mail", of.person.address_email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            ("Phone", of.person.phone.clone().unwrap_or_default()),
            ("Company", of.person.company.clone().unwrap_or_default()),
            ("Group", of.person.group.clone().unwrap_or_default()),
            ("Known since", moment(of.created_at)),
        ]))
        @match &of.user {
            Some(user) if may(by, Right::Users, true) => { p { "Has " a href={ "/admin/users/" (user) } { "an account" } "." } }
            Some(_) => { p { "Has an account." } }
            None => { (empty("They have no account yet.")) }
        }
        @if off { p { span.mark.bad { "Switched off" } } }
        @if may(by, Right::Contacts, false) {
            div.actions {
                @if mailed.is_some() && !off { (press(&format!("{here}/resend"), resend, "")) }
                @if let Some(email) = mailed {
                    a.button.plain href={ "/admin/explain?" (reply::encoded("who", email.shown())) } { "Why can't they get in?" }
                }
                @if off { (press(&format!("{here}/enable"), "Switch them on", "plain")) }
                @else { (press(&format!("{here}/disable"), "Switch them off", "danger")) }
            }
            @if of.user.is_some() { (section("Set a password for them", &html! { div #reset { (reset(&here, &aside.typed)) } })) }
            (section("Change", &html! {
                div #edit { (post(&here, &html! { (inputs(&person.inputs(), &aside.typed)) (send("Save")) })) }
            }))
        }
    };
    let status = if aside.typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = called(&of.person, mailed.map_or(of.id.as_str(), Email::shown));
    page_with(app, by, (status, "/admin/contacts", &title), aside.message, &content).await
}

/// Whether a contact, or the account that they have, is switched off.
async fn is_off(app: &App, of: &Contact) -> Result<bool, Problem> {
    let Some(user) = of.user.as_ref().filter(|_| !of.disabled) else { return Ok(of.disabled) };
    let user = app.store.user(user).await.map_err(service::flow::Trouble::from)?;
    Ok(user.is_some_and(|user| user.state == UserState::Disabled))
}

/// `POST /admin/contacts/{id}`, from the page.
pub(crate) async fn save_contact(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
    sent: Sent,
) -> Result<Response, Problem> {
    let id = contacts::id(&path)?;
    let texts = form::texts(&sent.fields);
    let became = async {
        let persona: crate::person::Persona = form::typed(sent, &PERSON)?;
        let mut errors = Vec::new();
        let change = ContactPatch { person: persona.patch(&mut errors), disabled: None };
        if !errors.is_empty() {
            return Err(Problem::rejected(errors));
        }
        patched(patch_contact(&app, &id, &change, &by).await?)
    };
    match became.await {
        Ok(_) => Ok(to_page(&format!("/admin/contacts/{path}"), "saved")),
        Err(problem) => {
            let typed = form::refused(problem, texts)?;
            contact_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
    }
}
