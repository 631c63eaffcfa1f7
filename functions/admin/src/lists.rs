//! `GET /admin/users` and `GET /admin/contacts`: lists, searched, filtered and paged (AD-1).

use axum::extract::State;
use axum::response::Response;
use domain::access::may_act;
use domain::language::Language::{English, Spanish};
use domain::language::spoken;
use domain::run::Target;
use domain::user::{Kind, Person, State as UserState};
use http::{StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde_json::Value;
use service::App;
use service::flow::lists::{self as flow, Asked, BadCursor, Filter, Page};
use web::{Caller, Problem, reply};

use crate::rights::By;
use crate::{contacts, pages, paging, users};

/// `GET /admin/users?q=&filter=kind:staff,state:disabled&cursor=&limit=`
pub(crate) async fn users(State(app): State<App>, By(by): By, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let page = flow::users(&app, &asked(&uri, Target::Users)?).await?.map_err(bad_cursor)?;
    if caller.wants_html {
        return pages::lists::users(&app, &by, &uri, &page).await;
    }
    let locked = flow::locked_of(&app, &page.items).await?;
    let rows = page.items.iter().map(|row| users::Shown::row(row, locked.contains(row.id())));
    let items: Vec<users::Shown<'_>> = rows.collect();
    Ok(reply::json(StatusCode::OK, &serde_json::json!({"items": items, "next_cursor": page.next})))
}

/// `GET /admin/contacts?q=&filter=group:North,account:false&cursor=&limit=`; staff see those of their own group.
pub(crate) async fn contacts(
    State(app): State<App>,
    By(by): By,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let within = |person: &Person| may_act(&by, Kind::Contact, person.group.as_deref());
    let page = flow::contacts(&app, &asked(&uri, Target::Contacts)?, within).await?.map_err(bad_cursor)?;
    if caller.wants_html {
        return pages::lists::contacts(&app, &by, &uri, &page).await;
    }
    Ok(answer(&page, |contact| serde_json::to_value(contacts::Shown::row(contact))))
}

fn answer<T>(page: &Page<T>, shown: impl Fn(&T) -> Result<Value, serde_json::Error>) -> Response {
    let items: Vec<Value> = page.items.iter().filter_map(|item| shown(item).ok()).collect();
    reply::json(StatusCode::OK, &serde_json::json!({"items": items, "next_cursor": page.next}))
}

fn bad_cursor(_: BadCursor) -> Problem {
    paging::bad_cursor()
}

fn asked(uri: &Uri, among: Target) -> Result<Asked, Problem> {
    let limit = paging::limit(uri)?;
    let q = reply::query(uri, "q").unwrap_or_default().trim().chars().take(200).collect();
    let filter = filter(&reply::query(uri, "filter").unwrap_or_default(), among)?;
    let dear = if reply::query(uri, "limit").is_some() { limit } else { DEAR };
    Ok(Asked { q, filter, cursor: reply::query(uri, "cursor").filter(|cursor| !cursor.is_empty()), limit, dear })
}

/// Rows on a page of a search by username, address or company, unless it is said: each is a read.
const DEAR: i32 = 10;

/// What users can be filtered by.
const OF_USERS: [&str; 8] = ["kind", "state", "group", "company", "sponsor", "locked", "never_signed_in", "bounced"];

/// What contacts can be filtered by.
const OF_CONTACTS: [&str; 4] = ["state", "group", "company", "account"];

/// `field:value`, several with commas between them. What can't be looked for among these people is refused: it would mean
/// everybody.
pub(crate) fn filter(text: &str, among: Target) -> Result<Filter, Problem> {
    let fields = match among {
        Target::Users => &OF_USERS[..],
        Target::Contacts => &OF_CONTACTS[..],
    };
    let mut filter = Filter::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (field, value) = part.split_once([':', '=']).unwrap_or_else(|| spelled_out(part));
        let taken = fields.contains(&field).then(|| take(&mut filter, field, value)).flatten();
        // Only an account has an invitation.
        if taken.is_none() || among == Target::Contacts && filter.state == Some(UserState::InvitationExpired) {
            let all = fields.join(", ");
            let reason = match spoken() {
                English => format!("Use {all}, such as state:disabled,group:North."),
                Spanish => format!("Use {all}, por ejemplo state:disabled,group:North."),
            };
            return Err(Problem::rejected([("filter", vec![reason])]));
        }
    }
    Ok(filter)
}

/// What one word says of people.
fn spelled_out(word: &str) -> (&str, &str) {
    match word {
        "active" | "disabled" | "invitation_expired" => ("state", word),
        "contact" | "staff" | "administrator" | "api" => ("kind", word),
        "administrators" => ("kind", "administrator"),
        "sponsors" => ("sponsor", "true"),
        "no_account" => ("account", "false"),
        _ => (word, "true"),
    }
}

fn take(filter: &mut Filter, field: &str, value: &str) -> Option<()> {
    match field {
        "kind" => filter.kind = Some(word(value)?),
        "state" => filter.state = Some(word(value)?),
        "sponsor" => filter.sponsor = Some(value.parse().ok()?),
        "never_signed_in" if value == "true" => filter.never = true,
        "bounced" if value == "true" => filter.bounced = true,
        "locked" => filter.locked = Some(value.parse().ok()?),
        "account" => filter.account = Some(value.parse().ok()?),
        "group" => filter.group = Some(value.to_owned()),
        "company" => filter.company = Some(value.to_owned()),
        _ => return None,
    }
    Some(())
}

fn word<T: DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_value(Value::String(value.to_owned())).ok()
}
