//! *Why can't they get in?* and who is stuck (AD-7, AD-8), and the mail log.

use serde_json::{Value, json};

use crate::mfa::Owner;
use crate::world::{Browser, PASSWORD, World, temporary_password};

/// How somebody's password stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Has {
    Chosen,
    SetByStaff,
    Temporary,
    EndedTemporary,
}

const WEEK: i64 = 8 * 86_400;

/// What a sign-in comes to, in the words of the explanation.
fn outcome(answer: &crate::world::Answer) -> String {
    if answer.status == 401 {
        return "refused".to_owned();
    }
    answer.json()["next"].as_str().expect("what is next").to_owned()
}

async fn make(w: &World, admin: &Browser<'_>, at: (usize, Has)) -> (String, String, String) {
    let (number, has) = at;
    let (username, email) = (format!("one{number}"), format!("one{number}@members.example"));
    let new = json!({"username": username, "first_name": "One", "last_name": "Member", "email": email});
    let id = admin.post("/admin/users", &new).await.is(201).json()["id"].as_str().expect("an id").to_owned();
    let (_, temporary) = temporary_password(&w.newest_to(&email).await);
    let password = format!("a harbour of lanterns {number}");
    match has {
        Has::Chosen => {
            let browser = w.browser();
            browser.post("/sign-in", &json!({"username": username, "password": temporary})).await.ok();
            browser.post("/change-password", &json!({"new_password": password})).await.ok();
            (id, username, password)
        }
        Has::SetByStaff => {
            let body = json!({"password": password, "password_again": password});
            admin.post(&format!("/admin/users/{id}/reset-password"), &body).await.ok();
            (id, username, password)
        }
        Has::Temporary | Has::EndedTemporary => (id, username, temporary),
    }
}

/// Somebody in one of the states that an account can be in.
struct Case {
    id: String,
    username: String,
    password: String,
    has: Has,
    locked: bool,
    disabled: bool,
}

/// One of each.
async fn in_every_state(w: &World) -> Vec<Case> {
    let mut all = Vec::new();
    for has in [Has::EndedTemporary, Has::Chosen, Has::SetByStaff, Has::Temporary] {
        let admin = w.signed_in("admin").await;
        for (locked, disabled) in [(false, false), (false, true), (true, false), (true, true)] {
            let (id, username, password) = make(w, &admin, (all.len(), has)).await;
            all.push(Case { id, username, password, has, locked, disabled });
        }
        // Those before have had theirs for a week.
        w.advance(if has == Has::EndedTemporary { WEEK } else { 0 }).await;
    }
    let admin = w.signed_in("admin").await;
    for case in all.iter().filter(|case| case.locked) {
        lock(w, &case.username).await;
    }
    for case in all.iter().filter(|case| case.disabled) {
        admin.call("PATCH", &format!("/admin/users/{}", case.id), &json!({"disabled": true})).await.ok();
    }
    all
}

async fn lock(w: &World, username: &str) {
    for _ in 0..5 {
        w.sign_in(username, "wrong").await.is(401);
    }
}

/// What is told of somebody must be what their sign-in then does.
async fn compare(w: &World, browser: &Browser<'_>, case: &Case) {
    let Case { username, has, locked, disabled, .. } = case;
    let name = format!("{has:?} locked {locked} disabled {disabled}");
    let told = browser.get(&format!("/admin/explain?who={username}")).await.ok();
    let chosen = matches!(has, Has::Chosen | Has::SetByStaff);
    let told_of = &told[if chosen { "with_password" } else { "with_temporary_password" }];
    let is = w.sign_in(username, &case.password).await;
    if told_of.is_null() {
        // A sweep has taken the temporary password back.
        assert_eq!((*has, outcome(&is).as_str()), (Has::EndedTemporary, "refused"), "{name}: {told}");
        return;
    }
    assert_eq!(told_of["outcome"], outcome(&is).as_str(), "{name}: {told}");
    let reason = if is.status == 200 { is.json()["reason"].clone() } else { Value::Null };
    assert!(reason.is_null() || told_of["reason"] == reason, "{name}: {told}");
}

/// AD-7: for every state that an account can be in, the explanation says what the sign-in then does.
#[tokio::test]
async fn the_explanation_is_what_the_sign_in_does() {
    let w = World::new().await;
    let all = in_every_state(&w).await;
    let admin = w.signed_in("admin").await;
    for case in &all {
        compare(&w, &admin, case).await;
    }
}

/// AD-7, MF-1: the same where everybody shows a second factor.
#[tokio::test]
async fn the_explanation_knows_of_the_second_factor() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let all = in_every_state(&w).await;
    let settings = json!({"mfa.scope": "everyone"});
    w.signed_in("admin").await.settings(&settings).await.ok();
    let browser = w.browser();
    Owner::enrol(&browser, "admin", "admin@harbour.example").await;
    for case in &all {
        compare(&w, &browser, case).await;
    }
    let told = browser.get("/admin/explain?who=admin").await.ok();
    assert_eq!(told["next_sign_in"]["reason"], "has_a_factor");
    let told = browser.get("/admin/explain?who=paula").await.ok();
    assert_eq!(told["next_sign_in"]["reason"], "not_set_up");
}

/// AD-7: the explanation names who it is, every mail and its fate, and what would mend it.
#[tokio::test]
async fn the_explanation_says_what_would_help() {
    let w = World::new().await;
    for _ in 0..5 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.settle().await;
    let admin = w.signed_in("admin").await;
    for who in ["maria", "MARIA", "maria@members.example"] {
        let told = admin.get(&format!("/admin/explain?who={who}")).await.ok();
        assert_eq!((&told["found"], &told["is"]["username"]), (&json!("user"), &json!("maria")), "{who}");
        assert_eq!(told["next_sign_in"]["outcome"], "refused");
        assert_eq!(told["next_sign_in"]["reason"], "locked");
        assert_eq!(told["mend"], json!(["resend", "reset_password"]));
        assert_eq!(
            (&told["mails"][0]["fate"], &told["mails"][0]["layout"]),
            (&json!("sent"), &json!("security_notice"))
        );
    }
    let mend = |told: Value| told["mend"].clone();
    assert_eq!(mend(admin.get("/admin/explain?who=dora").await.ok()), json!(["enable"]));
    let nora = admin.get("/admin/explain?who=nora@members.example").await.ok();
    assert_eq!((&nora["found"], &nora["mend"]), (&json!("contact"), &json!(["create_account"])));
    let family = admin.get("/admin/explain?who=family@members.example").await.ok();
    assert_eq!(family["found"], "several");
    assert_eq!(family["is"].as_array().map(Vec::len), Some(2));
    assert_eq!(admin.get("/admin/explain?who=nobody@nowhere.example").await.ok()["found"], "nobody");
    assert_eq!(admin.get("/admin/explain?who=paula").await.ok()["next_sign_in"]["outcome"], "signed_in");
    admin.get("/admin/explain").await.problem(422, "rejected");
}

/// AD-7, AD-3: staff learn of people in their own group, and of nobody else.
#[tokio::test]
async fn staff_explain_within_their_group() {
    let w = World::new().await;
    let sam = w.signed_in("sam").await;
    assert_eq!(sam.get("/admin/explain?who=maria").await.ok()["found"], "user");
    for other in ["paula", "admin", "nora@members.example"] {
        sam.get(&format!("/admin/explain?who={other}")).await.problem(404, "not_found");
    }
}

/// AD-7, AD-3: the buttons that staff get are ones that they may press.
#[tokio::test]
async fn the_buttons_of_staff_work_for_staff() {
    let w = World::new().await;
    lock(&w, "maria").await;
    let sam = w.signed_in("sam").await;
    let page = sam.open("/admin/explain?who=maria").await.is(200);
    assert!(!page.text.contains("/admin/users/"), "{}", page.text);
    let action = page.text.split("action=\"").filter_map(|rest| rest.split('"').next());
    let resend = action.into_iter().find(|to| to.ends_with("/resend")).expect("a button").to_owned();
    assert!(sam.submit(&resend, &[]).await.leads_to().ends_with("?done=resent"));
    let contact = resend.trim_end_matches("/resend");
    assert!(page.text.contains(&format!("href=\"{contact}#reset\"")), "{}", page.text);
    assert!(sam.open(contact).await.is(200).text.contains("id=\"reset\""));
    sam.submit(&format!("{contact}/disable"), &[]).await.leads_to();
    let page = sam.open("/admin/explain?who=maria").await.is(200);
    assert!(page.text.contains(&format!("action=\"{contact}/enable\"")), "{}", page.text);
    sam.submit(&format!("{contact}/enable"), &[]).await.leads_to();
    assert_eq!(sam.get("/admin/explain?who=maria").await.ok()["mend"], json!(["resend", "reset_password"]));
}

/// AD-8: who never signed in, let the invitation expire, could not be reached or is locked is counted and listed.
#[tokio::test]
async fn who_is_stuck_is_counted_and_listed() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for name in ["una", "ulf"] {
        let new = json!({"username": name, "first_name": name, "last_name": "New", "email": format!("{name}@members.example")});
        admin.post("/admin/users", &new).await.is(201);
    }
    for _ in 0..5 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    w.settle().await;
    let stuck = async || {
        let page = w.signed_in("admin").await.get("/admin/stuck").await.ok();
        let groups = page["items"].as_array().expect("a list").clone();
        groups
            .into_iter()
            .map(|group| {
                let names = group["users"].as_array().expect("users").iter();
                let mut names: Vec<String> =
                    names.map(|user| user["username"].as_str().expect("a name").to_owned()).collect();
                names.sort();
                (
                    group["why"].as_str().expect("a reason").to_owned(),
                    group["count"].as_u64().expect("a count"),
                    names.join(" "),
                )
            })
            .collect::<Vec<_>>()
    };
    let row = |why: &str, count, names: &str| (why.to_owned(), count, names.to_owned());
    assert_eq!(
        stuck().await,
        [
            row("never_signed_in", 2, "ulf una"),
            row("invitation_expired", 0, ""),
            row("bounced", 0, ""),
            row("locked", 1, "paula"),
        ]
    );
    // Una's mail comes back; a week goes by.
    let una = admin.get("/admin/mail?to=una@members.example").await.ok();
    let mail = una["items"][0]["id"].as_str().expect("a mail").to_owned();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/mail-fate.json");
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("the event")).expect("JSON");
    event["detail"]["eventType"] = "Bounce".into();
    event["detail"]["mail"]["tags"]["mail"] = json!([mail]);
    w.local.invoke("mail-fate", event).await.expect("it is noted");
    w.advance(WEEK).await;
    w.settle().await;
    assert_eq!(
        stuck().await,
        [
            row("never_signed_in", 0, ""),
            row("invitation_expired", 2, "ulf una"),
            row("bounced", 1, "una"),
            row("locked", 1, "paula"),
        ]
    );
    let admin = w.signed_in("admin").await;
    let told = admin.get("/admin/explain?who=una").await.ok();
    assert_eq!(told["mails"][0]["fate"], "bounced");
    // The sweep has taken the password back; what the next sign-in would do is said all the same.
    let next = &told["next_sign_in"];
    assert_eq!((&next["outcome"], &next["reason"]), (&json!("refused"), &json!("temporary_expired")), "{told}");
    assert!(told["mend"].as_array().expect("a list").contains(&json!("change_email")));
    // Another address is another chance.
    let id = told["is"]["id"].as_str().expect("an id");
    admin.call("PATCH", &format!("/admin/users/{id}"), &json!({"email": "una.new@members.example"})).await.ok();
    let bounced = admin.get("/admin/stuck?filter=bounced").await.ok();
    assert_eq!((&bounced["items"][0]["count"], bounced["items"].as_array().map(Vec::len)), (&json!(0), Some(1)));
    admin.get("/admin/stuck?filter=bored").await.problem(422, "rejected");
}

/// ML-6: what mail went to an address, and what became of it, the last first and by pages.
#[tokio::test]
async fn the_mail_log_tells_every_fate() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for _ in 0..3 {
        w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
        w.settle().await;
        w.advance(1).await;
    }
    let first = admin.get("/admin/mail?to=Maria@Members.example&limit=2").await.ok();
    let items = first["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2);
    assert_eq!((&items[0]["fate"], &items[0]["layout"]), (&json!("sent"), &json!("username_reminder")));
    let cursor = first["next_cursor"].as_str().expect("a cursor");
    let second = admin.get(&format!("/admin/mail?to=maria@members.example&limit=2&cursor={cursor}")).await.ok();
    assert_eq!((second["items"].as_array().map(Vec::len), &second["next_cursor"]), (Some(1), &Value::Null));
    assert_ne!(second["items"][0]["id"], items[1]["id"]);
    for bad in ["to=", "to=no-address", "to=a@b.example&cursor=x", "to=a@b.example&limit=1000"] {
        admin.get(&format!("/admin/mail?{bad}")).await.problem(422, "rejected");
    }
    assert_eq!(w.sign_in("maria", PASSWORD).await.status, 200);
}
