//! Staff and strangers of the schedules: they act on others while those act themselves.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::dice::Dice;
use super::person::{Person, sane};
use super::truth::{Truth, text};
use crate::world::{Browser, World, temporary_password};

/// What an administrator does to somebody.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Nothing,
    Disable(bool),
    Reset(String),
    Resend,
    EndSessions,
    Address(String),
    BulkResend,
}

impl Edit {
    pub(super) fn drawn(dice: &mut Dice, round: usize, disabled: bool) -> Self {
        if disabled && !dice.one_in(3) {
            return Self::Disable(false);
        }
        match dice.below(9) {
            0 => Self::Disable(true),
            1 | 2 => Self::Reset(format!("they say that it is {round} now")),
            3 => Self::Resend,
            4 => Self::EndSessions,
            5 => Self::Address(format!("moved-{round}@people.example")),
            6 => Self::BulkResend,
            _ => Self::Nothing,
        }
    }

    /// Does it; answers the status.
    pub(super) async fn on(&self, admin: &Browser<'_>, id: &str) -> u16 {
        let path = format!("/admin/users/{id}");
        let answer = match self {
            Self::Nothing => return 0,
            Self::Disable(off) => admin.call("PATCH", &path, &json!({ "disabled": off })).await,
            Self::Reset(new) => {
                let body = json!({"password": new, "password_again": new});
                admin.post(&format!("{path}/reset-password"), &body).await
            }
            Self::Resend => admin.post(&format!("{path}/resend"), &json!({})).await,
            Self::EndSessions => admin.call("DELETE", &format!("{path}/sessions"), &json!({})).await,
            Self::Address(new) => admin.call("PATCH", &path, &json!({ "email": new })).await,
            Self::BulkResend => return bulk(admin).await,
        };
        sane(answer).status
    }

    /// What somebody has to think of it.
    pub(super) fn told(&self, person: &mut Person<'_>, status: u16, sessions_before: usize) {
        let done = (200..300).contains(&status);
        match self {
            Self::Disable(off) => person.disabled = if done { Some(*off) } else { None },
            Self::Reset(new) if done || status == 503 => person.passwords.push(new.clone()),
            _ => {}
        }
        if done && matches!(self, Self::Disable(_) | Self::Reset(_) | Self::EndSessions | Self::Address(_)) {
            let same = matches!(self, Self::Disable(false));
            person.loses_all_but(if same { 0 } else { sessions_before });
        }
    }
}

/// BR-8: a run among all users, as far as it gets.
async fn bulk(admin: &Browser<'_>) -> u16 {
    let plan = sane(admin.post("/admin/resends", &json!({"target": "users", "filter": ""})).await);
    if plan.status == 201 {
        let id = plan.json()["id"].as_str().expect("an id").to_owned();
        sane(admin.post(&format!("/admin/resends/{id}/start"), &json!({})).await);
    }
    plan.status
}

/// Somebody who guesses at names that nobody else touches: their counts never go down.
pub(super) struct Stranger<'a> {
    w: &'a World,
    names: [&'static str; 2],
    /// Guesses that were refused, and those that may have been counted besides.
    guessed: [(u64, u64); 2],
    before: [u64; 2],
}

/// Failures that lock.
const ATTEMPTS: u64 = 5;

impl<'a> Stranger<'a> {
    pub(super) fn new(w: &'a World) -> Self {
        Self { w, names: ["dora", "nobody-there"], guessed: [(0, 0); 2], before: [0; 2] }
    }

    pub(super) async fn guesses(&mut self, which: usize) {
        let name = self.names[which];
        let guesses = join_all((0..2).map(|_| self.w.sign_in(name, "a guess"))).await;
        for answer in guesses {
            let answer = sane(answer);
            assert_ne!(answer.status, 200);
            let (sure, unsure) = &mut self.guessed[which];
            *(if answer.status == 401 { sure } else { unsure }) += 1;
        }
    }

    /// LK-1, LK-2.
    pub(super) fn comes_to_rest(&mut self, truth: &Truth) {
        for (which, name) in self.names.iter().enumerate() {
            let (tries, (sure, unsure)) = (truth.tries(&format!("NAME#{name}")), self.guessed[which]);
            assert!(tries >= self.before[which], "the count of {name} went down to {tries}");
            let (least, most) = (sure.min(ATTEMPTS), (sure + unsure).min(ATTEMPTS));
            assert!(
                least <= tries && tries <= most,
                "{tries} tries of {name}, and {sure} to {} guesses",
                sure + unsure
            );
            self.before[which] = tries;
        }
    }
}

/// Several who want one new account at once.
pub(super) struct Newcomers<'a> {
    w: &'a World,
    round: usize,
    /// A PIN of one use, if they come by one.
    pin: Option<String>,
    accepted: usize,
    unsure: usize,
}

const RACERS: usize = 3;

impl<'a> Newcomers<'a> {
    pub(super) fn new(w: &'a World, round: usize, pin: Option<String>) -> Self {
        Self { w, round, pin, accepted: 0, unsure: 0 }
    }

    fn address(&self, racer: usize) -> String {
        let racer = if self.pin.is_some() { racer } else { 0 };
        format!("rower{}-{racer}@people.example", self.round)
    }

    fn form(&self, racer: usize) -> (&'static str, Value) {
        let email = self.address(racer);
        match &self.pin {
            Some(pin) => {
                let username = format!("rower{}-{racer}", self.round);
                ("/pin-sign-up", json!({"pin": pin, "email": email, "username": username}))
            }
            None => ("/sign-up", json!({"first_name": "Rowan", "last_name": "Rower", "email": email})),
        }
    }

    pub(super) async fn race(&mut self) {
        let forms: Vec<_> = (0..RACERS).map(|racer| self.form(racer)).collect();
        let answers = join_all(forms.iter().map(|(path, form)| self.w.post(path, form))).await;
        for answer in answers {
            match sane(answer).status {
                202 => self.accepted += 1,
                503 => self.unsure += 1,
                _ => {}
            }
        }
    }

    /// SU-3, PN-8: one account came about, at the most; who it is, by what their mail says.
    pub(super) fn comes_to_rest(&self, truth: &Truth, caught: &[Value]) -> Option<Person<'a>> {
        let addresses: Vec<_> = (0..RACERS).map(|racer| self.address(racer)).collect();
        let mut made: Vec<_> =
            truth.users.values().filter(|user| addresses.iter().any(|at| user["email"] == **at)).collect();
        assert!(made.len() <= 1, "{made:?}");
        assert!(self.accepted == 0 || made.len() == 1, "{} were accepted and nobody was made", self.accepted);
        assert!(self.pin.is_none() || self.accepted <= 1, "a PIN of one use let {} in", self.accepted);
        let user = made.pop()?;
        let (id, at) = (user["id"].as_str().expect("an id"), user["email"].as_str().expect("an address"));
        assert_eq!(truth.accounts_at(at), 1, "{at}");
        let first = |mail: &&Value| {
            mail["to"].to_string().contains(at) && text(mail, "text").contains("Your temporary password:")
        };
        let mail = caught.iter().find(first).expect("a first mail");
        let (name, temporary) = temporary_password(mail);
        let mut person = Person::new(self.w, id, &name, at, &temporary);
        person.comes_by_mail();
        Some(person)
    }
}
