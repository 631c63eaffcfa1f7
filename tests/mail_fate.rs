//! What the mail service reports of mails (ML-6).

use serde_json::{Value, json};

use crate::resends::fault;
use crate::world::World;

fn event(kind: &str, mail: &str) -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/mail-fate.json");
    let text = std::fs::read_to_string(file).expect("the sample event");
    let mut event: Value = serde_json::from_str(&text).expect("JSON");
    event["detail"]["eventType"] = kind.into();
    event["detail"]["mail"]["tags"]["mail"] = json!([mail]);
    event
}

async fn fates(w: &World) -> Vec<(String, String)> {
    let items = w.local.items("OutboxTable").await.expect("the items");
    let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    items.iter().map(|item| (text(item, "pk").replace("MAIL#", ""), text(item, "fate"))).collect()
}

/// ML-6: what is reported becomes the mail's fate, in whatever order it comes and however often; nothing is made of what
/// nobody sent.
#[tokio::test]
async fn what_is_reported_becomes_the_mails_fate() {
    let w = World::new().await;
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    w.settle().await;
    let [(mail, fate)] = &fates(&w).await[..] else { panic!("one mail") };
    assert_eq!(fate, "sent");
    for (kind, noted, fate) in [
        ("Delivery", true, "delivered"),
        ("DeliveryDelay", false, "delivered"),
        ("Bounce", true, "bounced"),
        ("Bounce", false, "bounced"),
        ("Delivery", false, "bounced"),
        ("Complaint", true, "complained"),
        ("Bounce", false, "complained"),
    ] {
        let answer = w.local.invoke("mail-fate", event(kind, mail)).await.expect("an answer");
        assert_eq!(answer, json!({"noted": noted}), "{kind}");
        assert_eq!(fates(&w).await, [(mail.clone(), fate.to_owned())], "{kind}");
    }
    let answer = w.local.invoke("mail-fate", event("Delivery", "01KATZ0000SAMPLE0000000000")).await.expect("an answer");
    assert_eq!(answer, json!({"noted": false}));
    assert_eq!(fates(&w).await.len(), 1);
}

/// ML-6: whatever fails while it is noted that mail came back, the report comes again and then all of it is noted.
#[tokio::test]
async fn a_report_that_fails_half_way_is_noted_when_it_comes_again() {
    for operation in ["GetItem", "UpdateItem", "Query", "TransactWriteItems"] {
        for kind in ["failing", "lost_after_commit"] {
            reported_with(operation, kind).await;
        }
    }
}

async fn reported_with(operation: &str, kind: &str) {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    w.settle().await;
    let [(mail, _)] = &fates(&w).await[..] else { panic!("one mail") };
    for after in 0..3 {
        let mut of =
            json!({"service": "dynamodb", "function": "mail-fate", "operation": operation, "kind": kind, "times": 4});
        if after > 0 {
            of["after"] = json!(after);
        }
        fault(&w, json!([of])).await;
        // Whether it goes well or not, nothing may be left half done when it has come again.
        drop(w.local.invoke("mail-fate", event("Bounce", mail)).await);
    }
    fault(&w, json!([])).await;
    w.local.invoke("mail-fate", event("Bounce", mail)).await.expect("an answer");
    assert_eq!(fates(&w).await, [(mail.clone(), "bounced".to_owned())], "{operation} {kind}");
    let told = admin.get("/admin/audit?filter=what:mail.bounced").await.ok();
    assert_eq!(told["items"].as_array().map(Vec::len), Some(1), "{operation} {kind}: {told}");
    let stuck = admin.get("/admin/stuck").await.ok().to_string();
    assert!(stuck.contains("maria"), "{operation} {kind}: {stuck}");
}

/// ML-6: mail that comes back from one address of somebody's says nothing of their other one.
#[tokio::test]
async fn only_the_address_that_mail_came_back_from_is_marked() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let maria = format!("/admin/users/{}", w.id_of("maria").await);
    admin.call("PATCH", &maria, &json!({"address_email": "boat@members.example"})).await.ok();
    w.post("/forgot-username", &json!({"email": "boat@members.example"})).await.is(202);
    w.settle().await;
    for (mail, _) in fates(&w).await {
        w.local.invoke("mail-fate", event("Bounce", &mail)).await.expect("an answer");
    }
    admin.call("PATCH", &maria, &json!({"email": "m@members.example"})).await.ok();
    let before = w.mail_to("maria@members.example").await.len();
    let nadia =
        json!({"first_name": "Nadia", "last_name": "New", "email": "maria@members.example", "create_account": true});
    admin.post("/admin/contacts", &nadia).await.is(201);
    assert_eq!(w.mail_to("maria@members.example").await.len(), before + 1, "none came back from there");
}

/// ML-6: a report that is quicker than the courier's note of the address waits for it.
#[tokio::test]
async fn a_report_may_be_quicker_than_the_courier() {
    let w = World::new().await;
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    w.settle().await;
    let [(mail, _)] = &fates(&w).await[..] else { panic!("one mail") };
    fault(&w, json!([{"service": "dynamodb", "function": "courier", "operation": "UpdateItem", "kind": "killed", "after": 1}])).await;
    w.post("/forgot-username", &json!({"email": "paula@partner.example"})).await.is(202);
    w.settle().await;
    let all = fates(&w).await;
    let (other, fate) = all.iter().find(|(id, _)| id != mail).expect("another mail");
    assert_eq!(fate, "", "the courier died before it noted anything");
    fault(&w, json!([])).await;
    w.local.invoke("mail-fate", event("Bounce", other)).await.expect_err("it comes again");
    w.advance(301).await;
    w.local.run_schedule("outbox").await.expect("a schedule").expect("it runs");
    w.settle().await;
    let answer = w.local.invoke("mail-fate", event("Bounce", other)).await.expect("an answer");
    assert_eq!(answer, json!({"noted": true}));
}
