//! The page of a contact: everything known, and every action that the viewer may take.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::{Right, may};
use domain::email::Email;
use domain::id::ContactId;
use domain::language::Text;
use domain::user::{Contact, State as UserState, User};
use http::StatusCode;
use maud::html;
use service::App;
use service::flow::users::{ContactPatch, patch_contact};
use web::pages::console::{SAVE, empty, facts, inputs, moment, post, press, section, send};
use web::{Caller, OwnPage, Problem, Sent, reply};

use super::form;
use super::person::{Aside, PERSON, PersonFields, RESET, THEIR_DATA, data, reset};
use super::{called, happened, page_with, to_page};
use crate::contacts;
use crate::rights::{By, telling};
use crate::users::{fields, patched};
use crate::words::{RESEND, WHY};

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
    let resend = if of.user.is_some() {
        RESEND
    } else {
        Text("Make an account and mail the way in", "Crear una cuenta y enviar la manera de entrar")
    };
    let (off, linked) = tokio::join!(is_off(app, of), is_linked(app, of));
    let (off, linked) = (off?, linked?);
    let content = html! {
        (facts(&[
            (Text("Number", "Número"), of.id.to_string()),
            (Text("E-mail", "Correo electrónico"), of.person.email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            (Text(
                "Address e-mail",
                "Correo de la dirección",
            ), of.person.address_email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            (Text("Phone", "Teléfono"), of.person.phone.clone().unwrap_or_default()),
            (Text("Company", "Empresa"), of.person.company.clone().unwrap_or_default()),
            (Text("Group", "Grupo"), of.person.group.clone().unwrap_or_default()),
            (Text("Known since", "Se conoce desde"), moment(of.created_at)),
        ]))
        @match &of.user {
            Some(user) if may(by, Right::Users, true) => { p { (Text("Has ", "Tiene ")) a href={ "/admin/users/" (user) } { (Text("an account", "una cuenta")) } "." } }
            Some(_) => { p { (Text("Has an account.", "Tiene una cuenta.")) } }
            None => { (empty(Text("They have no account yet.", "Todavía no tiene cuenta."))) }
        }
        @if off { p { span.mark.bad { (Text("Switched off", "Desactivado")) } } }
        @if may(by, Right::Contacts, false) {
            div.actions {
                @if mailed.is_some() && !off { (press(&format!("{here}/resend"), resend, "")) }
                @if let Some(email) = mailed {
                    a.button.plain href={ "/admin/explain?" (reply::encoded("who", email.shown())) } { (WHY) }
                }
                @if off { (press(&format!("{here}/enable"), Text("Switch them on", "Activar"), "plain")) }
                @else { (press(&format!("{here}/disable"), Text("Switch them off", "Desactivar"), "danger")) }
            }
            @if of.user.is_some() { (section(Text(
                "Reset password",
                "Poner una contraseña",
            ), &html! { div #reset { (reset(&here, &aside.typed.within(&RESET), linked)) } })) }
            (section(Text("Change", "Cambiar"), &html! {
                div #edit { (post(&here, &html! { (inputs(&person.inputs(), &aside.typed.beside(&RESET))) (send(SAVE)) })) }
            }))
        }
        @if may(by, Right::Users, false) { (section(THEIR_DATA, &data(&here))) }
    };
    let status = if aside.typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = called(&of.person, mailed.map_or(of.id.as_str(), Email::shown));
    page_with(app, by, (status, "/admin/contacts", title), aside.message, &content).await
}

/// Whether anything elsewhere opens a contact's account.
async fn is_linked(app: &App, of: &Contact) -> Result<bool, Problem> {
    let Some(user) = &of.user else { return Ok(false) };
    Ok(!app.store.links_of(user).await?.is_empty())
}

/// Whether a contact, or the account that they have, is switched off.
async fn is_off(app: &App, of: &Contact) -> Result<bool, Problem> {
    let Some(user) = of.user.as_ref().filter(|_| !of.disabled) else { return Ok(of.disabled) };
    let user = app.store.user(user).await?;
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
        patched(patch_contact(&app, &id, &change, &by).await?)?;
        Ok(fields(&change.into()))
    };
    match became.await {
        Ok(changed) => Ok(telling(to_page(&format!("/admin/contacts/{path}"), "saved"), "changed", changed)),
        Err(problem) => {
            let typed = form::refused(problem, texts)?;
            contact_again(&app, &id, &by, Aside { typed, ..Aside::default() }).await
        }
    }
}
