//! Who is stuck, for each reason.

use axum::response::Response;
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
pub(crate) fn named(why: Stuck) -> &'static str {
    match why {
        Stuck::NeverSignedIn => "have never signed in",
        Stuck::InvitationExpired => "let their invitation expire",
        Stuck::Bounced => "can't be reached: mail came back",
        Stuck::Locked => "are locked after wrong tries",
    }
}

/// The filter that finds them in the list of users.
fn filter(why: Stuck) -> &'static str {
    match why {
        Stuck::NeverSignedIn => "never_signed_in:true",
        Stuck::InvitationExpired => "state:invitation_expired",
        Stuck::Locked | Stuck::Bounced => "locked:true",
    }
}

/// What to do about it.
fn advice(why: Stuck) -> &'static str {
    match why {
        Stuck::NeverSignedIn => "They have an account and have not chosen a password. Send them their way in again.",
        Stuck::InvitationExpired => "Their temporary password ran out. Send them a fresh way in.",
        Stuck::Bounced => "Their address does not work. Find a better one, then send them their way in.",
        Stuck::Locked => "A new password opens the lock: theirs by mail, or one that you set.",
    }
}

/// The page of those who are stuck.
pub(crate) async fn show(app: &App, by: &User, groups: &[Group], one: bool) -> Result<Response, Problem> {
    let content = html! { @for group in groups { (part(group, one)) } };
    page(app, by, ("/admin/stuck", "Stuck people"), None, &content).await
}

fn part(group: &Group, one: bool) -> Markup {
    let rows: Vec<UserRow> = group.users.iter().cloned().map(UserRow::from).collect();
    section(
        &format!("{} {}", group.count, named(group.why)),
        &html! {
            p.hint { (advice(group.why)) }
            @if !rows.is_empty() && group.why != Stuck::Bounced {
            form.press method="post" action="/admin/resends" {
                (hidden("target", "users")) (hidden("whom", "all")) (hidden("filter", filter(group.why)))
                button.button.plain type="submit" { "Plan to mail all of them their way in" }
            }
        }
        @if rows.is_empty() { (empty("Nobody. Good.")) } @else { (lists::user_table(&rows)) }
            @if !one && i32::try_from(rows.len()).unwrap_or_default() < group.count {
                p { a href={ "/admin/stuck?limit=100&filter=" (reason(group.why)) } { "Show more of them" } }
            }
        },
    )
}
