//! Setting a second factor up, and doing without it: links, recovery codes, resets (MF).

use futures_util::future::join_all;
use serde_json::json;

use crate::authenticator::code;
use crate::mfa::{Owner, SAM, now, password, staff, submit, without_address};
use crate::world::{Browser, PASSWORD, World, temporary_password, token};

/// MF-3: the address is the primary one, else the other; without any there is no set-up and no way in.
#[tokio::test]
async fn the_link_goes_to_the_primary_address_else_to_the_other() {
    let people = "kind,username,first_name,last_name,email,address_email\n\
                  staff,one,Una,Staff,una@harbour.example,una.home@members.example\nstaff,two,Dora,Staff,,dora@members.example\n";
    let file = std::env::temp_dir().join(format!("vestibule-mails-{}.csv", std::process::id()));
    std::fs::write(&file, people).unwrap();
    let mut settings = crate::world::organisation();
    settings.insert("mfa.scope".to_owned(), "staff".into());
    let options = vestibule::Options { empty: true, import: Some(file), settings, ..vestibule::Options::default() };
    let w = World::start(options).await;
    for (address, other) in [("una@harbour.example", "una.home@members.example"), ("dora@members.example", "")] {
        let browser = w.browser();
        let (username, temporary) = temporary_password(&w.newest_to(address).await);
        browser.post("/sign-in", &json!({"username": username, "password": temporary})).await.ok();
        // A new password is no way round the code.
        let next = browser.post("/change-password", &json!({"new_password": PASSWORD})).await.ok();
        assert_eq!(next, json!({"next": "security_code"}));
        assert_eq!(browser.who().await, None);
        browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
        assert!(w.newest_to(address).await["subject"].as_str().unwrap().starts_with("Set up your security code"));
        assert_eq!(w.mail_to("una.home@members.example").await.len(), 0, "{other}");
    }
}

/// MF-3: somebody without an address.
#[tokio::test]
async fn without_an_address_there_is_no_set_up() {
    let w = staff().await;
    without_address(&w, "stella").await;
    let browser = w.browser();
    assert_eq!(password(&browser, "stella").await.ok()["next"], "security_code");
    browser.post("/sign-in/setup-mail", &json!({})).await.problem(409, "no_email");
    let page = browser.submit("/sign-in/setup-mail", &[]).await.is(409);
    assert!(page.text.contains("no e-mail address"), "{}", page.text);
}

/// MF-8, MF-9: no code is in any mail; opening the link changes nothing; it works once, for its own sign-in.
#[tokio::test]
async fn the_link_works_once_and_for_its_own_sign_in() {
    let w = staff().await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let mail = w.newest_to(SAM).await;
    let first = token(&mail);
    for _ in 0..3 {
        w.browser().open(&format!("/security-code/setup?token={first}")).await.is(200);
    }
    let setup = async |link: &str| w.post("/security-code/setup", &json!({"token": link})).await;
    setup("k1.sam.x.AAAA").await.problem(410, "link_dead");
    // A reset link is of another kind.
    let reset = w.link_for("sam", SAM).await;
    setup(&reset).await.problem(410, "link_dead");
    w.reset(&first, "another lantern at the pier").await.problem(410, "link_dead");
    let answers = join_all((0..10).map(|_| setup(&first))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    setup(&first).await.problem(410, "link_dead");
    // A newer one takes the place of the older.
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let second = w.token_for(SAM).await;
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let third = w.token_for(SAM).await;
    setup(&second).await.problem(410, "link_dead");
    let shown = setup(&third).await.ok();
    let answer = submit(&browser, &code(shown["secret"].as_str().unwrap(), now(&w).await)).await.ok();
    assert_eq!(answer["next"], "signed_in");
    for mail in w.mail_to(SAM).await {
        assert!(!mail.to_string().contains(shown["secret"].as_str().unwrap()));
    }
}

/// MF-9: the link ends with its sign-in: after ten minutes, and when another password was set.
#[tokio::test]
async fn the_link_ends_with_its_sign_in() {
    let w = staff().await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let link = w.token_for(SAM).await;
    w.advance(600).await;
    w.post("/security-code/setup", &json!({"token": link})).await.problem(410, "link_dead");
    submit(&browser, "000000").await.problem(401, "signed_out");
    password(&browser, "sam").await.ok();
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let link = w.token_for(SAM).await;
    let reset = w.link_for("sam", SAM).await;
    w.reset(&reset, "another lantern at the pier").await.ok();
    w.post("/security-code/setup", &json!({"token": link})).await.problem(410, "link_dead");
}

/// MF-9, SE-4: whoever signs out half-way has ended the sign-in, and the link with it.
#[tokio::test]
async fn signing_out_half_way_ends_the_link() {
    let w = staff().await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    browser.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let (link, ticket) = (w.token_for(SAM).await, browser.value("__Host-ticket"));
    browser.post("/sign-out", &json!({})).await.is(204);
    assert!(!browser.has("__Host-ticket"));
    w.post("/security-code/setup", &json!({"token": link})).await.problem(410, "link_dead");
    browser.take("__Host-ticket", &ticket);
    browser.post("/sign-in/setup-mail", &json!({})).await.problem(401, "signed_out");
}

/// MF-9: neither a mail nor a reset replaces a factor that is proven.
#[tokio::test]
async fn a_proven_factor_is_not_replaced_by_mail() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    browser.post("/sign-in/setup-mail", &json!({})).await.problem(409, "already_set_up");
    assert!(browser.submit("/sign-in/setup-mail", &[]).await.is(409).text.contains("recovery"));
    let link = w.link_for("sam", SAM).await;
    w.reset(&link, "another lantern at the pier").await.ok();
    let credentials = json!({"username": "sam", "password": "another lantern at the pier"});
    assert_eq!(browser.post("/sign-in", &credentials).await.ok()["next"], "security_code");
    browser.post("/sign-in/setup-mail", &json!({})).await.problem(409, "already_set_up");
    submit(&browser, &sam.code(&w).await).await.ok();
}

/// MF-10: ten recovery codes, each good once in place of the code; the owner hears of it.
#[tokio::test]
async fn a_recovery_code_works_once() {
    let w = staff().await;
    let sam = Owner::enrol(&w.browser(), "sam", SAM).await;
    assert_eq!(sam.recovery.len(), 10);
    let recover = async |browser: &Browser<'_>, code: &str| {
        browser.post("/sign-in/security-code", &json!({"recovery_code": code})).await
    };
    let browser = w.browser();
    password(&browser, "sam").await.ok();
    recover(&browser, "cccc-cccc-cccc-cccc").await.problem(401, "wrong_code");
    recover(&browser, &sam.recovery[0].to_uppercase().replace('-', " ")).await.ok();
    assert_eq!(browser.who().await.as_deref(), Some("sam"));
    assert_eq!(w.newest_to(SAM).await["subject"], "A recovery code was used at Harbour Association");
    let browsers = [w.browser(), w.browser(), w.browser()];
    for browser in &browsers {
        password(browser, "sam").await.ok();
    }
    recover(&browsers[0], &sam.recovery[0]).await.problem(401, "wrong_code");
    let answers = join_all(browsers.iter().map(|browser| recover(browser, &sam.recovery[1]))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    browser.post("/sign-in/security-code", &json!({})).await.problem(400, "malformed");
    let both = json!({"code": "000000", "recovery_code": "x"});
    browser.post("/sign-in/security-code", &both).await.problem(400, "malformed");
}

/// MF-10, AC-4: new recovery codes for whoever shows password and code.
#[tokio::test]
async fn new_recovery_codes_take_the_place_of_the_old() {
    let w = staff().await;
    let browser = w.browser();
    let sam = Owner::enrol(&browser, "sam", SAM).await;
    let make = async |password: &str, code: &str| {
        browser.post("/account/recovery-codes", &json!({"password": password, "code": code})).await
    };
    make("not the password", &sam.code(&w).await).await.problem(401, "wrong_password");
    make(PASSWORD, "000000").await.problem(401, "wrong_code");
    let right = sam.code(&w).await;
    let codes = make(PASSWORD, &right).await.ok()["codes"].clone();
    assert_eq!(codes.as_array().unwrap().len(), 10);
    make(PASSWORD, &right).await.problem(401, "wrong_code");
    assert_eq!(w.newest_to(SAM).await["subject"], "New recovery codes were made at Harbour Association");
    let other = w.browser();
    password(&other, "sam").await.ok();
    other.post("/sign-in/security-code", &json!({"recovery_code": sam.recovery[5]})).await.problem(401, "wrong_code");
    other.post("/sign-in/security-code", &json!({"recovery_code": codes[5]})).await.ok();
    w.post("/account/recovery-codes", &json!({"password": "x", "code": "x"})).await.problem(401, "signed_out");
    let maria = w.signed_in("maria").await;
    let asked = json!({"password": PASSWORD, "code": "000000"});
    maria.post("/account/recovery-codes", &asked).await.problem(409, "not_set_up");
}

/// MF-9, AC-4, SE-5: whoever has lost the phone sets up another with a recovery code; every session ends.
#[tokio::test]
async fn another_phone_is_set_up_with_a_recovery_code() {
    let w = staff().await;
    let browser = w.browser();
    let sam = Owner::enrol(&browser, "sam", SAM).await;
    let path = "/account/security-code/reset";
    let given = json!({"password": PASSWORD, "recovery_code": "cccc-cccc-cccc-cccc"});
    browser.post(path, &given).await.problem(401, "wrong_code");
    let given = json!({"password": PASSWORD, "recovery_code": sam.recovery[0]});
    assert_eq!(browser.post(path, &given).await.ok()["next"], "sign_in");
    assert_eq!(browser.who().await, None);
    assert_eq!(w.newest_to(SAM).await["subject"], "Your security code was reset at Harbour Association");
    let again = w.browser();
    Owner::enrol(&again, "sam", SAM).await;
    let third = w.browser();
    password(&third, "sam").await.ok();
    submit(&third, &sam.code(&w).await).await.problem(401, "wrong_code");
}

/// MF-7: a code that is shown twice at once, to sign in and to take the factor away, does one of them.
#[tokio::test]
async fn a_code_signs_in_or_takes_the_factor_away() {
    let w = staff().await;
    let browser = w.browser();
    let sam = Owner::enrol(&browser, "sam", SAM).await;
    let next = w.browser();
    password(&next, "sam").await.ok();
    let code = sam.code(&w).await;
    let given = json!({"password": PASSWORD, "code": code});
    let (signed, taken) = tokio::join!(submit(&next, &code), browser.post("/account/security-code/reset", &given));
    assert!(signed.status == 401 || taken.status == 401, "{} {}", signed.text, taken.text);
    assert!(signed.status == 200 || taken.status == 200, "{} {}", signed.text, taken.text);
}

/// MF-9, SE-5: an administrator resets a factor; the owner is told, every session ends, and sign-in leads to a new one.
#[tokio::test]
async fn an_administrator_resets_a_factor() {
    let w = World::new().await;
    let (admin, id) = (w.signed_in("admin").await, w.id_of("maria").await);
    let maria = w.signed_in("maria").await;
    let path = format!("/admin/users/{id}/security-code/reset");
    maria.post(&path, &json!({})).await.problem(403, "not_allowed");
    w.post(&path, &json!({})).await.problem(401, "signed_out");
    admin.post(&path, &json!({})).await.is(204);
    assert_eq!(maria.who().await, None);
    assert_eq!(
        w.newest_to("maria@members.example").await["subject"],
        "Your security code was reset at Harbour Association"
    );
    admin.post("/admin/users/nobody/security-code/reset", &json!({})).await.problem(404, "not_found");
}

/// MF-9: and under MFA, with a factor that was proven.
#[tokio::test]
async fn after_a_reset_another_factor_is_set_up() {
    let w = World::with(json!({"mfa.scope": "everyone"})).await;
    let (ada, maria) = (w.browser(), w.browser());
    Owner::enrol(&ada, "admin", "admin@harbour.example").await;
    Owner::enrol(&maria, "maria", "maria@members.example").await;
    let id = maria.get("/session").await.ok()["user"]["id"].as_str().unwrap().to_owned();
    assert_eq!(ada.get(&format!("/admin/users/{id}")).await.ok()["mfa"], true);
    ada.post(&format!("/admin/users/{id}/security-code/reset"), &json!({})).await.is(204);
    assert_eq!(maria.who().await, None);
    assert_eq!(ada.get(&format!("/admin/users/{id}")).await.ok()["mfa"], false);
    Owner::enrol(&w.browser(), "maria", "maria@members.example").await;
}
