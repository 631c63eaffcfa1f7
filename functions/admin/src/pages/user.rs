//! The page of a user: everything known, and every action that the viewer may take.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::{Right, may, may_act};
use domain::email::Email;
use domain::id::{ContactId, LocationId, UserId};
use domain::language::Text;
use domain::user::{Kind, State as UserState, User};
use http::StatusCode;
use maud::{Markup, html};
use service::App;
use service::flow::sponsor::{Branch, tree};
use service::flow::users::{Known, about, patch};
use web::pages::console::{Input, SAVE, Typed, Way, facts, input, inputs, moment, post, press, section, send, summary};
use web::{Caller, OwnPage, Problem, Sent, reply};

use super::form::{self, As};
use super::person::{Aside, KINDS, PERSON, PersonFields, RESET, THEIR_DATA, data, reset};
use super::{called, happened, kind, lists, page_with, to_page};
use crate::rights::{By, telling};
use crate::users::{self, fields, id, patched};
use crate::words::{RESEND, WHY};

const ACCOUNT: [(&str, As); 6] = [
    ("kind", As::Text),
    ("permissions", As::Lines),
    ("profiles", As::Lines),
    ("company_exceptions", As::Lines),
    ("default_location", As::OrNull),
    ("contact", As::OrNull),
];

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
    let (branches, (links, linked)) = (branches?, links?);
    let typed = &aside.typed;
    let acts = may_act(by, user.kind, user.person.group.as_deref()) && may(by, Right::Users, false);
    let content = html! {
        (known_facts(known))
        @if acts { (actions(known)) }
        @if let Some(pin) = &aside.pin {
            section.part { h2 { (Text("The new PIN", "El PIN nuevo")) } p.pin { (pin) } p.hint { (Text(
                "It is shown this once. Mail it from here, or read it out.",
                "Solo se muestra esta vez. Envíelo desde aquí o léalo en voz alta.",
            )) } }
        }
        @if sponsors { (section(Text(
            "PIN and who came by it",
            "PIN y quiénes entraron con él",
        ), &pin(user, &branches.unwrap_or_default(), &typed.within(&PIN)))) }
        @if acts {
            (section(Text("Other sign-ins", "Otras formas de entrar"), &links))
            (section(Text(
                "Reset password",
                "Poner una contraseña",
            ), &html! { div #reset { (reset(&format!("/admin/users/{}", user.id), &typed.within(&RESET), linked)) } }))
            (section(Text("Change", "Cambiar"), &html! { div #edit { (edit_user(app, user, &typed.beside(&[RESET.as_slice(), &PIN].concat())).await?) } }))
            (section(THEIR_DATA, &data(&format!("/admin/users/{}", user.id))))
        }
    };
    let status = if aside.typed.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let title = called(&user.person, &user.username);
    page_with(app, by, (status, "/admin/users", title), aside.message, &content).await
}

fn known_facts(known: &Known) -> Markup {
    let user = &known.user;
    let person = &user.person;
    let proven = user.factor.as_ref().is_some_and(domain::factor::Factor::is_proven);
    html! {
        p { (lists::state(user.state, user.pin.is_some(), user.password_changed_at.is_none()))
            @if known.locks.any() { " " span.mark.bad { (Text("Locked", "Bloqueado")) } }
            @if user.bounced_at.is_some() { " " span.mark.bad { (Text("Mail came back", "El correo ha vuelto")) } } }
        (facts(&[
            (Text("Username", "Nombre de usuario"), user.username.clone()),
            (Text("Kind", "Tipo"), kind(user.kind).into()),
            (Text("E-mail", "Correo electrónico"), person.email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            (Text(
                "Address e-mail",
                "Correo de la dirección",
            ), person.address_email.as_ref().map(Email::shown).unwrap_or_default().to_owned()),
            (Text("Phone", "Teléfono"), person.phone.clone().unwrap_or_default()),
            (Text("Company", "Empresa"), person.company.clone().unwrap_or_default()),
            (Text("Group", "Grupo"), person.group.clone().unwrap_or_default()),
            (Text("Language", "Idioma"), person.locale.clone().unwrap_or_default()),
            (Text("Permissions", "Permisos"), user.grants.permissions.join(", ")),
            (Text("Profiles", "Perfiles"), user.grants.profiles.join(", ")),
            (Text("Company exceptions", "Excepciones de empresa"), user.grants.company_exceptions.join(", ")),
            (Text("Security code", "Código de seguridad"), if proven { Text("Set up", "Configurado") } else { Text("Not set up", "Sin configurar") }.into()),
            (Text("Passkeys", "Claves de acceso"), user.passkeys.len().to_string()),
            (Text(
                "Last signed in",
                "Último inicio de sesión",
            ), known.last_sign_in.map_or(Text("Never, or long ago", "Nunca, o hace mucho").into(), moment)),
            (Text("Open sessions", "Sesiones abiertas"), known.sessions.to_string()),
            (Text("Password chosen", "Contraseña elegida"), user.password_changed_at.map_or(Text("Never", "Nunca").into(), moment)),
            (Text("Password expires", "La contraseña caduca"), known.password_expires_at.map(moment).unwrap_or_default()),
            (Text("Account made", "Cuenta creada"), moment(user.created_at)),
        ]))
        @if let Some(contact) = &user.contact { p { (Text("Belongs to ", "Pertenece a ")) a href={ "/admin/contacts/" (contact) } { (Text("this contact", "este contacto")) } "." } }
        @if let Some(sponsor) = &user.sponsored_by { p { (Text(
            "Came by the PIN of ",
            "Entró con el PIN de ",
        )) a href={ "/admin/users/" (sponsor) } { (Text("this sponsor", "este patrocinador")) } "." } }
    }
}

fn actions(known: &Known) -> Markup {
    let user = &known.user;
    let here = format!("/admin/users/{}", user.id);
    let off = user.state == UserState::Disabled;
    html! {
        div.actions {
            @if !off && user.person.mailbox().is_some() { (press(&format!("{here}/resend"), RESEND, "")) }
            a.button.plain href={ "/admin/explain?" (reply::encoded("who", &user.username)) } { (WHY) }
            @if let Some(email) = user.person.mailbox() {
                a.button.plain href={ "/admin/mail?" (reply::encoded("to", email.shown())) } { (Text("Their mail", "Su correo")) }
            }
            @if known.sessions > 0 { (press(&format!("{here}/sessions/end"), Text(
                "End every session",
                "Cerrar todas las sesiones",
            ), "plain")) }
            @if user.factor.is_some() || !user.passkeys.is_empty() {
                (press(&format!("{here}/security-code/reset"), Text(
                    "Reset security code and passkeys",
                    "Restablecer el código de seguridad y las claves de acceso",
                ), "danger"))
            }
            @if off { (press(&format!("{here}/enable"), Text("Switch the account on", "Activar la cuenta"), "plain")) }
            @else { (press(&format!("{here}/disable"), Text("Switch the account off", "Desactivar la cuenta"), "danger")) }
        }
    }
}

/// The fields about PINs.
const PIN: [&str; 4] = ["to", "ends_on", "ends_at", "uses"];

fn pin(user: &User, branches: &[Branch], typed: &Typed) -> Markup {
    let here = format!("/admin/users/{}/pin", user.id);
    html! {
        @if user.pin.is_some() {
            p { (Text("They hold a PIN.", "Tiene un PIN.")) }
            (post(&format!("{here}/mail"), &html! {
                (input(&Input::line("to", Text("Email the PIN to", "Enviar el PIN a"), "").hint(Text(
                    "Empty for their own address.",
                    "Vacío para su propia dirección.",
                )), typed))
                (send(Text("Email PIN", "Enviar el PIN")))
            }))
            form.press method="post" action={ (here) "/withdraw" } {
                label.tick { input type="checkbox" name="disable" value="true"; span { (Text(
                    "Switch off who came by it as well",
                    "Desactivar también a quienes entraron con él",
                )) } }
                button.button.danger type="submit" { (Text("Withdraw the PIN", "Retirar el PIN")) }
            }
        }
        @let terms = typed.within(&PIN[1..]);
        details open[!terms.errors.is_empty()] {
            summary { @if user.pin.is_some() { (Text(
                "Make a new PIN in its place",
                "Crear un PIN nuevo en su lugar",
            )) } @else { (Text("Make a PIN", "Crear un PIN")) } }
            (post(&here, &html! {
                (summary(&terms))
                (input(&Input::line("ends_on", Text("Last day", "Último día"), "").way(Way::Day).hint(Text(
                    "Empty for no end.",
                    "Vacío para que no termine.",
                )), &terms))
                (input(&Input::line("uses", Text("Number of uses", "Número de usos"), "").way(Way::Number).hint(Text(
                    "Empty for any number.",
                    "Vacío para usos ilimitados.",
                )), &terms))
                (send(Text("Make a PIN", "Crear un PIN")))
            }))
        }
        @if !branches.is_empty() { h3 { (Text("Who came by it", "Quiénes entraron con él")) } (branch(branches)) }
    }
}

fn branch(branches: &[Branch]) -> Markup {
    html! {
        ul.tree {
            @for one in branches {
                li {
                    a href={ "/admin/users/" (one.user.id) } { (called(&one.user.person, &one.user.username)) }
                    @if one.user.state == UserState::Disabled { " " span.mark.bad { (Text("Switched off", "Desactivado")) } }
                    @if !one.sponsored.is_empty() { (branch(&one.sponsored)) }
                }
            }
        }
    }
}

fn lines(all: &[String]) -> String {
    all.join("\n")
}

async fn edit_user(app: &App, user: &User, typed: &Typed) -> Result<Markup, Problem> {
    let locations = app.store.locations().await?;
    let places: Vec<(&str, &str)> =
        locations.iter().map(|location| (location.id.as_str(), location.name.as_str())).collect();
    let none = Some(("", Text("The organisation's", "La de la organización")));
    let person = PersonFields::of(&user.person);
    let word = serde_json::to_value(user.kind).unwrap_or_default();
    let (permissions, profiles) = (lines(&user.grants.permissions), lines(&user.grants.profiles));
    let exceptions = lines(&user.grants.company_exceptions);
    let location = user.default_location.as_ref().map(LocationId::as_str).unwrap_or_default();
    let contact = user.contact.as_ref().map(ContactId::as_str).unwrap_or_default();
    let mut all = person.inputs();
    all.extend([
        Input::line("kind", Text("Kind", "Tipo"), word.as_str().unwrap_or_default()).way(Way::Choice(&KINDS)),
        Input::line("permissions", Text("Permissions", "Permisos"), &permissions)
            .way(Way::Lines(3))
            .hint(Text("One a line, such as orders.read.", "Uno por línea, por ejemplo orders.read.")),
        Input::line("profiles", Text("Profiles", "Perfiles"), &profiles)
            .way(Way::Lines(2))
            .hint(Text("One a line.", "Uno por línea.")),
        Input::line("company_exceptions", Text("Company exceptions", "Excepciones de empresa"), &exceptions)
            .way(Way::Lines(2))
            .hint(Text("One a line.", "Uno por línea.")),
        Input::line("default_location", Text("Location they mail from", "Sede desde la que escribe"), location)
            .way(Way::Named(none, &places)),
        Input::line("contact", Text("Contact", "Contacto"), contact).hint(Text(
            "The number of the contact that the account belongs to; empty for none.",
            "El número del contacto al que pertenece la cuenta; vacío para ninguno.",
        )),
    ]);
    Ok(post(&format!("/admin/users/{}", user.id), &html! { (inputs(&all, typed)) (send(SAVE)) }))
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
