//! Nobody learns from the time of an answer whether somebody is there (FU-7, RP-9, SI-3).

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::World;

const PAIRS: usize = 300;

async fn time(w: &World, path: &str, body: &Value) -> Duration {
    // What the last one left to be done does not slow this one down.
    w.settle().await;
    let began = Instant::now();
    let status = w.post(path, body).await.status;
    let took = began.elapsed();
    assert!(matches!(status, 202 | 401), "{path}: {status}");
    took
}

/// In how many of a thousand pairs one of the first takes longer than one of the second (Mann and Whitney's U).
fn longer(first: &[Duration], second: &[Duration]) -> usize {
    let wins: usize = first.iter().map(|one| second.iter().filter(|other| one > *other).count()).sum();
    wins * 1_000 / (first.len() * second.len())
}

async fn compare(path: &str, known: Value, unknown: Value) {
    let w = World::with(json!({"lock.attempts": 100})).await;
    for body in [&known, &unknown] {
        time(&w, path, body).await;
    }
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        // In turns, so that whatever else the machine does falls on both alike.
        if pair % 2 == 0 {
            of_known.push(time(&w, path, &known).await);
            of_unknown.push(time(&w, path, &unknown).await);
        } else {
            of_unknown.push(time(&w, path, &unknown).await);
            of_known.push(time(&w, path, &known).await);
        }
    }
    let often = longer(&of_known, &of_unknown);
    assert!((400..=600).contains(&often), "{path}: somebody known takes longer in {often} of a thousand pairs");
}

/// FU-7
#[tokio::test]
async fn forgetting_a_username_takes_as_long_for_nobody() {
    let (known, unknown) = (json!({"email": "maria@members.example"}), json!({"email": "mario@members.example"}));
    compare("/forgot-username", known, unknown).await;
}

/// RP-9
#[tokio::test]
async fn forgetting_a_password_takes_as_long_for_nobody() {
    compare("/forgot-password", json!({"username": "maria"}), json!({"username": "mario"})).await;
}

/// RP-9
#[tokio::test]
async fn resetting_an_account_takes_as_long_for_nobody() {
    let (known, unknown) = (json!({"email": "maria@members.example"}), json!({"email": "mario@members.example"}));
    compare("/reset-account", known, unknown).await;
}

/// TP-5
#[tokio::test]
async fn a_fresh_temporary_password_takes_as_long_for_nobody() {
    compare("/sign-in/temporary", json!({"username": "maria"}), json!({"username": "mario"})).await;
}

/// SI-3
#[tokio::test]
async fn a_refusal_takes_as_long_for_nobody() {
    let known = json!({"username": "maria", "password": "not the password"});
    compare("/sign-in", known, json!({"username": "mario", "password": "not the password"})).await;
}
