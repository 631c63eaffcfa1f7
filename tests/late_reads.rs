//! Reads that are behind: every index, and every read that does not ask to be consistent, tells how
//! things were before the last change. No decision is another one for it.

use serde_json::{Value, json};

use crate::mfa::{Owner, staff, submit};
use crate::pins::make;
use crate::world::{Browser, PASSWORD, World, organisation, temporary_password};

const MARIA: &str = "maria@members.example";

/// From here on it is behind.
async fn behind(w: &World) {
    w.local.fall_behind().await.expect("a second database");
}

async fn sample() -> World {
    let w = World::new().await;
    behind(&w).await;
    w
}

async fn patch(admin: &Browser<'_>, id: &str, change: &Value) {
    admin.call("PATCH", &format!("/admin/users/{id}"), change).await.ok();
}

/// The switch does what it says: a list is behind, until time has passed.
#[tokio::test]
async fn lists_are_behind_until_time_has_passed() {
    let w = sample().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    patch(&admin, &maria, &json!({"email": "mary@members.example"})).await;
    let listed = async || admin.get("/admin/users?q=mar").await.ok()["items"][0]["email"].clone();
    assert_eq!(listed().await, MARIA);
    assert_eq!(admin.get(&format!("/admin/users/{maria}")).await.ok()["email"], "mary@members.example");
    w.advance(1).await;
    assert_eq!(listed().await, "mary@members.example");
}

/// LK-1, LK-3: a lock closes at once, and opens at once.
#[tokio::test]
async fn a_lock_is_not_late() {
    let w = sample().await;
    for _ in 0..5 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.sign_in("maria", PASSWORD).await.is(401);
    let token = w.link_for("maria", MARIA).await;
    w.reset(&token, "a first new password").await.ok();
    w.sign_in("maria", "a first new password").await.ok();
}

/// AD-4, SE-5: whoever is switched off has no session, no link, no ticket and no way in; switched on again, the way in alone.
#[tokio::test]
async fn switching_off_is_not_late() {
    let w = sample().await;
    let (admin, browser, maria) = (w.signed_in("admin").await, w.signed_in("maria").await, w.id_of("maria").await);
    let token = w.link_for("maria", MARIA).await;
    patch(&admin, &maria, &json!({"disabled": true})).await;
    assert_eq!(browser.who().await, None);
    w.reset(&token, "a first new password").await.problem(410, "link_dead");
    w.sign_in("maria", PASSWORD).await.is(401);
    patch(&admin, &maria, &json!({"disabled": false})).await;
    assert_eq!(browser.who().await, None);
    w.reset(&token, "a first new password").await.problem(410, "link_dead");
    w.sign_in("maria", PASSWORD).await.ok();
}

/// RP-3, RP-6, SE-5: a link works once and only if it is the newest; the old password and its sessions are over with it.
#[tokio::test]
async fn a_reset_is_not_late() {
    let w = sample().await;
    let browser = w.signed_in("maria").await;
    let older = w.link_for("maria", MARIA).await;
    let newer = w.link_for("maria", MARIA).await;
    w.reset(&older, "a first new password").await.problem(410, "link_dead");
    w.reset(&newer, "a first new password").await.ok();
    w.reset(&newer, "a second new password").await.problem(410, "link_dead");
    assert_eq!(browser.who().await, None);
    w.sign_in("maria", PASSWORD).await.is(401);
    w.sign_in("maria", "a first new password").await.ok();
}

/// AC-1, AC-2, SI-5, SE-4: a new password or name, and the end of a session, are in force at once, here and in every other browser.
#[tokio::test]
async fn ones_own_changes_are_not_late() {
    let w = sample().await;
    let (one, other) = (w.signed_in("maria").await, w.signed_in("maria").await);
    one.post("/change-password", &json!({"old_password": PASSWORD, "new_password": "a first new password"})).await.ok();
    assert_eq!((one.who().await.as_deref(), other.who().await), (Some("maria"), None));
    let change = json!({"username": "mary", "password": "a first new password"});
    one.call("PUT", "/account/username", &change).await.ok();
    w.sign_in("maria", "a first new password").await.is(401);
    let paula = w.signed_in("paula").await;
    let taken = json!({"username": "Mary", "password": PASSWORD});
    paula.call("PUT", "/account/username", &taken).await.problem(409, "username_taken");
    paula.call("PUT", "/account/username", &json!({"username": "maria", "password": PASSWORD})).await.ok();
    let session = one.value("__Host-session");
    one.post("/sign-out", &json!({})).await.is(204);
    let copy = w.browser();
    copy.take("__Host-session", &session);
    assert_eq!(copy.who().await, None);
}

/// AD-4, SI-6: an address that was taken away is nobody's way in any more, and one that was given is.
#[tokio::test]
async fn a_new_address_is_not_late() {
    let w = sample().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    patch(&admin, &maria, &json!({"email": "mary@members.example"})).await;
    w.sign_in(MARIA, PASSWORD).await.is(401);
    w.sign_in("mary@members.example", PASSWORD).await.ok();
    w.post("/reset-account", &json!({"email": MARIA})).await.is(202);
    let told = w.mail_to(MARIA).await;
    assert!(told.iter().all(|mail| !mail["text"].as_str().expect("a text").contains("token=")), "{told:?}");
}

/// AD-3, FE-4: a right that was taken away, a program's or a person's, is gone at once.
#[tokio::test]
async fn a_right_that_was_taken_away_is_not_late() {
    let w = sample().await;
    let admin = w.signed_in("admin").await;
    let got = w.send(w.request("POST", "/token").basic_auth("robot", Some(PASSWORD))).await.ok();
    let asked = async || {
        let request = w.request("GET", "/admin/contacts").bearer_auth(got["access_token"].as_str().expect("a token"));
        w.send(request).await.status
    };
    assert_eq!(asked().await, 200);
    let users = admin.get("/admin/users?q=rob").await.ok();
    let robot = users["items"][0]["id"].as_str().expect("an id");
    patch(&admin, robot, &json!({"permissions": []})).await;
    assert_eq!(asked().await, 403);
    let sam = w.signed_in("sam").await;
    sam.get("/admin/contacts").await.ok();
    patch(&admin, &w.id_of("sam").await, &json!({"kind": "contact"})).await;
    sam.get("/admin/contacts").await.problem(401, "signed_out");
    w.signed_in("sam").await.get("/admin/contacts").await.problem(403, "not_allowed");
}

/// MF-1: a second factor that was switched on is asked for at once, of sessions too.
#[tokio::test]
async fn a_second_factor_is_not_late() {
    let w = sample().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    admin.settings(&json!({"mfa.scope": "staff"})).await.ok();
    assert_eq!((sam.who().await, admin.who().await), (None, None));
    assert_eq!(w.sign_in("sam", PASSWORD).await.ok()["next"], "security_code");
}

/// MF-7, MF-9, MF-10: a code, a recovery code and a set-up link are used once.
#[tokio::test]
async fn codes_are_used_once() {
    let w = staff().await;
    behind(&w).await;
    let browser = w.browser();
    let sam = Owner::enrol(&browser, "sam", "sam@harbour.example").await;
    let at_the_code = async || {
        let browser = w.browser();
        crate::mfa::password(&browser, "sam").await.ok();
        browser
    };
    let code = sam.code(&w).await;
    submit(&at_the_code().await, &code).await.ok();
    submit(&at_the_code().await, &code).await.problem(401, "wrong_code");
    let recovery = json!({"recovery_code": sam.recovery[0]});
    at_the_code().await.post("/sign-in/security-code", &recovery).await.ok();
    at_the_code().await.post("/sign-in/security-code", &recovery).await.problem(401, "wrong_code");
    at_the_code().await.post("/sign-in/setup-mail", &json!({})).await.problem(409, "already_set_up");
}

/// PN-2, PN-8: a PIN of one use lets one in; one that was replaced or withdrawn, nobody.
#[tokio::test]
async fn a_pin_is_not_late() {
    let w = World::with_pins().await;
    behind(&w).await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let enter = async |pin: &str, name: &str| {
        w.post("/pin-sign-up", &json!({"pin": pin, "email": format!("{name}@people.example"), "username": name})).await
    };
    let first = make(&admin, &paula, &json!({"uses": 1})).await;
    enter(&first, "otto").await.is(202);
    enter(&first, "ottilie").await.problem(403, "pin_refused");
    let second = make(&admin, &paula, &json!({})).await;
    enter(&first, "ottilie").await.problem(403, "pin_refused");
    let taken = json!({"pin": second, "email": "other@people.example", "username": "otto"});
    w.post("/pin-sign-up", &taken).await.problem(409, "username_taken");
    admin.call("DELETE", &format!("/admin/users/{paula}/pin"), &json!({})).await.is(204);
    enter(&second, "ottilie").await.problem(403, "pin_refused");
}

/// SU-3, SU-7, TP-3, TP-4: one account to a contact; its temporary password is used once, and a sweep that looks at where it stood
/// before takes nothing away.
#[tokio::test]
async fn a_new_account_is_not_late() {
    let w = sample().await;
    let nora = json!({"first_name": "Nora", "last_name": "Quist", "email": "nora@members.example"});
    w.post("/sign-up", &nora).await.is(202);
    w.post("/sign-up", &nora).await.is(409);
    let mails = w.mail_to("nora@members.example").await;
    let (username, temporary) = temporary_password(mails.last().expect("a first mail"));
    let browser = w.browser();
    w.advance(6 * 86_400).await;
    browser.post("/sign-in", &json!({"username": username, "password": temporary})).await.ok();
    w.local.clock().advance(86_340).expect("a time");
    browser.post("/sign-in", &json!({"username": username, "password": temporary})).await.ok();
    browser.post("/change-password", &json!({"new_password": "a first new password"})).await.ok();
    w.sign_in(&username, &temporary).await.is(401);
    w.local.clock().advance(3_600).expect("a time");
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    w.sign_in(&username, "a first new password").await.ok();
}

/// BR-8, ML-6, ML-7: a sweep that looks at where mail stood before sends none again, and an address whose mail came back gets none.
#[tokio::test]
async fn mail_is_not_late() {
    let w = sample().await;
    w.link_for("maria", MARIA).await;
    w.local.clock().advance(600).expect("a time");
    for _ in 0..2 {
        w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    }
    assert_eq!(w.mail_to(MARIA).await.len(), 1);
}

/// IO-1, SI-5: two who want one username at once are two, and one gets it, whatever an import or an administrator sees of it.
#[tokio::test]
async fn a_claim_is_not_late() {
    let w = World::start(vestibule::Options { settings: organisation(), ..vestibule::Options::default() }).await;
    behind(&w).await;
    let admin = w.signed_in("admin").await;
    let otto = json!({"kind": "contact", "username": "otto", "first_name": "Otto", "last_name": "Oar", "email": "otto@people.example"});
    admin.post("/admin/users", &otto).await.is(201);
    admin.post("/admin/users", &otto).await.problem(409, "username_taken");
    let id = w.local.app().store.login("otto").await.expect("an answer").expect("a login").user;
    admin.call("DELETE", &format!("/admin/users/{id}"), &json!({})).await;
    w.post("/forgot-password", &json!({"username": "otto"})).await.is(202);
    admin.get(&format!("/admin/users/{id}")).await.problem(404, "not_found");
}
