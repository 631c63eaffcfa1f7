//! Programs: a token for an API user's credentials (FE-4), and what it opens.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World};

async fn ask(w: &World, username: &str, password: &str) -> Answer {
    let header = format!("Basic {}", BASE64.encode(format!("{username}:{password}").as_bytes()));
    w.send(w.request("POST", "/token").header("authorization", header)).await
}

async fn with(w: &World, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    let request = w.request(method, path).header("authorization", format!("Bearer {token}"));
    w.send(if let Some(body) = body { request.json(&body) } else { request }).await
}

async fn permit(w: &World, permissions: &[&str]) {
    let (admin, robot) = (w.signed_in("admin").await, w.id_of("robot").await);
    admin.call("PATCH", &format!("/admin/users/{robot}"), &json!({"permissions": permissions})).await.ok();
}

/// FE-4, MF-12: an API user's credentials become a token, with no second factor, and nobody else's do.
#[tokio::test]
async fn only_a_program_gets_a_token() {
    let w = World::with(json!({"mfa.scope": "everyone"})).await;
    let issued = ask(&w, "robot", PASSWORD).await.ok();
    assert_eq!((&issued["token_type"], &issued["expires_in"]), (&json!("Bearer"), &json!(900)));
    let refused = ask(&w, "robot", "wrong").await;
    assert!(refused.header("www-authenticate").starts_with("Basic"));
    let refused = refused.problem(401, "sign_in_failed");
    for (username, password) in [("maria", PASSWORD), ("admin", PASSWORD), ("nobody", PASSWORD), ("dora", PASSWORD)] {
        assert_eq!(ask(&w, username, password).await.problem(401, "sign_in_failed"), refused, "{username}");
    }
    for header in ["", "Basic", "Basic !!!!", "Basic cm9ib3Q=", "Bearer cm9ib3Q6eA==", "Basic /w=="] {
        let request = w.request("POST", "/token").header("authorization", header);
        w.send(request).await.problem(401, "sign_in_failed");
    }
    w.send(w.request("POST", "/token")).await.problem(401, "sign_in_failed");
}

/// FE-4: guessing at this door counts like guessing at the other.
#[tokio::test]
async fn guessing_a_programs_password_locks() {
    let w = World::new().await;
    for _ in 0..5 {
        ask(&w, "robot", "wrong").await.problem(401, "sign_in_failed");
    }
    ask(&w, "robot", PASSWORD).await.problem(401, "sign_in_failed");
}

/// FE-4, AD-1: a token opens what its user is permitted, for a quarter of an hour.
#[tokio::test]
async fn a_token_opens_what_it_is_permitted() {
    let w = World::new().await;
    let paula = format!("/admin/users/{}", w.id_of("paula").await);
    let token = async || ask(&w, "robot", PASSWORD).await.ok()["access_token"].as_str().unwrap().to_owned();
    let first = token().await;
    with(&w, &first, "GET", &paula, None).await.problem(403, "not_allowed");
    permit(&w, &["users.read"]).await;
    assert_eq!(with(&w, &first, "GET", &paula, None).await.ok()["username"], "paula");
    let change = json!({"group": "East"});
    with(&w, &first, "PATCH", &paula, Some(change.clone())).await.problem(403, "not_allowed");
    permit(&w, &["users.write"]).await;
    with(&w, &first, "PATCH", &paula, Some(change)).await.ok();
    with(&w, &first, "GET", "/admin/settings", None).await.problem(403, "not_allowed");
    // It is no session, and no other thing is a token.
    with(&w, &first, "GET", "/session", None).await.problem(401, "signed_out");
    let browser = w.browser();
    browser.take("__Host-session", &first);
    browser.get("/session").await.problem(401, "signed_out");
    let session = w.signed_in("admin").await.value("__Host-session");
    with(&w, &session, "GET", "/admin/settings", None).await.problem(401, "signed_out");
    w.advance(900).await;
    with(&w, &first, "GET", &paula, None).await.problem(401, "signed_out");
}

/// FE-4: what is too large is too large at that door, too.
#[tokio::test]
async fn a_program_says_no_more_than_others() {
    let w = World::new().await;
    let asked = |size: usize| w.request("POST", "/token").basic_auth("robot", Some(PASSWORD)).body("x".repeat(size));
    w.send(asked(20_000)).await.problem(413, "too_large");
    w.send(asked(16 * 1_024)).await.ok();
}

/// FE-4, SE-5: switching a program off ends its tokens at once.
#[tokio::test]
async fn switching_a_program_off_ends_its_tokens() {
    let w = World::new().await;
    permit(&w, &["users.read"]).await;
    let (admin, robot) = (w.signed_in("admin").await, w.id_of("robot").await);
    let path = format!("/admin/users/{robot}");
    let token = ask(&w, "robot", PASSWORD).await.ok()["access_token"].as_str().unwrap().to_owned();
    with(&w, &token, "GET", &path, None).await.ok();
    admin.call("PATCH", &path, &json!({"disabled": true})).await.ok();
    with(&w, &token, "GET", &path, None).await.problem(401, "signed_out");
    ask(&w, "robot", PASSWORD).await.problem(401, "sign_in_failed");
}

/// AD-3, PN-5: a program never acts on anybody with more rights than members have, itself included.
#[tokio::test]
async fn a_program_gives_itself_nothing() {
    let w = World::new().await;
    permit(&w, &["users.write", "sponsors.write"]).await;
    let (robot, ada, sam) = (w.id_of("robot").await, w.id_of("admin").await, w.id_of("sam").await);
    let token = ask(&w, "robot", PASSWORD).await.ok()["access_token"].as_str().unwrap().to_owned();
    for id in [robot, ada, sam] {
        let path = format!("/admin/users/{id}");
        let rights = json!({"permissions": ["settings.write"]});
        with(&w, &token, "PATCH", &path, Some(rights)).await.problem(403, "not_allowed");
        let off = json!({"disabled": true});
        assert!([403, 422].contains(&with(&w, &token, "PATCH", &path, Some(off)).await.status));
        for act in ["pin", "pin/mail", "security-code/reset", "resend"] {
            let path = format!("{path}/{act}");
            with(&w, &token, "POST", &path, Some(json!({}))).await.problem(403, "not_allowed");
        }
        let password =
            json!({"password": "a lantern that staff have lit", "password_again": "a lantern that staff have lit"});
        with(&w, &token, "POST", &format!("{path}/reset-password"), Some(password)).await.problem(403, "not_allowed");
    }
    let king = json!({"kind": "administrator", "username": "king", "email": "king@harbour.example"});
    with(&w, &token, "POST", "/admin/users", Some(king)).await.problem(422, "rejected");
}

/// AD-3, BR-6: a program's bulk run reaches members only, however they are chosen.
#[tokio::test]
async fn a_program_writes_to_members_only() {
    let w = World::new().await;
    permit(&w, &["users.write", "contacts.write", "resends.write"]).await;
    let (ada, sam) = (w.id_of("admin").await, w.id_of("sam").await);
    let token = ask(&w, "robot", PASSWORD).await.ok()["access_token"].as_str().unwrap().to_owned();
    let refused = |plan: &Value, who: &str| {
        let skipped = plan["skipped"].as_array().expect("a list");
        skipped.iter().any(|one| one["row"] == who && one["reason"] == "not_found")
    };
    let wishes = [
        (json!({"target": "users", "filter": ""}), ["admin", "sam", "robot"]),
        (json!({"target": "users", "filter": "", "q": "a"}), ["admin", "admin", "admin"]),
        (json!({"target": "users", "list": "admin\nsam\nrobot\nmaria"}), ["admin", "sam", "robot"]),
        (json!({"target": "users", "ids": [ada, sam]}), [ada.as_str(), sam.as_str(), sam.as_str()]),
        (
            json!({"target": "contacts", "list": "admin@harbour.example\nsam@harbour.example\nmaria"}),
            ["admin@harbour.example", "sam@harbour.example", "sam@harbour.example"],
        ),
    ];
    for (wish, nobody) in wishes {
        let plan = with(&w, &token, "POST", "/admin/resends", Some(wish)).await.is(201).json();
        assert!(nobody.into_iter().all(|who| refused(&plan, who)), "{plan}");
    }
}

/// FE-4: a token that is none, or is over, is told so as RFC 6750 says.
#[tokio::test]
async fn a_bad_token_is_told_to_be_one() {
    let w = World::new().await;
    for token in ["nothing", "a.b.c"] {
        let answer = with(&w, token, "GET", "/admin/contacts", None).await;
        answer.problem(401, "signed_out");
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    }
    assert_eq!(w.get("/admin/contacts").await.header("www-authenticate"), "");
}
