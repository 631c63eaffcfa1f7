//! Processes that are killed while they do what staff and schedules have them do.

use serde_json::{Value, json};

use super::{Knife, at_rest, house, is_sound, with_session};
use crate::resends::planned;
use crate::world::{Browser, PASSWORD};

/// What somebody asks for at the console in one turn, and what is there when it has come about.
type Order = fn(u32) -> (&'static str, &'static str, Value);

/// AD-2, AD-4, AD-5, PN-2, BR-3: whatever an administrator does to somebody is done or not, and done when it is asked for again.
#[tokio::test]
async fn an_administrators_work() {
    let orders: [Order; 10] = [
        |turn| ("PATCH", "", json!({"disabled": turn.is_multiple_of(2)})),
        |_| ("PATCH", "", json!({"disabled": false})),
        |turn| ("PATCH", "", json!({"email": format!("maria{turn}@people.example")})),
        |turn| ("PATCH", "", json!({"permissions": [format!("boats.row{turn}")], "company": format!("Boats {turn}")})),
        |turn| ("PATCH", "", json!({"first_name": format!("Mary {turn}")})),
        |turn| {
            let new = format!("staff say {turn} boats");
            ("POST", "/reset-password", json!({"password": new, "password_again": new, "resend": true}))
        },
        |_| ("POST", "/resend", json!({})),
        |_| ("POST", "/pin", json!({"uses": 3})),
        |_| ("POST", "/pin/mail", json!({})),
        |_| ("DELETE", "/sessions", json!({})),
    ];
    let (w, _, session) = house().await;
    let (admin, maria) = (with_session(&w, &session), w.id_of("maria").await);
    for order in orders {
        let mut knife = Knife::new(&w, "admin");
        while knife.has_more() {
            let (method, path, body) = order(knife.calls);
            let path = format!("/admin/users/{maria}{path}");
            knife.cut(admin.call(method, &path, &body)).await;
            let again = admin.call(method, &path, &body).await;
            // A password that is set already is not a new one.
            assert!(again.status < 300 || again.status == 422, "{method} {path} {body}: {}", again.text);
        }
    }
}

/// AD-4, AD-5, IN-1: what is kept in versions, and somebody who is made or erased.
#[tokio::test]
async fn what_is_made_at_the_console() {
    let (w, _, session) = house().await;
    let admin = with_session(&w, &session);
    let mut knife = Knife::new(&w, "admin");
    while knife.has_more() {
        let change = json!({"password.length": 12 + knife.calls});
        knife.cut(admin.settings(&change)).await;
        admin.settings(&change).await.ok();
        assert_eq!(admin.get("/admin/settings").await.ok()["password.length"], change["password.length"]);
    }
    let mut knife = Knife::new(&w, "admin");
    while knife.has_more() {
        let name = format!("otto{}", knife.calls);
        let email = format!("{name}@people.example");
        let otto =
            json!({"kind": "contact", "username": name, "first_name": "Otto", "last_name": "Oar", "email": email});
        knife.cut(admin.post("/admin/users", &otto)).await;
        let again = admin.post("/admin/users", &otto).await;
        assert!([201, 409].contains(&again.status), "{}", again.text);
        assert_eq!(at_rest(&w).await.accounts_at(&email), 1);
    }
    let ottos = admin.get("/admin/users?q=otto").await.ok();
    let mut ottos = ottos["items"].as_array().expect("a list").iter().filter_map(|otto| otto["id"].as_str());
    let mut knife = Knife { erases: true, ..Knife::new(&w, "admin") };
    while knife.has_more() {
        let Some(otto) = ottos.next() else { break };
        let path = format!("/admin/users/{otto}");
        knife.cut(admin.call("DELETE", &path, &json!({}))).await;
        admin.call("DELETE", &path, &json!({})).await;
        admin.get(&path).await.problem(404, "not_found");
        is_sound(&w).await;
    }
}

/// BR-8: a run whose steps are killed comes to its end, and everybody gets one mail of it.
#[tokio::test]
async fn a_bulk_run() {
    let (w, _, session) = house().await;
    let admin = with_session(&w, &session);
    for function in ["admin", "bulk-resend", "courier"] {
        let mut knife = Knife::new(&w, function);
        while knife.has_more() {
            let plan = planned(&admin, &json!({"target": "users", "list": "maria\npaula\nfinn"})).await;
            let path = format!("/admin/resends/{}", plan["id"].as_str().expect("an id"));
            knife.cut(begun(&admin, &path)).await;
            begun(&admin, &path).await;
            let run = ended(&admin, &path).await;
            assert_eq!((&run["state"], &run["sent"]), (&json!("done"), &json!(3)), "{run}");
        }
    }
}

async fn begun(admin: &Browser<'_>, path: &str) {
    admin.post(&format!("{path}/start"), &json!({})).await;
    admin.world().settle().await;
}

/// A run after a quarter of an hour.
async fn ended(admin: &Browser<'_>, path: &str) -> Value {
    for _ in 0..3 {
        admin.world().advance(301).await;
        is_sound(admin.world()).await;
    }
    admin.get(path).await.ok()
}

/// AD-6: seals go on where they were killed.
#[tokio::test]
async fn what_schedules_do() {
    let (w, _, session) = house().await;
    let admin = with_session(&w, &session);
    let mut knife = Knife::new(&w, "sweep");
    while knife.has_more() {
        w.sign_in("maria", "wrong").await.is(401);
        w.sign_in("maria", PASSWORD).await.ok();
        knife.cut(w.local.run_schedule("audit")).await;
        let verified = admin.get("/admin/audit/verify").await.ok();
        assert_eq!(verified["first_altered"], Value::Null, "{verified}");
    }
}
