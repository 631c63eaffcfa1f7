//! The first sign-in, by a temporary password: what it leads to is a sign-in like any other.

use serde_json::json;

use crate::world::{Browser, PASSWORD, World, temporary_password};

const NADIA: &str = "nadia@members.example";

/// Somebody who was invited, and their temporary password.
async fn invited(w: &World, admin: &Browser<'_>) -> (String, String) {
    let new = json!({"kind": "contact", "username": "nadia", "first_name": "Nadia", "email": NADIA});
    let made = admin.post("/admin/users", &new).await.is(201).json();
    (made["id"].as_str().expect("an id").to_owned(), temporary_password(&w.newest_to(NADIA).await).1)
}

/// AD-6, AD-2: it is written down, and when it was stays known after the session is over.
#[tokio::test]
async fn the_first_sign_in_is_written_down() {
    let w = World::new().await;
    let (admin, browser) = (w.signed_in("admin").await, w.browser());
    let (id, password) = invited(&w, &admin).await;
    let signed = browser.post("/sign-in", &json!({"username": "nadia", "password": password})).await.ok();
    assert_eq!(signed["next"], "change_password");
    browser.post("/change-password", &json!({"new_password": "walnut-ferry-sky-32"})).await.ok();
    browser.post("/sign-out", &json!({})).await.is(204);
    w.advance(61).await;
    w.settle().await;
    let happened = admin.get(&format!("/admin/audit?filter=what:sign_in,on:{id}")).await.ok();
    let exactly = happened["items"].as_array().expect("a list").iter().filter(|entry| entry["what"] == "sign_in");
    assert_eq!(exactly.count(), 1, "{happened}");
    w.advance(120).await;
    w.local.run_schedule("audit").await.expect("a schedule").expect("it runs");
    let user = admin.get(&format!("/admin/users/{id}")).await.ok();
    assert!(user["last_sign_in"].is_string(), "{user}");
}

/// LK-4: the browser is known from then on: strangers lock nobody out of it.
#[tokio::test]
async fn the_browser_of_the_first_sign_in_is_known() {
    let w = World::new().await;
    let (admin, browser) = (w.signed_in("admin").await, w.browser());
    let (_, password) = invited(&w, &admin).await;
    browser.post("/sign-in", &json!({"username": "nadia", "password": password})).await.ok();
    browser.post("/change-password", &json!({"new_password": "walnut-ferry-sky-32"})).await.ok();
    browser.post("/sign-out", &json!({})).await.is(204);
    for _ in 0..6 {
        w.sign_in("nadia", "wrong").await.is(401);
    }
    browser.post("/sign-in", &json!({"username": "nadia", "password": "walnut-ferry-sky-32"})).await.ok();
}

/// SI-3, TP-2, TP-4: whoever types a temporary password that was swept away is told by mail what to do next, as before.
#[tokio::test]
async fn a_temporary_password_that_was_swept_away_is_known() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let (id, password) = invited(&w, &admin).await;
    w.advance(8 * 86_400).await;
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    let admin = w.signed_in("admin").await;
    assert_eq!(admin.get(&format!("/admin/users/{id}")).await.ok()["invitation_expired"], true);
    let before = w.mail_to(NADIA).await.len();
    w.sign_in("nadia", &password).await.problem(401, "sign_in_failed");
    assert_eq!(w.mail_to(NADIA).await.len(), before + 1);
    w.reset(&w.token_for(NADIA).await, "walnut-ferry-sky-32").await.ok();
    w.sign_in("nadia", &password).await.problem(401, "sign_in_failed");
    w.sign_in("nadia", "walnut-ferry-sky-32").await.ok();
}

/// SI-3, AD-6, LK-1: a wrong password of somebody who is signed in is written down, and whoever locks their account by it is told.
#[tokio::test]
async fn a_wrong_old_password_is_a_refusal() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let signed_in = w.signed_in("maria").await;
    let stranger = w.browser();
    stranger.take("__Host-session", &signed_in.value("__Host-session"));
    let change = json!({"old_password": "wrong", "new_password": "walnut-ferry-sky-32"});
    for _ in 0..5 {
        stranger.post("/change-password", &change).await.problem(401, "wrong_password");
    }
    let mails = w.mail_to("maria@members.example").await;
    assert!(mails.iter().any(|mail| mail["subject"] == "Your account is locked at Harbour Association"), "{mails:?}");
    let happened = admin.get(&format!("/admin/audit?filter=what:sign_in.refused,on:{maria}")).await.ok();
    assert!(happened["items"].as_array().is_some_and(|items| items.len() >= 4), "{happened}");
    w.sign_in("maria", PASSWORD).await.is(401);
}
