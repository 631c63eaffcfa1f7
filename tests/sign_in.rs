//! Signing in (SI) and sessions (SE).

use std::collections::BTreeSet;

use serde_json::json;

use crate::world::{PASSWORD, World};

/// SI-1
#[tokio::test]
async fn a_member_signs_in_with_json() {
    let w = World::new().await;
    let browser = w.browser();
    let answer = browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await;
    assert_eq!(answer.ok(), json!({"next": "signed_in"}));
    let session = browser.get("/session").await.ok();
    assert_eq!(session["user"]["username"], "maria");
    assert_eq!(session["user"]["name"], "Maria Member");
    assert_eq!(session["user"]["kind"], "contact");
    assert_eq!(session["remembered"], false);
    assert_eq!(session["alerts"], json!([]));
    assert!(session["expires_at"].is_string() && session["user"]["id"].is_string());
}

/// SI-1: Paula's rights are told to the services that ask (SE-7).
#[tokio::test]
async fn a_session_says_what_its_user_may_do() {
    let w = World::new().await;
    let user = w.signed_in("paula").await.get("/session").await.ok()["user"].clone();
    assert_eq!(user["permissions"], json!(["orders.read", "orders.write"]));
    assert_eq!(user["profiles"], json!(["buyer"]));
    assert_eq!(user["company_exceptions"], json!(["north-only"]));
}

/// SI-1
#[tokio::test]
async fn a_member_signs_in_with_the_form() {
    let w = World::new().await;
    let browser = w.browser();
    let page = browser.open("/sign-in").await.is(200);
    assert!(page.text.contains("<form") && page.text.contains("action=\"/sign-in\""), "{}", page.text);
    let answer = browser.submit("/sign-in", &[("username", "maria"), ("password", PASSWORD)]).await;
    assert_eq!(answer.leads_to(), "/account");
    let account = browser.open("/account").await.is(200);
    assert!(account.text.contains("Maria Member"), "{}", account.text);
    assert_eq!(browser.open("/sign-in").await.leads_to(), "/account", "SI-7");
}

/// SI-1: a session cookie is for this host, out of reach of scripts, and ends with the browser.
#[tokio::test]
async fn the_session_cookie_is_locked_down() {
    let w = World::new().await;
    let (value, rest) = w.sign_in("maria", PASSWORD).await.cookie("__Host-session").expect("a cookie");
    assert!(value.len() > 60, "{value}");
    let parts: BTreeSet<_> = rest.split(';').map(str::trim).collect();
    assert_eq!(parts, BTreeSet::from(["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]));
}

/// SI-2
#[tokio::test]
async fn after_signing_in_one_is_sent_back_and_nowhere_else() {
    let w = World::with(json!({"sign_in.return_origins": ["https://members.example"]})).await;
    let own = format!("{}/orders?x=1", w.origin());
    let table = [
        ("/orders?x=1", Some("/orders?x=1")),
        (own.as_str(), Some(own.as_str())),
        ("https://members.example/forum", Some("https://members.example/forum")),
        ("//evil.example", None),
        ("https://evil.example/", None),
        ("/\\evil.example", None),
        ("javascript:alert(1)", None),
        ("https://members.example.evil.example/", None),
        ("https://members.example@evil.example/", None),
        ("/\tx", None),
    ];
    for (asked, given) in table {
        let body = json!({"username": "maria", "password": PASSWORD, "return_to": asked});
        let answer = w.post("/sign-in", &body).await.ok();
        assert_eq!(answer["return_to"].as_str(), given, "{asked}");
        let fields = [("username", "maria"), ("password", PASSWORD), ("return_to", asked)];
        let answer = w.browser().submit("/sign-in", &fields).await;
        assert_eq!(answer.leads_to(), given.unwrap_or("/account"), "{asked}");
    }
    let page = w.browser().open("/sign-in?return_to=%2Forders").await.is(200);
    assert!(page.text.contains("value=\"/orders\""), "{}", page.text);
    let page = w.browser().open("/sign-in?return_to=https%3A%2F%2Fevil.example").await.is(200);
    // The way to this same page in the other language says what its address says, and nothing else does.
    let again = "href=\"?return_to=https%3A%2F%2Fevil.example&amp;lang=es\"";
    assert_eq!(page.text.matches(again).count(), 1, "{}", page.text);
    assert!(!page.text.replace(again, "").contains("evil"), "{}", page.text);
}

/// SI-2: whoever opens a secured page is sent to sign in, and back.
#[tokio::test]
async fn a_secured_page_sends_to_sign_in() {
    let w = World::new().await;
    let browser = w.browser();
    assert_eq!(browser.open("/account").await.leads_to(), "/sign-in?return_to=/account");
    browser.get("/account").await.problem(401, "signed_out");
}

/// SI-3: unknown, wrong, locked, disabled: one answer. SI-4: its words are a setting.
#[tokio::test]
async fn every_refusal_answers_the_same() {
    let w = World::with(json!({"sign_in.message": "No entry. Ask the porter."})).await;
    for _ in 0..6 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    let mut answers = BTreeSet::new();
    for (username, password) in [
        ("nobody", PASSWORD),
        ("maria", "wrong"),
        ("paula", PASSWORD),
        ("dora", PASSWORD),
        ("dora", "wrong"),
        ("", ""),
        ("nora", PASSWORD),
        ("family@members.example", PASSWORD),
        ("x\u{0}y", "z"),
    ] {
        let answer = w.sign_in(username, password).await;
        let problem = answer.problem(401, "sign_in_failed");
        assert_eq!(problem["detail"], "No entry. Ask the porter.");
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.insert((answer.text, names));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

/// SI-3: what to do next reaches the owner by mail, once.
#[tokio::test]
async fn whoever_is_locked_or_disabled_hears_of_it_by_mail() {
    let w = World::new().await;
    for _ in 0..8 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    let mails = w.mail_to("paula@partner.example").await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert!(mails[0]["subject"].as_str().unwrap().contains("locked"));
    w.sign_in("dora", "wrong").await.is(401);
    assert_eq!(w.mail_to("dora@members.example").await.len(), 0, "a wrong password is no reason to write");
    for _ in 0..3 {
        w.sign_in("dora", PASSWORD).await.is(401);
    }
    assert_eq!(w.mail_to("dora@members.example").await.len(), 1);
}

/// SI-5
#[tokio::test]
async fn a_username_is_compared_without_case_width_or_form() {
    let w = World::new().await;
    for typed in ["maria", "MARIA", " Maria ", "ｍａｒｉａ", "ＭＡＲＩＡ", "𝓶𝓪𝓻𝓲𝓪"] {
        w.sign_in(typed, PASSWORD).await.is(200);
    }
    for typed in ["mar\u{200b}ia", "mаria", "mar ia", "marıa"] {
        w.sign_in(typed, PASSWORD).await.is(401);
    }
}

/// SI-6: an address that one user has; not one that two have.
#[tokio::test]
async fn an_address_does_in_place_of_the_username_if_one_user_has_it() {
    let w = World::new().await;
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": "Maria@Members.example", "password": PASSWORD})).await.ok();
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    w.sign_in("family@members.example", PASSWORD).await.is(401);
    w.sign_in("nora@members.example", PASSWORD).await.is(401);
}

/// SI-6, LK-1: tries under the address and under the name are counted together.
#[tokio::test]
async fn an_address_is_no_second_set_of_tries() {
    let w = World::new().await;
    for typed in ["maria", "maria@members.example", "MARIA", "Maria@members.example", "maria"] {
        w.sign_in(typed, "wrong").await.is(401);
    }
    w.sign_in("maria@members.example", PASSWORD).await.is(401);
    w.sign_in("maria", PASSWORD).await.is(401);
}

/// SI-7
#[tokio::test]
async fn whoever_is_signed_in_is_sent_on() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    assert_eq!(browser.open("/sign-in?return_to=%2Forders").await.leads_to(), "/orders");
    assert_eq!(browser.open("/sign-in?return_to=%2F%2Fevil.example").await.leads_to(), "/account");
}

/// SI-8
#[tokio::test]
async fn signing_in_ends_the_session_before() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let before = browser.value("__Host-session");
    browser.post("/sign-in", &json!({"username": "paula", "password": PASSWORD})).await.ok();
    assert_eq!(browser.who().await.as_deref(), Some("paula"));
    let thief = w.browser();
    thief.take("__Host-session", &before);
    assert_eq!(thief.who().await, None);
}

/// SI-8, SE-6: what took the place of a remembered session ends with it, wherever it is by now; a copy is told of.
#[tokio::test]
async fn signing_in_ends_what_a_remembered_session_has_become() {
    for waits in [600, 3_600] {
        let w = World::new().await;
        let browser = w.browser();
        let credentials = json!({"username": "maria", "password": PASSWORD, "keep": true});
        browser.post("/sign-in", &credentials).await.ok();
        w.advance(600).await;
        let thief = w.browser();
        thief.take("__Host-session", &browser.value("__Host-session"));
        assert_eq!(thief.who().await.as_deref(), Some("maria"));
        assert_ne!(thief.value("__Host-session"), browser.value("__Host-session"));
        w.advance(waits).await;
        assert_eq!(thief.who().await.as_deref(), Some("maria"));
        browser.post("/sign-in", &credentials).await.ok();
        assert_eq!(thief.who().await, None);
        assert_eq!(browser.who().await.as_deref(), Some("maria"));
        let mail = w.newest_to("maria@members.example").await;
        assert!(mail["subject"].as_str().is_some_and(|said| said.starts_with("An old sign-in of yours")), "{mail}");
    }
}

/// SI-8: a session that a stranger planted is not taken over.
#[tokio::test]
async fn a_planted_session_is_not_taken_over() {
    let w = World::new().await;
    let browser = w.browser();
    let planted = w.signed_in("paula").await.value("__Host-session");
    browser.take("__Host-session", &planted);
    browser.post("/sign-in", &json!({"username": "maria", "password": PASSWORD})).await.ok();
    assert_ne!(browser.value("__Host-session"), planted);
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
}

/// SI-8: a ticket that somebody left behind is nobody's any more once somebody else signs in.
#[tokio::test]
async fn a_ticket_left_behind_ends_with_the_next_sign_in() {
    let w = World::new().await;
    let file = b"kind,username,email\ncontact,tim,tim@people.example\n";
    service::flow::import::import(w.local.app(), file).await.unwrap();
    let given = crate::import::temporary(&w, "tim@people.example").await;
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": "tim", "password": given})).await.ok();
    let ticket = browser.value("__Host-ticket");
    browser.post("/sign-in", &json!({"username": "paula", "password": PASSWORD})).await.ok();
    assert!(!browser.has("__Host-ticket"));
    browser.take("__Host-ticket", &ticket);
    let page = browser.open("/change-password").await.is(200);
    assert!(page.text.contains("old_password") && page.text.contains("paula"), "{}", page.text);
    w.sign_in("tim", &given).await.ok();
}

/// SI-8: choosing a password by a ticket ends the session that the browser held.
#[tokio::test]
async fn a_sign_in_with_a_temporary_password_ends_the_session_before() {
    let w = World::new().await;
    let file = b"kind,username,email\ncontact,tim,tim@people.example\n";
    service::flow::import::import(w.local.app(), file).await.unwrap();
    let given = crate::import::temporary(&w, "tim@people.example").await;
    let browser = w.signed_in("paula").await;
    let before = browser.value("__Host-session");
    browser.post("/sign-in", &json!({"username": "tim", "password": given})).await.ok();
    let thief = w.browser();
    thief.take("__Host-session", &before);
    assert_eq!((browser.who().await, thief.who().await), (None, None));
}

/// SI-2: the form may lead to the origins that one may return to, and to no other.
#[tokio::test]
async fn the_policy_lets_the_form_lead_where_one_may_return() {
    let w = World::with(json!({"sign_in.return_origins": ["https://members.example"]})).await;
    let page = w.browser().open("/sign-in").await.is(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https://members.example;"), "{policy}");
    let other = w.browser().open("/forgot-password").await.is(200);
    assert!(other.header("content-security-policy").contains("form-action 'self';"));
}

/// SE-1
#[tokio::test]
async fn keep_me_logged_in_keeps_for_ninety_days_of_use() {
    let w = World::new().await;
    let browser = w.browser();
    let body = json!({"username": "maria", "password": PASSWORD, "keep": true});
    let answer = browser.post("/sign-in", &body).await.is(200);
    let (_, rest) = answer.cookie("__Host-session").unwrap();
    assert!(rest.contains("Max-Age=7776000"), "{rest}");
    for _ in 0..4 {
        w.advance(20 * 86_400).await;
        assert_eq!(browser.get("/session").await.ok()["remembered"], true);
    }
    w.advance(10 * 86_400 + 60).await;
    assert_eq!(browser.who().await, None);
}

/// SE-2: thirty days without use end a remembered session.
#[tokio::test]
async fn a_remembered_session_ends_when_long_unused() {
    let w = World::new().await;
    let browser = w.browser();
    let fields = [("username", "maria"), ("password", PASSWORD), ("keep", "true")];
    browser.submit("/sign-in", &fields).await.leads_to();
    w.advance(30 * 86_400 - 60).await;
    assert!(browser.who().await.is_some());
    w.advance(30 * 86_400 + 1).await;
    assert_eq!(browser.who().await, None);
}

/// SE-2
#[tokio::test]
async fn a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    for _ in 0..24 {
        w.advance(29 * 60).await;
        assert!(browser.who().await.is_some());
    }
    w.advance(29 * 60).await;
    assert_eq!(browser.who().await, None, "twelve hours are over");
    let browser = w.signed_in("maria").await;
    w.advance(30 * 60 + 1).await;
    assert_eq!(browser.who().await, None);
    w.advance(-40 * 60).await;
    let answer = browser.get("/session").await;
    assert!(matches!(answer.status, 200 | 401), "a clock set back is no fault: {}", answer.text);
}

/// SE-4
#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let token = browser.value("__Host-session");
    browser.post("/sign-out", &json!({})).await.is(204);
    assert!(!browser.has("__Host-session"));
    let thief = w.browser();
    thief.take("__Host-session", &token);
    thief.get("/session").await.problem(401, "signed_out");
    assert_eq!(w.browser().submit("/sign-out", &[]).await.leads_to(), "/sign-in", "nobody is signed in: no fault");
}

/// SE-5: a reset ends every session.
#[tokio::test]
async fn a_new_password_ends_every_session_at_once() {
    let w = World::new().await;
    let (one, two) = (w.signed_in("maria").await, w.signed_in("maria").await);
    let token = w.link_for("maria", "maria@members.example").await;
    w.reset(&token, "a first new password").await.ok();
    assert_eq!((one.who().await, two.who().await), (None, None));
}

/// AC-2, SE-5: changing the password keeps this browser in and no other.
#[tokio::test]
async fn changing_the_password_leaves_this_browser_signed_in() {
    let w = World::new().await;
    let (here, there) = (w.signed_in("maria").await, w.signed_in("maria").await);
    let page = here.open("/change-password").await.is(200);
    assert!(page.text.contains("old_password"), "{}", page.text);
    let body = json!({"old_password": "wrong", "new_password": "a first new password"});
    here.post("/change-password", &body).await.problem(401, "wrong_password");
    let body = json!({"old_password": PASSWORD, "new_password": "a first new password"});
    assert_eq!(here.post("/change-password", &body).await.ok(), json!({"next": "signed_in"}));
    assert_eq!((here.who().await.as_deref(), there.who().await), (Some("maria"), None));
    w.sign_in("maria", PASSWORD).await.is(401);
    w.sign_in("maria", "a first new password").await.ok();
}

/// SE-4: a made-up, cut or foreign cookie is nobody.
#[tokio::test]
async fn no_other_cookie_is_a_session() {
    let w = World::new().await;
    let real = w.signed_in("maria").await.value("__Host-session");
    let (user, _) = real.rsplit_once('.').unwrap();
    let forged = format!("{user}.{}", "A".repeat(43));
    for value in ["", "x", "s.x.y", &real[..real.len() - 1], &forged, &real.replacen("s.", "t.", 1), &"y".repeat(7_000)]
    {
        let browser = w.browser();
        browser.take("__Host-session", value);
        browser.get("/session").await.problem(401, "signed_out");
    }
    let browser = w.browser();
    browser.take("__Host-ticket", &real);
    browser.get("/session").await.problem(401, "signed_out");
}
