//! Random schedules: several people in every flow at once, and staff and strangers in their way, while
//! parts of the machine fail. Then comes a quiet moment, in which all that must hold is looked at.
//!
//! `VESTIBULE_SCHEDULES=1000` runs so many, `VESTIBULE_SEED=7` that one.

mod dice;
mod person;
mod staff;
pub(crate) mod truth;

use futures_util::future::{FutureExt as _, LocalBoxFuture, join_all};
use serde_json::{Value, json};

use crate::mfa::{Owner, now};
use crate::resends::fault;
use crate::world::{Browser, PASSWORD, World};
use dice::Dice;
use person::{Act, Person};
use staff::{Edit, Newcomers, Stranger};
use truth::Truth;

/// Stretches of trouble in one schedule.
const ROUNDS: usize = 4;

/// Schedules of an ordinary run.
const FEW: u64 = 2;

/// Where Paula stands among the people.
const PAULA: usize = 1;

/// How often it is waited for mail that was held up.
const WAITS: usize = 12;

/// Says which schedule it was that failed.
struct Seed(u64);

impl Drop for Seed {
    #[expect(clippy::print_stderr, reason = "a test says which schedule it was that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("VESTIBULE_SEED={} shows it again", self.0);
        }
    }
}

/// The house, and who is about.
struct Hall<'a> {
    w: &'a World,
    admin: Browser<'a>,
    /// Kept for its codes.
    _officer: Owner,
    people: Vec<Person<'a>>,
    stranger: Stranger<'a>,
    round: usize,
}

fn seeds() -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    number("VESTIBULE_SEED")
        .map_or_else(|| (0..number("VESTIBULE_SCHEDULES").unwrap_or(FEW)).collect(), |seed| vec![seed])
}

/// LK-1, LK-2, RP-3, TP-3, PN-8, MF-1, MF-7, MF-10, SE-5, SU-3, SI-5, ML-7, BR-8, AD-6: whoever does what at once, and whatever
/// fails meanwhile.
#[tokio::test]
async fn whatever_fails_meanwhile_what_must_hold_holds() {
    for seed in seeds() {
        let _said = Seed(seed);
        schedule(&mut Dice::new(seed)).await;
    }
}

async fn schedule(dice: &mut Dice) {
    let w = World::with(json!({
        "mfa.scope": "staff",
        "pin.channel": "all",
        "pin.wrong_per_address": 1000,
        "recovery.link_minutes": 1440,
        "recovery.mails_per_address": 1000,
        "session.idle_minutes": 1440,
        "session.absolute_hours": 72,
        "sign_up.create_contact": true,
    }));
    let w = w.await;
    let mut hall = Hall::open(&w).await;
    for _ in 0..ROUNDS {
        let newcomers = hall.trouble(dice).await;
        hall.quiet(newcomers).await;
    }
}

impl<'a> Hall<'a> {
    async fn open(w: &'a World) -> Self {
        let (admin, at_sam) = (w.browser(), w.browser());
        let officer = Owner::enrol(&admin, "admin", "admin@harbour.example").await;
        let sam = Owner::enrol(&at_sam, "sam", "sam@harbour.example").await;
        let mut people = Vec::new();
        for (name, address) in [("maria", "maria@members.example"), ("paula", "paula@partner.example")] {
            people.push(Person::new(w, &w.id_of(name).await, name, address, PASSWORD));
        }
        let session = at_sam.get("/session").await.ok();
        let mut staff =
            Person::new(w, session["user"]["id"].as_str().expect("an id"), "sam", "sam@harbour.example", PASSWORD);
        staff.owner = Some(sam);
        people.push(staff);
        Self { w, admin, _officer: officer, people, stranger: Stranger::new(w), round: 0 }
    }

    /// All at once, while something fails.
    async fn trouble(&mut self, dice: &mut Dice) -> Newcomers<'a> {
        self.round += 1;
        let acts: Vec<Act> = self.people.iter().map(|person| person.chooses(dice)).collect();
        let whom = dice.below(self.people.len());
        let edit = Edit::drawn(dice, self.round, self.people[whom].disabled == Some(true));
        // What was mailed and never used does not outlive the address that it went to; tests of their own say what comes instead.
        let edit = if self.people[whom].must_change && matches!(edit, Edit::Address(_)) { Edit::Nothing } else { edit };
        let by_pin = dice.one_in(2) && self.people[PAULA].disabled == Some(false);
        let pin = if by_pin { Some(self.pin().await) } else { None };
        let mut newcomers = Newcomers::new(self.w, self.round, pin);
        match edit {
            Edit::Nothing => {}
            Edit::BulkResend => self.people.iter_mut().for_each(|person| person.disturbed = true),
            _ => self.people[whom].disturbed = true,
        }
        let (id, sessions, guessed) = (self.people[whom].id.clone(), self.people[whom].sessions(), dice.below(2));
        fault(self.w, dice.weather()).await;
        let mut all: Vec<LocalBoxFuture<'_, u16>> = Vec::new();
        for (person, act) in self.people.iter_mut().zip(acts) {
            all.push(person.does(act).map(|()| 0).boxed_local());
        }
        all.push(self.stranger.guesses(guessed).map(|()| 0).boxed_local());
        all.push(newcomers.race().map(|()| 0).boxed_local());
        all.push(edit.on(&self.admin, &id).boxed_local());
        let status = join_all(all).await.pop().expect("the administrator's");
        fault(self.w, json!([])).await;
        edit.told(&mut self.people[whom], status, sessions);
        newcomers
    }

    /// A PIN of Paula's that one can use.
    async fn pin(&self) -> String {
        let paula = &self.people[PAULA].id;
        let made = self.admin.post(&format!("/admin/users/{paula}/pin"), &json!({"uses": 1})).await;
        made.is(201).json()["pin"].as_str().expect("a PIN").to_owned()
    }

    /// Waits for what was held up, and looks at everything.
    async fn quiet(&mut self, newcomers: Newcomers<'a>) {
        let w = self.w;
        let mut truth = self.rests().await;
        for _ in 0..WAITS {
            if truth.unfinished().is_empty() {
                break;
            }
            w.advance(301).await;
            truth = self.rests().await;
        }
        assert!(truth.unfinished().is_empty(), "{:?}", truth.unfinished());
        let caught: Value = w.get("/_local/mail").await.ok();
        let caught = caught.as_array().expect("a list");
        truth.is_sound(now(w).await);
        truth.mails_are_sound(caught);
        self.stranger.comes_to_rest(&truth);
        let arrived = newcomers.comes_to_rest(&truth, caught);
        join_all(self.people.iter_mut().map(|person| person.comes_to_rest(&truth, caught))).await;
        self.people.extend(arrived);
        let panicked = |letter: &vestibule::DeadLetter| letter.reason.contains("panicked");
        assert!(!w.local.dead_letters().iter().any(panicked), "{:?}", w.local.dead_letters());
        let verified = self.admin.get("/admin/audit/verify").await.ok();
        assert_eq!(verified["first_altered"], Value::Null, "{verified}");
    }

    async fn rests(&self) -> Truth {
        self.w.settle().await;
        for schedule in ["outbox", "audit"] {
            self.w.local.run_schedule(schedule).await.expect("a schedule").expect("it runs");
        }
        self.w.settle().await;
        Truth::of(self.w).await
    }
}
