//! Bulk runs while something is wrong: with the mail service, with the database, with one of many.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Value, json};
use vestibule::Service;

use crate::resends::{adds_up, fault, ordered, path, planned, rows};
use crate::world::World;

/// A run among the sample people, begun; six of them are served.
async fn begun(w: &World, faults: Value) -> Value {
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    fault(w, faults).await;
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    plan
}

/// Lets half an hour pass, so many times.
async fn half_hours(w: &World, count: usize) {
    for _ in 0..count {
        w.advance(1_800).await;
        w.settle().await;
    }
}

async fn run_now(w: &World, plan: &Value) -> Value {
    w.signed_in("admin").await.get(&path(plan)).await.ok()
}

/// Everybody has one mail, and the counts say so.
async fn all_served_once(w: &World, plan: &Value) {
    let run = run_now(w, plan).await;
    assert_eq!((&run["state"], &run["sent"]), (&json!("done"), &json!(6)), "{run}");
    adds_up(&run);
    let mails: Value = w.get("/_local/mail").await.ok();
    let mails = mails.as_array().expect("a list");
    let which: BTreeSet<&str> = mails.iter().filter_map(|mail| mail["tags"]["mail"].as_str()).collect();
    assert_eq!((mails.len(), which.len()), (6, 6), "{mails:?}");
}

/// BR-8, BR-9, ML-7: the mails of a run are handed over together; what is wrong with one of them is that one's matter.
#[tokio::test]
async fn mails_of_a_run_go_together() {
    let w = World::new().await;
    let (mut file, mut list) = ("kind,username,email\n".to_owned(), String::new());
    for n in 0..120 {
        writeln!(file, "contact,crew{n},crew{n}@people.example").expect("a row");
        writeln!(list, "crew{n}").expect("a line");
    }
    service::flow::import::import(w.local.app(), file.as_bytes()).await.expect("a report");
    w.settle().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "list": list})).await;
    let refused = |operation, code| json!({"service": "ses", "operation": operation, "containing": "\"crew7@people.example", "kind": "refused", "code": code});
    fault(&w, json!([refused("SendBulkEmail", "BadRequestException"), refused("SendEmail", "MessageRejected")])).await;
    w.local.calls().reset();
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"], &run["failed"]), (&json!("done"), &json!(119), &json!(1)), "{run}");
    let [together, alone] =
        ["SendBulkEmail", "SendEmail"].map(|operation| w.local.calls().count(Service::Ses, operation));
    assert!(together > 0 && together + alone < 120, "{together} and {alone} calls");
    for n in (0..120).filter(|n| *n != 7) {
        let mails = w.mail_to(&format!("crew{n}@people.example")).await;
        assert_eq!(mails.len(), 2, "an invitation and the mail of the run to crew{n}");
        assert!(mails[0]["text"].as_str().is_some_and(|text| text.contains(&format!("crew{n}"))), "{}", mails[0]);
    }
    assert_eq!(rows(&admin, &plan).await.iter().filter(|row| row["fate"] == "rejected").count(), 1);
}

/// BR-7, ML-7: a mail service that has stopped all mail of the account holds a run up and ends nothing.
#[tokio::test]
async fn a_stopped_account_holds_a_run_up() {
    let w = World::new().await;
    let plan = begun(&w, json!([{"service": "ses", "kind": "refused", "code": "SendingPausedException"}])).await;
    half_hours(&w, 8).await;
    let run = run_now(&w, &plan).await;
    assert_eq!((&run["state"], &run["held"], &run["sent"]), (&json!("running"), &json!(6), &json!(0)), "{run}");
    fault(&w, json!([])).await;
    half_hours(&w, 1).await;
    all_served_once(&w, &plan).await;
}

/// BR-8: an hour without a mail service loses nothing and doubles nothing.
#[tokio::test]
async fn an_hour_without_a_mail_service_loses_nothing() {
    let w = World::new().await;
    let plan = begun(&w, json!([{"service": "ses", "kind": "failing", "for_seconds": 3_600}])).await;
    assert_eq!(run_now(&w, &plan).await["held"], 6);
    half_hours(&w, 4).await;
    all_served_once(&w, &plan).await;
}

/// BR-8: a minute in which the database takes nothing loses nothing and doubles nothing.
#[tokio::test]
async fn a_throttled_database_loses_nothing() {
    let w = World::new().await;
    let plan =
        begun(&w, json!([{"service": "dynamodb", "kind": "throttled", "for_seconds": 60, "table": "OutboxTable"}]))
            .await;
    half_hours(&w, 2).await;
    all_served_once(&w, &plan).await;
}

/// BR-8: what the database has done and not told is not done again.
#[tokio::test]
async fn lost_answers_double_nothing() {
    let w = World::new().await;
    let lost = |operation| json!({"service": "dynamodb", "table": "OutboxTable", "operation": operation, "kind": "lost_after_commit", "times": 8});
    let plan = begun(&w, json!([lost("TransactWriteItems"), lost("UpdateItem"), lost("PutItem")])).await;
    half_hours(&w, 2).await;
    all_served_once(&w, &plan).await;
}

/// BR-8: an account that can't be read is held, and nobody else waits for it.
#[tokio::test]
async fn one_that_is_broken_holds_nobody_up() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    let directory = w.local.items("DirectoryTable").await.expect("items");
    let maria = directory.into_iter().find(|item| item["username"]["S"] == "maria").expect("maria");
    let mut broken = maria.clone();
    broken["epoch"] = json!({"S": "broken"});
    w.local.put_items("DirectoryTable", vec![broken]).await.expect("it is put");
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"], &run["held"]), (&json!("running"), &json!(5), &json!(1)), "{run}");
    w.local.put_items("DirectoryTable", vec![maria]).await.expect("it is put");
    half_hours(&w, 1).await;
    all_served_once(&w, &plan).await;
}
