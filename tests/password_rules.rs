//! What passwords must be, how long they last, and which never come back (PW).

use serde_json::{Value, json};

use crate::world::{Browser, PASSWORD, World};

const DAY: i64 = 86_400;

async fn change(browser: &Browser<'_>, old: &str, new: &str) -> u16 {
    browser.post("/change-password", &json!({"old_password": old, "new_password": new})).await.status
}

fn alerts(session: &Value) -> Vec<&str> {
    session["alerts"].as_array().unwrap().iter().map(|alert| alert["code"].as_str().unwrap()).collect()
}

/// PW-3: the organisation's own words, with the numbers filled in.
#[tokio::test]
async fn the_requirements_are_told_in_the_organisations_words() {
    let text = "At least {0} letters, {1} of them odd. <b>{2}</b>";
    let settings = json!({"password.requirements_text": text, "password.length": 15, "password.symbols": 2});
    let w = World::with(settings).await;
    for page in [w.browser().open("/reset?token=x").await, w.signed_in("maria").await.open("/change-password").await] {
        assert!(page.text.contains("At least 15 letters, 2 of them odd. &lt;b&gt;{2}&lt;/b&gt;"), "{}", page.text);
    }
}

/// PW-2: what others call a person, and where they work, is no password either.
#[tokio::test]
async fn a_nickname_or_a_company_is_no_password() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let said = json!({"nickname": "Marigoldina", "company": "Lighthouse Lamps"});
    admin.call("PATCH", &format!("/admin/users/{maria}"), &said).await.ok();
    let browser = w.signed_in("maria").await;
    for made_of_them in ["marigoldina 2027", "Lighthouse-Lamps 1"] {
        assert_eq!(change(&browser, PASSWORD, made_of_them).await, 422, "{made_of_them}");
    }
    assert_eq!(change(&browser, PASSWORD, "a first new password").await, 200);
}

/// PW-4, PW-6: an expired password leads to choosing a new one and to nothing else, to the second.
#[tokio::test]
async fn an_expired_password_leads_to_a_new_one_and_nowhere_else() {
    let w = World::with(json!({"password.expiry_days": 30, "session.absolute_hours": 72})).await;
    let browser = w.signed_in("maria").await;
    w.advance(60).await;
    assert_eq!(change(&browser, PASSWORD, "a first new password").await, 200);
    let credentials = json!({"username": "maria", "password": "a first new password"});
    w.advance(30 * DAY - 1).await;
    w.browser().post("/sign-in", &credentials).await.ok();
    w.advance(1).await;
    let late = w.browser();
    assert_eq!(late.post("/sign-in", &credentials).await.ok(), json!({"next": "change_password", "reason": "expired"}));
    assert_eq!(late.who().await, None);
    late.get("/account").await.problem(401, "signed_out");
    let page = late.open("/change-password").await.is(200);
    assert!(page.text.contains("come to the end of its time"), "{}", page.text);
    late.post("/change-password", &json!({"new_password": "a second new password"})).await.ok();
    assert_eq!(late.who().await.as_deref(), Some("maria"));
    let fields = [("username", "maria"), ("password", "a second new password")];
    assert_eq!(w.browser().submit("/sign-in", &fields).await.leads_to(), "/account");
}

/// PW-4: never, unless somebody says so; and programs' don't.
#[tokio::test]
async fn a_password_lasts_for_ever_by_default() {
    let w = World::new().await;
    w.advance(3_650 * DAY).await;
    assert_eq!(w.sign_in("maria", PASSWORD).await.ok()["next"], "signed_in");
    let expiring = World::with(json!({"password.expiry_days": 30})).await;
    expiring.advance(400 * DAY).await;
    assert_eq!(expiring.sign_in("robot", PASSWORD).await.ok()["next"], "signed_in");
    assert_eq!(expiring.sign_in("maria", PASSWORD).await.ok()["next"], "change_password");
}

/// PW-5: an alert in time, for programs and on the page.
#[tokio::test]
async fn whoever_has_to_change_soon_is_told() {
    let w = World::with(json!({"password.expiry_days": 30, "password.warn_days": 10})).await;
    let browser = w.signed_in("maria").await;
    w.advance(60).await;
    assert_eq!(change(&browser, PASSWORD, "a first new password").await, 200);
    let credentials = json!({"username": "maria", "password": "a first new password"});
    w.advance(20 * DAY - 10).await;
    browser.post("/sign-in", &credentials).await.ok();
    assert!(alerts(&browser.get("/session").await.ok()).is_empty());
    assert!(!browser.open("/account").await.text.contains("Change your password now"));
    w.advance(10).await;
    let session = browser.get("/session").await.ok();
    assert_eq!(alerts(&session), ["password_expires_soon"]);
    assert!(session["alerts"][0]["at"].is_string(), "{session}");
    let page = browser.open("/account").await.is(200);
    assert!(page.text.contains("expires in 9 days") && page.text.contains("Change your password now"), "{}", page.text);
}

/// PW-5: staff are told wherever they work, with the way to change it.
#[tokio::test]
async fn staff_are_told_in_the_console() {
    let w = World::with(json!({"password.expiry_days": 30, "password.warn_days": 10})).await;
    let admin = w.signed_in("admin").await;
    w.advance(60).await;
    assert_eq!(change(&admin, PASSWORD, "a first new password").await, 200);
    assert!(!admin.open("/admin").await.is(200).text.contains("Change your password now"));
    w.advance(20 * DAY).await;
    let credentials = json!({"username": "admin", "password": "a first new password"});
    admin.post("/sign-in", &credentials).await.ok();
    for path in ["/admin", "/admin/users"] {
        let page = admin.open(path).await.is(200);
        assert!(page.text.contains("expires in 9 days"), "{}", page.text);
        assert!(page.text.contains("href=\"/change-password\""), "{}", page.text);
    }
}

/// PW-7, RP-5: the last four can't come back, by change or by reset; the fifth can.
#[tokio::test]
async fn the_last_passwords_do_not_come_back() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let all: Vec<String> =
        ["first", "second", "third", "fourth", "fifth"].map(|n| format!("the {n} new password")).into();
    let mut old = PASSWORD;
    for new in &all {
        assert_eq!(change(&browser, old, PASSWORD).await, 422, "after {old}");
        assert_eq!(change(&browser, old, new).await, 200);
        old = new;
    }
    for used in &all {
        assert_eq!(change(&browser, old, used).await, 422, "{used}");
        let token = w.link_for("maria", "maria@members.example").await;
        let refused = w.reset(&token, used).await.problem(422, "rejected");
        assert!(refused["errors"]["password"].is_array(), "{refused}");
    }
    assert_eq!(change(&browser, old, PASSWORD).await, 200, "the fifth before");
}

/// PW-7: how many is a setting.
#[tokio::test]
async fn how_many_passwords_are_remembered_is_a_setting() {
    let w = World::with(json!({"password.history": 0})).await;
    let browser = w.signed_in("maria").await;
    assert_eq!(change(&browser, PASSWORD, PASSWORD).await, 422, "the present one never");
    assert_eq!(change(&browser, PASSWORD, "a first new password").await, 200);
    assert_eq!(change(&browser, "a first new password", PASSWORD).await, 200);
}

/// PW-8: when expiry is switched on, old passwords end one after the other, none before the warning has had its time, and
/// the forecast said so.
#[tokio::test]
async fn switching_expiry_on_spreads_the_first_round() {
    let w = World::new().await;
    w.advance(400 * DAY).await;
    let admin = w.signed_in("admin").await;
    let forecast = admin.get("/admin/settings/password-forecast?expiry_days=90").await.ok();
    assert_eq!(forecast["days"].as_array().unwrap().len(), 76);
    assert!(forecast["most_on_one_day"].as_f64().unwrap() < 0.02, "{forecast}");
    admin.get("/admin/settings/password-forecast?expiry_days=45").await.problem(422, "rejected");
    let on = admin.request("PUT", "/admin/settings").header("origin", w.origin()).header("if-match", "*");
    let on = admin.send(on.json(&json!({"password.expiry_days": 90}))).await.ok();
    assert!(on["password.expiry_since"].is_string(), "{on}");
    let due = async || {
        let mut due = 0;
        for username in ["admin", "sam", "paula", "maria", "finn", "faye"] {
            due += u32::from(w.sign_in(username, PASSWORD).await.ok()["next"] == "change_password");
        }
        due
    };
    w.advance(14 * DAY - 60).await;
    assert_eq!(due().await, 0, "nobody before the warning");
    w.advance(76 * DAY + 60).await;
    assert_eq!(due().await, 6, "everybody within the period");
}

/// PW-8: those whose accounts were made together, and not long ago, are spread as well; the forecast has their days.
#[tokio::test]
async fn passwords_of_one_day_do_not_end_on_one_day() {
    let w = World::new().await;
    w.advance(DAY).await;
    let admin = w.signed_in("admin").await;
    let forecast = admin.get("/admin/settings/password-forecast?expiry_days=30").await.ok();
    let forecast: Vec<&str> =
        forecast["days"].as_array().unwrap().iter().map(|day| day["date"].as_str().unwrap()).collect();
    admin.call("PUT", "/admin/settings", &json!({"password.expiry_days": 30})).await.ok();
    let mut ends = std::collections::BTreeSet::new();
    for username in ["admin", "sam", "paula", "maria", "finn", "faye", "dora"] {
        let found = admin.get(&format!("/admin/users?q={username}")).await.ok();
        let id = found["items"][0]["id"].as_str().unwrap().to_owned();
        let shown = admin.get(&format!("/admin/users/{id}")).await.ok();
        let end = shown["password_expires_at"].as_str().unwrap().to_owned();
        assert!(forecast.contains(&&end[..10]), "{end} in {forecast:?}");
        ends.insert(end);
    }
    assert!(ends.len() > 2, "{ends:?}");
}

/// SE-1, PW-6, TP-3: whoever wants to be kept signed in is, behind a change of password that was due as well.
#[tokio::test]
async fn a_due_change_keeps_who_wants_to_be_kept() {
    let w = World::with(json!({"password.expiry_days": 30})).await;
    w.advance(31 * DAY).await;
    for keep in [true, false] {
        let browser = w.browser();
        let username = if keep { "maria" } else { "paula" };
        browser.post("/sign-in", &json!({"username": username, "password": PASSWORD, "keep": keep})).await.ok();
        let changed = browser.post("/change-password", &json!({"new_password": "a first new password"})).await;
        assert_eq!(changed.cookie("__Host-session").unwrap().1.contains("Max-Age"), keep);
        assert_eq!(browser.get("/session").await.ok()["remembered"], keep);
    }
}
