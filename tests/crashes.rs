//! Processes that are killed between any two calls to the database: things are then as they were or as
//! they were to be, and whoever comes again goes on.
//!
//! Each flow is begun again and again, each time killed one call later, until it comes to its end.

mod console;

use serde_json::{Value, json};

use crate::mfa::{Owner, now, submit};
use crate::pins::make;
use crate::resends::fault;
use crate::schedules::truth::Truth;
use crate::world::{Browser, PASSWORD, World, temporary_password};

const MARIA: &str = "maria@members.example";

/// How often it is waited for mail that was held up.
const WAITS: usize = 12;

async fn house() -> (World, Owner, String) {
    let w = World::with(json!({
        "mfa.scope": "staff",
        "pin.channel": "all",
        "pin.wrong_per_address": 1000,
        "session.idle_minutes": 1440,
        "session.absolute_hours": 72,
        "recovery.create_credentials": true,
        "recovery.link_minutes": 1440,
        "recovery.mails_per_address": 1000,
        "sign_up.create_contact": true,
    }));
    let w = w.await;
    let browser = w.browser();
    let owner = Owner::enrol(&browser, "admin", "admin@harbour.example").await;
    let session = browser.value("__Host-session");
    (w, owner, session)
}

fn with_session<'a>(w: &'a World, session: &str) -> Browser<'a> {
    let browser = w.browser();
    browser.take("__Host-session", session);
    browser
}

/// Kills the process of one function, one call later each time.
struct Knife<'a> {
    w: &'a World,
    function: &'static str,
    /// Calls that went well in the next turn.
    calls: u32,
    over: bool,
    /// Whether it is an erasure, which switches somebody off before it is begun and is looked at when it is over.
    erases: bool,
}

impl<'a> Knife<'a> {
    fn new(w: &'a World, function: &'static str) -> Self {
        Self { w, function, calls: 0, over: false, erases: false }
    }

    /// Whether there is another turn: the last one was killed.
    fn has_more(&self) -> bool {
        assert!(self.calls < 40, "{} does not come to an end", self.function);
        assert!(!self.over || self.calls > 1, "nothing was killed");
        !self.over
    }

    /// Does it, killed after so many calls, and looks at what that has left.
    async fn cut<T>(&mut self, act: impl Future<Output = T>) -> T {
        let mut killed = json!({"service": "dynamodb", "function": self.function, "kind": "killed", "times": 1});
        if self.calls > 0 {
            killed["after"] = json!(self.calls);
        }
        fault(self.w, json!([killed])).await;
        let answer = act.await;
        self.over = self.w.get("/_local/faults").await.ok() != json!([]);
        fault(self.w, json!([])).await;
        self.calls += 1;
        if !self.erases {
            let truth = is_sound(self.w).await;
            mails_are_sound(self.w, &truth).await;
        }
        answer
    }
}

async fn at_rest(w: &World) -> Truth {
    w.settle().await;
    for schedule in ["outbox", "audit"] {
        w.local.run_schedule(schedule).await.expect("a schedule").expect("it runs");
    }
    w.settle().await;
    Truth::of(w).await
}

async fn is_sound(w: &World) -> Truth {
    let mut truth = at_rest(w).await;
    for _ in 0..WAITS {
        if truth.unfinished().is_empty() {
            break;
        }
        w.advance(301).await;
        truth = at_rest(w).await;
    }
    assert!(truth.unfinished().is_empty(), "{:?}", truth.unfinished());
    truth.is_sound(now(w).await);
    truth
}

async fn mails_are_sound(w: &World, truth: &Truth) {
    let caught: Value = w.get("/_local/mail").await.ok();
    truth.mails_are_sound(caught.as_array().expect("a list"));
}

async fn enter<'a>(w: &'a World, name: &str, password: &str) -> Browser<'a> {
    let browser = w.browser();
    let answer = browser.post("/sign-in", &json!({"username": name, "password": password})).await.ok();
    assert_eq!(answer["next"], "signed_in");
    browser
}

/// SI-1, LK-1
#[tokio::test]
async fn a_sign_in_right_or_wrong() {
    let (w, ..) = house().await;
    for password in [PASSWORD, "wrong"] {
        let mut knife = Knife::new(&w, "sign-in");
        while knife.has_more() {
            knife.cut(w.sign_in("maria", password)).await;
            assert!(enter(&w, "maria", PASSWORD).await.who().await.is_some());
        }
    }
}

/// SE-4, SE-6: signing out, ending all sessions, and an old token of a remembered session that comes again.
#[tokio::test]
async fn the_end_of_sessions() {
    let (w, ..) = house().await;
    let mut knife = Knife::new(&w, "sign-in");
    while knife.has_more() {
        let browser = enter(&w, "maria", PASSWORD).await;
        let copy = with_session(&w, &browser.value("__Host-session"));
        knife.cut(with_session(&w, &browser.value("__Host-session")).post("/sign-out", &json!({}))).await;
        browser.post("/sign-out", &json!({})).await.is(204);
        assert_eq!(copy.who().await, None);
    }
    let mut knife = Knife::new(&w, "account");
    while knife.has_more() {
        let (one, other) = (enter(&w, "maria", PASSWORD).await, enter(&w, "maria", PASSWORD).await);
        knife.cut(one.call("DELETE", "/account/sessions", &json!({}))).await;
        enter(&w, "maria", PASSWORD).await.call("DELETE", "/account/sessions", &json!({})).await.is(204);
        assert_eq!((one.who().await, other.who().await), (None, None));
    }
}

/// SE-6: an old token that comes again ends all that followed it, and its owner is told, though not in one go.
#[tokio::test]
async fn a_copied_token() {
    let (w, ..) = house().await;
    let mut knife = Knife::new(&w, "sign-in");
    let mut told = 0;
    while knife.has_more() {
        let browser = w.browser();
        browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD, "keep": true})).await.ok();
        let old = browser.value("__Host-session");
        for _ in 0..2 {
            w.advance(600).await;
            assert!(browser.who().await.is_some() && browser.who().await.is_some());
        }
        w.advance(120).await;
        let thief = with_session(&w, &old);
        knife.cut(thief.get("/session")).await;
        assert_eq!(with_session(&w, &old).who().await, None);
        assert_eq!(browser.who().await, None, "killed after {} calls", knife.calls);
        let mails = w.mail_to(MARIA).await.len();
        assert!(mails > told, "the owner is not told: killed after {} calls", knife.calls);
        told = mails;
    }
}

/// RP-1, RP-3, RP-6
#[tokio::test]
async fn a_forgotten_password() {
    let (w, ..) = house().await;
    let mut knife = Knife::new(&w, "reset-password");
    while knife.has_more() {
        knife.cut(w.post("/forgot-password", &json!({"username": "maria"}))).await;
        w.link_for("maria", MARIA).await;
    }
    let mut knife = Knife::new(&w, "reset-password");
    while knife.has_more() {
        let token = w.link_for("maria", MARIA).await;
        let new = format!("row {} boats home", knife.calls);
        knife.cut(w.reset(&token, &new)).await;
        let again = w.reset(&token, &new).await;
        assert!([200, 410].contains(&again.status), "{}", again.text);
        enter(&w, "maria", &new).await;
    }
}

/// FU-3, ML-7: what the courier makes of a request; nobody gets two accounts, and each gets a mail.
#[tokio::test]
async fn the_couriers_work() {
    let (w, _, session) = house().await;
    let mut knife = Knife::new(&w, "courier");
    while knife.has_more() {
        let before = w.mail_to(MARIA).await.len();
        let asked = async {
            w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
            w.settle().await;
        };
        knife.cut(asked).await;
        assert!(w.mail_to(MARIA).await.len() > before);
        let token = w.token_for(MARIA).await;
        w.reset(&token, &format!("row {} boats home", knife.calls)).await.ok();
    }
    let mut knife = Knife::new(&w, "courier");
    let admin = with_session(&w, &session);
    while knife.has_more() {
        let email = format!("crew{}@people.example", knife.calls);
        let contact = json!({"first_name": "Cara", "last_name": "Crew", "email": email});
        admin.post("/admin/contacts", &contact).await.is(201);
        let asked = async {
            w.post("/forgot-username", &json!({ "email": email })).await.is(202);
            w.settle().await;
        };
        knife.cut(asked).await;
        assert!(!w.mail_to(&email).await.is_empty());
        assert_eq!(Truth::of(&w).await.accounts_at(&email), 1);
    }
}

/// AC-1, AC-2
#[tokio::test]
async fn ones_own_password_and_name() {
    let (w, ..) = house().await;
    let mut password = PASSWORD.to_owned();
    let mut knife = Knife::new(&w, "account");
    while knife.has_more() {
        let browser = enter(&w, "maria", &password).await;
        let new = format!("row {} boats home", knife.calls);
        let change = json!({"old_password": password, "new_password": new});
        knife.cut(browser.post("/change-password", &change)).await;
        if w.sign_in("maria", &new).await.status == 401 {
            enter(&w, "maria", &password).await.post("/change-password", &change).await.ok();
        }
        password = new;
    }
    let mut name = "maria".to_owned();
    let mut knife = Knife::new(&w, "account");
    while knife.has_more() {
        let browser = enter(&w, &name, &password).await;
        let new = format!("mary{}", knife.calls);
        let change = json!({"username": new, "password": password});
        knife.cut(browser.call("PUT", "/account/username", &change)).await;
        if w.sign_in(&new, &password).await.status == 401 {
            enter(&w, &name, &password).await.call("PUT", "/account/username", &change).await.ok();
        }
        name = new;
    }
}

/// SU-3, PN-4, PN-8, TP-3: one account, one mail that leads into it, and one use of a PIN.
#[tokio::test]
async fn a_new_account() {
    let (w, _, session) = house().await;
    let mut knife = Knife::new(&w, "sign-up");
    while knife.has_more() {
        let email = format!("rower{}@people.example", knife.calls);
        let form = json!({"first_name": "Rowan", "last_name": "Rower", "email": email});
        knife.cut(w.post("/sign-up", &form)).await;
        w.post("/sign-up", &form).await;
        assert_eq!(at_rest(&w).await.accounts_at(&email), 1);
        first_password(&w, &email).await;
    }
    let (admin, paula) = (with_session(&w, &session), w.id_of("paula").await);
    let mut knife = Knife::new(&w, "pin-sign-up");
    while knife.has_more() {
        let pin = make(&admin, &paula, &json!({"uses": 1})).await;
        let name = format!("otto{}", knife.calls);
        let email = format!("{name}@people.example");
        let form = json!({"pin": pin, "email": email, "username": name});
        knife.cut(w.post("/pin-sign-up", &form)).await;
        w.post("/pin-sign-up", &form).await;
        assert_eq!(at_rest(&w).await.accounts_at(&email), 1);
        let other = json!({"pin": pin, "email": "late@people.example", "username": "late"});
        w.post("/pin-sign-up", &other).await.problem(403, "pin_refused");
        first_password(&w, &email).await;
    }
}

/// From the first mail to a password of one's own.
async fn first_password(w: &World, email: &str) {
    let mails = w.mail_to(email).await;
    let (name, temporary) = temporary_password(mails.last().expect("a first mail"));
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": name, "password": temporary})).await.ok();
    browser.post("/change-password", &json!({"new_password": "an oar of their own"})).await.ok();
    w.sign_in(&name, &temporary).await.is(401);
}

/// TP-3, AD-2: the ticket of a temporary password, or of one that staff have set, is used up with the new password or not at all.
#[tokio::test]
async fn a_password_that_is_due() {
    let (w, _, session) = house().await;
    let (admin, maria) = (with_session(&w, &session), w.id_of("maria").await);
    let mut knife = Knife::new(&w, "account");
    while knife.has_more() {
        let given = format!("staff say {} boats", knife.calls);
        let body = json!({"password": given, "password_again": given});
        admin.post(&format!("/admin/users/{maria}/reset-password"), &body).await.ok();
        let (browser, new) = (w.browser(), json!({"new_password": format!("row {} boats home", knife.calls)}));
        browser.post("/sign-in", &json!({"username": "maria", "password": given})).await.ok();
        knife.cut(browser.post("/change-password", &new)).await;
        let again = w.browser();
        if again.post("/sign-in", &json!({"username": "maria", "password": given})).await.status == 200 {
            again.post("/change-password", &new).await.ok();
        }
        enter(&w, "maria", new["new_password"].as_str().expect("a password")).await;
    }
}

/// MF-5, MF-7, MF-9: a code is used up with the session it begins, and a link for the set-up with the secret it shows.
#[tokio::test]
async fn a_security_code() {
    let (w, owner, session) = house().await;
    let mut knife = Knife::new(&w, "verify-mfa");
    while knife.has_more() {
        let (browser, code) = (at_the_code(&w, "admin").await, owner.code(&w).await);
        knife.cut(submit(&browser, &code)).await;
        let again = at_the_code(&w, "admin").await;
        assert_eq!(submit(&again, &owner.code(&w).await).await.ok()["next"], "signed_in");
    }
    let admin = with_session(&w, &session);
    let sam = admin.get("/admin/users?q=sam").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
    let mut knife = Knife::new(&w, "verify-mfa");
    while knife.has_more() {
        let browser = at_the_code(&w, "sam").await;
        browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
        let link = w.token_for("sam@harbour.example").await;
        knife.cut(w.post("/security-code/setup", &json!({"token": link}))).await;
        Owner::enrol(&w.browser(), "sam", "sam@harbour.example").await;
        admin.post(&format!("/admin/users/{sam}/security-code/reset"), &json!({})).await.is(204);
    }
}

async fn at_the_code<'a>(w: &'a World, name: &str) -> Browser<'a> {
    let browser = w.browser();
    assert_eq!(crate::mfa::password(&browser, name).await.ok()["next"], "security_code");
    browser
}
