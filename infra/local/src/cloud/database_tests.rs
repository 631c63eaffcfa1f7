//! What the machine adds to the embedded database, and what it relies on in it.

use std::time::{Duration, Instant};

use dynoxide::Database as Embedded;
use serde_json::{Value, json};

use super::{Database, position};
use crate::clock::MovableClock;
use crate::template::{TEXT, Table, Template};

fn tables() -> Vec<Table> {
    let parameters = [("PublicOrigin", "http://localhost".to_owned()), ("SenderDomain", "localhost".to_owned())];
    Template::read(TEXT, &parameters.into()).unwrap().tables
}

async fn put(database: &Database, table: &str, item: &Value) {
    database.client().ask(json!({"TableName": table, "Item": item}), Embedded::put_item).await.unwrap();
}

async fn count(database: &Database, table: &str) -> usize {
    database.client().ask(json!({"TableName": table}), Embedded::scan).await.unwrap().count
}

#[tokio::test]
async fn what_every_reader_has_passed_is_let_go() {
    let database = Database::start(&tables(), None, &MovableClock::default()).await.unwrap();
    for i in 0..5 {
        put(&database, "OutboxTable", &json!({"pk": {"S": format!("MAIL#{i}")}})).await;
    }
    let client = database.client();
    let places: Vec<i64> = client.records("OutboxTable", 0).await.unwrap().iter().map(position).collect();
    assert!(places.len() == 5 && places.is_sorted(), "{places:?}");
    client
        .save_positions("OutboxTable", &[("Now".to_owned(), places[4]), ("Bulk".to_owned(), places[1])])
        .await
        .unwrap();
    assert_eq!(client.records("OutboxTable", 0).await.unwrap().len(), 4);
    client
        .save_positions("OutboxTable", &[("Now".to_owned(), places[4]), ("Bulk".to_owned(), places[4])])
        .await
        .unwrap();
    let left: Vec<i64> = client.records("OutboxTable", 0).await.unwrap().iter().map(position).collect();
    assert_eq!(left, [places[4]]);
    assert!(client.positions("OutboxTable").await.unwrap().contains(&("Bulk".to_owned(), places[4])));
    put(&database, "OutboxTable", &json!({"pk": {"S": "MAIL#new"}})).await;
    assert_eq!(client.records("OutboxTable", places[4]).await.unwrap().len(), 1);
}

/// Without the index every write looks at all records before it.
#[tokio::test]
async fn a_long_stream_costs_no_more_than_a_short_one() {
    let database = Database::start(&tables(), None, &MovableClock::default()).await.unwrap();
    let mut spans = Vec::new();
    for round in 0..4 {
        let began = Instant::now();
        for i in 0..1_000 {
            put(&database, "OutboxTable", &json!({"pk": {"S": format!("MAIL#{round}#{i}")}})).await;
        }
        spans.push(began.elapsed());
    }
    assert!(spans[3] < spans[0] * 3 + Duration::from_millis(200), "{spans:?}");
}

#[tokio::test]
async fn what_has_expired_goes_when_the_clock_says_so() {
    let clock = MovableClock::default();
    let database = Database::start(&tables(), None, &clock).await.unwrap();
    let now = clock.now().as_second();
    for i in 0..120 {
        let ttl = now + if i % 2 == 0 { 3_600 } else { 864_000 };
        put(
            &database,
            "SessionsTable",
            &json!({"pk": {"S": format!("USER#{i}")}, "sk": {"S": "S"}, "ttl": {"N": ttl.to_string()}}),
        )
        .await;
        put(
            &database,
            "DirectoryTable",
            &json!({"pk": {"S": format!("USER#{i}")}, "sk": {"S": "USER"}, "ttl": {"N": "1"}}),
        )
        .await;
    }
    clock.advance(7_200).unwrap();
    let asked = Instant::now();
    while count(&database, "SessionsTable").await != 60 && asked.elapsed().as_secs() < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((count(&database, "SessionsTable").await, count(&database, "DirectoryTable").await), (60, 120));
}

#[tokio::test]
async fn an_older_data_file_gets_what_it_lacks_and_keeps_what_it_has() {
    let folder = std::env::temp_dir().join(format!("vestibule-database-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("data");
    let mut before = tables();
    before.truncate(5);
    before[1].indexes.clear();
    before[3].ttl = None;
    let clock = MovableClock::default();
    let old = Database::start(&before, Some(&file), &clock).await.unwrap();
    let due =
        json!({"pk": {"S": "NAME#a"}, "sk": {"S": "LOGIN"}, "queue": {"S": "2026-01-01#1"}, "queue_at": {"N": "7"}});
    put(&old, "NamesTable", &due).await;
    old.stop().await;
    let new = Database::start(&tables(), Some(&file), &clock).await.unwrap();
    let query = json!({
        "TableName": "NamesTable", "IndexName": "queue", "KeyConditionExpression": "queue = :day",
        "ExpressionAttributeValues": {":day": {"S": "2026-01-01#1"}},
    });
    assert_eq!(new.client().ask(query, Embedded::query).await.unwrap().count, 1);
    put(&new, "SettingsTable", &json!({"pk": {"S": "SETTINGS"}, "sk": {"S": "CURRENT"}})).await;
    new.stop().await;
    let mut other = tables();
    other[2].key.hash.name = "id".to_owned();
    let error = Database::start(&other, Some(&file), &clock).await.unwrap_err();
    assert!(error.to_string().contains("LockoutsTable"), "{error}");
    std::fs::remove_dir_all(folder).unwrap();
}
