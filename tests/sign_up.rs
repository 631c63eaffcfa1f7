//! New users: the form for people the organisation knows (SU).

use futures_util::future::join_all;
use serde_json::{Value, json};
use vestibule::Options;

use crate::world::{World, organisation, temporary_password, token};

fn nora() -> Value {
    json!({"first_name": "Nora", "last_name": "Quist", "email": "nora@members.example", "phone": "020 7946 0101"})
}

fn with(mut form: Value, field: &str, value: &str) -> Value {
    form[field] = value.into();
    form
}

/// SU-1, SU-2, SU-3, SU-4, TP-1: a contact gets an account, and gets in by the mail.
#[tokio::test]
async fn a_contact_gets_an_account_by_mail() {
    let w = World::new().await;
    let page = w.browser().open("/sign-up").await.is(200);
    for field in ["first_name", "last_name", "email", "phone"] {
        assert!(page.text.contains(&format!("name=\"{field}\"")), "{}", page.text);
    }
    w.post("/sign-up", &nora()).await.is(202);
    let mail = w.newest_to("nora@members.example").await;
    let (username, password) = temporary_password(&mail);
    assert!(username.starts_with("nora") && username.len() == "nora".len() + 8, "{username}");
    let browser = w.browser();
    let answer = browser.post("/sign-in", &json!({"username": username, "password": password})).await.ok();
    assert_eq!((&answer["next"], &answer["reason"]), (&json!("change_password"), &json!("temporary")));
    assert_eq!(browser.who().await, None);
    let new = json!({"new_password": "a quay of her own, at last"});
    assert_eq!(browser.post("/change-password", &new).await.ok()["next"], "signed_in");
    assert_eq!(browser.who().await.as_deref(), Some(username.as_str()));
}

/// SU-2: however it is written.
#[tokio::test]
async fn however_a_contact_writes_themselves_they_are_found() {
    for (field, value) in [
        ("first_name", "  NORA "),
        ("last_name", "qu\u{ed}st"),
        ("email", "NORA@Members.Example"),
        ("phone", "+44 (0)20 7946-0101"),
        ("phone", ""),
    ] {
        let w = World::new().await;
        w.post("/sign-up", &with(nora(), field, value)).await.is(202);
        assert_eq!(w.mail_to("nora@members.example").await.len(), 1, "{field} {value}");
    }
}

/// SU-2, SU-6: who is not like the contact gets none, and nobody is written to.
#[tokio::test]
async fn somebody_else_gets_no_account() {
    let w = World::with(json!({"sign_up.not_found_message": "Please ring the bell."})).await;
    for (field, value) in [
        ("first_name", "Norah"),
        ("last_name", "Quest"),
        ("email", "nora@elsewhere.example"),
        ("phone", "020 7946 0102"),
    ] {
        let refused = w.post("/sign-up", &with(nora(), field, value)).await.problem(409, "contact_not_found");
        assert_eq!(refused["detail"], "Please ring the bell.", "{field}");
    }
    for address in ["nora@members.example", "nora@elsewhere.example"] {
        assert_eq!(w.mail_to(address).await.len(), 0);
    }
}

/// SU-6, SU-7: whoever has an account is answered the same, and gets the way back in by mail.
#[tokio::test]
async fn whoever_has_an_account_gets_the_way_back_in() {
    let w = World::new().await;
    let maria = json!({"first_name": "Maria", "last_name": "Member", "email": "maria@members.example"});
    let refused = w.post("/sign-up", &maria).await.problem(409, "contact_not_found");
    let unknown = json!({"first_name": "Una", "last_name": "Known", "email": "una@elsewhere.example"});
    assert_eq!(refused, w.post("/sign-up", &unknown).await.problem(409, "contact_not_found"));
    let mail = w.newest_to("maria@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains("maria"), "{mail}");
    let reset = w.reset(&token(&mail), "another lantern at the pier").await;
    reset.ok();
    assert_eq!(w.mail_to("una@elsewhere.example").await.len(), 0);
    // Once for her, whoever else asks.
    let other = json!({"first_name": "Mallory", "last_name": "Member", "email": "maria@members.example"});
    w.post("/sign-up", &other).await.problem(409, "contact_not_found");
}

/// SU-5
#[tokio::test]
async fn somebody_unknown_becomes_a_contact_where_that_is_wished() {
    let w = World::with(json!({"sign_up.create_contact": true})).await;
    let una = json!({"first_name": "Una", "last_name": "Known", "email": "una@elsewhere.example"});
    w.post("/sign-up", &una).await.is(202);
    let (username, password) = temporary_password(&w.newest_to("una@elsewhere.example").await);
    let answer = w.sign_in(&username, &password).await.ok();
    assert_eq!(answer["next"], "change_password");
    w.post("/sign-up", &una).await.problem(409, "contact_not_found");
    let maria = json!({"first_name": "Maria", "last_name": "Member", "email": "maria@members.example"});
    w.post("/sign-up", &maria).await.problem(409, "contact_not_found");
}

/// SU-6: several contacts who are alike are sent to staff.
#[tokio::test]
async fn several_who_are_alike_are_sent_to_staff() {
    let people = "kind,first_name,last_name,email,phone\n\
                  contact,Kim,Twin,twins@members.example,+1 212 555 0101\n\
                  contact,KIM,Twin,twins@members.example,+1 212 555 0102\n";
    let file = std::env::temp_dir().join(format!("vestibule-twins-{}.csv", std::process::id()));
    std::fs::write(&file, people).unwrap();
    let w =
        World::start(Options { import: Some(file), empty: true, settings: organisation(), ..Options::default() }).await;
    let kim = json!({"first_name": "Kim", "last_name": "Twin", "email": "twins@members.example"});
    let refused = w.post("/sign-up", &kim).await.problem(409, "contact_not_found");
    assert!(refused["detail"].as_str().unwrap().contains("contact staff"), "{refused}");
    assert_eq!(w.mail_to("twins@members.example").await.len(), 0);
}

fn welcomes(mail: &Value) -> bool {
    mail["subject"].as_str().unwrap().starts_with("Welcome")
}

/// SU-3: of fifty at once one account comes about, for a contact as for somebody unknown.
#[tokio::test]
async fn fifty_at_once_make_one_account() {
    let w = World::with(json!({"sign_up.create_contact": true})).await;
    let una = json!({"first_name": "Una", "last_name": "Known", "email": "una@elsewhere.example"});
    for (form, address) in [(nora(), "nora@members.example"), (una, "una@elsewhere.example")] {
        let answers = join_all((0..50).map(|_| w.post("/sign-up", &form))).await;
        let made = answers.iter().filter(|answer| answer.status == 202).count();
        assert!(made >= 1 && answers.iter().all(|answer| [202, 409].contains(&answer.status)), "{answers:?}");
        let mails = w.mail_to(address).await;
        assert!(mails.len() <= 4, "nobody is buried in mail: {}", mails.len());
        let accounts = mails.iter().filter(|mail| welcomes(mail)).count();
        assert_eq!(accounts, 1, "{mails:?}");
        // Those who lost left nothing: the address is one person's, who has one account.
        w.post("/forgot-username", &json!({"email": address})).await.is(202);
        let (username, _) = temporary_password(mails.iter().find(|mail| welcomes(mail)).unwrap());
        assert!(w.newest_to(address).await["text"].as_str().unwrap().contains(&username));
    }
}

/// SU-1: what can't be is told at its field, and nothing is lost.
#[tokio::test]
async fn what_can_not_be_is_told_at_its_field() {
    let w = World::with(json!({"sign_up.create_contact": true})).await;
    let long = "x".repeat(10_000);
    for (field, value) in [
        ("first_name", ""),
        ("first_name", "Nora\r\nBcc: x@y.example"),
        ("first_name", "<script>alert(1)</script>"),
        ("first_name", "!PASSWORD!"),
        ("last_name", "Quist\u{202e}"),
        ("last_name", "Qu\u{200b}ist"),
        ("last_name", "www.evil.example"),
        ("last_name", long.as_str()),
        ("email", "nora@@members.example"),
        ("email", "nora@members@members.example"),
        ("email", "n\u{43e}ra@members.example"),
        ("email", "nora\u{200b}@members.example"),
        ("email", "nora@"),
        ("email", long.as_str()),
        ("phone", "12"),
        ("phone", "call me"),
        ("phone", long.as_str()),
    ] {
        let refused = w.post("/sign-up", &with(nora(), field, value)).await.problem(422, "rejected");
        assert!(refused["errors"][field][0].is_string(), "{field} {value:?}: {refused}");
    }
    let page = w.browser();
    let fields = [("first_name", "<i>"), ("last_name", "Quist"), ("email", "nora@members.example"), ("phone", "")];
    let page = page.submit("/sign-up", &fields).await.is(422);
    assert!(page.text.contains("id=\"first_name-error\"") && page.text.contains("value=\"Quist\""), "{}", page.text);
    assert!(!page.text.contains("<i>"), "{}", page.text);
    assert_eq!(w.mail_to("nora@members.example").await.len(), 0);
    w.post("/sign-up", &json!({"first_name": "Nora", "surname": "x"})).await.problem(400, "malformed");
}

/// SU-1: whether a phone is asked for is a setting.
#[tokio::test]
async fn the_phone_may_be_required_or_not_asked_for() {
    let w = World::with(json!({"sign_up.phone": "required"})).await;
    let refused = w.post("/sign-up", &with(nora(), "phone", "")).await.problem(422, "rejected");
    assert!(refused["errors"]["phone"].is_array(), "{refused}");
    let w = World::with(json!({"sign_up.phone": "no"})).await;
    assert!(!w.browser().open("/sign-up").await.is(200).text.contains("name=\"phone\""));
    w.post("/sign-up", &nora()).await.is(202);
}

/// SU-1, SU-3: with forms, as a browser does.
#[tokio::test]
async fn the_form_leads_to_a_page_that_says_what_comes_next() {
    let w = World::new().await;
    let browser = w.browser();
    assert!(browser.open("/sign-in").await.is(200).text.contains("href=\"/sign-up\""));
    let fields = [("first_name", "Nora"), ("last_name", "Quist"), ("email", "nora@members.example"), ("phone", "")];
    let answer = browser.submit("/sign-up", &fields).await;
    browser.open(answer.leads_to()).await.is(200);
    assert_eq!(w.mail_to("nora@members.example").await.len(), 1);
    let page = browser.submit("/sign-up", &fields).await.is(409);
    assert!(page.text.contains("role=\"alert\""), "{}", page.text);
}

/// LK-2: a network address that keeps trying has to wait.
#[tokio::test]
async fn a_network_address_that_keeps_trying_has_to_wait() {
    let w = World::with(json!({"throttle.address_failures": 10})).await;
    let una = json!({"first_name": "Una", "last_name": "Known", "email": "una@elsewhere.example"});
    w.begin_stretch(600).await;
    for _ in 0..10 {
        w.post("/sign-up", &una).await.problem(409, "contact_not_found");
    }
    w.post("/sign-up", &una).await.problem(429, "too_many_requests");
}

/// SU-2, SU-3: whoever signs up by their other address is written to there, where they look.
#[tokio::test]
async fn the_mail_goes_to_the_address_that_was_typed() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let bob = json!({"first_name": "Bob", "last_name": "Two", "email": "bob@members.example", "address_email": "bob2@members.example"});
    admin.post("/admin/contacts", &bob).await.is(201);
    let who = json!({"first_name": "Bob", "last_name": "Two", "email": "bob2@members.example"});
    w.post("/sign-up", &who).await.is(202);
    let (username, password) = temporary_password(&w.newest_to("bob2@members.example").await);
    assert!(w.mail_to("bob@members.example").await.is_empty());
    assert_eq!(w.sign_in(&username, &password).await.ok()["reason"], "temporary");
}

/// OP-6: after a refusal typing goes on in the form, and the message is read with it.
#[tokio::test]
async fn a_refusal_leads_on_in_the_form() {
    let w = World::new().await;
    let nobody = [("first_name", "No"), ("last_name", "Body"), ("email", "nobody@nowhere.example"), ("phone", "")];
    let page = w.browser().submit("/sign-up", &nobody).await.is(409).text;
    assert_eq!(page.matches(" autofocus").count(), 1, "{page}");
    let first = page.split("<input").find(|tag| tag.contains("name=\"first_name\"")).expect("the first field");
    assert!(first.contains("autofocus") && first.contains("aria-describedby=\"message\""), "{first}");
}
