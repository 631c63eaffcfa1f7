//! Passkeys (MF-13, AC-4): made, shown after the password or in its place, counted, removed.

use std::sync::atomic::Ordering;

use domain::settings::{MfaScope, Settings};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::device::{Device, How};
use crate::mfa::{Owner, SAM, password, staff};
use crate::world::{Answer, Browser, PASSWORD, World};

const OPTIONS: &str = "/account/passkeys/options";
const PASSKEYS: &str = "/account/passkeys";
const ASK: &str = "/sign-in/passkey/options";
const SHOW: &str = "/sign-in/passkey";
const MARIA: &str = "maria@members.example";

fn proof() -> Value {
    json!({"password": PASSWORD})
}

/// Makes a passkey for whoever is signed in.
pub(crate) async fn make(browser: &Browser<'_>, name: &str, proof: &Value) -> Device {
    let device = Device::new();
    let options = browser.post(OPTIONS, proof).await.ok();
    let credential = device.make(&options, How::at(browser.world().origin()));
    browser.post(PASSKEYS, &json!({"name": name, "credential": credential})).await.is(201);
    device
}

/// Asks for a passkey and answers with this one.
pub(crate) async fn show(browser: &Browser<'_>, device: &Device) -> Answer {
    let options = browser.post(ASK, &json!({})).await.ok();
    let credential = device.show(&options, How::at(browser.world().origin()));
    browser.post(SHOW, &json!({ "credential": credential })).await
}

async fn listed(browser: &Browser<'_>) -> Vec<Value> {
    browser.get(PASSKEYS).await.ok()["items"].as_array().unwrap().clone()
}

/// The subjects of the mails to an address.
async fn subjects(w: &World, address: &str) -> Vec<String> {
    w.mail_to(address).await.iter().map(|mail| mail["subject"].as_str().unwrap().to_owned()).collect()
}

/// MF-13, AC-4, SE-5
#[tokio::test]
async fn a_passkey_is_made_with_fresh_proof_and_ends_every_other_session() {
    let w = World::new().await;
    let (maria, elsewhere) = (w.signed_in("maria").await, w.signed_in("maria").await);
    maria.post(OPTIONS, &json!({"password": "not this"})).await.problem(401, "wrong_password");
    w.browser().post(OPTIONS, &proof()).await.problem(401, "signed_out");
    make(&maria, " My phone ", &proof()).await;
    let rows = listed(&maria).await;
    assert_eq!((rows.len(), &rows[0]["name"], &rows[0]["last_used_at"]), (1, &json!("My phone"), &Value::Null));
    assert_eq!((maria.who().await.as_deref(), elsewhere.who().await), (Some("maria"), None));
    assert!(subjects(&w, MARIA).await.iter().any(|subject| subject.contains("A passkey was added")));
    let page = maria.open(PASSKEYS).await.is(200).text;
    assert!(page.contains("My phone") && page.contains("<noscript>") && page.contains("hidden disabled"), "{page}");
}

/// MF-13
#[tokio::test]
async fn a_question_for_a_new_passkey_is_answered_once_in_time_and_in_its_session() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    let how = How::at(w.origin());
    let (device, options) = (Device::new(), maria.post(OPTIONS, &proof()).await.ok());
    let made = json!({"name": "Phone", "credential": device.make(&options, how)});
    let other = w.signed_in("maria").await;
    other.post(PASSKEYS, &made).await.problem(409, "passkey_refused");
    w.signed_in("paula").await.post(PASSKEYS, &made).await.problem(409, "passkey_refused");
    for wrong in [
        How { origin: "https://evil.example", ..how },
        How { house: Some("evil.example"), ..how },
        How { verified: false, ..how },
    ] {
        let made = json!({"name": "Phone", "credential": device.make(&options, wrong)});
        maria.post(PASSKEYS, &made).await.problem(409, "passkey_refused");
    }
    maria.post(PASSKEYS, &json!({"name": "", "credential": {}})).await.problem(422, "rejected");
    maria.post(PASSKEYS, &json!({"name": "x", "credential": {"id": []}})).await.problem(409, "passkey_refused");
    maria.post(PASSKEYS, &made).await.is(201);
    maria.post(PASSKEYS, &made).await.problem(409, "passkey_refused");
    let late = maria.post(OPTIONS, &proof()).await.ok();
    w.advance(300).await;
    let made = json!({"name": "Late", "credential": Device::new().make(&late, how)});
    maria.post(PASSKEYS, &made).await.problem(409, "passkey_refused");
    assert_eq!(listed(&maria).await.len(), 1);
}

/// MF-13: a credential is one person's, and one of ten at the most.
#[tokio::test]
async fn a_credential_belongs_to_one_person_and_ten_are_enough() {
    let w = World::new().await;
    let (maria, paula) = (w.signed_in("maria").await, w.signed_in("paula").await);
    let device = make(&maria, "Phone", &proof()).await;
    let options = paula.post(OPTIONS, &proof()).await.ok();
    let stolen = json!({"name": "Phone", "credential": device.make(&options, How::at(w.origin()))});
    paula.post(PASSKEYS, &stolen).await.problem(409, "passkey_refused");
    for number in 2..=10 {
        make(&maria, &format!("Phone {number}"), &proof()).await;
    }
    maria.post(OPTIONS, &proof()).await.problem(409, "too_many_passkeys");
    assert_eq!(listed(&maria).await.len(), 10);
}

/// MF-13, SI-8, AD-6
#[tokio::test]
async fn a_passkey_signs_in_without_a_password() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    let browser = w.signed_in("paula").await;
    let before = browser.value("__Host-session");
    let answer = show(&browser, &device).await;
    assert_eq!(answer.ok(), json!({"next": "signed_in"}));
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    let paula = w.browser();
    paula.take("__Host-session", &before);
    assert_eq!(paula.who().await, None);
    assert!(listed(&browser).await[0]["last_used_at"].is_string());
    let entries = w.signed_in("admin").await.get("/admin/audit").await.text;
    assert!(entries.contains("passkey"), "{entries}");
}

/// MF-13, SE-1
#[tokio::test]
async fn a_passkey_remembers_and_leads_where_somebody_wanted_to_go() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    let browser = w.browser();
    let options = browser.post(ASK, &json!({})).await.ok();
    let credential = device.show(&options, How::at(w.origin()));
    let body = json!({"credential": credential, "keep": true, "return_to": "/account/sessions"});
    let answer = browser.post(SHOW, &body).await;
    let (_, rest) = answer.cookie("__Host-session").unwrap();
    assert!(rest.contains("Max-Age="), "{rest}");
    assert_eq!(answer.ok()["return_to"], "/account/sessions");
}

/// MF-13, SI-3: whatever is wrong with it, the answer is the same.
#[tokio::test]
async fn a_passkey_that_is_not_right_opens_nothing() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    let device = make(&maria, "Phone", &proof()).await;
    let how = How::at(w.origin());
    let browser = w.browser();
    let refused = |answer: Answer| answer.problem(401, "sign_in_failed")["detail"].clone();
    let mut told = vec![refused(browser.sign_in_by(&Device::new(), how).await)];
    for wrong in [
        How { origin: "https://evil.example", ..how },
        How { house: Some("evil.example"), ..how },
        How { verified: false, ..how },
    ] {
        told.push(refused(browser.sign_in_by(&device, wrong).await));
        show(&browser, &device).await.ok();
        browser.post("/sign-out", &json!({})).await.is(204);
    }
    told.push(refused(browser.post(SHOW, &json!({"credential": {}})).await));
    let (other, options) = (w.browser(), browser.post(ASK, &json!({})).await.ok());
    other.post(ASK, &json!({})).await.ok();
    let elsewhere = json!({"credential": device.show(&options, how)});
    told.push(refused(other.post(SHOW, &elsewhere).await));
    w.advance(300).await;
    told.push(refused(browser.post(SHOW, &elsewhere).await));
    assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    assert_eq!(browser.who().await, None);
}

impl Browser<'_> {
    async fn sign_in_by(&self, device: &Device, how: How<'_>) -> Answer {
        let options = self.post(ASK, &json!({})).await.ok();
        self.post(SHOW, &json!({"credential": device.show(&options, how)})).await
    }
}

/// MF-13: of fifty that answer one question with one answer, one gets in; none afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_has_one_winner() {
    let w = World::with(json!({"lock.attempts": 100, "throttle.address_failures": 1_000})).await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    let browser = w.browser();
    let options = browser.post(ASK, &json!({})).await.ok();
    let question = browser.value("__Host-passkey");
    let answer = json!({"credential": device.show(&options, How::at(w.origin()))});
    let browsers: Vec<_> = (0..50).map(|_| w.browser()).collect();
    let all = browsers.iter().map(|browser| {
        browser.take("__Host-passkey", &question);
        browser.post(SHOW, &answer)
    });
    let statuses: Vec<u16> = join_all(all).await.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401 | 503)), "{statuses:?}");
    browser.post(SHOW, &answer).await.problem(401, "sign_in_failed");
}

/// MF-13: a passkey without a counter leaves one winner as well.
#[tokio::test]
async fn an_answer_never_counts_twice() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    device.counter.store(u32::MAX, Ordering::Relaxed); // the next is 0: it counts nothing
    let browser = w.browser();
    let options = browser.post(ASK, &json!({})).await.ok();
    let question = browser.value("__Host-passkey");
    let answer = json!({"credential": device.show(&options, How::at(w.origin()))});
    browser.post(SHOW, &answer).await.ok();
    browser.take("__Host-passkey", &question);
    browser.post(SHOW, &answer).await.problem(401, "sign_in_failed");
}

/// MF-13: a counter that goes back means that there may be a copy; it is refused and told.
#[tokio::test]
async fn a_copied_passkey_is_refused_and_its_owner_told() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    device.counter.store(9, Ordering::Relaxed);
    show(&w.browser(), &device).await.ok();
    device.counter.store(3, Ordering::Relaxed);
    show(&w.browser(), &device).await.problem(401, "sign_in_failed");
    assert!(subjects(&w, MARIA).await.iter().any(|subject| subject.contains("may have been copied")));
    device.counter.store(10, Ordering::Relaxed);
    show(&w.browser(), &device).await.ok();
}

/// MF-13, AC-4, SE-5
#[tokio::test]
async fn a_removed_passkey_opens_nothing() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    let device = make(&maria, "Phone", &proof()).await;
    let elsewhere = w.signed_in("maria").await;
    let here = format!("{PASSKEYS}/{}", listed(&maria).await[0]["id"].as_str().unwrap());
    maria.call("DELETE", &here, &json!({"password": "not this"})).await.problem(401, "wrong_password");
    w.signed_in("paula").await.call("DELETE", &here, &proof()).await.problem(404, "not_found");
    maria.call("DELETE", &here, &proof()).await.is(204);
    assert_eq!((maria.who().await.as_deref(), elsewhere.who().await), (Some("maria"), None));
    maria.call("DELETE", &here, &proof()).await.problem(404, "not_found");
    show(&w.browser(), &device).await.problem(401, "sign_in_failed");
    assert!(listed(&maria).await.is_empty());
    assert!(subjects(&w, MARIA).await.iter().any(|subject| subject.contains("A passkey was removed")));
}

/// MF-13, OP-6: taking one away needs no script.
#[tokio::test]
async fn a_passkey_is_removed_by_a_form() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    make(&maria, "Phone", &proof()).await;
    let form = format!("{PASSKEYS}/{}/remove", listed(&maria).await[0]["id"].as_str().unwrap());
    let page = maria.submit(&form, &[("name", ""), ("password", "not this")]).await.is(401).text;
    assert!(page.contains("Phone"), "{page}");
    assert_eq!(maria.submit(&form, &[("name", ""), ("password", PASSWORD)]).await.leads_to(), PASSKEYS);
    assert!(listed(&maria).await.is_empty());
}

/// MF-13, MF-1, SE-3: after the password; and whoever is covered is never remembered.
#[tokio::test]
async fn a_passkey_is_a_second_factor() {
    let w = staff().await;
    let browser = w.browser();
    let owner = Owner::enrol(&browser, "sam", SAM).await;
    browser.post(OPTIONS, &proof()).await.problem(401, "wrong_code");
    let code = owner.code(&w).await;
    let device = make(&browser, "Key", &json!({"password": PASSWORD, "code": code})).await;
    let again = json!({"password": PASSWORD, "code": code});
    browser.post(OPTIONS, &again).await.problem(401, "wrong_code");
    let next = w.browser();
    assert_eq!(password(&next, "sam").await.ok()["next"], "security_code");
    let answer = show(&next, &device).await;
    let (_, rest) = answer.cookie("__Host-session").unwrap();
    assert!(!rest.contains("Max-Age"), "{rest}");
    assert_eq!(answer.ok(), json!({"next": "signed_in"}));
    assert_eq!(next.who().await.as_deref(), Some("sam"));
    assert!(!next.has("__Host-ticket"));
    let alone = w.browser();
    let options = alone.post(ASK, &json!({})).await.ok();
    let body = json!({"credential": device.show(&options, How::at(w.origin())), "keep": true});
    let answer = alone.post(SHOW, &body).await.is(200);
    assert!(!answer.cookie("__Host-session").unwrap().1.contains("Max-Age"));
    assert_eq!(alone.who().await.as_deref(), Some("sam"));
}

/// MF-13, MF-9: the mailbox is no way round a passkey that is the only second factor.
#[tokio::test]
async fn a_passkey_alone_serves_and_no_mail_goes_round_it() {
    let w = World::new().await;
    let sam = w.signed_in("sam").await;
    let (device, others) =
        (make(&sam, "Key", &proof()).await, make(&w.signed_in("maria").await, "Key", &proof()).await);
    let now = w.local.app().settings().await.unwrap();
    w.local.app().save_settings(&Settings { mfa_scope: MfaScope::Staff, ..(*now).clone() }).await.unwrap();
    w.advance(60).await;
    let browser = w.browser();
    assert_eq!(password(&browser, "sam").await.ok()["next"], "security_code");
    browser.post("/sign-in/setup-mail", &json!({})).await.problem(409, "already_set_up");
    show(&browser, &others).await.problem(401, "wrong_passkey");
    show(&browser, &device).await.ok();
    assert_eq!(browser.who().await.as_deref(), Some("sam"));
}

/// MF-13, AC-5, MF-9: whose second factor is a passkey shows it again for what would take it away, or join it: who has a session and
/// the password has neither.
#[tokio::test]
async fn a_passkey_that_is_the_second_factor_is_shown_again() {
    let w = World::new().await;
    let device = make(&w.signed_in("sam").await, "Key", &proof()).await;
    let now = w.local.app().settings().await.unwrap();
    w.local.app().save_settings(&Settings { mfa_scope: MfaScope::Staff, ..(*now).clone() }).await.unwrap();
    w.advance(60).await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    show(&browser, &device).await.ok();
    let (path, stale) = (format!("{PASSKEYS}/{}", listed(&browser).await[0]["id"].as_str().unwrap()), "sign_in_again");
    w.advance(601).await;
    // Nor does a session that takes the place of this one stand for it.
    browser.call("PUT", "/account/username", &json!({"username": "Sam", "password": PASSWORD})).await.ok();
    browser.call("DELETE", &path, &proof()).await.problem(403, stale);
    browser.post(OPTIONS, &proof()).await.problem(403, stale);
    browser.post(OPTIONS, &json!({"password": "not this"})).await.problem(401, "wrong_password");
    browser.post("/sign-out", &json!({})).await.is(204);
    password(&browser, "sam").await.ok();
    show(&browser, &device).await.ok();
    browser.call("DELETE", &path, &proof()).await.is(204);
}

/// MF-7, MF-13: wrong tries are counted with wrong codes, and lock.
#[tokio::test]
async fn wrong_passkeys_lock_as_wrong_codes_do() {
    let w = staff().await;
    let browser = w.browser();
    let owner = Owner::enrol(&browser, "sam", SAM).await;
    let code = owner.code(&w).await;
    let device = make(&browser, "Key", &json!({"password": PASSWORD, "code": code})).await;
    let next = w.browser();
    password(&next, "sam").await.ok();
    let wrong = How { verified: false, ..How::at(w.origin()) };
    for _ in 0..5 {
        next.sign_in_by(&device, wrong).await.problem(401, "wrong_passkey");
    }
    show(&next, &device).await.problem(401, "wrong_passkey");
    show(&w.browser(), &device).await.problem(401, "sign_in_failed");
}

/// MF-13, LK-3, PW-6: what holds for a sign-in with a password holds here.
#[tokio::test]
async fn the_rules_of_sign_in_hold_for_passkeys() {
    let w = World::with(json!({"password.expiry_days": 30})).await;
    let maria = w.signed_in("maria").await;
    let device = make(&maria, "Phone", &proof()).await;
    for _ in 0..5 {
        w.sign_in("maria", "not this").await.is(401);
    }
    show(&w.browser(), &device).await.problem(401, "sign_in_failed");
    let token = w.link_for("maria", MARIA).await;
    w.reset(&token, "a brand new harbour lantern").await.ok();
    let browser = w.browser();
    assert_eq!(show(&browser, &device).await.ok()["next"], "signed_in");
    w.advance(31 * 86_400).await;
    let due = w.browser();
    let answer = show(&due, &device).await.ok();
    assert_eq!((&answer["next"], &answer["reason"]), (&json!("change_password"), &json!("expired")));
    assert_eq!(due.who().await, None);
    let changed = due.post("/change-password", &json!({"new_password": "another bright harbour lantern"})).await;
    assert_eq!(changed.ok()["next"], "signed_in");
}

/// MF-13, SI-3
#[tokio::test]
async fn a_disabled_user_has_no_way_in_by_passkey() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    let (id, admin) = (w.id_of("maria").await, w.signed_in("admin").await);
    let user = admin.get(&format!("/admin/users/{id}")).await.ok();
    assert_eq!((&user["passkeys"], &user["mfa"]), (&json!(1), &json!(true)));
    let told = admin.call("PATCH", &format!("/admin/users/{id}"), &json!({"disabled": true})).await;
    told.is(200);
    show(&w.browser(), &device).await.problem(401, "sign_in_failed");
}

/// MF-13, MF-9: an administrator takes them all away; a new password leaves them.
#[tokio::test]
async fn an_administrator_resets_passkeys_and_a_reset_password_does_not() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &proof()).await;
    let token = w.link_for("maria", MARIA).await;
    w.reset(&token, "a brand new harbour lantern").await.ok();
    show(&w.browser(), &device).await.ok();
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": "maria", "password": "a brand new harbour lantern"})).await.ok();
    let id = browser.get("/session").await.ok()["user"]["id"].as_str().unwrap().to_owned();
    let admin = w.signed_in("admin").await;
    admin.post(&format!("/admin/users/{id}/security-code/reset"), &json!({})).await.is(204);
    assert_eq!(browser.who().await, None);
    show(&w.browser(), &device).await.problem(401, "sign_in_failed");
    assert_eq!(admin.get(&format!("/admin/users/{id}")).await.ok()["passkeys"], 0);
}
