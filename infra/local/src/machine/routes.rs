//! The machine's own routes.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use domain::language::{Language, speaking};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, Response, StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Value, json};
use web::edge::EVERYWHERE;

use super::problem::{problem, rejected};
use super::{Controls, mail_page, style_page};
use crate::faults;

/// Mails in one answer, at the most; `before` an id are the next ones.
const MOST_MAILS: usize = 10_000;

/// How long an answer about the clock waits for the schedules that became due.
const SCHEDULE_TIME: Duration = Duration::from_secs(5);

pub(super) fn routes(controls: Controls) -> Router {
    Router::new()
        .route("/_local/mail", get(mails).delete(throw_away))
        .route("/_local/mail/{id}", get(mail))
        .route("/_local/style", get(async |uri: Uri, headers: HeaderMap| shown(&uri, &headers, None)))
        .route("/_local/style/{name}", get(sample))
        .route("/_local/clock", get(clock).post(move_clock))
        .route("/_local/schedule/{name}", post(run_schedule))
        .route("/_local/faults", get(list_faults).put(set_faults))
        .fallback(|| async { problem(404, "not_found", "There is no such address.") })
        .method_not_allowed_fallback(|| async {
            problem(405, "method_not_allowed", "This address takes another method.")
        })
        .with_state(controls)
}

type Answer = Response<Body>;

async fn mails(State(controls): State<Controls>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = |wanted: &str| {
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        query.filter(|(name, _)| name == wanted).map(|(_, value)| value.into_owned()).last()
    };
    let (to, before) = (query("to"), query("before"));
    let mails = |most| controls.mailbox.page(to.as_deref(), before.as_deref(), most);
    if wants_page(&headers) {
        return page(&mail_page::list(&mails(mail_page::MOST), to.as_deref()).into_string());
    }
    json_answer(&json!(mails(MOST_MAILS)))
}

async fn throw_away(State(controls): State<Controls>) -> Answer {
    if let Err(error) = controls.mailbox.clear() {
        return problem(500, "not_cleared", &format!("The caught mail can't be thrown away: {error}."));
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

async fn mail(State(controls): State<Controls>, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    match controls.mailbox.get(&id) {
        Some(mail) if wants_page(&headers) => page(&mail_page::one(&mail).into_string()),
        Some(mail) => json_answer(&json!(mail)),
        None => problem(404, "not_found", "There is no such mail."),
    }
}

async fn sample(Path(name): Path<String>, uri: Uri, headers: HeaderMap) -> Answer {
    shown(&uri, &headers, Some(&name))
}

/// The parts that pages are made of, or a sample page, in the language that is asked for.
fn shown(uri: &Uri, headers: &HeaderMap, name: Option<&str>) -> Answer {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let asked = query.filter(|(name, _)| name == "lang").find_map(|(_, tag)| Language::asked_for(&tag));
    let spoken = || Language::asked_for(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    let made = || match name {
        None => Some(style_page::door()),
        Some("console") => Some(style_page::office()),
        Some(name) => style_page::sample(name),
    };
    let Some(made) = speaking(asked.or_else(spoken).unwrap_or_default(), made) else {
        return problem(404, "not_found", "There is no such sample.");
    };
    let mut response = page(&made.into_string());
    let policy = EVERYWHERE.into_iter().find(|(name, _)| *name == CONTENT_SECURITY_POLICY);
    if let Some((name, policy)) = policy {
        response.headers_mut().insert(name, HeaderValue::from_static(policy));
    }
    response
}

async fn clock(State(controls): State<Controls>) -> Answer {
    json_answer(&json!({"now": controls.clock.now().to_string()}))
}

/// One of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveClock {
    advance_seconds: Option<i64>,
    now: Option<jiff::Timestamp>,
}

async fn move_clock(State(controls): State<Controls>, body: Bytes) -> Answer {
    let wrong = |place: &str, reason: String| rejected(&[(place.to_owned(), reason)]);
    controls.behind.catch_up().await;
    let moved = match serde_json::from_slice(&body) {
        Ok(MoveClock { advance_seconds: Some(seconds), now: None }) => controls.clock.advance(seconds),
        Ok(MoveClock { advance_seconds: None, now: Some(now) }) => controls.clock.set(now),
        Ok(_) => return wrong("body", "one of advance_seconds and now is expected".to_owned()),
        Err(error) if error.is_data() => return wrong("body", error.to_string()),
        Err(error) => return problem(400, "malformed", &format!("The body is not JSON: {error}.")),
    };
    match moved {
        Ok(now) => {
            // Ended with this wait, what is due would be cut off.
            let schedules = controls.schedules.clone();
            let due = tokio::spawn(async move { schedules.run_due().await });
            drop(tokio::time::timeout(SCHEDULE_TIME, due).await);
            json_answer(&json!({"now": now.to_string()}))
        }
        Err(out) => wrong("now", out.to_string()),
    }
}

async fn run_schedule(State(controls): State<Controls>, Path(name): Path<String>) -> Answer {
    match controls.schedules.run(&name).await {
        Some(Ok(result)) => json_answer(&result),
        Some(Err(failed)) => problem(502, "schedule_failed", &format!("The schedule failed: {failed}.")),
        None => problem(
            404,
            "not_found",
            &format!("There is no such schedule. There are {}.", controls.schedules.names().join(", ")),
        ),
    }
}

async fn list_faults(State(controls): State<Controls>) -> Answer {
    json_answer(&json!(controls.faults.all()))
}

async fn set_faults(State(controls): State<Controls>, body: Bytes) -> Answer {
    match faults::parse(&body) {
        Ok(list) => {
            controls.faults.set(list);
            json_answer(&json!(controls.faults.all()))
        }
        Err(wrong) => rejected(&wrong),
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

fn json_answer(body: &Value) -> Answer {
    let mut response = Response::new(Body::from(body.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn page(html: &str) -> Answer {
    let mut response = Response::new(Body::from(html.to_owned()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(mail_page::POLICY));
    response
}
