//! An import (IO-1) on a machine that is killed in the middle of it, twice.
//!
//! `VESTIBULE_ROWS=20000` makes it a large one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::bulk_run::{Admin, IN_HAND};
use super::{alone, folder};

/// IO-1: it goes on where it was, stores everybody once, and writes to nobody twice but for what was in hand when it was killed.
#[test]
fn an_import_survives_being_killed() {
    let _alone = alone();
    let rows: u64 = std::env::var("VESTIBULE_ROWS").map_or(2_000, |count| count.parse().expect("a number"));
    let data = folder("import-run").join("people.db").to_string_lossy().into_owned();
    let mut text = "kind,username,first_name,last_name,email\n".to_owned();
    for n in 0..rows {
        let username = if n % 4 == 0 { format!("crew{n}") } else { String::new() };
        writeln!(text, "contact,{username},Ann{n},Lee,crew{n}@people.example").expect("a row");
    }
    writeln!(text, "contact,crew0,Again,Lee,again@people.example").expect("a row");
    let admin = Admin::start(vec!["--data".to_owned(), data]);
    let plan = admin.call("POST", "/admin/imports", &json!({"text": text}));
    assert_eq!((&plan["total"], &plan["refused_count"]), (&json!(rows + 1), &json!(1)), "{plan}");
    let import = format!("/admin/imports/{}", plan["id"].as_str().expect("an id"));
    let made = |part: u64| move |now: &Value| now["made"].as_u64().is_some_and(|made| made >= part);

    admin.call("POST", &format!("{import}/run"), &json!({}));
    admin.wait(&import, made(rows / 5));
    let admin = admin.killed();
    admin.wait(&import, made(rows / 2));
    let admin = admin.killed();
    let done = admin.wait(&import, |now| now["state"] == "done");
    assert_eq!((&done["made"], &done["not_made"]), (&json!(rows), &json!(1)), "{done}");

    let mut people: BTreeMap<String, u32> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("/admin/contacts?q=crew&limit=100&cursor={cursor}"));
        for one in page["items"].as_array().expect("contacts") {
            *people.entry(one["email"].as_str().expect("an address").to_owned()).or_default() += 1;
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    assert_eq!(people.len() as u64, rows, "everybody is there");
    assert!(people.values().all(|count| *count == 1), "and nobody twice");

    let mails = admin.written_to("crew", rows.div_ceil(4));
    let again: Vec<&Vec<Value>> = mails.values().filter(|mails| mails.len() > 1).collect();
    assert!(again.len() <= 2 * IN_HAND, "{} got it again", again.len());
    assert!(again.iter().all(|same| same.len() == 2 && same[0]["text"] == same[1]["text"]), "the same letter again");
}
