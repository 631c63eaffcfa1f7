//! The second factor (MF), and what it means for sessions (SE-3).

use std::sync::Mutex;

use domain::password::Password;
use domain::settings::LockMode;
use domain::user::{Grants, Kind, Person, State};
use domain::username::Username;
use futures_util::future::join_all;
use serde_json::{Value, json};
use service::flow::credentials::{Besides, Set, Whom, reset_password};
use service::flow::enrol::{NewPerson, WayIn, enrol};
use service::store::{Counter, Enrolled, LockRule};

use crate::authenticator::code;
use crate::world::{Answer, Browser, PASSWORD, World, token};

pub(crate) const SAM: &str = "sam@harbour.example";

pub(crate) async fn staff() -> World {
    World::with(json!({"mfa.scope": "staff"})).await
}

pub(crate) async fn now(w: &World) -> i64 {
    let clock = w.get("/_local/clock").await.ok();
    clock["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second()
}

pub(crate) async fn password(browser: &Browser<'_>, username: &str) -> Answer {
    browser.post("/sign-in", &json!({"username": username, "password": PASSWORD, "keep": true})).await
}

pub(crate) async fn submit(browser: &Browser<'_>, code: &str) -> Answer {
    browser.post("/sign-in/security-code", &json!({ "code": code })).await
}

/// Somebody on the staff who has no e-mail address.
pub(crate) async fn without_address(w: &World, username: &str) {
    let app = w.local.app();
    let hash = app.hasher.hash(&Password::parse(PASSWORD).unwrap(), [7; 16]).await.unwrap();
    let new = NewPerson {
        kind: Kind::Staff,
        username: Username::parse(username).ok(),
        person: Person::default(),
        grants: Grants::default(),
        way_in: WayIn::Hash(hash),
        state: State::Active,
    };
    assert_eq!(enrol(app, &new).await.unwrap(), Enrolled::Yes);
}

/// Somebody with an authenticator.
pub(crate) struct Owner {
    secret: String,
    pub(crate) recovery: Vec<String>,
    /// No step is used twice: each code moves the clock on.
    last: Mutex<i64>,
}

impl Owner {
    /// The whole way of MF-5: password, mail, secret, first code.
    pub(crate) async fn enrol(browser: &Browser<'_>, username: &str, address: &str) -> Self {
        let w = browser.world();
        assert_eq!(password(browser, username).await.ok()["next"], "security_code");
        browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
        let link = token(&w.newest_to(address).await);
        let shown = w.post("/security-code/setup", &json!({"token": link})).await.ok();
        let secret = shown["secret"].as_str().unwrap().to_owned();
        let owner = Self { secret, recovery: Vec::new(), last: Mutex::new(0) };
        let answer = submit(browser, &owner.code(w).await).await.ok();
        assert_eq!(answer["next"], "signed_in");
        let codes = answer["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
        Self { recovery: codes.collect(), ..owner }
    }

    /// The next code that was not used yet.
    pub(crate) async fn code(&self, w: &World) -> String {
        let mut at = now(w).await;
        let last = *self.last.lock().unwrap();
        if at.div_euclid(30) <= last {
            w.advance((last + 1) * 30 - at).await;
            at = (last + 1) * 30;
        }
        *self.last.lock().unwrap() = at.div_euclid(30);
        code(&self.secret, at)
    }

    async fn signs_in<'a>(&self, w: &'a World, username: &str) -> Browser<'a> {
        let browser = w.browser();
        assert_eq!(password(&browser, username).await.ok()["next"], "security_code");
        assert_eq!(submit(&browser, &self.code(w).await).await.ok()["next"], "signed_in");
        browser
    }
}

/// MF-1, MF-4, MF-5, MF-6: the whole way, from the password to the first code; the next sign-in asks for one again.
#[tokio::test]
async fn staff_set_up_a_code_and_sign_in_with_it() {
    let w = staff().await;
    let browser = w.browser();
    assert_eq!(password(&browser, "sam").await.ok(), json!({"next": "security_code"}));
    assert!(browser.has("__Host-ticket") && !browser.has("__Host-session"));
    assert_eq!(browser.who().await, None);
    let page = browser.open("/sign-in/security-code").await.is(200);
    assert!(page.text.contains("I don't have a security code") && page.text.contains("one-time-code"), "{}", page.text);
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let mail = w.newest_to(SAM).await;
    let link = token(&mail);
    let page = w.browser().open(&format!("/security-code/setup?token={link}")).await.is(200);
    assert!(page.text.contains("<form") && !page.text.contains("otpauth"), "{}", page.text);
    let shown = w.post("/security-code/setup", &json!({"token": link})).await.ok();
    let (secret, uri) = (shown["secret"].as_str().unwrap(), shown["otpauth_uri"].as_str().unwrap());
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(secret), "{uri}");
    assert!(shown["qr_svg"].as_str().unwrap().starts_with("<svg"), "{shown}");
    let answer = submit(&browser, &code(secret, now(&w).await)).await.ok();
    assert_eq!(answer["next"], "signed_in");
    assert_eq!(answer["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(browser.who().await.as_deref(), Some("sam"));
    assert!(!browser.has("__Host-ticket"));
    assert_eq!(w.newest_to(SAM).await["subject"], "A security code was set up at Harbour Association");
    w.advance(60).await;
    let again = w.browser();
    assert_eq!(password(&again, "sam").await.ok()["next"], "security_code");
    let answer = submit(&again, &code(secret, now(&w).await)).await.ok();
    assert_eq!(answer, json!({"next": "signed_in"}));
    assert_eq!(again.who().await.as_deref(), Some("sam"));
}

/// MF-1, MF-12: whom it doesn't cover is not asked.
#[tokio::test]
async fn only_those_whom_it_covers_are_asked() {
    for (scope, asked) in [
        ("off", vec![]),
        ("administrators", vec!["admin"]),
        ("staff", vec!["admin", "sam"]),
        ("everyone", vec!["admin", "sam", "maria"]),
    ] {
        let w = World::with(json!({"mfa.scope": scope})).await;
        let mut found = Vec::new();
        for username in ["admin", "sam", "maria", "robot"] {
            let next = password(&w.browser(), username).await.ok()["next"].clone();
            found.extend((next == "security_code").then_some(username));
        }
        assert_eq!(found, asked, "{scope}");
    }
}

/// SE-1, SE-3: a member who has shown the code is kept if they want to be.
#[tokio::test]
async fn a_member_behind_a_second_factor_is_kept() {
    let w = World::with(json!({"mfa.scope": "everyone"})).await;
    let maria = Owner::enrol(&w.browser(), "maria", "maria@members.example").await;
    w.advance(60).await;
    for keep in [true, false] {
        let browser = w.browser();
        let credentials = json!({"username": "maria", "password": PASSWORD, "keep": keep});
        browser.post("/sign-in", &credentials).await.ok();
        submit(&browser, &maria.code(&w).await).await.ok();
        assert_eq!(browser.get("/session").await.ok()["remembered"], keep);
        w.advance(31 * 60).await;
        assert_eq!(browser.who().await.is_some(), keep);
    }
}

/// SE-3: staff who are covered are never remembered.
#[tokio::test]
async fn a_session_behind_a_second_factor_is_not_kept() {
    let w = staff().await;
    let browser = w.browser();
    Owner::enrol(&browser, "sam", SAM).await;
    assert_eq!(browser.get("/session").await.ok()["remembered"], false);
    w.advance(31 * 60).await;
    assert_eq!(browser.who().await, None);
}

/// MF-1, SE-3: whoever comes to be covered shows the code from the next request on, remembered or not.
#[tokio::test]
async fn an_older_session_does_not_outlive_the_switch() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let (admin, sam, maria) = (w.signed_in("admin").await, w.browser(), w.browser());
    password(&sam, "sam").await.ok();
    password(&maria, "maria").await.ok();
    assert_eq!(sam.get("/session").await.ok()["remembered"], true);
    admin.settings(&json!({"mfa.scope": "staff"})).await.ok();
    assert_eq!(sam.who().await, None);
    assert_eq!(maria.who().await.as_deref(), Some("maria"));
    admin.get("/admin/settings").await.problem(401, "signed_out");
    sam.get("/account").await.problem(401, "signed_out");
}

/// MF-2: it needs the organisation's address, and whoever would be shut out is named.
#[tokio::test]
async fn turning_it_on_names_who_would_be_shut_out() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for username in ["stella", "steve"] {
        without_address(&w, username).await;
    }
    let set = async |body: Value| admin.settings(&body).await;
    set(json!({"mfa.scope": "sometimes"})).await.problem(422, "rejected");
    let refused = set(json!({"mfa.scope": "staff"})).await.problem(422, "rejected");
    assert_eq!(refused["errors"]["mfa.confirmed_without_email"], json!(["stella", "steve"]));
    assert!(refused["errors"]["mfa.scope"][0].as_str().unwrap().contains("stella, steve"), "{refused}");
    let some = json!({"mfa.scope": "staff", "mfa.confirmed_without_email": ["stella"]});
    let refused = set(some).await.problem(422, "rejected");
    assert_eq!(refused["errors"]["mfa.confirmed_without_email"], json!(["steve"]));
    set(json!({"organisation.email": null, "mfa.scope": "administrators"})).await.problem(422, "rejected");
    set(json!({"mfa.scope": "staff", "mfa.confirmed_without_email": ["steve", "Stella"]})).await.ok();
    admin.get("/account").await.problem(401, "signed_out");
}

/// MF-7: a code works once, in this sign-in or another; none before it works any more.
#[tokio::test]
async fn a_code_works_once() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    let right = sam.code(&w).await;
    let (first, second) = (w.browser(), w.browser());
    password(&first, "sam").await.ok();
    password(&second, "sam").await.ok();
    let older = code(&sam.secret, now(&w).await - 30);
    submit(&first, &right).await.ok();
    submit(&second, &right).await.problem(401, "wrong_code");
    submit(&second, &older).await.problem(401, "wrong_code");
    submit(&first, &right).await.problem(401, "signed_out");
    let spaced = sam.code(&w).await;
    submit(&second, &format!(" {} {} ", &spaced[..3], &spaced[3..])).await.ok();
}

/// MF-7: the same code sent by many at once makes one session.
#[tokio::test]
async fn one_of_many_gets_in_by_one_code() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    w.advance(60).await;
    let mut browsers = Vec::new();
    for _ in 0..4 {
        let browser = w.browser();
        password(&browser, "sam").await.ok();
        browsers.push(browser);
    }
    let right = sam.code(&w).await;
    let answers = join_all(browsers.iter().map(|browser| submit(browser, &right))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

/// MF-7: a hundred wrong codes at once stay within the budget, across sign-ins, and lock; a reset of the password opens.
#[tokio::test]
async fn wrong_codes_lock_like_passwords() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    w.advance(60).await;
    let (one, other) = (w.browser(), w.browser());
    password(&one, "sam").await.ok();
    password(&other, "sam").await.ok();
    let guesses = (0..100).map(|number| {
        let browser = if number % 2 == 0 { &one } else { &other };
        async move { submit(browser, &format!("{number:06}")).await }
    });
    for answer in join_all(guesses).await {
        answer.problem(401, "wrong_code");
    }
    let mails = w.mail_to(SAM).await;
    let locked = mails.iter().filter(|mail| mail["subject"] == "Your account is locked at Harbour Association");
    assert_eq!(locked.count(), 1);
    submit(&one, &sam.code(&w).await).await.problem(401, "wrong_code");
    let third = w.browser();
    password(&third, "sam").await.ok();
    submit(&third, &sam.code(&w).await).await.problem(401, "wrong_code");
    let link = w.link_for("sam", SAM).await;
    w.reset(&link, "another lantern at the pier").await.ok();
    let fresh = w.browser();
    let credentials = json!({"username": "sam", "password": "another lantern at the pier"});
    assert_eq!(fresh.post("/sign-in", &credentials).await.ok()["next"], "security_code");
    submit(&fresh, &sam.code(&w).await).await.ok();
}

/// MF-7, LK-3: a password that came by mail opens what wrong codes have locked three times and no more, as whoever reads the
/// mailbox would never run out of tries. Staff begin anew.
#[tokio::test]
async fn a_mailbox_is_no_supply_of_tries() {
    let w = World::with(json!({"mfa.scope": "staff", "lock.attempts": 2})).await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    let (app, id) = (w.local.app(), w.local.app().store.login("sam").await.unwrap().unwrap().user);
    let rule = LockRule { attempts: 2, mode: LockMode::UntilReset };
    let signs_in = async |password: &str, code: &str| {
        let browser = w.browser();
        let next = browser.post("/sign-in", &json!({"username": "sam", "password": password})).await.ok();
        assert_eq!(next["next"], "security_code");
        submit(&browser, code).await.status == 200
    };
    let mut password = PASSWORD.to_owned();
    for opens in [true, true, true, false] {
        for _ in 0..2 {
            assert!(!signs_in(&password, "000000").await);
        }
        w.advance(3_600).await;
        password = format!("a lantern lit at {}", now(&w).await);
        w.reset(&w.link_for("sam", SAM).await, &password).await.ok();
        let locked = app.store.is_locked(Counter::Code(&id), rule, app.clock.now()).await.unwrap();
        assert_eq!(locked, !opens);
    }
    assert!(!signs_in(&password, &sam.code(&w).await).await);
    let ada = app.store.login("admin").await.unwrap().unwrap().user;
    let ada = app.store.user(&ada).await.unwrap().unwrap();
    let set = "a lantern that staff have lit";
    let new = Password::parse(set).unwrap();
    assert!(matches!(reset_password(app, Whom::User(&id), &new, Besides::default(), &ada).await, Ok(Set::Yes(..))));
    assert!(signs_in(set, &sam.code(&w).await).await);
}

/// MF-7: a ticket that nobody was given costs nobody a try.
#[tokio::test]
async fn a_made_up_ticket_counts_for_nothing() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    let id = w.local.app().store.login("sam").await.unwrap().unwrap().user;
    let stranger = w.browser();
    stranger.take("__Host-ticket", &domain::bearer::Ticket::new(id, [9; 32]).reveal());
    for _ in 0..10 {
        submit(&stranger, "000000").await.problem(401, "signed_out");
    }
    sam.signs_in(&w, "sam").await;
}

/// MF-11: a code for another time is refused, and it is said by how much the clock is off; it does not work later either.
#[tokio::test]
async fn a_clock_that_is_off_is_told() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    w.advance(3_600).await;
    w.begin_stretch(30).await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    let at = now(&w).await;
    let behind = submit(&browser, &code(&sam.secret, at - 300)).await.problem(401, "wrong_code");
    assert_eq!(behind["clock_offset_seconds"], -300);
    let early = code(&sam.secret, at + 300);
    let ahead = submit(&browser, &early).await.problem(401, "wrong_code");
    assert_eq!(ahead["clock_offset_seconds"], 300);
    assert!(ahead["detail"].as_str().unwrap().contains("5 minutes ahead"), "{ahead}");
    let far = submit(&browser, &code(&sam.secret, at + 3_000)).await.problem(401, "wrong_code");
    assert_eq!(far["clock_offset_seconds"], Value::Null);
    w.advance(300).await;
    submit(&browser, &early).await.problem(401, "wrong_code");
}

/// MF-11: of several that are right for later times, shown at once, none works then.
#[tokio::test]
async fn no_code_that_was_refused_works_later() {
    let w = World::with(json!({"mfa.scope": "staff", "lock.attempts": 20})).await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    w.advance(3_600).await;
    w.begin_stretch(30).await;
    let (browser, at) = (w.browser(), now(&w).await);
    password(&browser, "sam").await.ok();
    let early: Vec<String> = (3..8).map(|steps| code(&sam.secret, at + 30 * steps)).collect();
    let answers = join_all(early.iter().map(|code| submit(&browser, code))).await;
    assert!(answers.iter().all(|answer| answer.json()["clock_offset_seconds"].is_number()), "each is told");
    w.advance(90).await;
    for code in &early {
        submit(&browser, code).await.problem(401, "wrong_code");
        w.advance(30).await;
    }
    sam.signs_in(&w, "sam").await;
}

/// MF-1: no route but the code's own takes the ticket.
#[tokio::test]
async fn a_ticket_opens_nothing_but_the_code() {
    let w = staff().await;
    Owner::enrol(&w.browser(), "sam", SAM).await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    for path in ["/session", "/account", "/account/sessions", "/account/security-code", "/admin/settings"] {
        browser.get(path).await.problem(401, "signed_out");
    }
    let new = json!({"new_password": "another lantern at the pier"});
    browser.post("/change-password", &new).await.problem(401, "signed_out");
    let rename = json!({"username": "sammy", "password": PASSWORD});
    browser.call("PUT", "/account/username", &rename).await.problem(401, "signed_out");
    let ticket = browser.value("__Host-ticket");
    browser.take("__Host-session", &ticket);
    browser.get("/session").await.problem(401, "signed_out");
    assert!(browser.has("__Host-ticket"));
}

/// MF-1, PW-6: an expired password is changed behind the code, not before it.
#[tokio::test]
async fn an_expired_password_is_changed_behind_the_code() {
    let w = World::with(json!({"mfa.scope": "staff", "password.expiry_days": 30})).await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    w.advance(90 * 86_400).await;
    let browser = w.browser();
    assert_eq!(password(&browser, "sam").await.ok()["next"], "security_code");
    let new = json!({"new_password": "another lantern at the pier"});
    browser.post("/change-password", &new).await.problem(401, "signed_out");
    let next = submit(&browser, &sam.code(&w).await).await.ok();
    assert_eq!(next, json!({"next": "change_password", "reason": "expired"}));
    assert_eq!(browser.who().await, None);
    assert_eq!(browser.post("/change-password", &new).await.ok()["next"], "signed_in");
    assert_eq!(browser.who().await.as_deref(), Some("sam"));
}

/// SI-2, MF-4: with forms, and back to where somebody wanted to go.
#[tokio::test]
async fn the_forms_lead_through_and_back() {
    let w = staff().await;
    let browser = w.browser();
    let fields = [("username", "sam"), ("password", PASSWORD), ("return_to", "/account/sessions")];
    assert_eq!(browser.submit("/sign-in", &fields).await.leads_to(), "/sign-in/security-code");
    browser.open("/sign-in/setup-mail").await.is(200);
    let sent = browser.submit("/sign-in/setup-mail", &[]).await;
    browser.open(sent.leads_to()).await.is(200);
    let link = w.token_for(SAM).await;
    let page = w.browser().submit("/security-code/setup", &[("token", &link)]).await.is(200);
    assert!(page.text.contains("<svg") && page.text.contains("otpauth://totp/"), "{}", page.text);
    let secret = page.text.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let dead = w.browser().submit("/security-code/setup", &[("token", &link)]).await.is(410);
    assert!(dead.text.contains("href=\"/sign-in\""), "{}", dead.text);
    let wrong = browser.submit("/sign-in/security-code", &[("code", "000000")]).await.is(401);
    assert!(wrong.text.contains("role=\"alert\""), "{}", wrong.text);
    let right = code(&secret, now(&w).await);
    let codes = browser.submit("/sign-in/security-code", &[("code", &right)]).await.is(200);
    assert_eq!(codes.text.matches("<code>").count(), 10);
    assert!(codes.text.contains("href=\"/account/sessions\""), "{}", codes.text);
    w.advance(60).await;
    let again = w.browser();
    again.submit("/sign-in", &fields).await;
    let right = code(&secret, now(&w).await);
    assert_eq!(again.submit("/sign-in/security-code", &[("code", &right)]).await.leads_to(), "/account/sessions");
    let page = again.open("/account/security-code").await.is(200);
    assert!(page.text.contains("10 recovery codes"), "{}", page.text);
    w.advance(60).await;
    let right = code(&secret, now(&w).await);
    let made = again.submit("/account/recovery-codes", &[("password", PASSWORD), ("code", &right)]).await.is(200);
    assert_eq!(made.text.matches("<code>").count(), 10);
    assert_eq!(w.browser().open("/sign-in/security-code").await.leads_to(), "/sign-in");
}
