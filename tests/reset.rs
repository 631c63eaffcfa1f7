//! Forgot my password, reset account (RP), and what a new password must be (PW).

use futures_util::future::join_all;
use serde_json::json;

use crate::world::{PASSWORD, World};

/// RP-1, RP-5, RP-6
#[tokio::test]
async fn a_member_resets_the_password_by_the_mailed_link() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    assert_eq!(w.reset(&token, "a first new password").await.ok(), json!({"next": "sign_in"}));
    w.sign_in("maria", PASSWORD).await.is(401);
    w.sign_in("maria", "a first new password").await.ok();
    let notice = w.newest_to("maria@members.example").await;
    assert!(notice["subject"].as_str().unwrap().starts_with("Your password was changed"), "{notice}");
}

/// RP-1: by e-mail too; the link begins with the public origin whatever the request's Host says.
#[tokio::test]
async fn the_link_leads_to_the_public_origin() {
    let w = World::new().await;
    let request = w.request("POST", "/forgot-password").header("origin", w.origin());
    let request = request.header("x-forwarded-host", "evil.example").header("host", "evil.example");
    let answer = w.send(request.json(&json!({"username": "maria@members.example"}))).await;
    assert!(matches!(answer.status, 202 | 400 | 403 | 404 | 421), "{}", answer.text);
    w.post("/forgot-password", &json!({"username": "maria@members.example"})).await.is(202);
    for mail in w.mail_to("maria@members.example").await {
        let text = mail["text"].as_str().unwrap();
        assert!(text.contains(&w.url("/reset?token=")) && !text.contains("evil"), "{text}");
    }
}

/// RP-3, RP-5: in a browser, the password typed twice.
#[tokio::test]
async fn the_mailed_link_opens_a_page_with_a_button() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let browser = w.browser();
    let page = browser.open(&format!("/reset?token={token}")).await.is(200);
    assert!(page.text.contains("name=\"password_again\""), "{}", page.text);
    let fields = |again| [("token", token.as_str()), ("password", "a first new password"), ("password_again", again)];
    let page = browser.submit("/reset", &fields("another password")).await.is(422);
    assert!(page.text.contains("aria-invalid"), "{}", page.text);
    assert_eq!(browser.submit("/reset", &fields("a first new password")).await.leads_to(), "/reset?done=1");
    assert!(browser.open("/reset?done=1").await.is(200).text.contains("href=\"/sign-in\""));
    assert!(!browser.has("__Host-session"), "RP-6: nobody is signed in");
    browser.submit("/reset", &fields("a first new password")).await.is(410);
}

/// RP-3
#[tokio::test]
async fn a_reset_link_works_once() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    w.reset(&token, "a first new password").await.ok();
    w.reset(&token, "a second new password").await.problem(410, "link_dead");
}

/// RP-3: twenty presses, one wins.
#[tokio::test]
async fn of_twenty_presses_at_once_one_wins() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let presses = join_all((0..20).map(|n| {
        let (w, token) = (&w, &token);
        async move { (n, w.reset(token, &format!("a new password, number {n}")).await.status) }
    }));
    let won: Vec<_> = presses.await.into_iter().filter(|(_, status)| *status == 200).collect();
    assert_eq!(won.len(), 1, "{won:?}");
    w.sign_in("maria", &format!("a new password, number {}", won[0].0)).await.ok();
    let notices = w.mail_to("maria@members.example").await;
    assert_eq!(notices.len(), 2, "the link and one notice: {notices:#?}");
}

/// RP-3: to the second.
#[tokio::test]
async fn a_link_ends_after_sixty_minutes() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    w.advance(60 * 60 + 1).await;
    w.reset(&token, "a first new password").await.problem(410, "link_dead");
    let token = w.link_for("maria", "maria@members.example").await;
    w.advance(60 * 60 - 30).await;
    w.reset(&token, "a first new password").await.ok();
}

/// RP-3
#[tokio::test]
async fn a_newer_link_kills_the_older_one() {
    let w = World::new().await;
    let older = w.link_for("maria", "maria@members.example").await;
    let newer = w.link_for("maria", "maria@members.example").await;
    assert_ne!(older, newer);
    w.reset(&older, "a first new password").await.problem(410, "link_dead");
    w.reset(&newer, "a first new password").await.ok();
}

/// RP-3: a changed password kills the link that was out.
#[tokio::test]
async fn a_changed_password_kills_the_link() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let token = w.link_for("maria", "maria@members.example").await;
    let body = json!({"old_password": PASSWORD, "new_password": "a first new password"});
    browser.post("/change-password", &body).await.ok();
    w.reset(&token, "a second new password").await.problem(410, "link_dead");
}

/// RP-3: only with the mailed token.
#[tokio::test]
async fn no_other_token_opens_anything() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let other = w.link_for("paula", "paula@partner.example").await;
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (ours, theirs) = (parts(&token), parts(&other));
    let crossed = [ours[0].clone(), theirs[1].clone(), ours[2].clone(), ours[3].clone()].join(".");
    let session = w.signed_in("maria").await.value("__Host-session");
    for bad in
        ["", "x", "...", &token[..token.len() - 1], &format!("{token}A"), &token.to_uppercase(), &crossed, &session]
    {
        w.reset(bad, "a first new password").await.problem(410, "link_dead");
    }
    w.reset(&token, "a first new password").await.ok();
}

/// RP-4: mail scanners may open it as they like.
#[tokio::test]
async fn opening_a_link_changes_nothing() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let path = format!("/reset?token={token}");
    for _ in 0..5 {
        w.get(&path).await.is(200);
        w.browser().open(&path).await.is(200);
        w.send(w.request("HEAD", &path)).await.is(200);
    }
    let dead = w.browser().open("/reset?token=dead").await.is(200);
    let live = w.browser().open(&path).await.is(200);
    let without = |page: &str, token: &str| {
        page.replace(&format!("value=\"{token}\""), "").replace(&format!("?token={token}&amp;lang=es"), "")
    };
    assert_eq!(without(&dead.text, "dead"), without(&live.text, &token));
    w.reset(&token, "a first new password").await.ok();
}

/// RP-5, PW-1, PW-2: refused with reasons, and the link stays good.
#[tokio::test]
async fn a_password_that_may_not_be_used_leaves_the_link_as_it_was() {
    let w = World::with(json!({"password.digits": 1})).await;
    let token = w.link_for("maria", "maria@members.example").await;
    for bad in [
        "",
        "short-1",
        "no digits in this one",
        "qwertyuiopas1",
        "MariaMember2026",
        "maria@members.example1",
        PASSWORD,
        &"9x".repeat(200),
    ] {
        let problem = w.reset(&token, bad).await.problem(422, "rejected");
        assert!(problem["errors"]["password"][0].is_string(), "{bad}: {problem}");
        assert!(bad.is_empty() || !problem.to_string().contains(bad), "{problem}");
    }
    w.reset(&token, "lighthouse-keeper-7").await.ok();
}

/// PW-2: 256 code points, any script, the same however it is composed; nothing is cut.
#[tokio::test]
async fn a_password_may_be_long_and_of_any_script() {
    let w = World::new().await;
    let long: String = "ключ от маяка и лодка у причала ".chars().cycle().take(255).collect::<String>() + "é";
    assert_eq!(long.chars().count(), 256);
    let token = w.link_for("maria", "maria@members.example").await;
    w.reset(&token, &long).await.ok();
    w.sign_in("maria", &long.replace('é', "e\u{301}")).await.ok();
    let cut: String = long.chars().take(255).collect();
    w.sign_in("maria", &cut).await.is(401);
}

/// RP-6: the reset leaves nobody signed in and unlocks; LK-3.
#[tokio::test]
async fn a_reset_signs_nobody_in() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let browser = w.browser();
    let answer = browser.post("/reset", &json!({"token": token, "password": "a first new password"})).await;
    assert!(answer.cookie("__Host-session").is_none());
    assert_eq!(browser.who().await, None);
}

/// RP-9
#[tokio::test]
async fn known_and_unknown_names_get_the_same_answer() {
    let w = World::new().await;
    let mut answers = std::collections::BTreeSet::new();
    for name in ["maria", "dora", "nobody", "family@members.example", "nobody@nowhere.example", "nora@members.example"]
    {
        let answer = w.post("/forgot-password", &json!({"username": name})).await;
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.insert((answer.status, answer.text, names));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

/// RP-1: a disabled user is sent to staff and gets no link.
#[tokio::test]
async fn a_disabled_user_gets_no_link() {
    let w = World::new().await;
    w.post("/forgot-password", &json!({"username": "dora"})).await.is(202);
    let mail = w.newest_to("dora@members.example").await;
    assert!(!mail["text"].as_str().unwrap().contains("token="), "{mail}");
}

/// RP-7
#[tokio::test]
async fn recovery_by_mail_can_be_switched_off() {
    let w = World::with(json!({"recovery.by_mail": false})).await;
    w.post("/forgot-password", &json!({"username": "maria"})).await.problem(403, "recovery_off");
    w.post("/reset-account", &json!({"email": "maria@members.example"})).await.problem(403, "recovery_off");
    let page = w.browser().submit("/forgot-password", &[("username", "maria")]).await.is(403);
    assert!(page.text.contains("office@harbour.example"), "{}", page.text);
    let browser = w.browser();
    let way = browser.open("/sign-in?resetAccount=true").await;
    assert!(browser.open(way.leads_to()).await.is(403).text.contains("office@harbour.example"));
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
}

/// RP-2: username and password in one; the old name is free, the new one signs in.
#[tokio::test]
async fn an_account_can_be_set_anew() {
    let w = World::new().await;
    let page = w.browser().open("/sign-in?resetAccount=true").await.is(200);
    assert!(page.text.contains("action=\"/reset-account\""), "{}", page.text);
    w.post("/reset-account", &json!({"email": "maria@members.example"})).await.is(202);
    let token = w.token_for("maria@members.example").await;
    let with = |name: &str| json!({"token": token, "password": "a first new password", "username": name});
    w.post("/reset", &with("Paula")).await.problem(409, "username_taken");
    w.post("/reset", &with("x")).await.problem(422, "rejected");
    w.post("/reset", &with("Skipper")).await.ok();
    w.sign_in("maria", "a first new password").await.is(401);
    w.sign_in("skipper", "a first new password").await.ok();
    w.sign_in("maria@members.example", "a first new password").await.ok();
    assert_eq!(w.mail_to("maria@members.example").await.len(), 3, "the link and two notices");
}

/// RP-2: whoever forgot the username keeps it by leaving the field empty, in a browser.
#[tokio::test]
async fn an_account_reset_may_keep_the_username() {
    let w = World::new().await;
    let browser = w.browser();
    let sent = browser.submit("/reset-account", &[("email", "maria@members.example")]).await;
    assert_eq!(sent.leads_to(), "/reset-account?sent=1");
    let token = w.token_for("maria@members.example").await;
    let page = browser.open(&format!("/reset?token={token}&account=1")).await.is(200);
    let (_, field) = page.text.split_once("name=\"username\"").expect("a field for the username");
    let (field, _) = field.split_once('>').unwrap();
    assert!(!field.contains("required"), "{field}");
    let new = "a first new password";
    let fields = [("token", token.as_str()), ("username", ""), ("password", new), ("password_again", new)];
    assert_eq!(browser.submit("/reset", &fields).await.leads_to(), "/reset?done=1");
    w.sign_in("maria", new).await.ok();
}

/// RP-2, SI-5: no address but one's own becomes a username; a name tried beforehand is not locked for its new owner.
#[tokio::test]
async fn a_reset_takes_no_foreign_address_as_a_name() {
    let w = World::new().await;
    for _ in 0..6 {
        w.sign_in("skipper", "wrong").await.is(401);
    }
    w.post("/reset-account", &json!({"email": "maria@members.example"})).await.is(202);
    let token = w.token_for("maria@members.example").await;
    let with = |name: &str| json!({"token": token, "password": "a first new password", "username": name});
    for name in ["office@harbour.example", "paula@partner.example", "nora@members.example", "new@members.example"] {
        w.post("/reset", &with(name)).await.problem(409, "username_taken");
    }
    w.post("/reset", &with("skipper")).await.ok();
    w.sign_in("skipper", "a first new password").await.ok();
}

/// RP-2, SI-5: a password link changes no username; a username is never another person's address.
#[tokio::test]
async fn a_password_link_changes_no_username() {
    let w = World::new().await;
    let token = w.link_for("maria", "maria@members.example").await;
    let body = json!({"token": token, "password": "a first new password", "username": "skipper"});
    let problem = w.post("/reset", &body).await.problem(422, "rejected");
    assert!(problem["errors"]["username"][0].is_string(), "{problem}");
    w.post("/reset-account", &json!({"email": "maria@members.example"})).await.is(202);
    let token = w.token_for("maria@members.example").await;
    let body = json!({"token": token, "password": "a first new password", "username": "paula@partner.example"});
    w.post("/reset", &body).await.problem(409, "username_taken");
    let body = json!({"token": token, "password": "a first new password", "username": "maria@members.example"});
    w.post("/reset", &body).await.ok();
}

/// RP-2, RP-3: the username alone, by JSON and by form; the password stays, every session ends, and the link is used up. A link for
/// the password takes nothing less than one.
#[tokio::test]
async fn an_account_reset_may_change_the_username_only() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let ask = async || {
        w.post("/reset-account", &json!({"email": "maria@members.example"})).await.is(202);
        w.token_for("maria@members.example").await
    };
    let token = ask().await;
    let nothing = w.post("/reset", &json!({"token": token})).await.problem(422, "rejected");
    assert!(nothing["errors"]["password"].is_array(), "{nothing}");
    w.post("/reset", &json!({"token": token, "username": "Paula"})).await.problem(409, "username_taken");
    w.post("/reset", &json!({"token": token, "username": "maria"})).await.problem(422, "rejected");
    let named = json!({"token": token, "username": "Skipper"});
    w.post("/reset", &named).await.ok();
    w.post("/reset", &named).await.problem(410, "link_dead");
    assert_eq!(browser.who().await, None);
    w.sign_in("maria", PASSWORD).await.is(401);
    w.sign_in("skipper", PASSWORD).await.ok();
    let told = w.newest_to("maria@members.example").await;
    assert!(told["text"].as_str().unwrap().contains("username"), "{told}");
    let token = ask().await;
    let page = w.browser().open(&format!("/reset?token={token}&account=1")).await.is(200);
    assert!(!page.text.contains(" required"), "{}", page.text);
    let fields = [("token", token.as_str()), ("username", "bosun"), ("password", ""), ("password_again", "")];
    assert_eq!(w.browser().submit("/reset", &fields).await.leads_to(), "/reset?done=name");
    assert!(w.browser().open("/reset?done=name").await.is(200).text.contains("Your username is set"));
    w.sign_in("bosun", PASSWORD).await.ok();
    let token = w.link_for("bosun", "maria@members.example").await;
    w.post("/reset", &json!({"token": token, "username": "maria"})).await.problem(422, "rejected");
    let empty = [("token", token.as_str()), ("password", ""), ("password_again", "")];
    let page = w.browser().submit("/reset", &empty).await.is(422);
    assert!(page.text.contains("password-error"), "{}", page.text);
    w.reset(&token, "a first new password").await.ok();
}
