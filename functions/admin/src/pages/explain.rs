//! *Why can't they get in?* as a page: what the next sign-in would do, every mail, and the button that mends it.

use axum::response::Response;
use domain::access::{Right, may, may_act_on};
use domain::language::Text;
use domain::user::User;
use maud::{Markup, html};
use service::App;
use service::flow::explain::{Door, Explained, Mend, Next, Whom};
use web::Problem;
use web::pages::console::{empty, facts, moment, press, section};

use super::{called, home, kind, lists, mail, page};
use crate::doors;
use crate::help::{self, says};
use crate::words::{RESEND, WHY};

/// The page that asks who it is about.
pub(crate) async fn ask(app: &App, by: &User) -> Result<Response, Problem> {
    page(app, by, ("/admin/explain", WHY), None, &home::ask("")).await
}

/// The explanation.
pub(crate) async fn show(app: &App, by: &User, who: &str, of: &Explained) -> Result<Response, Problem> {
    let content = html! {
        (home::ask(who))
        (section(Text("Who it is", "Quién es"), &whom(of, by)))
        (section(Text("The next sign-in", "El próximo inicio de sesión"), &next(of)))
        @if !of.doors.is_empty() { (section(Text("Other sign-ins", "Otras formas de entrar"), &other_doors(of, by))) }
        @if !of.mend.is_empty() { (section(Text("What would help", "Qué ayudaría"), &mends(of, by))) }
        (section(Text("Mail of the last thirty days", "Correos de los últimos treinta días"), &html! {
            @if of.mails.is_empty() { (empty(Text("None.", "Ninguno."))) } @else { (mail::mail_table(&of.mails)) }
        }))
    };
    page(app, by, ("/admin/explain", WHY), None, &content).await
}

/// Where a user is looked after: by their contact, where whoever looks has no right to users. `None` where they may not act.
fn place(user: &User, by: &User) -> Option<String> {
    if may(by, Right::Users, false) {
        return Some(format!("/admin/users/{}", user.id));
    }
    user.contact.as_ref().filter(|_| may_act_on(by, user)).map(|contact| format!("/admin/contacts/{contact}"))
}

fn whom(of: &Explained, by: &User) -> Markup {
    match &of.whom {
        Whom::Nobody => empty(Text(
            "Nobody has this username or address. Look for a slip, or for another address of theirs.",
            "Nadie tiene este nombre de usuario ni esta dirección. Compruebe si hay un error o busque otra dirección suya.",
        )),
        Whom::Contact(contact) => html! {
            p { a href={ "/admin/contacts/" (contact.id) } { (called(&contact.person, contact.id.as_str())) }
                (Text(" is a contact without an account.", " es un contacto sin cuenta.")) }
        },
        Whom::Several(users) => html! {
            p { (Text(
                "Several people have this address, so nobody can sign in with it. Each signs in with a username:",
                "Varias personas tienen esta dirección, así que nadie puede entrar con ella. Cada una entra con su nombre de usuario:",
            )) }
            @let rows = users.iter().cloned().map(Into::into).collect::<Vec<_>>();
            @if may(by, Right::Users, true) { (lists::user_table(&rows)) } @else { (lists::member_table(&rows)) }
        },
        Whom::User(known) => {
            let user = &known.user;
            html! {
                @let name = called(&user.person, &user.username);
                p { @if let Some(place) = place(user, by) { a href=(place) { (name) } } @else { (name) } }
                (facts(&[
                    (Text("Username", "Nombre de usuario"), user.username.clone()),
                    (Text("Kind", "Tipo"), kind(user.kind).into()),
                    (Text(
                        "Last signed in",
                        "Último inicio de sesión",
                    ), known.last_sign_in.map_or(Text("Never, or long ago", "Nunca, o hace mucho").into(), moment)),
                    (Text(
                        "Password chosen",
                        "Contraseña elegida",
                    ), user.password_changed_at.map_or(Text("Never", "Nunca").into(), moment)),
                    (Text("Password expires", "La contraseña caduca"), known.password_expires_at.map(moment).unwrap_or_default()),
                ]))
            }
        }
    }
}

fn next(of: &Explained) -> Markup {
    let said = |with: Text, next: Next| {
        let tone = match next {
            Next::SignedIn => "success",
            Next::SecurityCode(_) if help::words(next).1 == Some("has_a_factor") => "success",
            Next::Refused(_) => "error",
            Next::SecurityCode(_) | Next::ChangePassword(_) => "warn",
        };
        html! { p class={ "notice " (tone) } { strong { (with) } " " (says(next)) } }
    };
    html! {
        @if let Some(next) = of.with_password { (said(Text("With their password:", "Con su contraseña:"), next)) }
        @else if matches!(of.whom, Whom::User(_)) { p.notice.warn { (Text(
            "They have never chosen a password.",
            "Nunca ha elegido una contraseña.",
        )) } }
        @if let Some(next) = of.with_temporary { (said(Text(
            "With the temporary password that was mailed:",
            "Con la contraseña temporal que se envió:",
        ), next)) }
        @if let Some(next) = of.without { (said(Text("As things stand:", "Tal como está:"), next)) }
        @if let Some(end) = of.temporary_ends_at { p.hint { (Text(
            "The temporary password holds until ",
            "La contraseña temporal es válida hasta el ",
        )) (moment(end)) "." } }
        @if matches!(of.whom, Whom::Contact(_)) { p.notice.warn { (Text(
            "There is nothing to sign in to yet: they have no account.",
            "Todavía no hay dónde entrar: no tiene cuenta.",
        )) } }
    }
}

fn other_doors(of: &Explained, by: &User) -> Markup {
    html! {
        @for Door { link, name, closed, evidence, not_on } in &of.doors {
            p class={ "notice " (if closed.is_none() { "success" } else { "error" }) } {
                strong { (name.as_ref().unwrap_or(&link.provider)) " (" (link.label) "):" } " " (doors::says(*closed, evidence))
            }
            @if let Some(tried) = &link.tried { p.hint { (doors::last_try(tried)) } }
            @if !not_on.is_empty() { p.hint { (doors::not_offered(not_on)) } }
            @if may(by, Right::Audit, true) {
                p.line { a href={ "/admin/audit?what=sign_in&q=" (link.provider) } { (Text(
                    "What happened at this provider",
                    "Qué pasó con este proveedor",
                )) } }
            }
        }
    }
}

fn mends(of: &Explained, by: &User) -> Markup {
    match &of.whom {
        Whom::User(known) => match place(&known.user, by) {
            Some(here) => html! { div.actions { @for mend in &of.mend { (button(*mend, &here)) } } },
            None => empty(Text(
                "Only an administrator can help them: they may do more than you.",
                "Solo un administrador puede ayudarle: puede hacer más que usted.",
            )),
        },
        Whom::Contact(contact) if contact.disabled => html! {
            div.actions { (press(&format!("/admin/contacts/{}/enable", contact.id), Text("Switch them on", "Activar"), "")) }
        },
        Whom::Contact(contact) => html! {
            div.actions { (press(&format!("/admin/contacts/{}/resend", contact.id), Text(
                "Make an account and mail the way in",
                "Crear una cuenta y enviar la manera de entrar",
            ), "")) }
        },
        Whom::Several(_) => {
            html! { p { (Text(
                "Open the one it is about, and send them their way in from there.",
                "Abra la persona de la que se trata y envíele desde allí la manera de entrar.",
            )) } }
        }
        Whom::Nobody => html! {},
    }
}

fn button(mend: Mend, here: &str) -> Markup {
    match mend {
        Mend::Resend => press(&format!("{here}/resend"), RESEND, ""),
        Mend::Enable => press(&format!("{here}/enable"), Text("Switch the account on", "Activar la cuenta"), ""),
        Mend::ResetPassword => {
            html! { a.button.plain href={ (here) "#reset" } { (Text("Reset password", "Poner una contraseña")) } }
        }
        Mend::ChangeEmail => {
            html! { a.button.plain href={ (here) "#edit" } { (Text("Give them another address", "Darle otra dirección")) } }
        }
        Mend::CreateAccount => html! {},
    }
}
