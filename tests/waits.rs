//! What a flow costs: waits on the database, one after the other, and capacity units.

use serde_json::json;
use vestibule::{Call, Service};

use crate::mfa::{Owner, password, submit};
use crate::resends::{ordered, planned};
use crate::world::{PASSWORD, World};

/// The calls to the database that a request made, and no others: nothing else is under way.
async fn calls_of<T>(w: &World, request: impl Future<Output = T>) -> Vec<Call> {
    w.settle().await;
    w.local.calls().reset();
    w.local.calls().measure();
    request.await;
    w.local.calls().all().into_iter().filter(|call| call.service == Service::DynamoDb).collect()
}

async fn warm() -> World {
    let w = World::new().await;
    w.sign_in("maria", PASSWORD).await.ok();
    w
}

fn units(calls: &[Call]) -> (f64, f64) {
    calls.iter().fold((0.0, 0.0), |(read, write), call| (read + call.read_units, write + call.write_units))
}

/// OP-2: a sign-in waits twice and takes one read and three writes; the fourth is the audit's.
#[tokio::test]
async fn a_sign_in_waits_twice() {
    let w = warm().await;
    let calls = calls_of(&w, w.sign_in("maria", PASSWORD)).await;
    assert_eq!(w.local.calls().waits(Service::DynamoDb), 2, "{calls:#?}");
    let (read, write) = units(&calls);
    assert!(read <= 1.0 && write <= 4.0, "{read} reads, {write} writes: {calls:#?}");
}

/// SI-3: a refusal waits twice as well, whoever it is.
#[tokio::test]
async fn every_refusal_waits_twice_and_writes_the_same() {
    let w = warm().await;
    for _ in 0..5 {
        w.sign_in("paula", "wrong").await.is(401);
    }
    // Just now another try waits for what becomes of these, whoever has the name or nobody: a second, and three writes more.
    for _ in 0..5 {
        w.sign_in("not-there", "wrong").await.is(401);
    }
    for name in ["paula", "not-there"] {
        let calls = calls_of(&w, w.sign_in(name, PASSWORD)).await;
        assert!(calls.iter().filter(|call| call.operation == "UpdateItem").count() <= 5, "{name}: {calls:#?}");
    }
    w.advance(3).await;
    w.sign_in("maria", PASSWORD).await.ok();
    for (name, password) in [("maria", "wrong"), ("nobody", PASSWORD), ("paula", PASSWORD)] {
        let calls = calls_of(&w, w.sign_in(name, password)).await;
        let mut operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        operations.sort_unstable();
        assert_eq!(operations, ["GetItem", "PutItem", "UpdateItem", "UpdateItem"], "{name}");
        assert_eq!(w.local.calls().waits(Service::DynamoDb), 2, "{name}: {calls:#?}");
    }
}

/// MF-7: the code after the password waits twice, right or wrong, and hashes nothing.
#[tokio::test]
async fn a_security_code_waits_twice() {
    let w = World::with(json!({"mfa.scope": "staff"})).await;
    let browser = w.browser();
    let sam = Owner::enrol(&browser, "sam", "sam@harbour.example").await;
    for right in [false, true] {
        password(&browser, "sam").await.ok();
        let code = if right { sam.code(&w).await } else { "000000".to_owned() };
        let calls = calls_of(&w, submit(&browser, &code)).await;
        let waits = w.local.calls().waits(Service::DynamoDb);
        assert!(waits <= 2, "{waits} for {right}: {calls:#?}");
        let (read, write) = units(&calls);
        // The third read is of the settings, beside the work at hand: the clock was moved.
        // Two of the writes are the audit's, in the same transaction.
        assert!(read <= 3.0 && write <= 11.0, "{read} reads, {write} writes for {right}: {calls:#?}");
    }
}

/// SE-7: a session check is one wait.
#[tokio::test]
async fn a_session_check_waits_once() {
    let w = warm().await;
    let browser = w.signed_in("maria").await;
    let calls = calls_of(&w, browser.get("/session")).await;
    assert_eq!(calls.len(), 1, "{calls:#?}");
    let (read, write) = units(&calls);
    assert!(read <= 2.0 && write == 0.0, "{read} reads, {write} writes");
}

/// SE-7: what an API asks is one wait, too.
#[tokio::test]
async fn an_api_that_asks_waits_once() {
    let w = warm().await;
    let cookie = format!("__Host-session={}", w.signed_in("maria").await.value("__Host-session"));
    let event = json!({"version": "2.0", "cookies": [cookie]});
    let calls = calls_of(&w, w.local.invoke("authorizer", event)).await;
    assert_eq!(calls.len(), 1, "{calls:#?}");
}

/// FU-7, RP-9: asking for a way back in is one wait and two writes, known or not; the courier comes after.
#[tokio::test]
async fn forgetting_waits_once() {
    let w = warm().await;
    for (path, body) in [
        ("/forgot-username", json!({"email": "maria@members.example"})),
        ("/forgot-username", json!({"email": "nobody@nowhere.example"})),
        ("/forgot-username", json!({"email": "family@members.example"})),
        ("/forgot-password", json!({"username": "maria"})),
        ("/forgot-password", json!({"username": "nobody"})),
        ("/reset-account", json!({"email": "maria@members.example"})),
    ] {
        let calls = calls_of(&w, w.post(path, &body)).await;
        let put = calls.iter().find(|call| call.operation == "PutItem").expect("the outbox");
        assert!(put.write_units <= 2.0, "{path}: {} writes", put.write_units);
        let before: Vec<_> =
            calls.iter().filter(|call| call.began < put.ended).map(|call| call.operation.as_str()).collect();
        assert!(before.iter().all(|operation| ["PutItem", "Query"].contains(operation)), "{path}: {before:?}");
        assert_eq!(before.len(), if path == "/forgot-username" { 2 } else { 1 }, "{path}: {before:?}");
    }
}

/// RP-4: opening a mailed link asks the database nothing, and a forged token costs no read.
#[tokio::test]
async fn a_forged_link_costs_no_read() {
    let w = warm().await;
    let calls = calls_of(&w, async {
        w.browser().open("/reset?token=k1.x.y.z").await.is(200);
        w.reset("k1.x.y.z", "a first new password").await.problem(410, "link_dead");
    });
    let calls = calls.await;
    assert_eq!(calls.len(), 0, "{calls:#?}");
}

/// A thousand people whose temporary passwords end tomorrow, among so many whose end later: read and write units of the sweep.
async fn swept_among(crowd: u32) -> (f64, f64) {
    let settings = json!({"temporary.days": 1});
    let w = World::start(vestibule::Options {
        empty: true,
        settings: settings.as_object().unwrap().clone(),
        ..Default::default()
    })
    .await;
    let mut file = b"kind,username,email\n".to_vec();
    file.extend((0..1_000).flat_map(|n| format!("contact,due{n},due{n}@people.example\n").into_bytes()));
    assert_eq!(service::flow::import::import(w.local.app(), &file).await.expect("a report").stored, 1_000);
    let later = |n: u32| {
        json!({
            "pk": {"S": format!("NAME#later{n}")}, "sk": {"S": "LOGIN"}, "user": {"S": format!("later{n}")}, "kind": {"S": "contact"},
            "epoch": {"N": "1"}, "temporary": {"M": {"id": {"S": "later"}, "ends_at": {"N": "4102444800"}}},
            "queue": {"S": format!("2100-01-01#{}", n % 8)}, "queue_at": {"N": "4102444800"},
        })
    };
    w.local.put_items("NamesTable", (0..crowd).map(later).collect()).await.expect("a crowd");
    w.settle().await;
    w.advance(86_400 - 1_800).await;
    w.settle().await;
    w.local.calls().reset();
    w.local.calls().measure();
    w.advance(1_801).await;
    // The schedule has run with the clock, or runs now.
    w.local.run_schedule("temporary-passwords").await.expect("a schedule").expect("it runs");
    w.settle().await;
    w.local.calls().units()
}

/// TP-4: a sweep costs what has expired, however many have not.
#[tokio::test]
async fn a_sweep_costs_what_has_expired() {
    let (few, many) = (swept_among(0).await, swept_among(99_000).await);
    assert!(few.1 >= 2_000.0, "each of them has a login and a user: {few:?}");
    for (few, many) in [(few.0, many.0), (few.1, many.1)] {
        assert!((many - few).abs() <= few * 0.1, "{few} among a thousand, {many} among a hundred thousand");
    }
}

/// AD-1: a page of a list takes ten read units at the most, a person's page three waits.
#[tokio::test]
async fn a_page_of_a_list_is_cheap() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for n in 0..60 {
        let new = json!({"username": format!("zz{n:02}"), "first_name": "Nemo", "last_name": "Quill", "email": format!("yy{n:02}@members.example")});
        admin.post("/admin/users", &new).await.is(201);
    }
    let maria = w.id_of("maria").await;
    for path in ["/admin/users", "/admin/users?q=quill", "/admin/users?q=yy", "/admin/contacts", "/admin/audit"] {
        let calls = calls_of(&w, admin.get(path)).await;
        // One of them is the session's own check.
        let read = units(&calls).0 - 2.0;
        assert!(read <= 10.0, "{path}: {read} {calls:#?}");
    }
    let calls = calls_of(&w, admin.get(&format!("/admin/users/{maria}"))).await;
    let waits = w.local.calls().waits(Service::DynamoDb);
    assert!(waits <= 3, "{waits}: {calls:#?}");
}

/// BR-8: what a recipient costs doesn't grow with the run, to a tenth.
#[tokio::test]
async fn a_recipient_of_a_large_run_costs_what_one_of_a_small_run_does() {
    let w = World::new().await;
    let name = |n: u32| format!("crew{n}");
    let rows: Vec<String> = (0..2_500).map(|n| format!("contact,{},{}@people.example", name(n), name(n))).collect();
    let file = format!("kind,username,email\n{}\n", rows.join("\n"));
    service::flow::import::import(w.local.app(), file.as_bytes()).await.expect("a report");
    w.settle().await;
    let admin = w.signed_in("admin").await;
    let mut each = Vec::new();
    for (from, to) in [(0_u32, 250_u32), (250, 2_500)] {
        let list = (from..to).map(|n| name(n) + "\n").collect::<String>();
        let calls = calls_of(&w, async {
            let plan = planned(&admin, &json!({"target": "users", "list": list})).await;
            ordered(&admin, &plan, "start").await;
            w.settle().await;
        });
        let (read, write) = units(&calls.await);
        each.push([read, write].map(|units| units / f64::from(to - from)));
    }
    let [small, large] = each[..] else { panic!("two runs") };
    for (small, large) in small.into_iter().zip(large) {
        assert!((0.9..1.1).contains(&(large / small)), "{small} and {large} units a recipient");
    }
}
