//! `/admin/users/{id}/data`: all that is kept about somebody, as a file for them; no hash and no secret is in it.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::intake::Line;
use domain::passkey::Passkey;
use domain::session::Session;
use domain::user::User;
use domain::visit::device;
use http::header::CONTENT_DISPOSITION;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use service::App;
use service::flow::kept::{Kept, of_contact, of_user};
use service::store::{Link, Mail};
use web::{Problem, reply};

use crate::rights::By;
use crate::{audit, contacts, users};

/// `GET /admin/users/{id}/data`
pub(crate) async fn of_a_user(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
) -> Result<Response, Problem> {
    let kept = of_user(&app, &users::id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    Ok(file(&kept))
}

/// `GET /admin/contacts/{id}/data`
pub(crate) async fn of_a_contact(
    State(app): State<App>,
    Path(path): Path<String>,
    By(by): By,
) -> Result<Response, Problem> {
    let kept = of_contact(&app, &contacts::id(&path)?, &by).await?.ok_or_else(Problem::not_found)?;
    Ok(file(&kept))
}

fn file(kept: &Kept) -> Response {
    let mut answer = reply::json(StatusCode::OK, &told(kept));
    let name = HeaderValue::from_static("attachment; filename=\"person.json\"");
    answer.headers_mut().insert(CONTENT_DISPOSITION, name);
    answer
}

fn told(kept: &Kept) -> Value {
    let mut all = Map::new();
    all.insert("account".to_owned(), kept.user.as_ref().map_or(Value::Null, |user| json!(users::Shown::of(user))));
    all.insert(
        "contact".to_owned(),
        kept.contact.as_ref().map_or(Value::Null, |contact| json!(contacts::Shown::of(contact))),
    );
    let earlier = kept.user.as_ref().and_then(|user| user.earlier.as_ref());
    all.insert("earlier_email".to_owned(), json!(earlier.map(|earlier| &earlier.email)));
    all.insert("sign_in".to_owned(), sign_in(kept));
    all.insert("sessions".to_owned(), kept.sessions.iter().map(session).collect());
    all.insert("other_sign_ins".to_owned(), kept.links.iter().map(link).collect());
    let pin =
        |pin: &domain::pin::Pin| json!({"made_at": pin.made_at, "ends_at": pin.ends_at, "uses_left": pin.uses_left});
    all.insert("pin".to_owned(), kept.pin.as_ref().map_or(Value::Null, pin));
    all.insert("sponsored".to_owned(), kept.sponsored.iter().map(|one| json!(one.user.as_str())).collect());
    all.insert("mails".to_owned(), kept.mails.iter().map(|(to, of)| mail(to, of)).collect());
    all.insert("import_rows".to_owned(), kept.rows.iter().map(|(id, of)| row(id.as_str(), of)).collect());
    all.insert(
        "happened".to_owned(),
        kept.happened.entries.iter().map(|entry| json!(audit::Shown::of(entry))).collect(),
    );
    all.insert("happened_before".to_owned(), json!(kept.happened.next.is_some()));
    Value::Object(all)
}

/// How they sign in, without what they sign in with.
fn sign_in(kept: &Kept) -> Value {
    let Some(user) = &kept.user else { return Value::Null };
    let login = kept.login.as_ref();
    json!({
        "password_set_at": login.and_then(|login| login.password_set_at),
        "passwords_remembered": login.map_or(0, |login| login.history.len()),
        "temporary_password_ends_at": login.and_then(|login| login.temporary.as_ref()).map(|one| one.ends_at),
        "must_change_password": login.is_some_and(|login| login.must_change),
        "security_code_since": user.factor.as_ref().map(|factor| factor.since),
        "recovery_codes_left": user.recovery.len(),
        "passkeys": passkeys(user),
    })
}

fn passkeys(user: &User) -> Value {
    let one = |key: &Passkey| json!({"name": key.name, "created_at": key.created_at, "used_at": key.used_at});
    user.passkeys.values().map(one).collect()
}

fn session(of: &Session) -> Value {
    json!({
        "device": device(&of.browser), "browser": of.browser, "place": of.place, "provider": of.provider,
        "started_at": of.started_at, "last_used": of.last_used, "ends_at": of.ends_at, "remembered": of.remembered,
    })
}

fn link(of: &Link) -> Value {
    json!({"provider": of.provider, "issuer": of.issuer, "subject": of.subject, "label": of.label, "at": of.at})
}

fn mail(to: &str, of: &Mail) -> Value {
    let fate = of.fate.map(domain::work::Fate::as_str);
    json!({"to": to, "occasion": of.occasion, "asked_at": of.posted_at, "ended_at": of.finished_at, "fate": fate})
}

fn row(import: &str, of: &Line) -> Value {
    let person = of.row.as_ref().map(|row| json!(row.person));
    json!({
        "import": import, "row": of.line, "who": of.who, "username": of.username, "result": of.became,
        "reason": of.reason, "waiting": person,
    })
}
