//! People from a file (IO-1): rehearsed, run a step at a time, and what became of each row.

use std::fmt::Write as _;

use domain::source::Source;
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use serde_json::{Value, json};
use service::flow::import::{Format, rehearse as look, step};

use crate::world::{Answer, Browser, World, token};

/// An administrator's rehearsal of a file.
async fn rehearse(browser: &Browser<'_>, format: &str, file: &str) -> Answer {
    let request = browser.request("POST", "/admin/imports").header(ORIGIN, browser.world().origin());
    browser.send(request.header(CONTENT_TYPE, format).body(file.to_owned())).await
}

pub(crate) async fn rehearsed(browser: &Browser<'_>, file: &str) -> Value {
    rehearse(browser, "text/csv", file).await.is(201).json()
}

/// Runs it to its end.
pub(crate) async fn run(browser: &Browser<'_>, rehearsed: &Value) -> Value {
    let path = format!("/admin/imports/{}", rehearsed["id"].as_str().expect("an id"));
    browser.post(&format!("{path}/run"), &json!({})).await.is(202);
    for _ in 0..600 {
        browser.world().settle().await;
        let now = browser.get(&path).await.ok();
        if now["state"] == "done" {
            return now;
        }
    }
    panic!("it does not end");
}

/// The refused rows of a rehearsal or of a report, with their reasons.
pub(crate) fn refused(rows: &Value) -> Vec<(u64, String)> {
    let rows =
        rows.as_array().expect("rows").iter().filter(|row| row["result"].is_null() || row["result"] == "refused");
    rows.map(|row| (row["row"].as_u64().unwrap(), row["reason"].as_str().unwrap().to_owned())).collect()
}

const FILE: &str = "kind,username,first_name,last_name,email,phone,group,password_hash\n\
    contact,lena,Lena,Lindt,lena@people.example,+44 20 7946 0102,North,\n\
    contact,,No,Account,bare@people.example,no number,South,\n\
    staff,,Sue,Staff,sue@people.example,,,\n\
    contact,MARIA,Ma,Ria,other@people.example,,,\n\
    contact,paula@partner.example,Not,Paula,np@people.example,,,\n\
    contact,lena,Twice,Lena,twice@people.example,,,\n\
    contact,dear,De,Ar,dear@people.example,,,$2b$20$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n\
    contact,keeps,Kee,Ps,shared@people.example,,,$2b$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n\
    contact,,Sha,Red,shared@people.example,,,\n\
    administrator,boss,Bo,Ss,maria@members.example,,,\n\
    api,feed,,,,,,\n";

/// IO-1: what is rehearsed is what happens, row by row; until then nobody is stored and nobody is written to.
#[tokio::test]
async fn a_file_is_rehearsed_and_then_run() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    let plan = rehearsed(&browser, FILE).await;
    assert_eq!(
        (&plan["state"], &plan["total"], &plan["refused_count"]),
        (&json!("rehearsed"), &json!(11), &json!(4)),
        "{plan}"
    );
    assert_eq!(plan["to_make"], json!({"contacts": 4, "users": 5, "with_password": 1}), "{plan}");
    let lines: Vec<u64> = refused(&plan["refused"]).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [5, 6, 7, 8], "{plan}");
    let made_up = plan["usernames"][0].as_str().unwrap().to_owned();
    assert!(made_up.starts_with("sue") && made_up.len() == 11, "{made_up}");
    let warned: Vec<(&str, u64)> = plan["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| (warning["code"].as_str().unwrap(), warning["count"].as_u64().unwrap()))
        .collect();
    let expected = [("shared_email", 2), ("known_email", 1), ("odd_phone", 1), ("administrator", 1)];
    assert_eq!(warned, expected, "{plan}");
    assert!(w.mail_to("lena@people.example").await.is_empty());
    w.sign_in("keeps", "harbour-lantern-42").await.is(401);

    let done = run(&browser, &plan).await;
    assert_eq!((&done["made"], &done["not_made"]), (&json!(7), &json!(4)), "{done}");
    assert_eq!(refused(&done["rows"]), refused(&plan["refused"]));
    assert_eq!(w.mail_to("lena@people.example").await.len(), 1);
    assert_eq!(w.mail_to("shared@people.example").await.len(), 0, "who keeps a password is not sent another");
    let sue = w.newest_to("sue@people.example").await;
    assert!(sue["text"].as_str().unwrap().contains(&made_up), "{sue}");
    w.sign_in("keeps", "harbour-lantern-42").await.ok();
    let again = run(&browser, &plan).await;
    assert_eq!(again["made"], 7, "a second time is no error, and nothing happens");
    let csv = browser.get(&format!("/admin/imports/{}/rows.csv", plan["id"].as_str().unwrap())).await.is(200);
    assert!(csv.text.starts_with("row,who,username,result,reason\r\n2,lena,lena,made,\r\n"), "{}", csv.text);
    let told = browser.get("/admin/audit?what=import").await.ok();
    let acts: Vec<&str> = told["items"].as_array().unwrap().iter().filter_map(|one| one["what"].as_str()).collect();
    for act in ["import.rehearsed", "import.begun", "import.ended"] {
        assert!(acts.contains(&act), "{acts:?}");
    }
}

/// IO-1: what was kept of a row until it was stored is gone with it, password hashes first.
#[tokio::test]
async fn a_report_keeps_no_hash() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    let plan = rehearsed(&browser, FILE).await;
    let id = domain::id::RunId::parse(plan["id"].as_str().unwrap()).unwrap();
    let store = &w.local.app().store;
    assert!(store.lines(&id, 1).await.unwrap().iter().any(|line| line.row.is_some()));
    run(&browser, &plan).await;
    assert!(store.lines(&id, 1).await.unwrap().iter().all(|line| line.row.is_none()));
}

/// IO-1: a step that dies after it has stored people, or comes twice beside itself, stores nobody twice.
#[tokio::test]
async fn steps_that_repeat_store_everybody_once() {
    let w = World::new().await;
    let (app, admin) = (w.local.app(), w.local.app().store.login("admin").await.unwrap().unwrap());
    let by = app.store.user(&admin.user).await.unwrap().unwrap();
    let mut file = "kind,username,first_name,email\n".to_owned();
    for n in 0..60 {
        let username = if n % 2 == 0 { format!("new{n}") } else { String::new() };
        writeln!(file, "contact,{username},Nu{n},new{n}@people.example").unwrap();
    }
    let before = look(app, (Format::Csv, Source::Vestibule), file.as_bytes(), &by).await.unwrap().intake;
    let running = domain::intake::Intake { state: domain::intake::IntakeState::Running, ..before.clone() };
    let mut waiting = Vec::new();
    for chunk in 1..=before.chunks {
        waiting.push(app.store.lines(&before.id, chunk).await.unwrap());
    }
    app.store.advance_intake(&before, &running, None).await.unwrap();
    let steps = (0..4).map(|_| step(app, &before.id));
    for step in futures_util::future::join_all(steps).await {
        step.unwrap();
    }
    w.settle().await;
    // As a step leaves it that has stored its people and died before it wrote so down.
    for (chunk, lines) in (1..).zip(&waiting) {
        app.store.put_lines(&before, chunk, lines).await.unwrap();
    }
    let now = app.store.intake(&before.id).await.unwrap().unwrap();
    let back = domain::intake::Intake { state: running.state, done: 0, made: 0, not_made: 0, ..now.clone() };
    assert!(app.store.advance_intake(&now, &back, None).await.unwrap());
    for _ in 0..20 {
        w.settle().await;
    }
    let after = app.store.intake(&before.id).await.unwrap().unwrap();
    assert_eq!((after.state.as_str(), after.made, after.not_made), ("done", 60, 0));
    for n in [0, 1, 30, 59] {
        let holders = app.store.at_address(&format!("new{n}@people.example")).await.unwrap();
        assert_eq!(holders.all_contacts().len(), 1, "{n}");
    }
    assert_eq!(w.mail_to("new0@people.example").await.len(), 1);
}

/// IO-1: JSON lines, JSON that holds either, and a form say the same.
#[tokio::test]
async fn a_file_comes_in_any_of_its_forms() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    let lines = "{\"kind\": \"contact\", \"username\": \"jay\", \"email\": \"jay@people.example\", \"permissions\": [\"a.read\", \"b.read\"]}\n\
        \n{\"kind\": \"contact\", \"shoe_size\": 44}\n[1]\n{\"kind\": \"contact\", \"username\": \"jay\", \"email\": \"j2@people.example\"}\n";
    let plan = rehearse(&browser, "application/x-ndjson", lines).await.is(201).json();
    let expected: Vec<u64> = refused(&plan["refused"]).into_iter().map(|(line, _)| line).collect();
    assert_eq!((expected, &plan["total"]), (vec![3, 4, 5], &json!(4)), "{plan}");
    let given = json!({"format": "jsonl", "text": lines});
    assert_eq!(browser.post("/admin/imports", &given).await.is(201).json()["refused"], plan["refused"]);
    let page = browser.submit("/admin/imports", &[("format", "jsonl"), ("text", lines)]).await;
    let path = page.leads_to().to_owned();
    assert!(browser.open(&path).await.is(200).text.contains("Run"));
    assert_eq!(browser.submit(&format!("{path}/run"), &[]).await.leads_to(), path);
    w.settle().await;
    assert!(
        browser.open(&path).await.text.contains("jay@people.example") || browser.open(&path).await.text.contains("jay")
    );
    for (format, text) in [("csv", "name\nx\n"), ("xml", "<a/>"), ("csv", "")] {
        browser.post("/admin/imports", &json!({"format": format, "text": text})).await.problem(422, "rejected");
    }
    browser.submit("/admin/imports", &[("format", "csv"), ("text", "name\r\nx")]).await.is(422);
    rehearse(&browser, "text/plain", "x").await.problem(415, "wrong_type");
    browser.get("/admin/imports/01ARZ3NDEKTSV4RRFFQ69G5FAV").await.problem(404, "not_found");
    assert!(browser.open("/admin/imports").await.is(200).text.contains("Rehearse"));
}

/// IO-1: spreadsheets of many countries write semicolons or tabs, and column names as people do.
#[tokio::test]
async fn a_spreadsheet_is_read_as_its_country_writes_it() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    for (at, between) in [",", ";", "\t"].into_iter().enumerate() {
        let columns = ["Kind", "First Name", "LAST-NAME", "email", "Company"].join(between);
        let row = ["contact", "Jay", "Roe", &format!("jay{at}@people.example"), "\"Roe; Sons, Ltd\""].join(between);
        let plan = rehearsed(&browser, &format!("\u{feff}{columns}\r\n{row}\r\n")).await;
        assert_eq!((&plan["total"], &plan["refused"]), (&json!(1), &json!([])), "{between:?}: {plan}");
        run(&browser, &plan).await;
        let found = browser.get(&format!("/admin/contacts?q=jay{at}@people.example")).await.ok();
        assert_eq!(found["items"][0]["company"], "Roe; Sons, Ltd", "{between:?}: {found}");
        assert_eq!(found["items"][0]["name"], "Jay Roe", "{between:?}: {found}");
    }
}

/// IO-1, AD-3: staff bring nobody in, and a program members only.
#[tokio::test]
async fn nobody_makes_more_of_others_than_they_are() {
    let w = World::new().await;
    let sam = w.signed_in("sam").await;
    rehearse(&sam, "text/csv", FILE).await.problem(403, "not_allowed");
    let browser = w.signed_in("admin").await;
    let plan = rehearsed(&browser, "kind,username,permissions\napi,loader,imports.write\n").await;
    run(&browser, &plan).await;
    let app = w.local.app();
    let by = app.store.user(&app.store.login("loader").await.unwrap().unwrap().user).await.unwrap().unwrap();
    let file = "kind,username,email\nadministrator,evil,evil@people.example\ncontact,good,good@people.example\n";
    let plan = look(app, (Format::Csv, Source::Vestibule), file.as_bytes(), &by).await.unwrap();
    assert_eq!((plan.intake.total, plan.intake.refused), (2, 1), "{plan:?}");
}

/// IO-1: a mailed temporary password of an imported account leads in, as any other does.
#[tokio::test]
async fn somebody_who_was_brought_in_gets_in() {
    let w = World::new().await;
    let browser = w.signed_in("admin").await;
    run(&browser, &rehearsed(&browser, FILE).await).await;
    let token = { w.link_for("lena", "lena@people.example").await };
    assert_eq!(token, self::token(&w.newest_to("lena@people.example").await));
    w.reset(&token, "a long new password").await.ok();
    w.sign_in("lena", "a long new password").await.ok();
}
