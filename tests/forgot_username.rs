//! Forgot my username (FU).

use serde_json::json;

use crate::world::World;

/// FU-1, FU-2
#[tokio::test]
async fn a_known_address_gets_the_username_and_the_way_to_sign_in() {
    let w = World::new().await;
    let page = w.browser().open("/forgot-username").await.is(200);
    assert!(page.text.contains("name=\"email\""), "{}", page.text);
    w.post("/forgot-username", &json!({"email": "Maria@Members.Example"})).await.is(202);
    let mail = w.newest_to("maria@members.example").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("\nmaria\n") && text.contains(&w.url("/sign-in")), "{text}");
    assert_eq!(mail["from"], "office@harbour.example");
    assert!(mail["html"].as_str().unwrap().contains(&w.url("/sign-in")));
}

/// FU-2: in a browser.
#[tokio::test]
async fn the_form_leads_to_a_page_that_says_what_comes_next() {
    let w = World::new().await;
    let browser = w.browser();
    let answer = browser.submit("/forgot-username", &[("email", "maria@members.example")]).await;
    let page = browser.open(answer.leads_to()).await.is(200);
    assert!(page.text.contains("href=\"/sign-in\""), "{}", page.text);
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
}

/// FU-4: a contact without an account is told to contact staff, and no account is made.
#[tokio::test]
async fn a_contact_without_an_account_is_sent_to_staff() {
    let w = World::new().await;
    w.post("/forgot-username", &json!({"email": "nora@members.example"})).await.is(202);
    let mail = w.newest_to("nora@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains("office@harbour.example"), "{mail}");
    assert!(!mail["text"].as_str().unwrap().contains("token="));
}

/// FU-5 on the page
#[tokio::test]
async fn a_shared_address_is_told_on_the_page() {
    let w = World::new().await;
    let answer = w.post("/forgot-username", &json!({"email": "family@members.example"})).await;
    answer.problem(409, "shared_address");
    let page = w.browser().submit("/forgot-username", &[("email", "family@members.example")]).await.is(409);
    assert!(page.text.contains("office@harbour.example"), "{}", page.text);
    assert_eq!(w.mail_to("family@members.example").await.len(), 0);
}

/// FU-5 by mail
#[tokio::test]
async fn a_shared_address_can_be_told_by_mail_instead() {
    let w = World::with(json!({"recovery.shared_address": "mail"})).await;
    w.post("/forgot-username", &json!({"email": "family@members.example"})).await.is(202);
    let mail = w.newest_to("family@members.example").await;
    assert!(mail["subject"].as_str().unwrap().starts_with("Several accounts"), "{mail}");
}

/// FU-6
#[tokio::test]
async fn an_unknown_address_is_told_so_and_can_not_be_bombed() {
    let w = World::new().await;
    for _ in 0..12 {
        w.post("/forgot-username", &json!({"email": "stranger@elsewhere.example"})).await.is(202);
    }
    let mails = w.mail_to("stranger@elsewhere.example").await;
    assert_eq!(mails.len(), 3);
    assert!(mails[0]["subject"].as_str().unwrap().starts_with("No account"), "{}", mails[0]);
}

/// FU-6: capped in all, too.
#[tokio::test]
async fn unknown_addresses_together_are_capped() {
    let w = World::with(json!({"recovery.unknown_mails_in_all": 5})).await;
    for n in 0..9 {
        w.post("/forgot-username", &json!({"email": format!("stranger{n}@elsewhere.example")})).await.is(202);
    }
    w.settle().await;
    assert_eq!(w.get("/_local/mail").await.ok().as_array().unwrap().len(), 5);
    w.advance(3_601).await;
    w.post("/forgot-username", &json!({"email": "stranger9@elsewhere.example"})).await.is(202);
    assert_eq!(w.mail_to("stranger9@elsewhere.example").await.len(), 1);
}

/// FU-6: an owner's address is capped as well.
#[tokio::test]
async fn a_known_address_can_not_be_bombed() {
    let w = World::with(json!({"recovery.mails_per_address": 4})).await;
    for _ in 0..5 {
        w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
        w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    }
    assert_eq!(w.mail_to("maria@members.example").await.len(), 4);
}

/// FU-7: the same answer to the letter. The same time: `waits.rs`.
#[tokio::test]
async fn known_and_unknown_get_the_same_answer() {
    let w = World::new().await;
    let mut answers = std::collections::BTreeSet::new();
    for email in ["maria@members.example", "nora@members.example", "dora@members.example", "nobody@nowhere.example"] {
        let answer = w.post("/forgot-username", &json!({"email": email})).await;
        let names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        answers.insert((answer.status, answer.text, names));
    }
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

/// FU-1: what is no address is refused with its field.
#[tokio::test]
async fn what_is_no_address_is_refused() {
    let w = World::new().await;
    for bad in
        ["", "maria", "a@b@c.example", "a b@c.example", "a@b.example\r\nBcc: x@y.example", "a@localhost", "@c.example"]
    {
        let problem = w.post("/forgot-username", &json!({"email": bad})).await.problem(422, "rejected");
        assert!(problem["errors"]["email"][0].is_string(), "{problem}");
        let page = w.browser().submit("/forgot-username", &[("email", bad)]).await.is(422);
        assert!(page.text.contains("aria-invalid"), "{}", page.text);
    }
}
