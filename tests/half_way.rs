//! What is broken off half-way: nothing is used up for nothing, nothing counts twice, and the same again does what is left. And what
//! is over stays over, whatever becomes of the clock.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::applications;
use crate::device::How;
use crate::federated::{self, linked, round};
use crate::mfa::{Owner, now};
use crate::passkeys::make;
use crate::resends::fault;
use crate::world::{PASSWORD, World, temporary_password};

fn once(kind: &str, operation: &str, table: &str) -> Value {
    json!([{"service": "dynamodb", "operation": operation, "table": table, "kind": kind, "times": 1}])
}

fn away(operation: &str, table: &str, function: &str) -> Value {
    json!([{"service": "dynamodb", "operation": operation, "table": table, "function": function, "kind": "failing"}])
}

/// SE-7: the code of an application is used up by what comes of it, not by a lost answer or by what fails after it.
#[tokio::test]
async fn an_application_keeps_its_code_until_it_has_a_token() {
    let (w, secret) = applications::world().await;
    let browser = w.signed_in("maria").await;
    let code = applications::code(&browser, &json!({})).await;
    fault(&w, once("lost_after_commit", "UpdateItem", "SessionsTable")).await;
    applications::exchange(&w, &secret, &[("code", &code)]).await.is(200);
    applications::exchange(&w, &secret, &[("code", &code)]).await.is(400);
    let code = applications::code(&browser, &json!({})).await;
    for (operation, table) in [("GetItem", "DirectoryTable"), ("UpdateItem", "SessionsTable")] {
        fault(&w, away(operation, table, "openid-provider")).await;
        applications::exchange(&w, &secret, &[("code", &code)]).await.is(503);
    }
    fault(&w, json!([])).await;
    applications::exchange(&w, &secret, &[("code", &code)]).await.is(200);
}

/// FE-1: a link is not gone before the sessions that came by it are.
#[tokio::test]
async fn a_link_goes_with_its_sessions_or_not_at_all() {
    let (w, provider) = linked(json!({}), "social").await;
    let (intruder, admin) = (w.browser(), w.signed_in("admin").await);
    round(&intruder, &provider, "").await;
    assert_eq!(intruder.who().await.as_deref(), Some("maria"));
    let links = format!("/admin/users/{}/links", w.id_of("maria").await);
    let listed = admin.get(&links).await.ok();
    let link = format!("{links}/{}", listed["items"][0]["id"].as_str().expect("an id"));
    fault(&w, away("Query", "SessionsTable", "admin")).await;
    admin.call("DELETE", &link, &json!({})).await.problem(503, "try_again");
    fault(&w, json!([])).await;
    admin.call("DELETE", &link, &json!({})).await.is(204);
    assert_eq!(intruder.who().await, None);
}

/// MF-10, IO-3, AC-4: a recovery code is not used up by what did not happen.
#[tokio::test]
async fn a_recovery_code_is_not_used_up_for_nothing() {
    let w = World::with(json!({"mfa.scope": "staff"})).await;
    let browser = w.browser();
    let ada = Owner::enrol(&browser, "admin", "admin@harbour.example").await;
    let by = |n: usize| json!({"password": PASSWORD, "recovery_code": ada.recovery[n]});
    fault(&w, away("PutItem", "SessionsTable", "account")).await;
    browser.post("/account/passkeys/options", &by(0)).await.problem(503, "try_again");
    fault(&w, json!([])).await;
    let options = browser.post("/account/passkeys/options", &by(0)).await.ok();
    browser.post("/account/passkeys/options", &by(0)).await.problem(401, "wrong_code");
    assert!(options["challenge"].is_string() || options["publicKey"].is_object(), "{options}");

    make(&browser, "Phone", &by(1)).await;
    let listed = browser.get("/account/passkeys").await.ok();
    let passkey = format!("/account/passkeys/{}", listed["items"][0]["id"].as_str().expect("an id"));
    fault(&w, away("TransactWriteItems", "DirectoryTable", "account")).await;
    browser.call("DELETE", &passkey, &by(2)).await.problem(503, "try_again");
    fault(&w, json!([])).await;
    browser.call("DELETE", &passkey, &by(0)).await.problem(401, "wrong_code");
    assert!(browser.call("DELETE", &passkey, &by(2)).await.status < 300);
    assert_eq!(browser.get("/account/passkeys").await.ok()["items"], json!([]));

    let wish = |n: usize| {
        let mut wish = by(n);
        wish["passphrase"] = "seven herons walk over slate".into();
        wish
    };
    browser.post("/admin/exports", &wish(2)).await.problem(401, "wrong_code");
    fault(&w, away("TransactWriteItems", "OutboxTable", "admin")).await;
    browser.post("/admin/exports", &wish(3)).await.problem(503, "try_again");
    fault(&w, json!([])).await;
    browser.post("/admin/exports", &wish(3)).await.is(200);
    browser.post("/admin/exports", &wish(3)).await.problem(401, "wrong_code");
}

/// FU-6: what is tried again after a fault is counted all the same, once.
#[tokio::test]
async fn a_fault_lifts_no_cap() {
    let w = World::new().await;
    w.begin_stretch(86_400).await;
    fault(&w, away("Query", "NamesTable", "courier")).await;
    for _ in 0..6 {
        w.post("/forgot-username", &json!({"email": "nobody@nowhere.example"})).await.is(202);
    }
    w.settle().await;
    fault(&w, json!([])).await;
    w.advance(3_600).await;
    w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    assert_eq!(w.mail_to("nobody@nowhere.example").await.len(), 3);
}

/// FU-6: nor is a mail lost that was counted and not yet sent when its courier died.
#[tokio::test]
async fn what_was_counted_is_sent() {
    let w = World::new().await;
    w.begin_stretch(86_400).await;
    for sent in 0..3 {
        fault(&w, json!([{"service": "ses", "function": "courier", "kind": "killed", "times": 1}])).await;
        w.post("/forgot-username", &json!({"email": "nobody@nowhere.example"})).await.is(202);
        w.settle().await;
        w.advance(1_800).await;
        w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
        // Killed while it was sent, a mail may go twice.
        let mails = w.mail_to("nobody@nowhere.example").await;
        let which: BTreeSet<&str> = mails.iter().filter_map(|mail| mail["tags"]["mail"].as_str()).collect();
        assert_eq!(which.len(), sent + 1, "{mails:?}");
    }
}

/// SE-6: however often an old token comes at once, and whatever fails meanwhile, its owner is told once.
#[tokio::test]
async fn an_old_token_is_told_of_once() {
    let w = World::new().await;
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD, "keep": true})).await.ok();
    let old = browser.value("__Host-session");
    w.advance(600).await;
    for _ in 0..2 {
        assert!(browser.who().await.is_some());
    }
    w.advance(600).await;
    let ask = || w.send(w.request("GET", "/session").header("cookie", format!("__Host-session={old}")));
    fault(&w, json!([{"service": "dynamodb", "operation": "DeleteItem", "table": "SessionsTable", "kind": "failing"}]))
        .await;
    ask().await.problem(503, "try_again");
    fault(&w, json!([])).await;
    let answers = join_all((0..50).map(|_| ask())).await;
    assert!(answers.iter().all(|answer| answer.status == 401));
    assert_eq!(browser.who().await, None);
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
}

/// SE-2, RP-3: a session or a link that was told to be over stays so though the clock is set back.
#[tokio::test]
async fn what_is_over_stays_over() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let token = browser.value("__Host-session");
    let link = w.link_for("paula", "paula@partner.example").await;
    let at = now(&w).await;
    w.advance(86_400).await;
    browser.get("/session").await.problem(401, "signed_out");
    w.reset(&link, "a first new password").await.problem(410, "link_dead");
    w.advance(at - now(&w).await).await;
    browser.take("__Host-session", &token);
    browser.get("/session").await.problem(401, "signed_out");
    w.reset(&link, "a first new password").await.problem(410, "link_dead");
}

/// FE-1, AD-6: an account elsewhere is linked and unlinked with what is written down of it, or not at all; whoever asks again hears
/// that it is done.
#[tokio::test]
async fn a_link_is_made_with_its_entry_or_not_at_all() {
    let (w, provider) = federated::world(json!({}), "social").await;
    let browser = w.browser();
    assert_eq!(round(&browser, &provider, "").await.leads_to(), "/sign-in/link");
    browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await.ok();
    let admin = federated::operator(&w).await;
    let entries = async |what: &str| {
        let told = admin.get(&format!("/admin/audit?what={what}")).await.ok();
        told["items"].as_array().expect("entries").len()
    };
    fault(&w, away("TransactWriteItems", "DirectoryTable", "federated")).await;
    browser.submit("/sign-in/link", &[]).await.is(503);
    fault(&w, json!([])).await;
    assert_eq!((browser.get("/account/links").await.ok(), entries("account.linked").await), (json!([]), 0));
    let again = w.browser();
    for cookie in ["__Host-session", "__Host-linking"] {
        again.take(cookie, &browser.value(cookie));
    }
    fault(&w, once("lost_after_commit", "TransactWriteItems", "DirectoryTable")).await;
    for asking in [&browser, &again] {
        assert_eq!(asking.submit("/sign-in/link", &[]).await.leads_to(), "/account?link=made");
        assert_eq!(entries("account.linked").await, 1);
    }
    let id = browser.get("/account/links").await.ok()[0]["id"].as_str().expect("an id").to_owned();
    fault(&w, away("TransactWriteItems", "DirectoryTable", "account")).await;
    browser.call("DELETE", &format!("/account/links/{id}"), &json!({})).await.is(503);
    fault(&w, json!([])).await;
    assert_eq!(
        (browser.get("/account/links").await.ok()[0]["id"].as_str(), entries("account.unlinked").await),
        (Some(&*id), 0)
    );
    browser.call("DELETE", &format!("/account/links/{id}"), &json!({})).await.is(204);
    assert_eq!(entries("account.unlinked").await, 1);
}

/// TP-4, PN-8, TP-3: neither a temporary password, a PIN nor a ticket that was told to be over comes back with the clock, though nothing
/// is swept.
#[tokio::test]
async fn what_was_told_to_be_over_stays_over() {
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let (paula, at) = (w.id_of("paula").await, now(&w).await);
    let end = jiff::Timestamp::from_second(at + 3_600).expect("a time").to_string();
    let pin = admin.post(&format!("/admin/users/{paula}/pin"), &json!({"ends_at": end})).await.is(201).json();
    let una = json!({"username": "una", "name": "Una Member", "email": "una@members.example"});
    admin.post("/admin/users", &una).await.is(201);
    let (_, temporary) = temporary_password(&w.newest_to("una@members.example").await);
    let browser = w.browser();
    let sign_in = json!({"username": "una", "password": temporary});
    assert_eq!(browser.post("/sign-in", &sign_in).await.ok()["next"], "change_password");
    let (ticket, at) = (browser.value("__Host-ticket"), now(&w).await);
    // Over from its last second on, and not yet gone from the table.
    for later in [600, 1] {
        w.advance(at + later - now(&w).await).await;
        let browser = w.browser();
        browser.take("__Host-ticket", &ticket);
        browser.post("/change-password", &json!({"new_password": "a first new password"})).await.is(401);
    }
    fault(&w, json!([{"service": "dynamodb", "function": "sweep", "kind": "failing"}])).await;
    for later in [8 * 86_400, 0] {
        w.advance(at + later - now(&w).await).await;
        let pin = json!({"pin": pin["pin"], "email": "lena@people.example", "username": "lena.p"});
        w.post("/pin-sign-up", &pin).await.problem(403, "pin_refused");
        w.sign_in("una", &temporary).await.problem(401, "sign_in_failed");
        w.settle().await;
    }
}

/// MF-13: an answer of a passkey that was taken once is not taken again though the clock is set back.
#[tokio::test]
async fn a_passkeys_answer_is_not_taken_twice() {
    let w = World::new().await;
    let device = make(&w.signed_in("maria").await, "Phone", &json!({"password": PASSWORD})).await;
    device.counter.store(0, std::sync::atomic::Ordering::Relaxed);
    let (browser, at) = (w.browser(), now(&w).await);
    let options = browser.post("/sign-in/passkey/options", &json!({})).await.ok();
    let question = browser.value("__Host-passkey");
    let answer = json!({"credential": device.show(&options, How::at(w.origin()))});
    browser.post("/sign-in/passkey", &answer).await.ok();
    w.advance(86_400).await;
    w.advance(at - now(&w).await).await;
    let thief = w.browser();
    thief.take("__Host-passkey", &question);
    thief.post("/sign-in/passkey", &answer).await.problem(401, "sign_in_failed");
}
