//! *Why can't they get in?* as a page: what the next sign-in would do, every mail, and the button that mends it.

use axum::response::Response;
use domain::access::{Right, may, may_act_on};
use domain::user::User;
use maud::{Markup, html};
use service::App;
use service::flow::explain::{Explained, Mend, Next, Whom};
use web::Problem;
use web::pages::console::{empty, facts, moment, press, section};

use super::{called, home, kind, lists, mail, page};
use crate::help::{says, words};

/// The page that asks who it is about.
pub(crate) async fn ask(app: &App, by: &User) -> Result<Response, Problem> {
    page(app, by, ("/admin/explain", "Why can't they get in?"), None, &home::ask("")).await
}

/// The explanation.
pub(crate) async fn show(app: &App, by: &User, who: &str, of: &Explained) -> Result<Response, Problem> {
    let content = html! {
        (home::ask(who))
        (section("Who it is", &whom(of, by)))
        (section("The next sign-in", &next(of)))
        @if !of.mend.is_empty() { (section("What would help", &mends(of, by))) }
        (section("Mail of the last thirty days", &html! {
            @if of.mails.is_empty() { (empty("None.")) } @else { (mail::mail_table(&of.mails)) }
        }))
    };
    page(app, by, ("/admin/explain", "Why can't they get in?"), None, &content).await
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
        Whom::Nobody => {
            empty("Nobody has this username or address. Look for a slip, or for another address of theirs.")
        }
        Whom::Contact(contact) => html! {
            p { a href={ "/admin/contacts/" (contact.id) } { (called(&contact.person, contact.id.as_str())) }
                " is a contact without an account." }
        },
        Whom::Several(users) => html! {
            p { "Several people have this address, so nobody can sign in with it. Each signs in with a username:" }
            @let rows = users.iter().cloned().map(Into::into).collect::<Vec<_>>();
            @if may(by, Right::Users, true) { (lists::user_table(&rows)) } @else { (lists::member_table(&rows)) }
        },
        Whom::User(known) => {
            let user = &known.user;
            html! {
                @let name = called(&user.person, &user.username);
                p { @if let Some(place) = place(user, by) { a href=(place) { (name) } } @else { (name) } }
                (facts(&[
                    ("Username", user.username.clone()),
                    ("Kind", kind(user.kind).to_owned()),
                    ("Last signed in", known.last_sign_in.map_or("Never, or long ago".to_owned(), moment)),
                    ("Password chosen", user.password_changed_at.map_or("Never".to_owned(), moment)),
                    ("Password expires", known.password_expires_at.map(moment).unwrap_or_default()),
                ]))
            }
        }
    }
}

fn next(of: &Explained) -> Markup {
    let said = |with: &str, next: Next| {
        let tone = match next {
            Next::SignedIn => "success",
            Next::SecurityCode(_) if words(next).1 == Some("has_a_factor") => "success",
            Next::Refused(_) => "error",
            Next::SecurityCode(_) | Next::ChangePassword(_) => "warn",
        };
        html! { p class={ "notice " (tone) } { strong { (with) } " " (says(next)) } }
    };
    html! {
        @if let Some(next) = of.with_password { (said("With their password:", next)) }
        @else if matches!(of.whom, Whom::User(_)) { p.notice.warn { "They have never chosen a password." } }
        @if let Some(next) = of.with_temporary { (said("With the temporary password that was mailed:", next)) }
        @if let Some(end) = of.temporary_ends_at { p.hint { "The temporary password holds until " (moment(end)) "." } }
        @if matches!(of.whom, Whom::Contact(_)) { p.notice.warn { "There is nothing to sign in to yet: they have no account." } }
    }
}

fn mends(of: &Explained, by: &User) -> Markup {
    match &of.whom {
        Whom::User(known) => match place(&known.user, by) {
            Some(here) => html! { div.actions { @for mend in &of.mend { (button(*mend, &here)) } } },
            None => empty("Only an administrator can help them: they may do more than you."),
        },
        Whom::Contact(contact) if contact.disabled => html! {
            div.actions { (press(&format!("/admin/contacts/{}/enable", contact.id), "Switch them on", "")) }
        },
        Whom::Contact(contact) => html! {
            div.actions { (press(&format!("/admin/contacts/{}/resend", contact.id), "Make an account and mail the way in", "")) }
        },
        Whom::Several(_) => html! { p { "Open the one it is about, and send them their way in from there." } },
        Whom::Nobody => html! {},
    }
}

fn button(mend: Mend, here: &str) -> Markup {
    match mend {
        Mend::Resend => press(&format!("{here}/resend"), "Mail them their way in", ""),
        Mend::Enable => press(&format!("{here}/enable"), "Switch the account on", ""),
        Mend::ResetPassword => html! { a.button.plain href={ (here) "#reset" } { "Set a password for them" } },
        Mend::ChangeEmail => html! { a.button.plain href={ (here) "#edit" } { "Give them another address" } },
        Mend::CreateAccount => html! {},
    }
}
