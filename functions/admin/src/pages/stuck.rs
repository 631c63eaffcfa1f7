//! Who is stuck, for each reason.

use axum::response::Response;
use domain::language::Text;
use domain::user::User;
use maud::{Markup, html};
use service::App;
use service::flow::stuck::Group;
use service::store::{Stuck, UserRow};
use web::Problem;
use web::pages::console::{empty, section};
use web::pages::parts::hidden;

use super::{lists, page};
use crate::help::reason;

/// A reason in words.
pub(crate) fn named(why: Stuck) -> Text {
    match why {
        Stuck::NeverSignedIn => Text("never signed in", "sin haber entrado nunca"),
        Stuck::InvitationExpired => Text("with an invitation that expired", "con la invitación caducada"),
        Stuck::Bounced => Text("not reached: mail came back", "sin correo que llegue: ha vuelto"),
        Stuck::Locked => Text("locked after wrong tries", "con bloqueo tras varios intentos fallidos"),
    }
}

/// The filter that finds them in the list of users.
fn filter(why: Stuck) -> &'static str {
    match why {
        Stuck::NeverSignedIn => "never_signed_in:true",
        Stuck::InvitationExpired => "state:invitation_expired",
        Stuck::Locked => "locked:true",
        Stuck::Bounced => "bounced:true",
    }
}

/// What to do about it.
fn advice(why: Stuck) -> Text {
    match why {
        Stuck::NeverSignedIn => Text(
            "They have an account and have not chosen a password. Send them their way in again.",
            "Tienen una cuenta y no han elegido contraseña. Envíeles de nuevo la manera de entrar.",
        ),
        Stuck::InvitationExpired => Text(
            "Their temporary password ran out. Send them a fresh way in.",
            "Su contraseña temporal ha caducado. Envíeles otra manera de entrar.",
        ),
        Stuck::Bounced => Text(
            "Their address does not work. Find a better one, then send them their way in.",
            "Su dirección no funciona. Busque una mejor y envíeles después la manera de entrar.",
        ),
        Stuck::Locked => Text(
            "A new password opens the lock: theirs by mail, or one that you set.",
            "Una contraseña nueva levanta el bloqueo: la suya por correo o una que ponga usted.",
        ),
    }
}

/// The page of those who are stuck.
pub(crate) async fn show(app: &App, by: &User, groups: &[Group], one: bool) -> Result<Response, Problem> {
    let content = html! { @for group in groups { (part(group, one)) } };
    page(app, by, ("/admin/stuck", Text("Stuck people", "Personas sin acceso")), None, &content).await
}

fn part(group: &Group, one: bool) -> Markup {
    let rows: Vec<UserRow> = group.users.iter().cloned().map(UserRow::from).collect();
    section(
        format!("{} {}", group.count, named(group.why)),
        &html! {
            p.hint { (advice(group.why)) }
            @if !rows.is_empty() {
            form.press method="post" action="/admin/resends" {
                (hidden("target", "users")) (hidden("whom", "all")) (hidden("filter", filter(group.why)))
                button.button.plain type="submit" { (Text(
                    "Plan to mail all of them their way in",
                    "Planificar el envío a todos de la manera de entrar",
                )) }
            }
        }
        @if rows.is_empty() { (empty(Text("Nobody. Good.", "Nadie. Muy bien."))) } @else { (lists::user_table(&rows)) }
            @if !one && rows.len() < group.count {
                p { a href={ "/admin/stuck?limit=100&filter=" (reason(group.why)) } { (Text("Show more of them", "Mostrar más")) } }
            }
        },
    )
}
