//! Bulk runs (BR): planned, begun, halted, carried on, and what became of everybody.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};
use vestibule::Options;

use crate::world::{Browser, PASSWORD, World, organisation, token};

const RESENDS: &str = "/admin/resends";

pub(crate) async fn planned(browser: &Browser<'_>, wish: &Value) -> Value {
    browser.post(RESENDS, wish).await.is(201).json()
}

pub(crate) fn path(plan: &Value) -> String {
    format!("{RESENDS}/{}", plan["id"].as_str().expect("an id"))
}

pub(crate) async fn ordered(browser: &Browser<'_>, plan: &Value, order: &str) -> Value {
    browser.post(&format!("{}/{order}", path(plan)), &json!({})).await.ok()
}

/// Every row: who, and what became of them.
pub(crate) async fn rows(browser: &Browser<'_>, plan: &Value) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("{}/recipients?cursor={cursor}", path(plan))).await.ok();
        all.extend(page["items"].as_array().expect("a list").clone());
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return all,
        }
    }
}

fn reasons(plan: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let skipped = plan["skipped"].as_array().expect("a list");
    skipped.iter().map(|skipped| (text(&skipped["row"]), text(&skipped["reason"]))).collect()
}

pub(crate) async fn fault(w: &World, faults: Value) {
    let request = w.request("PUT", "/_local/faults").header("origin", w.origin());
    assert!(w.send(request.json(&faults)).await.status < 300);
}

/// The counts add up to all rows.
pub(crate) fn adds_up(run: &Value) {
    let count = |name: &str| run[name].as_u64().unwrap_or_else(|| panic!("{name}: {run}"));
    let all = ["sent", "failed", "skipped", "held", "cancelled"].map(count).iter().sum::<u64>();
    assert_eq!(all, count("total"), "{run}");
}

/// BR-1, BR-4, BR-6, BR-7: the plan counts everybody and says who is not served and why; nobody is written to.
#[tokio::test]
async fn a_plan_says_who_is_served() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    assert_eq!((&plan["state"], &plan["total"], &plan["recipients"]), (&json!("planned"), &json!(8), &json!(6)));
    let expected = [("dora", "disabled"), ("robot", "program")];
    assert_eq!(reasons(&plan), expected.map(|(row, why)| (row.to_owned(), why.to_owned())).into());
    assert!(plan["preview"]["text"].as_str().is_some_and(|text| text.contains("token=")), "{plan}");
    assert!(plan["seconds"].is_u64() && plan["cost_usd"].as_f64().is_some_and(|cost| cost > 0.0 && cost < 0.01));
    w.settle().await;
    assert_eq!(w.get("/_local/mail").await.ok(), json!([]));
    let shown = admin.get(&path(&plan)).await.ok();
    assert_eq!((&shown["state"], &shown["sent"], &shown["skipped"]), (&json!("planned"), &json!(0), &json!(2)));
    // Everything of it is forgotten in time.
    let stored = w.local.items("RunsTable").await.expect("the items");
    assert!(stored.len() > 3 && stored.iter().all(|item| item["ttl"]["N"].is_string()), "{stored:?}");
    for file in ["recipients", "recipients.csv"] {
        let at = async |cursor: &str| admin.get(&format!("{}/{file}?cursor={cursor}", path(&plan))).await;
        for bad in ["0", "-1", "x", "4294967296"] {
            at(bad).await.problem(422, "rejected");
        }
        at("4294967295").await.is(200);
    }
    for bad in [
        json!({"target": "users"}),
        json!({"target": "users", "ids": []}),
        json!({"target": "users", "ids": ["a"], "filter": ""}),
        json!({"target": "users", "filter": "nothing:x"}),
        json!({"target": "users", "filter": "group:Nowhere"}),
    ] {
        admin.post(RESENDS, &bad).await.problem(422, "rejected");
    }
    admin.post(RESENDS, &json!({"target": "everyone", "filter": ""})).await.problem(400, "malformed");
    admin.get(&format!("{RESENDS}/nothing")).await.problem(404, "not_found");
    admin.get(&format!("{RESENDS}?cursor=a%20b")).await.problem(422, "rejected");
}

/// BR-1, BR-5, BR-7, BR-8: everybody gets one mail with a way in and no password; the results say so, one by one and as CSV.
#[tokio::test]
async fn a_run_mails_everybody_once() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    assert_eq!(ordered(&admin, &plan, "start").await["state"], "running");
    w.settle().await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"], &run["skipped"]), (&json!("done"), &json!(6), &json!(2)), "{run}");
    adds_up(&run);
    let all: Value = w.get("/_local/mail").await.ok();
    assert_eq!(all.as_array().map(Vec::len), Some(6), "{all}");
    for address in ["maria@members.example", "paula@partner.example", "admin@harbour.example"] {
        let mails = w.mail_to(address).await;
        assert_eq!(mails.len(), 1, "{address}");
        assert!(!mails[0].to_string().contains(PASSWORD));
    }
    let way_in = token(&w.newest_to("maria@members.example").await);
    w.reset(&way_in, "a lantern for the harbour").await.ok();
    let rows = rows(&admin, &plan).await;
    assert_eq!(rows.len(), 8);
    assert_eq!(rows.iter().filter(|row| row["result"] == "sent" && row["fate"] == "sent").count(), 6);
    let csv = admin.get(&format!("{}/recipients.csv", path(&plan))).await.is(200).text;
    assert_eq!(csv.lines().count(), 9, "{csv}");
    assert!(csv.contains("maria@members.example") && csv.contains(",skipped,,disabled,"), "{csv}");
    admin.post(&format!("{}/start", path(&plan)), &json!({})).await.problem(409, "not_now");
    let listed = admin.get(RESENDS).await.ok();
    assert_eq!(listed["items"][0]["id"], plan["id"]);
}

/// BR-2, BR-5, BR-6: staff reach the contacts of their own group; who has no account gets one.
#[tokio::test]
async fn staff_send_to_contacts_of_their_group() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let contact = async |email: &str| {
        let found = admin.get(&format!("/admin/contacts?q={email}")).await.ok();
        found["items"][0]["id"].as_str().expect("a contact").to_owned()
    };
    let (nora, maria) = (contact("nora@members.example").await, contact("maria@members.example").await);
    sam.post(RESENDS, &json!({"target": "users", "filter": ""})).await.problem(403, "not_allowed");
    let plan = planned(&sam, &json!({"target": "contacts", "ids": [nora, maria]})).await;
    assert_eq!((&plan["total"], reasons(&plan).get(&nora).map(String::as_str)), (&json!(2), Some("not_found")));
    let all = planned(&sam, &json!({"target": "contacts", "filter": ""})).await;
    assert_eq!((&all["total"], &all["recipients"]), (&json!(1), &json!(1)));
    ordered(&sam, &plan, "start").await;
    w.settle().await;
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
    assert!(w.mail_to("nora@members.example").await.is_empty());
    // Nora has no account yet; an administrator's run gives her one.
    let plan = planned(&admin, &json!({"target": "contacts", "ids": [nora]})).await;
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    let mail = w.newest_to("nora@members.example").await;
    w.reset(&token(&mail), "a lantern for the harbour").await.ok();
    assert!(admin.get(&format!("/admin/contacts/{nora}")).await.ok()["user"].is_string());
    sam.get(&path(&plan)).await.problem(404, "not_found");
}

/// BR-6: whoever has come to another group does nothing more with a run among the people of the one before.
#[tokio::test]
async fn a_run_stays_with_the_group_it_was_planned_for() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let plan = planned(&sam, &json!({"target": "contacts", "filter": ""})).await;
    let id = w.id_of("sam").await;
    admin.call("PATCH", &format!("/admin/users/{id}"), &json!({"group": "South"})).await.ok();
    let sam = w.signed_in("sam").await;
    for path in [path(&plan), format!("{}/recipients", path(&plan))] {
        sam.get(&path).await.problem(404, "not_found");
    }
    sam.post(&format!("{}/start", path(&plan)), &json!({})).await.problem(404, "not_found");
    w.settle().await;
    assert!(w.mail_to("maria@members.example").await.is_empty());
}

/// BR-7: every run is found in the list, however many were planned since; staff see their own only.
#[tokio::test]
async fn runs_are_listed_page_by_page() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let own = planned(&sam, &json!({"target": "contacts", "filter": ""})).await;
    for _ in 0..51 {
        planned(&admin, &json!({"target": "users", "list": "maria"})).await;
    }
    let first = admin.get(RESENDS).await.ok();
    assert_eq!(first["items"].as_array().map(Vec::len), Some(50));
    let next = first["next_cursor"].as_str().expect("a page follows").to_owned();
    let second = admin.get(&format!("{RESENDS}?cursor={next}")).await.ok();
    assert_eq!((&second["items"][1]["id"], &second["next_cursor"]), (&own["id"], &Value::Null));
    let mine = sam.get(RESENDS).await.ok();
    assert_eq!((&mine["items"][0]["id"], mine["items"].as_array().map(Vec::len)), (&own["id"], Some(1)));
    let page = admin.open(RESENDS).await.is(200);
    assert!(page.text.contains(&format!("{RESENDS}?cursor={next}")), "{}", page.text);
}

/// BR-4: a list of ids, usernames and addresses; each line that leads to nobody is reported, and nobody is in it twice.
#[tokio::test]
async fn a_list_is_read_line_by_line() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let list = format!(
        "Maria\n{paula}\r\nsam@harbour.example, PAULA; family@members.example\nnobody\nstranger@nowhere.example\n\n"
    );
    let plan = planned(&admin, &json!({"target": "users", "list": list})).await;
    assert_eq!((&plan["total"], &plan["recipients"]), (&json!(7), &json!(3)), "{plan}");
    let expected = [
        ("PAULA", "duplicate"),
        ("family@members.example", "shared_address"),
        ("nobody", "not_found"),
        ("stranger@nowhere.example", "not_found"),
    ];
    assert_eq!(reasons(&plan), expected.map(|(row, why)| (row.to_owned(), why.to_owned())).into());
    let lines = json!(["nora@members.example", "maria"]);
    let plan = planned(&admin, &json!({"target": "contacts", "list": lines})).await;
    assert_eq!((&plan["total"], &plan["recipients"]), (&json!(2), &json!(2)), "{plan}");
    // A list may be longer than other requests.
    let mut long = String::new();
    for n in 0..5_000 {
        writeln!(long, "nobody{n}@nowhere.example").expect("a line");
    }
    let plan = planned(&admin, &json!({"target": "users", "list": long})).await;
    assert_eq!((&plan["skipped_count"], plan["skipped"].as_array().map(Vec::len)), (&json!(5_000), Some(1_000)));
}

/// BR-7, ML-7: a run is halted and goes on; while the mail service is down nothing is lost.
#[tokio::test]
async fn a_run_is_halted_and_goes_on() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    fault(&w, json!([{"service": "ses", "kind": "failing"}])).await;
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["held"], &run["sent"]), (&json!("running"), &json!(6), &json!(0)), "{run}");
    ordered(&admin, &plan, "pause").await;
    fault(&w, json!([])).await;
    w.advance(3_600).await;
    w.settle().await;
    let admin = w.signed_in("admin").await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["held"], &run["sent"]), (&json!("paused"), &json!(6), &json!(0)), "{run}");
    adds_up(&run);
    ordered(&admin, &plan, "resume").await;
    w.settle().await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"]), (&json!("done"), &json!(6)), "{run}");
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
}

/// BR-7: what is not sent when a run is cancelled is not sent.
#[tokio::test]
async fn a_cancelled_run_sends_no_more() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    fault(&w, json!([{"service": "ses", "kind": "failing"}])).await;
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    ordered(&admin, &plan, "cancel").await;
    fault(&w, json!([])).await;
    w.advance(3_600).await;
    w.settle().await;
    let admin = w.signed_in("admin").await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["cancelled"], &run["sent"]), (&json!("cancelled"), &json!(6), &json!(0)), "{run}");
    assert_eq!(w.get("/_local/mail").await.ok(), json!([]));
    admin.post(&format!("{}/resume", path(&plan)), &json!({})).await.problem(409, "not_now");
    // One that never began is given up whole.
    let plan = planned(&admin, &json!({"target": "users", "filter": ""})).await;
    let run = ordered(&admin, &plan, "cancel").await;
    assert_eq!((&run["state"], &run["cancelled"]), (&json!("cancelled"), &json!(6)), "{run}");
    adds_up(&run);
}

/// BR-8: steps that come five times and out of order, with the database failing in between, make one mail each.
#[tokio::test]
async fn steps_that_repeat_have_one_effect() {
    let mut people = "kind,username,first_name,last_name,email,group\n".to_owned();
    for n in 0..600 {
        writeln!(people, "contact,member{n},Zoe,Number{n},member{n}@people.example,North").expect("a row");
    }
    let file = std::env::temp_dir().join(format!("vestibule-resends-{}.csv", std::process::id()));
    std::fs::write(&file, people).expect("the file");
    let mut settings = organisation();
    settings.insert("organisation.environment_name".to_owned(), "Test".into());
    let options = Options { port: 0, empty: true, import: Some(file), settings, ..Options::default() };
    let w = World::start(options).await;
    w.settle().await;
    w.send(w.request("DELETE", "/_local/mail").header("origin", w.origin())).await;
    let app = w.local.app();
    let hash = app.hasher.hash(&domain::password::Password::parse(PASSWORD).unwrap(), [7; 16]).await.unwrap();
    let new = service::flow::enrol::NewPerson {
        kind: domain::user::Kind::Administrator,
        username: domain::username::Username::parse("ada").ok(),
        person: domain::user::Person { last_name: "Admin".to_owned(), ..Default::default() },
        grants: domain::user::Grants::default(),
        way_in: service::flow::enrol::WayIn::Hash(hash),
        state: domain::user::State::Active,
    };
    service::flow::enrol::enrol(app, &new).await.unwrap();
    let admin = w.signed_in("ada").await;
    let plan = planned(&admin, &json!({"target": "users", "filter": "kind:contact"})).await;
    assert_eq!(plan["recipients"], 600, "{plan}");
    fault(&w, json!([{"service": "dynamodb", "table": "OutboxTable", "kind": "failing", "times": 40}])).await;
    ordered(&admin, &plan, "start").await;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/bulk-resend.json");
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("the event")).expect("JSON");
    event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] = format!("RUN#{}", plan["id"].as_str().expect("an id")).into();
    for _ in 0..5 {
        w.local.invoke("bulk-resend", event.clone()).await.expect("an answer");
    }
    w.settle().await;
    w.advance(60).await;
    w.settle().await;
    let admin = w.signed_in("ada").await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"]), (&json!("done"), &json!(600)), "{run}");
    adds_up(&run);
    let all: Value = w.get("/_local/mail").await.ok();
    let mut to: Vec<String> = all.as_array().expect("mails").iter().map(|mail| mail["to"].to_string()).collect();
    to.retain(|to| to.contains("people.example"));
    assert_eq!(to.len(), 600);
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 600);
    assert_eq!(
        rows(&admin, &plan).await.len(),
        usize::try_from(plan["total"].as_u64().expect("a number")).expect("few")
    );
}

/// BR-8: whoever was switched off, or has chosen a password, between plan and start is not written to.
#[tokio::test]
async fn whoever_changed_meanwhile_is_not_written_to() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let plan = planned(&admin, &json!({"target": "users", "list": "paula\nmaria\nsam"})).await;
    w.advance(5).await;
    admin.call("PATCH", &format!("/admin/users/{paula}"), &json!({"disabled": true})).await.ok();
    let link = w.link_for("maria", "maria@members.example").await;
    w.reset(&link, "a lantern for the harbour").await.ok();
    w.settle().await;
    let before = w.mail_to("maria@members.example").await.len();
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    let run = admin.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"], &run["skipped"]), (&json!("done"), &json!(1), &json!(2)), "{run}");
    assert_eq!(w.mail_to("maria@members.example").await.len(), before);
    assert_eq!(w.mail_to("sam@harbour.example").await.len(), 1);
    let reasons: BTreeMap<String, Value> = rows(&admin, &plan)
        .await
        .into_iter()
        .map(|row| (row["username"].as_str().expect("a name").to_owned(), row["reason"].clone()))
        .collect();
    let expected = [("maria", json!("password_chosen")), ("paula", json!("disabled")), ("sam", Value::Null)];
    assert_eq!(reasons, expected.map(|(name, reason)| (name.to_owned(), reason)).into());
    let page = admin.open(&format!("{}/recipients", path(&plan))).await.is(200);
    assert!(page.text.contains("password chosen"), "{}", page.text);
}

/// ML-6, BR-6: an address whose mail came back is skipped by the next plan, and nothing else is written to it.
#[tokio::test]
async fn a_bounced_address_is_left_alone() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    w.settle().await;
    let mails = admin.get("/admin/mail?to=maria@members.example").await.ok();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/mail-fate.json");
    let mut event: Value = serde_json::from_str(&std::fs::read_to_string(file).expect("the event")).expect("JSON");
    event["detail"]["eventType"] = "Bounce".into();
    event["detail"]["mail"]["tags"]["mail"] = json!([mails["items"][0]["id"]]);
    w.local.invoke("mail-fate", event).await.expect("it is noted");
    let plan = planned(&admin, &json!({"target": "users", "list": "maria\npaula"})).await;
    assert_eq!(reasons(&plan).get("maria").map(String::as_str), Some("bounced"), "{plan}");
    let plan = planned(&admin, &json!({"target": "users", "filter": "group:North"})).await;
    assert_eq!(reasons(&plan).get("maria").map(String::as_str), Some("bounced"), "{plan}");
    // AD-8: those who can't be reached are found, and planned, as all who are stuck.
    let listed = admin.get("/admin/users?filter=bounced").await.ok();
    assert_eq!((&listed["items"][0]["username"], &listed["items"][1]), (&json!("maria"), &Value::Null));
    let page = admin.open("/admin/stuck?filter=bounced").await.is(200);
    assert!(page.text.contains("value=\"bounced:true\""), "{}", page.text);
    let plan = planned(&admin, &json!({"target": "users", "filter": "bounced:true"})).await;
    assert_eq!((&plan["total"], &plan["skipped"][0]["reason"]), (&json!(1), &json!("bounced")), "{plan}");
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
    let mails = admin.get("/admin/mail?to=maria@members.example").await.ok();
    assert_eq!(mails["items"][0]["fate"], "suppressed", "{mails}");
}

/// BR-9: who waits for a mail gets it while a run is under way.
#[tokio::test]
async fn a_reset_does_not_wait_behind_a_run() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let plan = planned(&admin, &json!({"target": "users", "list": "paula\nsam\nfinn"})).await;
    ordered(&admin, &plan, "start").await;
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    w.settle().await;
    let items = w.local.items("OutboxTable").await.expect("the items");
    let lane = |what: &str| {
        let of = items.iter().find(|item| item["work"]["M"]["what"]["S"] == what).expect("it was asked for");
        of["lane"]["S"].as_str().expect("a lane").to_owned()
    };
    assert_eq!((lane("resend"), lane("forgot_password")), ("bulk".to_owned(), "now".to_owned()));
    assert_eq!(w.mail_to("maria@members.example").await.len(), 1);
}

/// BR-1, BR-2, BR-3: rows are ticked on the list and planned from it, by forms alone.
#[tokio::test]
async fn a_run_is_made_from_the_list() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let list = admin.open("/admin/users").await.is(200);
    assert!(list.text.contains("Send new user email") && list.text.contains(&format!("id-{maria}")), "{}", list.text);
    let ticked = format!("id-{maria}");
    let fields = [("target", "users"), ("q", ""), ("filter", ""), ("whom", "ticked"), (ticked.as_str(), "true")];
    let made = admin.submit(RESENDS, &fields).await;
    let page = made.leads_to().to_owned();
    let shown = admin.open(&page).await.is(200);
    assert!(shown.text.contains("Planned") && shown.text.contains("Start"), "{}", shown.text);
    assert_eq!(admin.submit(&format!("{page}/start"), &[]).await.leads_to(), page);
    let mut looks = 0;
    while !admin.open(&page).await.is(200).text.contains("Done") {
        w.settle().await;
        looks += 1;
        assert!(looks < 60, "it does not end");
        tokio::time::sleep(std::time::Duration::from_millis(if looks > 1 { 500 } else { 0 })).await;
    }
    assert!(admin.open(&format!("{page}/recipients")).await.is(200).text.contains("maria@members.example"));
    let nobody = [("target", "users"), ("q", ""), ("filter", ""), ("whom", "ticked")];
    assert!(admin.submit(RESENDS, &nobody).await.is(422).text.contains("Nobody is chosen"));
    let all = [("target", "contacts"), ("q", ""), ("filter", "group:North"), ("whom", "all")];
    assert!(admin.submit(RESENDS, &all).await.leads_to().starts_with(RESENDS));
}
