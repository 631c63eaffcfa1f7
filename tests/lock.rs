//! The lock (LK).

use futures_util::future::join_all;
use serde_json::json;

use crate::world::{PASSWORD, World};

/// LK-1
#[tokio::test]
async fn five_failures_lock_and_success_clears_the_count() {
    let w = World::new().await;
    for _ in 0..3 {
        for _ in 0..4 {
            w.sign_in("maria", "wrong").await.is(401);
        }
        w.sign_in("maria", PASSWORD).await.ok();
    }
    for _ in 0..5 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.sign_in("maria", PASSWORD).await.problem(401, "sign_in_failed");
}

/// LK-1: the number is a setting.
#[tokio::test]
async fn the_number_of_tries_is_a_setting() {
    let w = World::with(json!({"lock.attempts": 2})).await;
    w.sign_in("maria", "wrong").await.is(401);
    w.sign_in("maria", PASSWORD).await.ok();
    for _ in 0..2 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.sign_in("maria", PASSWORD).await.is(401);
}

/// LK-1: under any parallelism. Of a hundred guesses at once, four wrong and the rest right, none gets in after five.
#[tokio::test]
async fn a_hundred_guesses_at_once_are_at_most_five() {
    let w = World::new().await;
    let guesses = join_all((0..100).map(|_| w.sign_in("paula", "wrong"))).await;
    assert!(guesses.iter().all(|answer| answer.status == 401));
    w.sign_in("paula", PASSWORD).await.is(401);
    w.settle().await;
    let noted = crate::audit::refusals(&w).await;
    let compared = noted.iter().filter(|why| *why != "locked").count();
    assert_eq!((compared, noted.len()), (5, 101), "{noted:?}");
}

/// LK-2
#[tokio::test]
async fn unknown_names_count_and_lock_alike() {
    let w = World::new().await;
    for _ in 0..6 {
        w.sign_in("nobody", "wrong").await.problem(401, "sign_in_failed");
    }
    let noted = crate::audit::refusals(&w).await;
    assert_eq!(noted.iter().filter(|why| *why == "now_locked").count(), 1, "{noted:?}");
    assert_eq!(noted.iter().filter(|why| *why == "locked").count(), 1, "{noted:?}");
}

/// LK-2: too many failures from one network address have to wait; headers can't change the address.
#[tokio::test]
async fn a_network_address_that_fails_too_often_has_to_wait() {
    let w = World::with(json!({"throttle.address_failures": 10})).await;
    w.begin_stretch(600).await;
    for n in 0..10 {
        let request = w.request("POST", "/sign-in").header("origin", w.origin());
        let request =
            request.header("x-forwarded-for", format!("192.0.2.{n}")).header("forwarded", format!("for=192.0.2.{n}"));
        let body = json!({"username": format!("nobody{n}"), "password": "x"});
        w.send(request.json(&body)).await.is(401);
    }
    w.sign_in("maria", PASSWORD).await.problem(429, "too_many_requests");
    w.advance(601).await;
    w.sign_in("maria", PASSWORD).await.ok();
}

/// LK-3: a reset unlocks, and nothing else does.
#[tokio::test]
async fn a_reset_unlocks_a_locked_user() {
    let w = World::new().await;
    for _ in 0..6 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    w.advance(30 * 86_400).await;
    w.sign_in("paula", PASSWORD).await.is(401);
    let token = w.link_for("paula", "paula@partner.example").await;
    w.reset(&token, "a first new password").await.ok();
    w.sign_in("paula", "a first new password").await.ok();
}

/// LK-3: a lock that ends by waiting, longer each time; a success forgets it.
#[tokio::test]
async fn a_lock_can_end_by_waiting() {
    let w = World::with(json!({"lock.mode": "backoff"})).await;
    let locked = async || {
        w.sign_in("paula", PASSWORD).await.problem(401, "sign_in_failed");
    };
    for _ in 0..5 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    locked().await;
    w.advance(45).await;
    locked().await;
    w.advance(15).await;
    w.sign_in("paula", "wrong").await.is(401);
    w.advance(105).await;
    locked().await;
    w.advance(15).await;
    w.sign_in("paula", PASSWORD).await.ok();
    for _ in 0..4 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    w.sign_in("paula", PASSWORD).await.ok();
}

/// LK-3: after a wait, one of a hundred tries at once is looked at.
#[tokio::test]
async fn after_a_wait_one_try_is_let_through() {
    let w = World::with(json!({"lock.mode": "backoff"})).await;
    for _ in 0..5 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    w.advance(60).await;
    join_all((0..100).map(|_| w.sign_in("paula", "wrong"))).await;
    w.settle().await;
    let noted = crate::audit::refusals(&w).await;
    assert_eq!(noted.iter().filter(|why| *why != "locked").count(), 6, "{noted:?}");
}

/// LK-4: strangers can't lock a user out of the browser they signed in from before; that browser has its own tries, and no
/// more than others have.
#[tokio::test]
async fn a_known_browser_keeps_its_own_count() {
    let w = World::new().await;
    let (own, other) = (w.signed_in("maria").await, w.browser());
    own.post("/sign-out", &json!({})).await.is(204);
    assert!(own.has("__Host-browser"));
    for _ in 0..6 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    let right = json!({"username": "maria", "password": PASSWORD});
    let wrong = json!({"username": "maria", "password": "wrong"});
    other.post("/sign-in", &right).await.is(401);
    own.post("/sign-in", &right).await.ok();
    other.post("/sign-in", &right).await.is(401);
    for _ in 0..5 {
        own.post("/sign-in", &wrong).await.is(401);
    }
    own.post("/sign-in", &right).await.is(401);
    // A reset opens every browser again.
    let token = w.link_for("maria", "maria@members.example").await;
    w.reset(&token, "a first new password").await.ok();
    own.post("/sign-in", &json!({"username": "maria", "password": "a first new password"})).await.ok();
}

/// LK-4: a browser known for one user is a stranger to another, and a pass can't be made up.
#[tokio::test]
async fn a_browser_is_known_for_its_own_people_only() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    for _ in 0..6 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    maria.post("/sign-in", &json!({"username": "paula", "password": PASSWORD})).await.is(401);
    let forger = w.browser();
    for made_up in ["x", "k1.a.b.c", "~~~"] {
        forger.take("__Host-browser", made_up);
        forger.post("/sign-in", &json!({"username": "paula", "password": PASSWORD})).await.is(401);
    }
}
