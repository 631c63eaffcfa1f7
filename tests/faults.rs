//! Faults: what may fail, and what then holds.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::federated::{linked, there};
use crate::world::{Answer, PASSWORD, World};

async fn set(w: &World, faults: Value) {
    let request = w.request("PUT", "/_local/faults").header("origin", w.origin());
    let answer = w.send(request.json(&faults)).await;
    assert!(answer.status < 300, "{}", answer.text);
}

/// A sample organisation in which Maria has a session.
async fn prepared() -> (World, String) {
    let w = World::new().await;
    let session = w.signed_in("maria").await.value("__Host-session");
    (w, session)
}

/// `GET /session` with the cookie of somebody who signed in before.
async fn check(w: &World, session: &str) -> Answer {
    let browser = w.browser();
    browser.take("__Host-session", session);
    browser.get("/session").await
}

/// The flows that change or ask something, one after the other; all go well.
async fn all_is_well(w: &World, session: &str, when: &str) {
    let answers = [
        ("sign-in", w.sign_in("maria", PASSWORD).await),
        ("session", check(w, session).await),
        ("forgot-username", w.post("/forgot-username", &json!({"email": "paula@partner.example"})).await),
        ("forgot-password", w.post("/forgot-password", &json!({"username": "paula"})).await),
        ("page", w.browser().open("/sign-in").await),
    ];
    for (flow, answer) in answers {
        assert!(answer.status < 300, "{flow}, {when}: {} {}", answer.status, answer.text);
    }
}

/// Once: not seen.
#[tokio::test]
async fn a_database_that_stumbles_once_is_not_noticed() {
    let (w, session) = prepared().await;
    for kind in ["throttled", "failing", "lost_after_commit"] {
        for operation in ["GetItem", "UpdateItem", "PutItem", "BatchWriteItem", "BatchGetItem", "Query"] {
            set(&w, json!([{"service": "dynamodb", "operation": operation, "kind": kind, "times": 1}])).await;
            all_is_well(&w, &session, &format!("{operation} {kind}")).await;
        }
    }
}

/// Once is not seen either just after it was away for a while.
#[tokio::test]
async fn a_database_that_stumbles_after_an_outage_is_not_noticed() {
    let (w, session) = prepared().await;
    set(&w, json!([{"service": "dynamodb", "kind": "failing"}])).await;
    for answer in join_all((0..60).map(|_| check(&w, &session))).await {
        answer.problem(503, "try_again");
    }
    for kind in ["throttled", "failing", "lost_after_commit"] {
        set(&w, json!([{"service": "dynamodb", "kind": kind, "times": 1}])).await;
        check(&w, &session).await.is(200);
    }
}

/// Longer: 503 with Retry-After within the time limit, nothing half done, and well again afterwards.
#[tokio::test]
async fn a_database_that_is_away_is_a_503_and_loses_nothing() {
    let (w, session) = prepared().await;
    for kind in ["throttled", "failing", "hanging"] {
        set(&w, json!([{"service": "dynamodb", "kind": kind}])).await;
        let began = std::time::Instant::now();
        w.sign_in("maria", PASSWORD).await.problem(503, "try_again");
        assert!(began.elapsed().as_secs() < 9, "{kind} took {:?}", began.elapsed());
        check(&w, &session).await.problem(503, "try_again");
        w.post("/forgot-password", &json!({"username": "paula"})).await.problem(503, "try_again");
        set(&w, json!([])).await;
        all_is_well(&w, &session, &format!("after {kind}")).await;
    }
}

/// If the counter can't be written, nobody signs in.
#[tokio::test]
async fn without_the_counter_nobody_signs_in() {
    let w = World::new().await;
    set(&w, json!([{"service": "dynamodb", "operation": "UpdateItem", "kind": "failing"}])).await;
    w.sign_in("maria", PASSWORD).await.problem(503, "try_again");
}

/// LK-1: a right password that meets a fault brings nobody nearer to a lock.
#[tokio::test]
async fn a_fault_after_a_right_password_locks_nobody() {
    let w = World::new().await;
    set(&w, json!([{"service": "dynamodb", "operation": "BatchWriteItem", "kind": "failing"}])).await;
    for _ in 0..6 {
        w.sign_in("finn", PASSWORD).await.problem(503, "try_again");
    }
    set(&w, json!([])).await;
    w.sign_in("finn", PASSWORD).await.ok();
}

/// LK-1: an answer lost after the count is not counted twice.
#[tokio::test]
async fn a_lost_answer_is_not_counted_twice() {
    let w = World::new().await;
    for _ in 0..4 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    let fault = json!([{"service": "dynamodb", "operation": "UpdateItem", "kind": "lost_after_commit", "times": 1}]);
    set(&w, fault).await;
    w.sign_in("maria", PASSWORD).await.ok();
}

/// LK-1: nor is one that others count beside.
#[tokio::test]
async fn a_lost_answer_among_many_is_not_counted_twice() {
    let w = World::new().await;
    let fault = json!([{"service": "dynamodb", "operation": "UpdateItem", "containing": "NAME#maria", "kind": "lost_after_commit", "times": 1}]);
    set(&w, fault).await;
    let guesses = join_all((0..3).map(|_| w.sign_in("maria", "wrong"))).await;
    assert!(guesses.iter().all(|answer| answer.status == 401));
    w.sign_in("maria", "wrong").await.is(401);
    w.sign_in("maria", PASSWORD).await.ok();
}

/// LK-1: nor is a try that is given back, because the fault was ours, given back twice.
#[tokio::test]
async fn a_lost_answer_gives_no_try_back_twice() {
    let w = World::new().await;
    for _ in 0..3 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    let begins = json!({"service": "dynamodb", "operation": "BatchWriteItem", "kind": "failing"});
    let lost = json!({"service": "dynamodb", "operation": "UpdateItem", "table": "LockoutsTable", "after": 1, "times": 1, "kind": "lost_after_commit"});
    set(&w, json!([begins, lost])).await;
    w.sign_in("maria", PASSWORD).await.problem(503, "try_again");
    assert_eq!(w.get("/_local/faults").await.ok().as_array().map(Vec::len), Some(1), "the try was given back");
    set(&w, json!([])).await;
    for _ in 0..2 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.sign_in("maria", PASSWORD).await.problem(401, "sign_in_failed");
}

/// ML-7: a courier who has taken a mail and was not told so sends it all the same, and now.
#[tokio::test]
async fn a_courier_knows_what_it_has_taken() {
    let w = World::new().await;
    set(&w, json!([{"service": "dynamodb", "operation": "UpdateItem", "table": "OutboxTable", "kind": "lost_after_commit", "times": 1}])).await;
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
    assert_eq!(w.get("/_local/faults").await.ok(), json!([]));
}

/// IN-1, ML-5: what an administrator saves, and whose answer is lost, is not called somebody else's work.
#[tokio::test]
async fn what_is_saved_knows_itself_after_a_lost_answer() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let lost: Value = ["PutItem", "DeleteItem", "TransactWriteItems"]
        .map(|operation| json!({"service": "dynamodb", "operation": operation, "table": "SettingsTable", "kind": "lost_after_commit", "times": 1}))
        .into_iter()
        .collect();
    set(&w, lost.clone()).await;
    let made = admin.post("/admin/locations", &json!({"name": "Pier", "email": "pier@harbour.example"})).await;
    let place = format!("/admin/locations/{}", made.is(201).json()["id"].as_str().expect("an id"));
    set(&w, lost.clone()).await;
    admin.call("PUT", &place, &json!({"name": "Quay", "email": "quay@harbour.example"})).await.ok();
    set(&w, json!([])).await;
    assert_eq!(admin.get(&place).await.ok()["name"], "Quay");
    admin.post("/admin/instances", &json!({"id": "members"})).await.is(201);
    for gone in [place.as_str(), "/admin/instances/members"] {
        set(&w, lost.clone()).await;
        admin.call("DELETE", gone, &json!({})).await.is(204);
        set(&w, json!([])).await;
        admin.call("DELETE", gone, &json!({})).await.problem(404, "not_found");
    }
}

/// FE-1: somebody who comes back from a provider, once, is let in although the answer about it was lost.
#[tokio::test]
async fn a_return_from_a_provider_survives_a_lost_answer() {
    let (w, provider) = linked(json!({}), "social").await;
    let browser = w.browser();
    let back = there(&browser, &provider, "").await;
    set(&w, json!([{"service": "dynamodb", "operation": "PutItem", "table": "SessionsTable", "kind": "lost_after_commit", "times": 1}])).await;
    browser.open(&back).await.is(303);
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    let again = w.browser();
    again.open(&back).await;
    assert_eq!(again.who().await, None);
}

/// SI-3, ML-7: the mail that tells of a lock survives a stumble of the mail service.
#[tokio::test]
async fn a_stumble_of_the_mail_service_loses_no_notice() {
    let w = World::new().await;
    set(&w, json!([{"service": "ses", "kind": "throttled", "times": 1}])).await;
    for _ in 0..5 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    w.settle().await;
    w.advance(120).await;
    w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    assert_eq!(w.mail_to("paula@partner.example").await.len(), 1);
}

/// A reset whose answer is lost after the commit knows its own success; a conflict is tried again.
#[tokio::test]
async fn a_reset_survives_a_lost_answer_and_a_conflict() {
    for kind in ["lost_after_commit", "conflict", "throttled", "failing"] {
        let w = World::new().await;
        let token = w.link_for("maria", "maria@members.example").await;
        let fault = json!([{"service": "dynamodb", "operation": "TransactWriteItems", "kind": kind, "times": 1}]);
        set(&w, fault).await;
        w.reset(&token, "a first new password").await.ok();
        w.sign_in("maria", "a first new password").await.ok();
        assert_eq!(w.mail_to("maria@members.example").await.len(), 2, "{kind}");
    }
}

/// RP-3: it knows its success as well when somebody else's transaction is in the way of the next try.
#[tokio::test]
async fn a_reset_survives_a_lost_answer_and_then_a_conflict() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let faults: Value = ["lost_after_commit", "conflict"]
        .map(|kind| json!({"service": "dynamodb", "operation": "TransactWriteItems", "kind": kind, "times": 1}))
        .into_iter()
        .collect();
    set(&w, faults).await;
    w.reset(&token, "a first new password").await.ok();
    w.sign_in("maria", "a first new password").await.ok();
}

/// What is done and whose answer never comes is not said to be undone; who asks again is told how it stands.
#[tokio::test]
async fn an_answer_that_never_comes_is_not_called_undone() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let operation = json!({"service": "dynamodb", "operation": "TransactWriteItems", "kind": "lost_after_commit"});
    set(&w, json!([operation])).await;
    let lost = w.reset(&token, "a first new password").await.problem(503, "try_again");
    assert!(!lost["detail"].as_str().is_some_and(|detail| detail.contains("Nothing was changed")), "{lost}");
    set(&w, json!([])).await;
    w.reset(&token, "a first new password").await.problem(410, "link_dead");
    w.sign_in("maria", "a first new password").await.ok();
}

/// A reset that fails leaves the old state, link and all.
#[tokio::test]
async fn a_reset_that_fails_leaves_everything_as_it_was() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let token = w.link_for("maria", "maria@members.example").await;
    set(&w, json!([{"service": "dynamodb", "operation": "TransactWriteItems", "kind": "conflict"}])).await;
    w.reset(&token, "a first new password").await.problem(503, "try_again");
    set(&w, json!([])).await;
    assert!(browser.who().await.is_some());
    w.sign_in("maria", PASSWORD).await.ok();
    w.reset(&token, "a first new password").await.ok();
}

/// ML-7: a mail service that is down for an hour loses no mail; SES is never called by a request.
#[tokio::test]
async fn mail_waits_for_a_mail_service_that_is_down() {
    for kind in ["throttled", "failing"] {
        let w = World::new().await;
        set(&w, json!([{"service": "ses", "kind": kind}])).await;
        w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
        for _ in 0..12 {
            w.settle().await;
            w.advance(300).await;
            w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
        }
        assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
        set(&w, json!([])).await;
        w.settle().await;
        w.advance(1_801).await;
        w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
        let token = w.token_for("maria@members.example").await;
        assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
        w.reset(&token, "a first new password").await.ok();
    }
}

/// A courier that loses the mail service's answer sends at most one mail more, with the same link.
#[tokio::test]
async fn a_lost_answer_of_the_mail_service_repeats_the_same_link() {
    let w = World::new().await;
    set(&w, json!([{"service": "ses", "kind": "lost_after_commit", "times": 1}])).await;
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    w.settle().await;
    w.advance(120).await;
    w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    let mails = w.mail_to("maria@members.example").await;
    assert_eq!(mails.len(), 2);
    assert_eq!(crate::world::token(&mails[0]), crate::world::token(&mails[1]));
    w.reset(&crate::world::token(&mails[0]), "a first new password").await.ok();
    w.reset(&crate::world::token(&mails[1]), "a second new password").await.problem(410, "link_dead");
}

/// RP-3: a link that was used does not come back when its mail is sent again.
#[tokio::test]
async fn a_mail_sent_again_does_not_revive_a_used_link() {
    let w = World::new().await;
    set(&w, json!([{"service": "ses", "kind": "lost_after_commit", "times": 1}])).await;
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    let token = w.token_for("maria@members.example").await;
    w.reset(&token, "a first new password").await.ok();
    w.advance(120).await;
    w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    w.settle().await;
    w.reset(&token, "a second new password").await.problem(410, "link_dead");
}

/// A mail that the service will never take is given up at once and stops nothing else.
#[tokio::test]
async fn a_rejected_mail_is_given_up() {
    let w = World::new().await;
    set(&w, json!([{"service": "ses", "kind": "refused", "code": "MessageRejected", "times": 1}])).await;
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    w.settle().await;
    w.advance(3_600).await;
    w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
}

/// Secrets Manager away: cold 503, warm on.
#[tokio::test]
async fn without_the_keys_a_cold_start_is_a_503_and_a_warm_one_goes_on() {
    let w = World::new().await;
    set(&w, json!([{"service": "secretsmanager", "kind": "failing"}])).await;
    w.sign_in("maria", PASSWORD).await.problem(503, "try_again");
    set(&w, json!([])).await;
    w.sign_in("maria", PASSWORD).await.ok();
    set(&w, json!([{"service": "secretsmanager", "kind": "failing"}])).await;
    w.advance(3_600).await;
    w.sign_in("maria", PASSWORD).await.ok();
}

/// Every refusal of the fault switch says what to mend.
#[tokio::test]
async fn the_fault_switch_refuses_nonsense() {
    let w = World::new().await;
    for bad in [json!({}), json!([{"service": "mars"}]), json!([{"service": "ses", "kind": "sleepy"}]), json!("x")] {
        let request = w.request("PUT", "/_local/faults").header("origin", w.origin());
        let answer = w.send(request.json(&bad)).await;
        assert!((400..500).contains(&answer.status), "{bad}: {}", answer.text);
    }
    assert_eq!(w.get("/_local/faults").await.ok(), json!([]));
}

/// FU-2, RP-1: an answer that was lost makes no second mail, and neither does somebody else's transaction at the same item make a
/// fault.
#[tokio::test]
async fn a_lost_answer_and_a_conflict_are_not_seen() {
    let w = World::new().await;
    for (kind, mails) in [("lost_after_commit", 1), ("conflict", 2)] {
        set(&w, json!([{"service": "dynamodb", "operation": "PutItem", "kind": kind, "times": 1}])).await;
        w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
        w.settle().await;
        assert_eq!(w.mail_to("maria@members.example").await.len(), mails, "{kind}");
    }
    for operation in ["UpdateItem", "BatchWriteItem", "GetItem"] {
        set(&w, json!([{"service": "dynamodb", "operation": operation, "kind": "conflict", "times": 1}])).await;
        assert_eq!(w.sign_in("maria", PASSWORD).await.ok()["next"], "signed_in", "{operation}");
    }
}
