//! Ways back in that end with a temporary password, a new account or a choice among several (FU, RP, TP).

use serde_json::{Value, json};

use crate::world::{PASSWORD, World};

/// The temporary password in the newest mail to an address.
async fn mailed_temporary(w: &World, address: &str) -> String {
    let mail = w.newest_to(address).await;
    let text = mail["text"].as_str().unwrap();
    let word = text.split_whitespace().find(|word| word.len() == 19 && word.matches('-').count() == 3);
    word.unwrap_or_else(|| panic!("no temporary password in {text}")).to_owned()
}

async fn asks(w: &World, username: &str) {
    w.post("/forgot-password", &json!({"username": username})).await.is(202);
}

/// RP-1 in `temporary` mode, TP-1, TP-2, TP-5: a temporary password comes instead of a link, ends after seven days to the
/// second, one button mails a fresh one, and it leads to choosing a password.
#[tokio::test]
async fn whoever_comes_too_late_gets_a_fresh_temporary_password() {
    let w = World::with(json!({"recovery.password_mode": "temporary"})).await;
    asks(&w, "maria").await;
    let first = mailed_temporary(&w, "maria@members.example").await;
    w.advance(7 * 86_400 + 1).await;
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    let browser = w.browser();
    let refused = browser.submit("/sign-in", &[("username", "maria"), ("password", &first)]).await.is(401);
    assert!(refused.text.contains("action=\"/sign-in/temporary\""), "{}", refused.text);
    let sent = browser.submit("/sign-in/temporary", &[("username", "maria")]).await;
    assert_eq!(sent.leads_to(), "/sign-in/temporary");
    browser.open("/sign-in/temporary").await.is(200);
    // Her account was never without a password: what she gets is a way to set one.
    let fresh = mailed_temporary(&w, "maria@members.example").await;
    assert_ne!(fresh, first);
    let answer = browser.post("/sign-in", &json!({"username": "maria", "password": fresh})).await;
    assert_eq!(answer.ok(), json!({"next": "change_password", "reason": "temporary"}));
    browser.post("/change-password", &json!({"new_password": "a first new password"})).await.ok();
    w.sign_in("maria", "a first new password").await.ok();
    w.sign_in("maria", &fresh).await.is(401);
}

/// RP-1: asking for a temporary password leaves the password as it is; the newest temporary one works, once.
#[tokio::test]
async fn a_temporary_password_is_asked_for_by_somebody_else_in_vain() {
    let w = World::with(json!({"recovery.password_mode": "temporary"})).await;
    asks(&w, "maria").await;
    let first = mailed_temporary(&w, "maria@members.example").await;
    asks(&w, "maria").await;
    let second = mailed_temporary(&w, "maria@members.example").await;
    w.sign_in("maria", PASSWORD).await.ok();
    w.sign_in("maria", &first).await.is(401);
    assert_eq!(w.sign_in("maria", &second).await.ok()["next"], "change_password");
}

/// LK-3, RP-6: a mailed temporary password opens a locked account.
#[tokio::test]
async fn a_temporary_password_unlocks() {
    let w = World::with(json!({"recovery.password_mode": "temporary"})).await;
    for _ in 0..6 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    asks(&w, "paula").await;
    let given = mailed_temporary(&w, "paula@partner.example").await;
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": "paula", "password": given})).await.ok();
    browser.post("/change-password", &json!({"new_password": "a first new password"})).await.ok();
    w.sign_in("paula", "a first new password").await.ok();
}

/// TP-5: the same answer for every name, and nothing but a hint in the mail of whoever has another way in.
#[tokio::test]
async fn the_button_answers_the_same_for_everybody() {
    let w = World::new().await;
    for username in ["maria", "nobody", "dora", "family@members.example", "stranger@else.example", "%$§"] {
        let answer = w.post("/sign-in/temporary", &json!({"username": username})).await.is(202);
        assert_eq!(answer.text, "", "{username}");
    }
    w.post("/sign-in/temporary", &json!({"username": " "})).await.problem(422, "rejected");
    let mail = w.newest_to("maria@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains("token="), "she has a password: a link sets a new one: {mail}");
    assert!(w.newest_to("dora@members.example").await["subject"].as_str().unwrap().starts_with("About your access"));
    let off = World::with(json!({"recovery.by_mail": false})).await;
    off.post("/sign-in/temporary", &json!({"username": "maria"})).await.problem(403, "recovery_off");
}

/// FU-3: a contact without an account gets one, once, with the default username; a password is set from the sign-in page.
#[tokio::test]
async fn a_contact_gets_an_account_when_the_setting_is_on() {
    let w = World::with(json!({"recovery.create_credentials": true})).await;
    let body = json!({"email": "nora@members.example"});
    let ask = || w.post("/forgot-username", &body);
    for answer in futures_util::future::join_all((0..5).map(|_| ask())).await {
        answer.is(202);
    }
    let mails = w.mail_to("nora@members.example").await;
    assert_eq!(mails.len(), 5);
    let names: std::collections::BTreeSet<String> = mails.iter().map(username_in).collect();
    let [name] = &names.into_iter().collect::<Vec<_>>()[..] else { panic!("one account") };
    assert!(name.starts_with("nora") && name.len() == "nora".len() + 8, "{name}");
    w.sign_in(name, PASSWORD).await.is(401);
    let token = w.link_for(name, "nora@members.example").await;
    w.reset(&token, "a first new password").await.ok();
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": name, "password": "a first new password"})).await.ok();
    assert_eq!(browser.get("/session").await.ok()["user"]["name"], "Nora Quist");
    w.sign_in("nora@members.example", "a first new password").await.ok();
}

fn username_in(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once("It is:\n\n").unwrap_or_else(|| panic!("no username in {text}"));
    rest.lines().next().unwrap().to_owned()
}

/// FU-9: who reads a shared mailbox sees its accounts, masked, after a press of a button, and chooses one.
#[tokio::test]
async fn whoever_reads_a_shared_mailbox_chooses_an_account() {
    let w = World::with(json!({"recovery.shared_address": "mail"})).await;
    w.post("/forgot-username", &json!({"email": "family@members.example"})).await.is(202);
    let token = w.token_for("family@members.example").await;
    let browser = w.browser();
    let opened = browser.open(&format!("/forgot-username/choose?token={token}")).await.is(200);
    assert!(!opened.text.contains("••"), "opening shows nothing yet");
    let shown = browser.submit("/forgot-username/choose", &[("token", &token)]).await.is(200);
    assert!(shown.text.contains("f••n (F. F.)") && shown.text.contains("f••e (F. F.)"), "{}", shown.text);
    assert!(!shown.text.contains("finn") && !shown.text.contains("Faye"), "{}", shown.text);
    let listed = w.post("/forgot-username/choose", &json!({"token": token})).await.ok();
    let accounts = listed["accounts"].as_array().unwrap();
    let finn =
        accounts.iter().find(|account| account["username"] == "f••n").unwrap()["id"].as_str().unwrap().to_owned();
    let fields = [("token", token.as_str()), ("account", finn.as_str())];
    assert_eq!(browser.submit("/forgot-username/choose", &fields).await.leads_to(), "/forgot-username/choose?sent=1");
    browser.open("/forgot-username/choose?sent=1").await.is(200);
    let mail = w.newest_to("family@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains("for your account finn"), "{mail}");
    w.reset(&w.token_for("family@members.example").await, "a first new password").await.ok();
    w.sign_in("finn", "a first new password").await.ok();
    w.sign_in("faye", "a first new password").await.is(401);
}

/// FU-9, SU-6: the way back in that a sign-up is answered with by mail leads there as well.
#[tokio::test]
async fn a_sign_up_from_a_shared_mailbox_leads_to_its_accounts() {
    let w = World::with(json!({"recovery.shared_address": "mail"})).await;
    let form = json!({"first_name": "Fritz", "last_name": "Family", "email": "family@members.example"});
    w.post("/sign-up", &form).await.is(409);
    let token = w.token_for("family@members.example").await;
    let listed = w.post("/forgot-username/choose", &json!({"token": token})).await.ok();
    assert_eq!(listed["accounts"].as_array().expect("a list").len(), 2, "{listed}");
}

/// FU-9, RP-7: where nobody may help themselves, the mail says whom to ask and has no link that would lead nowhere.
#[tokio::test]
async fn a_shared_mailbox_is_told_whom_to_ask_where_recovery_is_off() {
    let w = World::with(json!({"recovery.shared_address": "mail", "recovery.by_mail": false})).await;
    w.post("/forgot-username", &json!({"email": "family@members.example"})).await.is(202);
    let mail = w.newest_to("family@members.example").await;
    let text = mail["text"].as_str().expect("a text");
    assert!(text.contains("office@harbour.example") && !text.contains("token="), "{text}");
}

/// FU-9: the link is for its mailbox, for an hour, and can't be made by anybody else.
#[tokio::test]
async fn a_choice_is_made_with_the_mailed_link_only() {
    let w = World::with(json!({"recovery.shared_address": "mail"})).await;
    w.post("/forgot-username", &json!({"email": "family@members.example"})).await.is(202);
    let token = w.token_for("family@members.example").await;
    let maria = w.signed_in("maria").await.get("/session").await.ok()["user"]["id"].as_str().unwrap().to_owned();
    let choose = |token: String, account: String| {
        let body = json!({"token": token, "account": account});
        let w = &w;
        async move { w.post("/forgot-username/choose", &body).await }
    };
    choose(token.clone(), maria.clone()).await.problem(410, "link_dead");
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
    let reset = w.link_for("maria", "maria@members.example").await;
    for bad in ["", "x", &token[..token.len() - 3], &reset] {
        w.post("/forgot-username/choose", &json!({"token": bad})).await.problem(410, "link_dead");
        choose(bad.to_owned(), maria.clone()).await.problem(410, "link_dead");
    }
    w.reset(&token, "a first new password").await.problem(410, "link_dead");
    w.advance(3_600).await;
    w.post("/forgot-username/choose", &json!({"token": token})).await.problem(410, "link_dead");
    let dead = w.browser().submit("/forgot-username/choose", &[("token", &token)]).await.is(410);
    assert!(dead.text.contains("/forgot-username"), "{}", dead.text);
}

/// RP-8: whoever has neither username nor address is told whom to ask, on every page that asks for one.
#[tokio::test]
async fn whoever_has_lost_both_is_told_whom_to_ask() {
    let w = World::new().await;
    for path in ["/forgot-username", "/reset-account", "/sign-in?resetAccount=true"] {
        let page = w.browser().open(path).await.is(200);
        assert!(page.text.contains("If you no longer have that address, please contact staff."), "{path}");
        assert!(page.text.contains("office@harbour.example"), "{path}");
    }
}

/// RP-2: the sign-in page's own link opens the account reset, which sets username and password in one page.
#[tokio::test]
async fn the_sign_in_page_opens_the_account_reset() {
    let w = World::new().await;
    let page = w.browser().open("/sign-in?resetAccount=true").await.is(200);
    assert!(page.text.contains("action=\"/reset-account\"") && page.text.contains("name=\"email\""), "{}", page.text);
    w.post("/reset-account", &json!({"email": "maria@members.example"})).await.is(202);
    let token = w.token_for("maria@members.example").await;
    let form = w.browser().open(&format!("/reset?token={token}&account=1")).await.is(200);
    assert!(form.text.contains("name=\"username\"") && form.text.contains("name=\"password\""), "{}", form.text);
    let body = json!({"token": token, "username": "maria.m", "password": "a first new password"});
    w.post("/reset", &body).await.ok();
    w.sign_in("maria.m", "a first new password").await.ok();
    w.sign_in("maria", "a first new password").await.is(401);
}

/// TP-4, TP-5, AD-6: the sweep marks who never came and says so; a fresh temporary password takes the mark away, whoever asks for it.
#[tokio::test]
async fn a_fresh_temporary_password_takes_the_mark_away() {
    let w = World::with(json!({"resend.mode": "temporary"})).await;
    let admin = w.signed_in("admin").await;
    let mut ids = Vec::new();
    for name in ["una", "ulf"] {
        let new = json!({"username": name, "first_name": name, "email": format!("{name}@members.example")});
        ids.push(admin.post("/admin/users", &new).await.is(201).json()["id"].as_str().unwrap().to_owned());
    }
    w.advance(7 * 86_400 + 1).await;
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    let admin = w.signed_in("admin").await;
    let marked = async || {
        let found = admin.get("/admin/users?filter=state:invitation_expired").await.ok();
        found["items"].as_array().unwrap().len()
    };
    assert_eq!(marked().await, 2);
    let noted = admin.get(&format!("/admin/audit?filter=what:account.invitation_expired,on:{}", ids[0])).await.ok();
    assert_eq!(noted["items"].as_array().unwrap().len(), 1, "{noted}");
    w.post("/sign-in/temporary", &json!({"username": "una"})).await.is(202);
    admin.post(&format!("/admin/users/{}/resend", ids[1]), &json!({})).await.is(202);
    for (name, id) in ["una", "ulf"].into_iter().zip(&ids) {
        let fresh = mailed_temporary(&w, &format!("{name}@members.example")).await;
        assert_eq!(admin.get(&format!("/admin/users/{id}")).await.ok()["invitation_expired"], false, "{name}");
        assert_eq!(w.sign_in(name, &fresh).await.ok()["reason"], "temporary");
    }
    assert_eq!(marked().await, 0);
    let stuck = admin.get("/admin/stuck").await.ok();
    assert_eq!((&stuck["items"][0]["count"], &stuck["items"][1]["count"]), (&json!(2), &json!(0)), "{stuck}");
    // Once more it ends, and once more is said.
    w.advance(7 * 86_400 + 1).await;
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    let admin = w.signed_in("admin").await;
    assert_eq!(admin.get(&format!("/admin/users/{}", ids[0])).await.ok()["invitation_expired"], true);
}
