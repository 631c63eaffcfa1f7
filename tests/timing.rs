//! Nobody learns from the time of an answer whether somebody is there, nor how they stand (FU-7, RP-9, SI-3).
//!
//! Among other tests a few hundred pairs of known and unknown have to do. By hand, on a machine that does nothing else, every state
//! is held against nobody, and narrowly: `VESTIBULE_PAIRS=2000 cargo test --workspace --test all -- timing --test-threads 1 --nocapture`. What
//! it came to: `infra/decisions/what-the-time-of-an-answer-tells.md`.

use std::time::{Duration, Instant};

use domain::email::Email;
use domain::password::Password;
use domain::settings::LockMode;
use domain::user::{Grants, Kind, Person, State};
use domain::username::Username;
use domain::work::Lane;
use serde_json::{Value, json};
use service::flow::enrol::{NewPerson, WayIn, enrol};
use service::store::{Charge, Counter, Enrolled, LockRule};

use crate::world::World;

/// Pairs among other tests.
const FEW: usize = 300;

/// Tries that one name takes before the next: below the lock, at a hundred.
const TRIES: usize = 80;

/// How somebody stands, held against nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// An account like any other.
    Known,
    /// Locked by wrong passwords.
    Locked,
    /// Switched off.
    Disabled,
    /// A temporary password is on its way.
    Temporary,
    /// The temporary password has ended.
    Expired,
    /// Known to the organisation, without an account.
    Contact,
    /// A program.
    Program,
}

impl Stands {
    const ALL: [Self; 7] =
        [Self::Known, Self::Locked, Self::Disabled, Self::Temporary, Self::Expired, Self::Contact, Self::Program];

    /// The name of one of those who stand so.
    fn name(self, number: usize) -> String {
        format!("{self:?}-{number:03}").to_lowercase()
    }
}

/// How many pairs, and whether by hand.
fn pairs() -> (usize, bool) {
    let asked = std::env::var("VESTIBULE_PAIRS").ok().and_then(|pairs| pairs.parse().ok());
    (asked.unwrap_or(FEW), asked.is_some())
}

/// Makes somebody who stands so.
async fn make(w: &World, stands: Stands, number: usize, hash: &str) {
    let (app, name) = (w.local.app(), stands.name(number));
    let way_in = match stands {
        Stands::Temporary | Stands::Expired | Stands::Contact => WayIn::Temporary(Lane::Now, None),
        _ => WayIn::Hash(hash.to_owned()),
    };
    let new = NewPerson {
        kind: if stands == Stands::Program { Kind::Api } else { Kind::Contact },
        username: Username::parse(&name).ok().filter(|_| stands != Stands::Contact),
        person: Person {
            first_name: "Somebody".to_owned(),
            email: Email::parse(&format!("{name}@members.example")).ok(),
            ..Person::default()
        },
        grants: Grants::default(),
        way_in,
        state: if stands == Stands::Disabled { State::Disabled } else { State::Active },
    };
    assert_eq!(enrol(app, &new).await.expect("a person"), Enrolled::Yes);
    if stands == Stands::Locked {
        let rule = LockRule { attempts: 100, mode: LockMode::UntilReset };
        while app.store.charge(Counter::Name(&name), rule, app.clock.now()).await.expect("a count") != Charge::Locked {}
    }
}

/// A machine with as many of them as the tries need, and nothing that ends the trying early.
async fn world(stands: Stands, pairs: usize) -> World {
    let w = World::with(json!({
        "lock.attempts": 100, "throttle.address_failures": 1_000_000, "recovery.shared_address": "mail",
    }));
    let w = w.await;
    let app = w.local.app();
    let hash = app.hasher.hash(&Password::parse("a lantern nobody lights").expect("a password"), [7; 16]).await;
    let hash = hash.expect("a hash");
    for number in 0..=pairs / TRIES {
        make(&w, stands, number, &hash).await;
    }
    if stands == Stands::Expired {
        w.advance(8 * 86_400).await;
    }
    w
}

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

/// Whether somebody who stands so takes as long as nobody; `body` is what is asked for a name.
#[expect(clippy::print_stdout, reason = "what was measured by hand is told")]
async fn compare(path: &str, stands: Stands, body: impl Fn(&str) -> Value) {
    let (pairs, by_hand) = pairs();
    let w = world(stands, pairs).await;
    let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
    // The first of each name is not counted: for nobody it makes what the others change.
    for number in 0..=pairs / TRIES {
        for name in [stands.name(number), format!("mario-{number:03}")] {
            time(&w, path, &body(&name)).await;
        }
    }
    for pair in 0..pairs {
        let (known, unknown) = (body(&stands.name(pair / TRIES)), body(&format!("mario-{:03}", pair / TRIES)));
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
    if by_hand {
        println!("{path} {stands:?}: {often}");
    }
    let like = if by_hand { 450..=550 } else { 400..=600 };
    assert!(like.contains(&often), "{path}: {stands:?} takes longer than nobody in {often} of a thousand pairs");
}

/// The same for somebody known; by hand, for whoever stands in any other way as well.
async fn each(path: &str, body: impl Fn(&str) -> Value) {
    let (_, by_hand) = pairs();
    for stands in Stands::ALL.into_iter().take(if by_hand { Stands::ALL.len() } else { 1 }) {
        compare(path, stands, &body).await;
    }
}

fn address(name: &str) -> String {
    format!("{name}@members.example")
}

/// FU-7
#[tokio::test]
async fn forgetting_a_username_takes_as_long_for_nobody() {
    each("/forgot-username", |name| json!({"email": address(name)})).await;
}

/// RP-9
#[tokio::test]
async fn forgetting_a_password_takes_as_long_for_nobody() {
    each("/forgot-password", |name| json!({"username": name})).await;
}

/// RP-9: by address, which costs a read more whoever it is; by hand.
#[tokio::test]
async fn forgetting_a_password_takes_as_long_for_an_address_that_nobody_has() {
    if pairs().1 {
        each("/forgot-password", |name| json!({"username": address(name)})).await;
    }
}

/// RP-9
#[tokio::test]
async fn resetting_an_account_takes_as_long_for_nobody() {
    each("/reset-account", |name| json!({"email": address(name)})).await;
}

/// TP-5
#[tokio::test]
async fn a_fresh_temporary_password_takes_as_long_for_nobody() {
    each("/sign-in/temporary", |name| json!({"username": name})).await;
}

/// SI-3
#[tokio::test]
async fn a_refusal_takes_as_long_for_nobody() {
    each("/sign-in", |name| json!({"username": name, "password": "not the password"})).await;
}

/// SI-3, SI-6: by address; by hand.
#[tokio::test]
async fn a_refusal_takes_as_long_for_an_address_that_nobody_has() {
    if pairs().1 {
        each("/sign-in", |name| json!({"username": address(name), "password": "not the password"})).await;
    }
}
