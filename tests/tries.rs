//! Tries are counted before anything is compared, and given back only where nothing was, or where it was right and we failed.

use std::cell::Cell;

use futures_util::future::join_all;
use serde_json::json;

use crate::mfa::{Owner, SAM, password, staff, submit};
use crate::pins::{make, use_pin};
use crate::resends::fault;
use crate::world::{Browser, PASSWORD, World};

/// Tries a name that nobody has, again and again.
async fn flood(w: &World, n: usize, over: &Cell<bool>) {
    while !over.get() {
        w.sign_in(&format!("nobody{n}"), "wrong").await;
    }
}

/// Signs in until it was sent away ten times in a row.
async fn sign_in_until_sent_away(w: &World, username: &str) {
    let mut sent_away = 0;
    while sent_away < 10 {
        let status = w.sign_in(username, PASSWORD).await.status;
        sent_away = if status == 503 { sent_away + 1 } else { 0 };
    }
}

/// Shows the password of a session, along with one that changes nothing, until it was sent away ten times in a row.
async fn prove_until_sent_away(browser: &Browser<'_>) {
    let same = json!({"old_password": PASSWORD, "new_password": PASSWORD});
    let mut sent_away = 0;
    while sent_away < 10 {
        let status = browser.post("/change-password", &same).await.status;
        sent_away = if status == 503 { sent_away + 1 } else { 0 };
    }
}

/// LK-1: whoever is sent away because too many sign in has not tried: their password opens as soon as there is room, and is proof
/// for a change as well.
#[tokio::test]
async fn a_try_that_is_sent_away_is_no_try() {
    let w = World::new().await;
    w.begin_stretch(600).await;
    let (maria, over) = (w.signed_in("maria").await, Cell::new(false));
    let crowd = join_all((0..300).map(|n| flood(&w, n, &over)));
    let tries = async {
        sign_in_until_sent_away(&w, "paula").await;
        prove_until_sent_away(&maria).await;
        over.set(true);
    };
    tokio::join!(crowd, tries);
    w.sign_in("paula", PASSWORD).await.ok();
    let change = json!({"old_password": PASSWORD, "new_password": "quiet-harbour-morning-7"});
    maria.post("/change-password", &change).await.ok();
}

/// MF-7: a sign-in that is over gives back no try that it has not cost.
#[tokio::test]
async fn a_ticket_that_is_over_opens_no_lock() {
    let w = staff().await;
    let owner = Owner::enrol(&w.browser(), "sam", SAM).await;
    let (over, browser) = (w.browser(), w.browser());
    password(&over, "sam").await.ok();
    let ticket = over.value("__Host-ticket");
    over.post("/sign-out", &json!({})).await.is(204);
    password(&browser, "sam").await.ok();
    for _ in 0..5 {
        submit(&browser, "000000").await.problem(401, "wrong_code");
    }
    for _ in 0..6 {
        over.take("__Host-ticket", &ticket);
        submit(&over, "000000").await.problem(401, "signed_out");
    }
    let right = owner.code(&w).await;
    submit(&browser, &right).await.problem(401, "wrong_code");
}

/// LK-1, MF-7: a try that could not be compared with anything is none.
#[tokio::test]
async fn what_is_not_compared_is_no_try() {
    let w = staff().await;
    let owner = Owner::enrol(&w.browser(), "sam", SAM).await;
    let away = |operation: &str, table: &str| json!([{"service": "dynamodb", "operation": operation, "table": table, "kind": "failing"}]);
    fault(&w, away("GetItem", "NamesTable")).await;
    for _ in 0..6 {
        w.sign_in("maria", PASSWORD).await.problem(503, "try_again");
    }
    fault(&w, json!([])).await;
    w.sign_in("maria", PASSWORD).await.ok();
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    fault(&w, away("BatchGetItem", "SessionsTable")).await;
    for _ in 0..6 {
        submit(&browser, &owner.code(&w).await).await.problem(503, "try_again");
    }
    fault(&w, json!([])).await;
    assert_eq!(submit(&browser, &owner.code(&w).await).await.ok()["next"], "signed_in");
}

/// PN-7: nor is a PIN a wrong one where it was not looked at, or the account could not be made.
#[tokio::test]
async fn a_fault_is_no_wrong_pin() {
    let w = World::with(json!({"pin.channel": "all", "pin.wrong_per_address": 3, "pin.wrong_in_all": 10})).await;
    w.begin_stretch(3_600).await;
    let pin = make(&w.signed_in("admin").await, &w.id_of("paula").await, &json!({})).await;
    for operation in ["GetItem", "TransactWriteItems"] {
        let of = json!({"service": "dynamodb", "operation": operation, "function": "pin-sign-up", "table": "DirectoryTable", "kind": "failing"});
        fault(&w, json!([of])).await;
        for _ in 0..3 {
            use_pin(&w, &pin, "otto").await.problem(503, "try_again");
        }
    }
    // The count of what was told, which comes after that of wrong PINs.
    let of = json!({"service": "dynamodb", "operation": "UpdateItem", "function": "pin-sign-up", "table": "LockoutsTable", "kind": "failing"});
    for _ in 0..3 {
        let mut after = of.clone();
        after["after"] = json!(2);
        after["times"] = json!(4);
        fault(&w, json!([after])).await;
        use_pin(&w, &pin, "otto").await.problem(503, "try_again");
    }
    fault(&w, json!([])).await;
    use_pin(&w, &pin, "otto").await.is(202);
    for n in 1..=10 {
        use_pin(&w, "aaaa-aaaa-aaaa-aaaa", "olga").await.problem(403, "pin_refused");
        if n % 3 == 0 {
            w.advance(600).await;
        }
    }
    use_pin(&w, &pin, "olga").await.problem(429, "too_many_requests");
}

/// LK-3: nor does a lost answer use up the one try that a wait has brought.
#[tokio::test]
async fn a_lost_answer_uses_up_no_wait() {
    let w = World::with(json!({"lock.mode": "backoff"})).await;
    for _ in 0..5 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.advance(86_400).await;
    let lost = json!({"service": "dynamodb", "operation": "UpdateItem", "table": "LockoutsTable", "after": 1, "times": 1, "kind": "lost_after_commit"});
    fault(&w, json!([lost])).await;
    w.sign_in("maria", PASSWORD).await.ok();
}
