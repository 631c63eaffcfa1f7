//! Whom a bulk run reaches (BR-6): nobody its planner may not act on, then or by now; and it ends, whoever is gone.

use serde_json::json;

use crate::resends::{adds_up, fault, ordered, path, planned, rows};
use crate::world::World;

/// BR-6, AD-3: staff write to nobody with more rights than their own, one by one or many at once.
#[tokio::test]
async fn staff_reach_nobody_with_more_rights() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let user = format!("/admin/users/{}", w.id_of("maria").await);
    let maria = admin.call("PATCH", &user, &json!({"permissions": ["orders.write"]})).await.ok();
    let contact = maria["contact"].as_str().expect("a contact");
    sam.post(&format!("/admin/contacts/{contact}/resend"), &json!({})).await.problem(403, "not_allowed");
    for wish in [json!({"target": "contacts", "ids": [contact]}), json!({"target": "contacts", "filter": ""})] {
        let plan = planned(&sam, &wish).await;
        let skipped = plan["skipped"].as_array().expect("a list").iter();
        assert!(skipped.clone().any(|row| row["reason"] == "not_found"), "{plan}");
        ordered(&sam, &plan, "start").await;
    }
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
}

/// BR-6: whoever was given to another group since the plan is not written to, gets no account, and is not shown to who planned it.
#[tokio::test]
async fn whoever_has_gone_to_another_group_is_left_out() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let new = json!({"first_name": "Nadia", "last_name": "North", "email": "nadia@members.example", "group": "North"});
    let nadia = admin.post("/admin/contacts", &new).await.is(201).json();
    let contact = format!("/admin/contacts/{}", nadia["id"].as_str().expect("an id"));
    let plan = planned(&sam, &json!({"target": "contacts", "filter": ""})).await;
    admin.call("PATCH", &contact, &json!({"group": "South", "last_name": "Southern"})).await.ok();
    ordered(&sam, &plan, "start").await;
    assert_eq!(w.mail_to("nadia@members.example").await.len(), 0);
    assert_eq!(admin.get(&contact).await.ok()["user"], json!(null), "no account was made");
    let run = sam.get(&path(&plan)).await.ok();
    assert_eq!(run["state"], "done", "{run}");
    adds_up(&run);
    let row = rows(&sam, &plan).await.into_iter().find(|row| row["id"] == nadia["id"]).expect("her row");
    assert!(row["result"] == "skipped" && row["reason"] == "not_found", "{row}");
    assert!(!row.to_string().contains("Nadia") && !row.to_string().contains("nadia@"), "{row}");
}

/// BR-8, AD-11: a run ends though somebody in it is erased meanwhile.
#[tokio::test]
async fn a_run_ends_though_somebody_is_erased() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let plan = planned(&admin, &json!({"target": "users", "list": "maria\npaula\nfinn"})).await;
    fault(&w, json!([{"service": "ses", "kind": "failing"}])).await;
    ordered(&admin, &plan, "start").await;
    w.settle().await;
    admin.call("DELETE", &format!("/admin/users/{maria}"), &json!({})).await.is(204);
    fault(&w, json!([])).await;
    for _ in 0..2 {
        w.advance(1_800).await;
        w.settle().await;
    }
    let run = w.signed_in("admin").await.get(&path(&plan)).await.ok();
    assert_eq!((&run["state"], &run["sent"], &run["skipped"]), (&json!("done"), &json!(2), &json!(1)), "{run}");
    adds_up(&run);
}
