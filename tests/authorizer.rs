//! The organisation's own APIs ask who is calling (SE-7): in the words in which API Gateway asks, and by way of the sample site,
//! whose API does.

use data_encoding::BASE64;
use serde_json::{Value, json};
use vestibule::Site;

use crate::world::{Browser, PASSWORD, World};

const SESSION: &str = "__Host-session";

async fn ask(w: &World, sent: Value) -> Value {
    let mut event = json!({"version": "2.0", "type": "REQUEST", "routeKey": "GET /boats"});
    event.as_object_mut().expect("an object").extend(sent.as_object().expect("an object").clone());
    w.local.invoke("authorizer", event).await.expect("it answers")
}

async fn by_cookie(w: &World, browser: &Browser<'_>) -> Value {
    ask(w, json!({"headers": {"cookie": format!("theme=dark; {SESSION}={}", browser.value(SESSION))}})).await
}

async fn by_token(w: &World, token: &str) -> Value {
    ask(w, json!({"headers": {"authorization": format!("Bearer {token}")}})).await
}

async fn token(w: &World) -> String {
    let basic = format!("Basic {}", BASE64.encode(format!("robot:{PASSWORD}").as_bytes()));
    let issued = w.send(w.request("POST", "/token").header("authorization", basic)).await.ok();
    issued["access_token"].as_str().expect("a token").to_owned()
}

fn refused(verdict: &Value) {
    assert_eq!(verdict, &json!({"isAuthorized": false}));
}

/// SE-7: whoever is signed in is told of by id, kind and rights, however their cookie is handed on.
#[tokio::test]
async fn an_api_learns_who_is_signed_in() {
    let w = World::new().await;
    let paula = w.signed_in("paula").await;
    let verdict = by_cookie(&w, &paula).await;
    assert_eq!(
        verdict,
        json!({"isAuthorized": true, "context": {
            "id": w.id_of("paula").await, "username": "paula", "name": "Paula Partner", "kind": "contact", "company": "Partner",
            "permissions": ["orders.read", "orders.write"], "profiles": ["buyer"], "company_exceptions": ["north-only"],
        }})
    );
    let apart = ask(&w, json!({"cookies": ["theme=dark", format!("{SESSION}={}", paula.value(SESSION))]})).await;
    assert_eq!(apart, verdict);
}

/// SE-7, FE-4: a program is told of by its token, and a token comes before any cookie.
#[tokio::test]
async fn an_api_learns_which_program_calls() {
    let w = World::new().await;
    let token = token(&w).await;
    let verdict = by_token(&w, &token).await;
    assert_eq!((&verdict["isAuthorized"], &verdict["context"]["username"]), (&json!(true), &json!("robot")));
    assert_eq!(
        (&verdict["context"]["kind"], &verdict["context"]["permissions"]),
        (&json!("api"), &json!(["contacts.read"]))
    );
    let maria = format!("{SESSION}={}", w.signed_in("maria").await.value(SESSION));
    for wrong in ["Bearer", "Bearer x", "Basic cm9ib3Q6eA==", &format!("Bearer {token}, Bearer {token}")] {
        refused(&ask(&w, json!({"headers": {"authorization": wrong, "cookie": maria}})).await);
    }
    w.advance(901).await;
    refused(&by_token(&w, &token).await);
}

/// SE-7, SE-4, SE-5: a session that is over opens nothing, and no other value is one.
#[tokio::test]
async fn what_is_over_opens_no_api() {
    let w = World::with(json!({"mfa.scope": "off"})).await;
    refused(&ask(&w, json!({})).await);
    refused(&ask(&w, json!({"headers": {"cookie": "__Host-session=s.x.y"}, "cookies": ["=", ""]})).await);
    let (maria, admin) = (w.signed_in("maria").await, w.signed_in("admin").await);
    let id = w.id_of("maria").await;
    assert_eq!(by_cookie(&w, &maria).await["isAuthorized"], true);
    let as_ticket = maria.value(SESSION).replacen("s.", "t.", 1);
    refused(&ask(&w, json!({"cookies": [format!("__Host-ticket={as_ticket}")]})).await);
    refused(&by_token(&w, &maria.value(SESSION)).await);
    refused(&by_token(&w, &maria.value(SESSION).replacen("s.", "a.", 1)).await);
    admin.call("PATCH", &format!("/admin/users/{id}"), &json!({"disabled": true})).await.ok();
    refused(&by_cookie(&w, &maria).await);
}

/// SE-7, SE-2: asking an API is using the session, which otherwise ends when long unused.
#[tokio::test]
async fn an_api_keeps_a_session_in_use() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    for _ in 0..4 {
        w.advance(20 * 60).await;
        assert_eq!(by_cookie(&w, &maria).await["isAuthorized"], true);
    }
    w.advance(31 * 60).await;
    refused(&by_cookie(&w, &maria).await);
}

/// SE-7, SE-6: a remembered session's token that was replaced is good for requests under way, and then no more.
#[tokio::test]
async fn a_replaced_token_opens_no_api() {
    let w = World::new().await;
    let maria = w.browser();
    maria.post("/sign-in", &json!({"username": "maria", "password": PASSWORD, "keep": true})).await.ok();
    let old = maria.value(SESSION);
    w.advance(600).await;
    maria.get("/session").await.ok();
    assert_ne!(maria.value(SESSION), old);
    let asked = async || ask(&w, json!({"cookies": [format!("{SESSION}={old}")]})).await;
    assert_eq!(asked().await["isAuthorized"], true);
    w.advance(600).await;
    refused(&asked().await);
    assert_eq!(by_cookie(&w, &maria).await["isAuthorized"], true);
}

/// SE-7: when the database does not answer, nobody is let in, and nobody is told that they may not.
#[tokio::test]
async fn a_fault_lets_nobody_in() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    let fault = json!([{"service": "dynamodb", "operation": "BatchGetItem", "kind": "failing"}]);
    w.send(w.request("PUT", "/_local/faults").header("origin", w.origin()).json(&fault)).await.is(200);
    let cookie = format!("{SESSION}={}", maria.value(SESSION));
    let failed = w.local.invoke("authorizer", json!({"version": "2.0", "cookies": [cookie]})).await;
    assert!(failed.is_err(), "{failed:?}");
}

/// SE-7: the sample site's API answers members and programs, and turns others away.
#[tokio::test]
async fn the_sample_sites_api_asks() {
    let w = World::new().await;
    let site = Site::beside(&w.local, 0).await.expect("it opens");
    let boats = async |name: &str, value: String| {
        let request = reqwest::Client::new().get(format!("{}/boats", site.origin())).header(name, value);
        w.send(request).await
    };
    boats("accept", "*/*".to_owned()).await.is(403);
    let maria = format!("{SESSION}={}", w.signed_in("maria").await.value(SESSION));
    assert_eq!(boats("cookie", maria).await.ok()["for"], "Maria Member");
    assert_eq!(boats("authorization", format!("Bearer {}", token(&w).await)).await.ok()["as"], "api");
}
