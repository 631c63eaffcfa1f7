//! A person's data, given to them or erased on request; what stays, and why, stands in `infra/operating.md`.

use domain::id::MailId;
use domain::work::{Event, Lane, Work};
use serde_json::{Value, json};
use service::store::{Letterbox, Link};

use crate::imports::run;
use crate::world::{Browser, World};

/// Every table of the product.
const TABLES: [&str; 8] = [
    "DirectoryTable",
    "NamesTable",
    "LockoutsTable",
    "SessionsTable",
    "OutboxTable",
    "SettingsTable",
    "AuditTable",
    "RunsTable",
];

/// What Zephyrine is known by, in lower case, and what stands of her elsewhere.
const HERS: [&str; 6] =
    ["quintessa", "zephyrine", "quillfeather", "zq@erase.example", "7946 0177", "zephyrine-at-the-provider"];

const FILE: &str = "kind,username,first_name,last_name,email,phone,password_hash\n\
    contact,Quintessa,Zephyrine,Quillfeather,zq@erase.example,+44 20 7946 0177,$2b$04$zavJI3yMUQgtp9MahkgmAOBH80hk9zqNplXvvj8bY0usoY32MqehC\n\
    contact,other,Otto,Other,otto@erase.example,,\n";

/// The items in which any of these words stands, by their table.
async fn found(w: &World, words: &[&str]) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for table in TABLES {
        for item in w.local.items(table).await.expect("its items") {
            let text = item.to_string().to_lowercase();
            if words.iter().any(|word| text.contains(word)) {
                all.push((table, text));
            }
        }
    }
    all
}

/// Somebody with everything that somebody can have: sessions, failures, mails, a PIN, another sign-in, rows of imports and runs.
async fn zephyrine(w: &World, admin: &Browser<'_>) -> String {
    let plan = admin.post("/admin/imports", &json!({"text": FILE})).await.is(201).json();
    assert_eq!(run(admin, &plan).await["made"], 2);
    let id = admin.get("/admin/users?q=quintessa").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        w.sign_in("quintessa", "wrong").await.is(401);
    }
    let own = w.browser();
    own.post("/sign-in", &json!({"username": "quintessa", "password": "harbour-lantern-42", "keep": true})).await.ok();
    own.post("/sign-in", &json!({"username": "quintessa", "password": "wrong"})).await.is(401);
    w.post("/forgot-username", &json!({"email": "zq@erase.example"})).await.is(202);
    w.post("/forgot-password", &json!({"username": "quintessa"})).await.is(202);
    admin.post(&format!("/admin/users/{id}/pin"), &json!({})).await.is(201);
    let list = "zq@erase.example\nquintessa\notto@erase.example";
    admin.post("/admin/resends", &json!({"target": "users", "list": list})).await.is(201);
    admin.post("/admin/resends", &json!({"target": "users", "filter": "", "q": "zq@erase.example"})).await.is(201);
    let again = admin.post("/admin/imports", &json!({"text": FILE})).await.is(201).json();
    assert_eq!(again["refused_count"], 2, "{again}");
    let waits = FILE.replace("Quintessa", "quintessa-2").replace("other,Otto", "third,Otto");
    admin.post("/admin/imports", &json!({"text": waits})).await.is(201);

    let app = w.local.app();
    let user = app.store.user(&domain::id::UserId::parse(&id).unwrap()).await.unwrap().unwrap();
    let now = app.clock.now();
    let work = Work::Notice { user: user.id.clone(), event: Event::ProviderLinked, to: None, by: None };
    let notice = Letterbox::new(MailId::new(now, [7; 10]), work, Lane::Now, now);
    let (issuer, subject) = ("https://provider.example".to_owned(), "zephyrine-at-the-provider".to_owned());
    let label = "zq@erase.example".to_owned();
    let link =
        Link { user: user.id.clone(), issuer, subject, provider: "elsewhere".to_owned(), label, at: now, tried: None };
    assert!(app.store.make_link(&link, &user, &notice, None).await.unwrap());
    w.settle().await;
    id
}

/// Whoever is erased is in no table any more, but for what happened; the same name and address are free, and nothing that
/// was under way brings them back.
#[tokio::test]
async fn whoever_is_erased_is_gone() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let id = zephyrine(&w, &admin).await;
    for table in TABLES.iter().filter(|table| **table != "SettingsTable") {
        let there = found(&w, &HERS).await;
        let hers = there.iter().any(|(of, _)| of == table);
        // A session is known by its user's number.
        assert!(hers || *table == "SessionsTable", "she is in {table} before");
    }
    let path = format!("/admin/users/{id}");
    admin.call("DELETE", &path, &json!({})).await.is(204);
    w.settle().await;
    let left: Vec<_> = found(&w, &HERS).await.into_iter().filter(|(table, _)| *table != "AuditTable").collect();
    assert_eq!(left, [], "of her name, address and phone nothing is left");
    let number = id.to_lowercase();
    let left = found(&w, &[&number]).await;
    let stays = ["AuditTable", "OutboxTable", "RunsTable"];
    let left: Vec<_> = left.into_iter().filter(|(table, _)| !stays.contains(table)).collect();
    assert_eq!(
        left,
        [],
        "of her number nothing is left but in the audit, work that is over and the recipients of runs"
    );

    admin.get(&path).await.problem(404, "not_found");
    admin.call("DELETE", &path, &json!({})).await.problem(404, "not_found");
    let told = admin.get("/admin/audit?what=user.erased").await.ok();
    assert_eq!(told["items"][0]["on"]["id"], id.as_str(), "{told}");
    assert!(told["items"][0]["on"]["name"].is_null(), "the entry of it names nobody: {told}");

    let imports = admin.get("/admin/imports").await.ok();
    let waiting =
        imports["items"].as_array().unwrap().iter().find(|one| one["state"] == "rehearsed" && one["made"] == 0);
    assert!(waiting.is_some());
    for import in imports["items"].as_array().unwrap().iter().filter(|import| import["state"] == "rehearsed") {
        run(&admin, import).await;
    }
    let left: Vec<_> = found(&w, &HERS).await.into_iter().filter(|(table, _)| *table != "AuditTable").collect();
    assert_eq!(left, [], "what was rehearsed does not bring her back");
    let new = json!({"kind": "contact", "username": "quintessa", "first_name": "New", "email": "zq@erase.example",
        "create_account": true});
    admin.post("/admin/users", &new).await.is(201);
    w.sign_in("quintessa", "harbour-lantern-42").await.is(401);
}

/// A contact without an account, and one whose mailbox others have as well, who stay as they are.
#[tokio::test]
async fn whoever_shares_a_mailbox_stays() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let contacts = admin.get("/admin/contacts?q=finn").await.ok();
    let finn = contacts["items"][0]["id"].as_str().unwrap().to_owned();
    for name in ["finn", "faye"] {
        w.post("/forgot-password", &json!({"username": name})).await.is(202);
    }
    w.settle().await;
    admin.call("DELETE", &format!("/admin/contacts/{finn}"), &json!({})).await.is(204);
    w.sign_in("finn", crate::world::PASSWORD).await.is(401);
    w.sign_in("faye", crate::world::PASSWORD).await.ok();
    let mails = admin.get("/admin/mail?to=family@members.example").await.ok();
    assert_eq!(mails["items"].as_array().unwrap().len(), 1, "Faye's stays, Finn's is gone: {mails}");
    w.post("/forgot-username", &json!({"email": "family@members.example"})).await.is(202);
    assert!(w.newest_to("family@members.example").await["text"].as_str().unwrap().contains("faye"));

    let nora = admin.get("/admin/contacts?q=nora").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    let page = admin.open(&format!("/admin/contacts/{nora}")).await.is(200).text;
    assert!(page.contains("Erase them") && page.contains(&format!("/admin/contacts/{nora}/data")), "{page}");
    admin.submit(&format!("/admin/contacts/{nora}/remove"), &[]).await.is(422);
    let done = admin.submit(&format!("/admin/contacts/{nora}/remove"), &[("erase", "true")]).await;
    assert!(admin.open(done.leads_to()).await.is(200).text.contains("They are erased"));
    let left: Vec<_> = found(&w, &["nora@members.example", "quist"]).await;
    assert!(left.iter().all(|(table, _)| *table == "AuditTable"), "{left:?}");
}

/// AD-3: nobody erases themselves, and nobody whom they may not act on.
#[tokio::test]
async fn nobody_is_erased_by_whoever_may_not() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let (ada, maria) = (w.id_of("admin").await, w.id_of("maria").await);
    admin.call("DELETE", &format!("/admin/users/{ada}"), &json!({})).await.problem(422, "rejected");
    let contact = admin.get("/admin/contacts?q=maria").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    for path in [format!("/admin/users/{maria}"), format!("/admin/contacts/{contact}")] {
        sam.call("DELETE", &path, &json!({})).await.problem(403, "not_allowed");
        sam.get(&format!("{path}/data")).await.problem(403, "not_allowed");
    }
    admin.get("/admin/users/01ARZ3NDEKTSV4RRFFQ69G5FAV/data").await.problem(404, "not_found");
    assert_eq!(w.signed_in("maria").await.who().await.as_deref(), Some("maria"));
}

/// All that is kept is given, as a file, without hashes and secrets; that it was given is written down.
#[tokio::test]
async fn a_person_is_given_what_is_kept_about_them() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let id = zephyrine(&w, &admin).await;
    let answer = admin.get(&format!("/admin/users/{id}/data")).await.is(200);
    assert!(answer.header("content-disposition").contains("attachment"), "{:?}", answer.headers);
    let data: Value = answer.json();
    assert_eq!(
        (&data["account"]["username"], &data["contact"]["phone"]),
        (&json!("Quintessa"), &json!("+44 20 7946 0177"))
    );
    assert_eq!(data["other_sign_ins"][0]["subject"], "zephyrine-at-the-provider");
    for part in ["sessions", "mails", "import_rows", "happened"] {
        assert!(!data[part].as_array().unwrap().is_empty(), "{part}: {data}");
    }
    let happened = &data["happened"][0];
    assert!(happened["at"].is_string() && happened["details"].is_object(), "as the audit tells it: {happened}");
    assert!(data["pin"]["made_at"].is_string() && data["sign_in"]["password_set_at"].is_string(), "{data}");
    let app = w.local.app();
    let user = app.store.user(&domain::id::UserId::parse(&id).unwrap()).await.unwrap().unwrap();
    let login = app.store.login("quintessa").await.unwrap().unwrap();
    for secret in [login.hash.as_deref().unwrap(), user.pin.as_deref().unwrap(), "$2b$", "sealed", "$argon2"] {
        assert!(!answer.text.contains(secret), "{secret}");
    }
    let told = admin.get("/admin/audit?what=user.data_given").await.ok();
    assert_eq!(told["items"][0]["on"]["id"], id.as_str(), "{told}");
    assert!(admin.open(&format!("/admin/users/{id}")).await.text.contains(&format!("/admin/users/{id}/data")));
}

/// A request that dies half-way is made again: the account is off by then, and gone afterwards.
#[tokio::test]
async fn an_erasure_that_died_is_begun_again() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let path = format!("/admin/users/{}", zephyrine(&w, &admin).await);
    let set = async |faults: Value| {
        w.send(w.request("PUT", "/_local/faults").header("origin", w.origin()).json(&faults)).await
    };
    for operation in ["Scan", "DeleteItem"] {
        set(json!([{"service": "dynamodb", "operation": operation, "kind": "failing"}])).await;
        admin.call("DELETE", &path, &json!({})).await.problem(503, "try_again");
        set(json!([])).await;
        assert_eq!(admin.get(&path).await.ok()["disabled"], true);
    }
    admin.call("DELETE", &path, &json!({})).await.is(204);
    let left = found(&w, &HERS).await;
    assert!(left.iter().all(|(table, _)| *table == "AuditTable"), "{left:?}");
}
