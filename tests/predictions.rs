//! What a rehearsal says is what the run does, row by row (IO-1), for whatever file: a property over made-up ones.
//!
//! `VESTIBULE_CASES=500` tries more of them.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::imports::run;
use crate::world::{Browser, World};

/// A row, by the columns of [`COLUMNS`].
type Row = Vec<String>;

const COLUMNS: [&str; 11] = [
    "kind",
    "username",
    "first_name",
    "last_name",
    "email",
    "address_email",
    "phone",
    "group",
    "permissions",
    "password_hash",
    "disabled",
];

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(words).prop_map(str::to_owned)
}

/// Names, addresses and phones that meet each other often, those of the sample people among them.
fn row() -> impl Strategy<Value = Row> {
    let kinds = ["contact", "contact", "contact", "Contact", "staff", "administrator", "api", "pirate", ""];
    let names =
        &["", "", "", "ann", "ANN", "bea", "maria", "Paula", "a b", "ann@people.example", "maria@members.example"];
    let emails = &[
        "",
        "",
        "ann@people.example",
        "Ann@People.example",
        "bea@people.example",
        "family@members.example",
        "maria@members.example",
        "nora@members.example",
        "paula@partner.example",
        "not an address",
    ];
    let hashes = &[
        "",
        "",
        "",
        "$2b$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC",
        "$2b$20$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC",
        "sesame",
    ];
    let who = (one_of(&["Ann", "ann", "Nora", "Maria", ""]), one_of(&["Lee", "Quist", "Member", ""]));
    let reached = (one_of(emails), one_of(emails), one_of(&["", "", "+44 20 7946 0101", "020 7946 0102", "no number"]));
    let may = (one_of(&["", "North", "South"]), one_of(&["", "orders.read", "users.write;orders.read"]));
    let way = (one_of(hashes), one_of(&["", "", "", "yes", "no", "perhaps"]));
    (select(kinds.to_vec()), one_of(names), who, reached, may, way).prop_map(
        |(kind, name, (first, last), (email, other, phone), (group, rights), (hash, off))| {
            vec![kind.to_owned(), name, first, last, email, other, phone, group, rights, hash, off]
        },
    )
}

/// A file, in one of the two ways it may be written.
fn written(rows: &[Row], as_json: bool) -> String {
    if !as_json {
        let lines = rows.iter().map(|row| row.join(","));
        return std::iter::once(COLUMNS.join(",")).chain(lines).collect::<Vec<_>>().join("\n");
    }
    let lines = rows.iter().map(|row| {
        let fields: serde_json::Map<String, Value> =
            COLUMNS.iter().zip(row).map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
        Value::Object(fields).to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What is said of each row: its line, username, result and reason.
fn told(import: &Value) -> Vec<(u64, Value, String, Value)> {
    let row = |row: &Value| {
        let result = row["result"].as_str().expect("a result").to_owned();
        (row["row"].as_u64().expect("a line"), row["username"].clone(), result, row["reason"].clone())
    };
    import["rows"].as_array().expect("rows").iter().map(row).collect()
}

/// Rehearses and runs a file; whether the run did what the rehearsal said, and nobody else is there.
async fn comes_true(browser: &Browser<'_>, file: &str) -> Result<(), TestCaseError> {
    let plan = browser.post("/admin/imports", &json!({"text": file})).await.is(201).json();
    let path = format!("/admin/imports/{}", plan["id"].as_str().expect("an id"));
    let mut expected = told(&browser.get(&path).await.ok());
    for (_, _, result, _) in &mut expected {
        if result == "waiting" {
            "made".clone_into(result);
        }
    }
    let done = run(browser, &plan).await;
    prop_assert_eq!(&told(&done), &expected, "{}", file);
    let made = expected.iter().filter(|(_, _, result, _)| result == "made");
    prop_assert_eq!(done["made"].as_u64(), Some(made.clone().count() as u64));
    let store = &browser.world().local.app().store;
    for name in made.filter_map(|(_, name, ..)| name.as_str()) {
        let canonical = domain::username::canonical(name);
        prop_assert!(store.login(&canonical).await.expect("an answer").is_some(), "{} has no account", name);
    }
    Ok(())
}

/// IO-1: duplicates, missing and shared addresses, odd phones, usernames that meet, rights, hashes, people who are there: the run does
/// what the rehearsal said of every row, and a second file meets those of the first.
#[test]
fn whatever_is_rehearsed_happens() {
    let cases = std::env::var("VESTIBULE_CASES").map_or(6, |count| count.parse().expect("a number"));
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let files = prop::collection::vec((prop::collection::vec(row(), 1..40), any::<bool>()), 2..4);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let outcome = TestRunner::new(config).run(&files, |files| {
        runtime.block_on(async {
            let w = World::new().await;
            let browser = w.signed_in("admin").await;
            for (rows, as_json) in &files {
                comes_true(&browser, &written(rows, *as_json)).await?;
            }
            Ok(())
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
