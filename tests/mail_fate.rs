//! What the mail service reports of mails (ML-6).

use serde_json::{Value, json};

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
