//! What happened: written down, searched, sealed (AD-6).

use serde_json::{Value, json};

use crate::world::{Browser, PASSWORD, World, temporary_password};

/// Everything that fits, the last first.
pub(crate) async fn entries(browser: &Browser<'_>, query: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("/admin/audit?limit=100&{query}&cursor={cursor}")).await.ok();
        all.extend(page["items"].as_array().expect("a list").clone());
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return all,
        }
    }
}

/// Why sign-ins were refused, the last first.
pub(crate) async fn refusals(w: &World) -> Vec<String> {
    w.settle().await;
    let admin = w.signed_in("admin").await;
    let all = entries(&admin, "filter=what:sign_in.refused").await;
    all.iter().map(|entry| entry["details"]["reason"].as_str().expect("a reason").to_owned()).collect()
}

fn acts(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["what"].as_str().expect("an act")).collect()
}

/// AD-6: sign-ins, refusals, recovery, mail and changes are written down: who, what, on whom, when, from where.
#[tokio::test]
async fn what_people_do_is_written_down() {
    let w = World::new().await;
    let maria = w.id_of("maria").await;
    w.sign_in("maria", "wrong").await.is(401);
    let browser = w.signed_in("maria").await;
    browser.post("/sign-out", &json!({})).await.is(204);
    let link = w.link_for("maria", "maria@members.example").await;
    w.reset(&link, "a lantern of my own making").await.ok();
    w.post("/forgot-username", &json!({"email": "stranger@nowhere.example"})).await.is(202);
    w.post("/sign-up", &json!({"first_name": "No", "last_name": "One", "email": "no@one.example"})).await.is(409);
    w.settle().await;
    let admin = w.signed_in("admin").await;
    let all = entries(&admin, "").await;
    let mut found = acts(&all);
    found.dedup();
    for act in [
        "sign_in",
        "sign_in.refused",
        "sign_out",
        "recovery.forgot_password",
        "password.changed",
        "recovery.forgot_username",
        "sign_up.refused",
    ] {
        assert!(found.contains(&act), "{act}: {found:?}");
    }
    let refused = all.iter().find(|entry| entry["what"] == "sign_in.refused").expect("a refusal");
    assert_eq!(refused["on"], json!({"kind": "user", "id": maria, "name": "maria"}));
    assert_eq!((&refused["outcome"], &refused["details"]["reason"]), (&json!("refused"), &json!("wrong_password")));
    assert!(refused["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{refused}");
    assert!(!refused["from"]["address"].as_str().expect("an address").is_empty());
    let asked = all.iter().find(|entry| entry["what"] == "recovery.forgot_password").expect("it was asked for");
    assert_eq!((&asked["details"]["to"], &asked["details"]["mail"]), (&json!("maria@members.example"), &json!("sent")));
    assert!(!asked["from"]["address"].as_str().expect("an address").is_empty());
}

/// AD-6: what staff do is written down with whom it is about and how it ended.
#[tokio::test]
async fn what_staff_do_is_written_down() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let ada = w.id_of("admin").await;
    let path = format!("/admin/users/{maria}");
    admin.call("PATCH", &path, &json!({"company": "Lights", "group": "South"})).await.ok();
    admin.call("PATCH", &path, &json!({"email": "no address"})).await.problem(422, "rejected");
    admin.post(&format!("{path}/resend"), &json!({})).await.is(202);
    admin.settings(&json!({"lock.attempts": 7})).await.ok();
    let all = entries(&admin, &format!("filter=by:{ada}")).await;
    let changed: Vec<&Value> = all.iter().filter(|entry| entry["what"] == "user.changed").collect();
    assert_eq!(changed.len(), 2);
    assert_eq!((&changed[0]["outcome"], &changed[0]["details"]["code"]), (&json!("refused"), &json!("rejected")));
    assert_eq!((&changed[1]["outcome"], &changed[1]["details"]["changed"]), (&json!("done"), &json!("company group")));
    assert_eq!(changed[1]["on"]["id"], maria.as_str());
    assert_eq!(changed[1]["by"]["name"], "admin");
    assert!(acts(&all).contains(&"user.resent"));
    let settings = all.iter().find(|entry| entry["what"] == "settings.changed").expect("settings");
    assert_eq!(settings["details"]["changed"], "lock.attempts");
    let nora = admin.get("/admin/contacts?q=nora").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
    admin.call("PATCH", &format!("/admin/contacts/{nora}"), &json!({"phone": null, "group": "North"})).await.ok();
    admin.submit(&format!("/admin/contacts/{nora}"), &[("first_name", "Nora"), ("last_name", "Quill")]).await.is(303);
    let all = entries(&admin, "filter=what:contact.changed").await;
    let of: Vec<&Value> = all.iter().map(|entry| &entry["details"]["changed"]).collect();
    assert!(of.iter().any(|of| **of == "phone group"), "{of:?}");
    assert!(of.iter().any(|of| of.as_str().is_some_and(|of| of.contains("last_name"))), "{of:?}");
    // Found by whom it is about, by name and by address.
    for q in ["maria", "MARIA@members.example", &maria] {
        let found = entries(&admin, &format!("q={q}&filter=what:user")).await;
        assert!(found.iter().any(|entry| entry["what"] == "user.changed"), "{q}");
        assert!(found.iter().all(|entry| entry["on"]["id"] == maria.as_str()), "{q}: {found:?}");
    }
}

/// AD-6: what is set once is written down with what of it changed.
#[tokio::test]
async fn a_change_says_what_it_changed() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let office = json!({"name": "North office", "email": "north@harbour.example"});
    let office = admin.post("/admin/locations", &office).await.is(201).json();
    let place = format!("/admin/locations/{}", office["id"].as_str().expect("an id"));
    admin.call("PUT", &place, &json!({"name": "North", "email": "north@harbour.example"})).await.ok();
    admin.submit(&place, &[("name", "North"), ("email", "pier@harbour.example")]).await.leads_to();
    admin.call("PUT", "/admin/layouts/pin", &json!({"subject": "Your PIN at last"})).await.ok();
    admin.call("PUT", "/admin/instances/default", &json!({"title": "Members", "site": "Club"})).await.ok();
    let all = entries(&admin, "").await;
    let changed = |what: &str| {
        let of = all.iter().filter(|entry| entry["what"] == what);
        of.map(|entry| (entry["on"]["id"].clone(), entry["details"]["changed"].clone())).collect::<Vec<_>>()
    };
    let id = &office["id"];
    assert_eq!(changed("location.changed"), [(id.clone(), json!("email")), (id.clone(), json!("name"))]);
    assert_eq!(changed("layout.changed"), [(json!("pin"), json!("subject"))]);
    assert_eq!(changed("instance.changed"), [(json!("default"), json!("site title"))]);
}

/// AD-6: whoever asks for what they have no right to is refused, and written down.
#[tokio::test]
async fn whoever_is_turned_away_is_written_down() {
    let w = World::new().await;
    let (sam, maria) = (w.signed_in("sam").await, w.id_of("maria").await);
    sam.get("/admin/settings").await.problem(403, "not_allowed");
    let path = format!("/admin/users/{maria}");
    sam.call("PATCH", &path, &json!({"company": "Lights"})).await.problem(403, "not_allowed");
    let admin = w.signed_in("admin").await;
    let all = entries(&admin, "filter=by:sam").await;
    let refused: Vec<&Value> = all.iter().filter(|entry| entry["outcome"] == "refused").collect();
    assert_eq!(refused.len(), 2, "{all:?}");
    assert_eq!((&refused[0]["what"], &refused[0]["on"]["id"]), (&json!("user.changed"), &json!(maria)));
    assert_eq!(refused[1]["what"], "console.refused");
    assert_eq!(refused[1]["details"], json!({"code": "not_allowed", "route": "GET /admin/settings"}));
}

/// AD-6: nothing that is written down lets anybody in, or is what somebody typed into the wrong field.
#[tokio::test]
async fn no_secret_is_written_down() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let new = json!({"first_name": "Nia", "last_name": "New", "email": "nia@members.example"});
    admin.post("/admin/users", &new).await.is(201);
    let (_, temporary) = temporary_password(&w.newest_to("nia@members.example").await);
    let link = w.link_for("maria", "maria@members.example").await;
    w.sign_in("a-password-in-the-wrong-field", PASSWORD).await.is(401);
    w.post("/forgot-password", &json!({"username": "another-one-in-the-wrong-field"})).await.is(202);
    let paula = w.id_of("paula").await;
    let pin = admin.post(&format!("/admin/users/{paula}/pin"), &json!({})).await.is(201).json();
    admin.post(&format!("/admin/users/{paula}/pin/mail"), &json!({})).await.is(202);
    let body = json!({"password": "a lantern that staff lit", "password_again": "a lantern that staff lit"});
    admin.post(&format!("/admin/users/{paula}/reset-password"), &body).await.ok();
    w.settle().await;
    let text = json!(entries(&admin, "").await).to_string();
    let csv = admin.get("/admin/audit.csv").await.is(200).text;
    let pin = pin["pin"].as_str().expect("a PIN");
    for secret in [PASSWORD, &temporary, &link, pin, "wrong-field", "a lantern that staff lit"] {
        assert!(!text.contains(secret) && !csv.contains(secret), "{secret}");
    }
    assert!(csv.starts_with("at,what,outcome,by,") && csv.contains("user.made"), "{csv}");
}

/// AD-6: the chain names the first entry that was altered, and the first that is gone.
#[tokio::test]
async fn the_first_altered_entry_is_named() {
    let w = World::new().await;
    for name in ["maria", "paula", "sam"] {
        w.signed_in(name).await;
    }
    let admin = w.signed_in("admin").await;
    let seal = async || w.send(w.request("POST", "/_local/schedule/audit").header("origin", w.origin())).await.is(200);
    seal().await;
    w.sign_in("maria", "wrong").await.is(401);
    seal().await;
    let whole = admin.get("/admin/audit/verify").await.ok();
    assert_eq!((&whole["first_altered"], &whole["next"]), (&Value::Null, &Value::Null), "{whole}");
    assert!(whole["blocks"].as_u64() >= Some(2) && whole["entries"].as_u64() >= Some(5), "{whole}");
    let items = w.local.items("AuditTable").await.expect("the items");
    let mut of_sam: Value = items
        .into_iter()
        .find(|item| item["what"]["S"] == "sign_in" && item["by"]["M"]["name"]["S"] == "sam")
        .expect("Sam signed in");
    let id = of_sam["sk"]["S"].clone();
    of_sam["by"]["M"]["name"]["S"] = "maria".into();
    w.local.put_items("AuditTable", vec![of_sam]).await.expect("it is altered");
    let altered = admin.get("/admin/audit/verify").await.ok()["first_altered"].clone();
    assert_eq!((&altered["what"], &altered["id"]), (&json!("changed"), &id), "{altered}");
    let mut block: Value = w
        .local
        .items("AuditTable")
        .await
        .expect("the items")
        .into_iter()
        .find(|item| item["sk"]["S"] == "BLOCK#000000000001")
        .expect("the first block");
    block["at"]["N"] = "1".into();
    w.local.put_items("AuditTable", vec![block]).await.expect("it is altered");
    let altered = admin.get("/admin/audit/verify").await.ok()["first_altered"].clone();
    assert_eq!(altered, json!({"what": "broken", "block": 1}));
}

/// AD-6: what can't be written down is not done.
#[tokio::test]
async fn what_can_not_be_written_down_is_not_done() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let path = format!("/admin/users/{maria}");
    let faults = json!([{"service": "dynamodb", "table": "AuditTable", "kind": "failing"}]);
    let request = w.request("PUT", "/_local/faults").header("origin", w.origin());
    w.send(request.json(&faults)).await.is(200);
    admin.call("PATCH", &path, &json!({"company": "Lights"})).await.problem(503, "try_again");
    let request = w.request("PUT", "/_local/faults").header("origin", w.origin());
    w.send(request.json(&json!([]))).await.is(200);
    assert_eq!(admin.get(&path).await.ok()["company"], Value::Null);
}

/// AD-6: pages follow one another without a gap; what makes no sense is refused.
#[tokio::test]
async fn what_happened_is_paged_and_filtered() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for _ in 0..4 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.advance(2 * 86_400).await;
    let admin_later = w.signed_in("admin").await;
    drop(admin);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin_later.get(&format!("/admin/audit?limit=2&filter=what:sign_in&cursor={cursor}")).await.ok();
        seen.extend(
            page["items"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|entry| entry["id"].as_str().expect("an id").to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
    assert!(seen.is_sorted_by(|one, other| one > other), "{seen:?}");
    let today = entries(&admin_later, "filter=what:sign_in,since:2999-01-01").await;
    assert!(today.is_empty());
    for bad in ["filter=nothing:x", "filter=since:yesterday", "limit=0", "cursor=%21"] {
        admin_later.get(&format!("/admin/audit?{bad}")).await.problem(422, "rejected");
    }
}

/// AD-6: the last page says that it is the last, sealed or not.
#[tokio::test]
async fn the_last_page_has_no_next_one() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for sealed in [false, true] {
        let (mut pages, mut seen, mut cursor) = (0, 0, String::new());
        loop {
            let page = admin.get(&format!("/admin/audit?limit=2&cursor={cursor}")).await.ok();
            let found = page["items"].as_array().unwrap().len();
            (pages, seen) = (pages + 1, seen + found);
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert!(seen > 0 && pages <= seen / 2 + 2, "{pages} pages of {seen}, sealed: {sealed}");
        w.local.run_schedule("audit").await.expect("a schedule").expect("it runs");
    }
}

/// AD-1, AD-6: a slip in the filter is told, and is no list of everything.
#[tokio::test]
async fn a_filter_that_says_nothing_is_told() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for filter in ["bogus", "what:", "what", "since:", "bogus:1", "what:sign_in,bogus"] {
        let refused = admin.get(&format!("/admin/audit?filter={filter}")).await.problem(422, "rejected");
        assert!(refused["errors"]["filter"].is_array(), "{filter}: {refused}");
    }
    for empty in ["", "?filter=", "?what=&by=&on=&since=&until="] {
        admin.get(&format!("/admin/audit{empty}")).await.ok();
    }
}
