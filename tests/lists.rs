//! Lists of users and contacts (AD-1).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::{Browser, World};

async fn names(browser: &Browser<'_>, query: &str) -> Vec<String> {
    let page = browser.get(query).await.ok();
    page["items"].as_array().unwrap().iter().map(name).collect()
}

fn name(one: &Value) -> String {
    one["username"].as_str().map_or_else(|| one["last_name"].as_str().unwrap().to_owned(), str::to_owned)
}

/// AD-1: users are found by the beginning of a name, by username and by address.
#[tokio::test]
async fn users_are_found() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let all = names(&admin, "/admin/users").await;
    let by_last_name = ["admin", "dora", "faye", "finn", "maria", "paula", "robot", "sam"];
    assert_eq!(all.iter().collect::<BTreeSet<_>>(), by_last_name.map(str::to_owned).iter().collect());
    assert_eq!(all[0], "admin");
    for (q, found) in [
        ("paula", vec!["paula"]),
        ("PAULA@partner.example", vec!["paula"]),
        ("Fam", vec!["faye", "finn"]),
        ("fA", vec!["faye", "finn"]),
        ("m", vec!["maria"]),
        ("Member", vec!["maria"]),
        ("family@members.example", vec!["faye", "finn"]),
        ("nobody", vec![]),
        ("%23", vec![]),
    ] {
        let mut seen = names(&admin, &format!("/admin/users?q={q}")).await;
        seen.sort();
        assert_eq!(seen, found, "{q}");
    }
    let page = admin.get("/admin/users?q=paula").await.ok();
    assert_eq!(page["items"][0]["permissions"], json!(["orders.read", "orders.write"]));
    assert_eq!(page["next_cursor"], Value::Null);
}

/// AD-1: by kind, state, group, company, and who is a sponsor (PN-2).
#[tokio::test]
async fn users_are_filtered() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let paula = w.id_of("paula").await;
    admin.post(&format!("/admin/users/{paula}/pin"), &json!({})).await.is(201);
    for (filter, found) in [
        ("kind:staff", vec!["sam"]),
        ("kind:administrator", vec!["admin"]),
        ("state:disabled", vec!["dora"]),
        ("group:North", vec!["maria", "sam"]),
        ("company:Partner", vec!["paula"]),
        ("sponsor:true", vec!["paula"]),
        ("sponsor", vec!["paula"]),
        ("kind:staff,group:South", vec![]),
    ] {
        let mut seen = names(&admin, &format!("/admin/users?filter={filter}")).await;
        seen.sort();
        assert_eq!(seen, found, "{filter}");
    }
    for (field, bad) in [
        ("filter", "filter=colour:blue"),
        ("filter", "filter=kind:king"),
        ("limit", "limit=0"),
        ("limit", "limit=x"),
        ("cursor", "cursor=%21"),
    ] {
        let refused = admin.get(&format!("/admin/users?{bad}")).await.problem(422, "rejected");
        assert!(refused["errors"][field].is_array(), "{bad}: {refused}");
    }
}

/// AD-1: page by page, each once, whatever the size of a page.
#[tokio::test]
async fn a_list_is_paged() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for (path, count) in [("/admin/users?x=1", 8), ("/admin/contacts?x=1", 6), ("/admin/users?q=f", 2)] {
        for limit in [1, 3, 100] {
            let seen = every_page(&admin, &format!("{path}&limit={limit}")).await;
            assert_eq!(seen.len(), count, "{path} by {limit}: {seen:?}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), count, "{path} by {limit}");
        }
    }
}

/// The ids on all pages of a list.
async fn every_page(browser: &Browser<'_>, path: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), Some(String::new()));
    for _ in 0..30 {
        let Some(at) = cursor else { return seen };
        let page = browser.get(&format!("{path}&cursor={at}")).await.ok();
        seen.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
    }
    panic!("{path} has no end")
}

/// AD-1, BR-6: contacts; staff see those of their own group.
#[tokio::test]
async fn contacts_are_listed_within_reach() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let all = names(&admin, "/admin/contacts").await;
    assert_eq!(all, ["Disabled", "Family", "Family", "Member", "Partner", "Quist"]);
    assert_eq!(names(&admin, "/admin/contacts?filter=account:false").await, ["Quist"]);
    let nora = admin.get("/admin/contacts?q=nora").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
    admin.call("PATCH", &format!("/admin/contacts/{nora}"), &json!({"disabled": true})).await.ok();
    assert!(names(&admin, "/admin/contacts?filter=state:disabled").await.contains(&"Quist".to_owned()));
    assert!(!names(&admin, "/admin/contacts?filter=state:active").await.contains(&"Quist".to_owned()));
    for everybody in
        ["kind:staff", "sponsor", "never_signed_in", "locked:true", "state:invitation_expired", "colour:blue"]
    {
        admin.get(&format!("/admin/contacts?filter={everybody}")).await.problem(422, "rejected");
        let plan = json!({"target": "contacts", "filter": everybody});
        admin.post("/admin/resends", &plan).await.problem(422, "rejected");
    }
    admin.get("/admin/users?filter=account:true").await.problem(422, "rejected");
    assert_eq!(names(&admin, "/admin/contacts?q=nora@members.example").await, ["Quist"]);
    assert_eq!(names(&admin, "/admin/contacts?q=nor").await, ["Quist"]);
    assert_eq!(names(&sam, "/admin/contacts").await, ["Member"]);
    assert_eq!(names(&sam, "/admin/contacts?q=nora@members.example").await, Vec::<String>::new());
    sam.get("/admin/users").await.problem(403, "not_allowed");
    w.signed_in("maria").await.get("/admin/contacts").await.problem(403, "not_allowed");
}

/// LK-5: who is locked is listed, until a password is set.
#[tokio::test]
async fn who_is_locked_is_listed() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let locked = "/admin/users?filter=locked:true";
    assert_eq!(names(&admin, locked).await, Vec::<String>::new());
    for username in ["maria", "paula", "nobody"] {
        for _ in 0..5 {
            w.sign_in(username, "wrong").await.is(401);
        }
        w.settle().await;
    }
    let mut seen = names(&admin, locked).await;
    seen.sort();
    assert_eq!(seen, ["maria", "paula"]);
    assert_eq!(names(&admin, &format!("{locked},company:Partner")).await, ["paula"]);
    // Searched and paged as everybody is.
    for q in ["mar", "maria@members.example", "maria+member", &maria] {
        assert_eq!(names(&admin, &format!("{locked}&q={q}")).await, ["maria"], "{q}");
    }
    assert_eq!(names(&admin, &format!("{locked}&q=sam")).await, Vec::<String>::new());
    let first = admin.get(&format!("{locked}&limit=1")).await.ok();
    let cursor = first["next_cursor"].as_str().expect("a second page");
    let second = admin.get(&format!("{locked}&limit=1&cursor={cursor}")).await.ok();
    let on =
        |page: &Value| page["items"].as_array().expect("a list").iter().map(|one| one["username"].clone()).collect();
    let (first, second): (Vec<_>, Vec<_>) = (on(&first), on(&second));
    assert_eq!((first, second), (vec![json!("maria")], vec![json!("paula")]));
    let plan = json!({"target": "users", "q": "maria", "filter": "locked:true"});
    assert_eq!(admin.post("/admin/resends", &plan).await.is(201).json()["total"], 1);
    let others = names(&admin, "/admin/users?filter=locked:false").await;
    assert!(others.len() == 6 && !others.contains(&"maria".to_owned()), "{others:?}");
    for (username, is_locked) in [("maria", true), ("admin", false)] {
        let row = admin.get(&format!("/admin/users?q={username}")).await.ok()["items"][0].clone();
        assert_eq!(row["locked"], is_locked, "{row}");
        assert!(row.get("last_sign_in").is_some(), "{row}");
    }
    w.local.run_schedule("audit").await.expect("a schedule").expect("it runs");
    assert!(admin.get("/admin/users").await.ok()["items"][0]["last_sign_in"].is_string(), "the administrator's");
    let path = format!("/admin/users/{maria}");
    assert_eq!(admin.get(&path).await.ok()["locked"], true);
    let new = json!({"password": "a lantern that staff have lit", "password_again": "a lantern that staff have lit"});
    admin.post(&format!("{path}/reset-password"), &new).await.ok();
    assert_eq!(admin.get(&path).await.ok()["locked"], false);
    assert_eq!(names(&admin, locked).await, ["paula"]);
    let token = w.link_for("paula", "paula@partner.example").await;
    w.reset(&token, "a first new password").await.ok();
    assert_eq!(names(&admin, locked).await, Vec::<String>::new());
}

/// LK-5: a lock that has ended by waiting is none.
#[tokio::test]
async fn whoever_has_waited_is_not_listed() {
    let w = World::with(json!({"lock.mode": "backoff"})).await;
    let admin = w.signed_in("admin").await;
    for _ in 0..5 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.settle().await;
    assert_eq!(names(&admin, "/admin/users?filter=locked").await, ["maria"]);
    w.advance(61).await;
    let admin = w.signed_in("admin").await;
    assert_eq!(names(&admin, "/admin/users?filter=locked").await, Vec::<String>::new());
}

/// AD-1, SU-1: letters that fold into many make no key too long: not of a name, not of a search, not of a cursor.
#[tokio::test]
async fn letters_that_fold_into_many_do_no_harm() {
    let w = World::with(json!({"sign_up.create_contact": true})).await;
    let admin = w.signed_in("admin").await;
    let long = "\u{fdfa}".repeat(80);
    let una = json!({"first_name": long, "last_name": long, "email": "una@elsewhere.example"});
    w.post("/sign-up", &una).await.is(202);
    let seen = every_page(&admin, "/admin/users?limit=1").await;
    assert_eq!(seen.len(), 9);
    let q = "%EF%B7%BA".repeat(200);
    assert_eq!(admin.get(&format!("/admin/users?q={q}")).await.ok()["items"].as_array().unwrap().len(), 1);
    let cursor = data_encoding::BASE64URL_NOPAD.encode(format!("l{}", "x".repeat(3_000)).as_bytes());
    admin.get(&format!("/admin/users?cursor={cursor}")).await.problem(422, "rejected");
}

/// AD-1: users are found by the beginning of a username, an address or a company as well, each once, and paged.
#[tokio::test]
async fn users_are_found_by_username_address_and_company() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for n in 0..20 {
        let new = json!({
            "username": format!("zz-user{n:02}"), "first_name": "Nemo", "last_name": format!("Quill{n:02}"),
            "email": format!("yy{n:02}@members.example"), "company": "Xenon Works",
        });
        admin.post("/admin/users", &new).await.is(201);
    }
    for q in ["zz-us", "YY", "xenon", "Nemo", "quill"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/admin/users?q={q}&cursor={cursor}")).await.ok();
            seen.extend(page["items"].as_array().unwrap().iter().map(name));
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        let all: BTreeSet<_> = seen.iter().cloned().collect();
        assert_eq!((seen.len(), all.len()), (20, 20), "{q}: {seen:?}");
    }
    assert!(!names(&admin, "/admin/contacts?q=xenon").await.is_empty());
}

/// AD-1: whatever else is listed is searched, filtered and paged in the same way.
#[tokio::test]
async fn every_list_is_searched_filtered_and_paged() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let maria = w.id_of("maria").await;
    for name in ["north", "south", "west"] {
        admin.post("/admin/instances", &json!({"id": name, "title": format!("Club {name}")})).await.is(201);
        let office = json!({"name": format!("Office {name}"), "email": format!("{name}@harbour.example")});
        admin.post("/admin/locations", &office).await.is(201);
        admin.settings(&json!({"organisation.name": name})).await.ok();
        admin.post("/admin/resends", &json!({"target": "contacts", "list": [name, "maria", "finn"]})).await.is(201);
        admin.call("PUT", "/admin/layouts/pin", &json!({"subject": format!("From {name}")})).await.ok();
    }
    let run = admin.get("/admin/resends?limit=1").await.ok()["items"][0]["id"].as_str().expect("an id").to_owned();
    let recipients = format!("/admin/resends/{run}/recipients");
    let sessions = format!("/admin/users/{maria}/sessions");
    for (path, all, q, sought) in [
        ("/admin/instances", 4, "CLUB S", "filter=id:south"),
        ("/admin/locations", 3, "south@", "filter=email:south@harbour.example"),
        ("/admin/settings/versions", 4, "south", "filter=version:3"),
        ("/admin/layouts", 13, "south", "filter=name:pin"),
        ("/admin/layouts/pin/versions", 3, "south", "filter=version:2"),
        ("/admin/resends", 3, "list", "filter=state:planned"),
        (&recipients, 3, "maria", "filter=result:skipped"),
        (&sessions, 1, "", "filter=remembered:false"),
    ] {
        let count = async |query: &str| {
            let page = admin.get(&format!("{path}?{query}")).await.ok();
            page["items"].as_array().expect("a list").len()
        };
        assert_eq!(count("limit=100").await, all, "{path}");
        assert_eq!(count("limit=1").await, 1, "{path}");
        assert_eq!(count("q=nothing-is-called-so").await, 0, "{path}");
        let found = count(sought).await;
        assert!(found >= 1 && (found < all || all == 1 || path == "/admin/resends"), "{path}?{sought}: {found}");
        assert!(
            count(&format!("q={}", q.replace(' ', "%20"))).await >= usize::from(path != "/admin/layouts"),
            "{path} {q}"
        );
        assert_eq!(one_by_one(&admin, path).await, all, "{path} page by page");
        for (field, bad) in [
            ("limit", "limit=0"),
            ("limit", "limit=101"),
            ("limit", "limit=x"),
            ("cursor", "cursor=%21"),
            ("filter", "filter=shoe_size:42"),
        ] {
            let refused = admin.get(&format!("{path}?{bad}")).await.problem(422, "rejected");
            assert!(refused["errors"][field].is_array(), "{path}?{bad}: {refused}");
        }
    }
}

/// AD-1: by first and last name in either order, by a second surname, by number; in bulk runs, too.
#[tokio::test]
async fn people_are_found_by_their_whole_name() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let jose = json!({"first_name": "José", "last_name": "Núñez Ibáñez", "email": "jose@members.example", "company": "Xenon Works"});
    let made = admin.post("/admin/contacts", &jose).await.is(201).json();
    let number = made["id"].as_str().unwrap();
    for q in [
        "jose nunez",
        "Nunez Ibanez Jose",
        "José Núñez Ibáñez",
        "núñez ibá",
        "ibanez",
        "Jose Ibanez",
        "xenon works",
        number,
    ] {
        assert_eq!(names(&admin, &format!("/admin/contacts?q={q}")).await, ["Núñez Ibáñez"], "{q}");
    }
    for (q, found) in
        [("Maria Member", "maria"), ("member maria", "maria"), ("Finn Fam", "finn"), ("Paula  Partner", "paula")]
    {
        assert_eq!(names(&admin, &format!("/admin/users?q={q}")).await, [found], "{q}");
        let wish = json!({"target": "users", "q": q, "filter": ""});
        assert_eq!(admin.post("/admin/resends", &wish).await.is(201).json()["total"], 1, "{q}");
    }
    assert_eq!(names(&admin, "/admin/users?q=Maria Partner").await, Vec::<String>::new());
    let maria = admin.get("/admin/users?q=Maria Member").await.ok()["items"][0].clone();
    for q in [&maria["id"], &maria["contact"]] {
        assert_eq!(names(&admin, &format!("/admin/users?q={}", q.as_str().unwrap())).await, ["maria"]);
    }
    admin.call("PATCH", &format!("/admin/contacts/{number}"), &json!({"last_name": "Núñez"})).await.ok();
    assert_eq!(names(&admin, "/admin/contacts?q=ibanez").await, Vec::<String>::new());
}

/// How many rows there are on all pages of one row.
async fn one_by_one(browser: &Browser<'_>, path: &str) -> usize {
    let (mut seen, mut cursor) = (0, Some(String::new()));
    while let Some(at) = cursor {
        let page = browser.get(&format!("{path}?limit=1&cursor={at}")).await.ok();
        seen += page["items"].as_array().expect("a list").len();
        cursor = page["next_cursor"].as_str().filter(|_| seen < 50).map(str::to_owned);
    }
    seen
}
