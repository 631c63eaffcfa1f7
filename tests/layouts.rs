//! Mail layouts (ML), and whose address mail is sent from.

use serde_json::{Value, json};
use vestibule::Options;

use crate::world::{Browser, World, organisation};

async fn layout(admin: &Browser<'_>, name: &str) -> Value {
    admin.get(&format!("/admin/layouts/{name}")).await.ok()
}

async fn put(admin: &Browser<'_>, name: &str, body: &Value) -> crate::world::Answer {
    let request = admin.request("PUT", &format!("/admin/layouts/{name}")).header("origin", admin.world().origin());
    admin.send(request.json(body)).await
}

/// ML-1: there is a layout for each occasion, in HTML and text.
#[tokio::test]
async fn every_occasion_has_its_layout() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let list = admin.get("/admin/layouts").await.ok();
    let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    let expected = [
        "username_reminder",
        "unknown_address",
        "contact_staff",
        "shared_address",
        "choose_account",
        "password_link",
        "password_temporary",
        "account_reset",
        "new_account",
        "pin",
        "mfa_setup",
        "resend_credentials",
        "security_notice",
    ];
    assert_eq!(names, expected);
    for name in names {
        let one = layout(&admin, name).await;
        assert!(one["html"].as_str().unwrap().contains("<html"), "{one}");
        assert!(one["required_items"].as_array().unwrap().iter().all(|item| {
            let item = format!("!{}!", item.as_str().unwrap());
            one["html"].as_str().unwrap().contains(&item) && one["text"].as_str().unwrap().contains(&item)
        }));
    }
}

/// ML-1: who may.
#[tokio::test]
async fn layouts_are_for_administrators() {
    let w = World::new().await;
    w.get("/admin/layouts").await.problem(401, "signed_out");
    for username in ["maria", "sam"] {
        let other = w.signed_in(username).await;
        for path in ["/admin/layouts", "/admin/layouts/pin", "/admin/layouts/pin/versions", "/admin/locations"] {
            other.get(path).await.problem(403, "not_allowed");
        }
        put(&other, "pin", &json!({"subject": "x"})).await.problem(403, "not_allowed");
        other.post("/admin/layouts/import", &json!({})).await.problem(403, "not_allowed");
        other.post("/admin/layouts/pin/test", &json!({})).await.problem(403, "not_allowed");
    }
}

/// FU-8: the bodies of both mails of *forgot username* are editable.
#[tokio::test]
async fn an_edited_layout_is_what_people_get() {
    // On a machine what is set takes effect at once.
    let w = World::with(json!({"recovery.create_credentials": false})).await;
    let admin = w.signed_in("admin").await;
    let reminder = json!({
        "subject": "Ahoy, !NAME!",
        "html": "<p title=\"!NAME!\">{{you}} are <b>!USERNAME!</b></p>",
        "text": "{{you}} are !USERNAME!, !NAME!",
    });
    put(&admin, "username_reminder", &reminder).await.ok();
    put(&admin, "contact_staff", &json!({"text": "Please ring the bell."})).await.ok();
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    w.post("/forgot-username", &json!({"email": "nora@members.example"})).await.is(202);
    let mail = w.newest_to("maria@members.example").await;
    assert_eq!(mail["subject"], "Ahoy, Maria Member");
    assert_eq!(mail["text"].as_str().unwrap().trim(), "{{you}} are maria, Maria Member");
    assert_eq!(mail["html"].as_str().unwrap().trim(), "<p title=\"Maria Member\">{{you}} are <b>maria</b></p>");
    let mail = w.newest_to("nora@members.example").await;
    assert_eq!(mail["text"].as_str().unwrap().trim(), "Please ring the bell.");
}

/// ML-3
#[tokio::test]
async fn a_layout_that_lacks_what_it_is_for_is_not_saved() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let refused = put(&admin, "pin", &json!({"text": "Hello !NAME!"})).await.problem(422, "merge_item_missing");
    assert!(refused["errors"]["text"][0].as_str().unwrap().contains("!PINCODE!"), "{refused}");
    let odd = json!({"text": "Your PIN: !PINCODE!\n\nBye, !NOBODY!"});
    let refused = put(&admin, "pin", &odd).await.problem(422, "rejected");
    let told = refused["errors"]["text"][0].as_str().unwrap();
    assert!(told.starts_with("Line 3, column 6: there is no !NOBODY!"), "{told}");
    for (field, bad) in [("subject", "a\r\nBcc: b@c.example"), ("subject", " "), ("html", "")] {
        let refused = put(&admin, "username_reminder", &json!({ field: bad })).await.problem(422, "rejected");
        assert!(refused["errors"][field].is_array(), "{refused}");
    }
    assert_eq!(layout(&admin, "pin").await["version"], 0);
}

/// ML-2
#[tokio::test]
async fn import_needs_the_name_of_the_environment() {
    let w = World::start(Options { settings: organisation(), ..Options::default() }).await;
    let admin = w.signed_in("admin").await;
    let set = async |body: Value| {
        let request = admin.request("PUT", "/admin/settings").header("origin", w.origin()).header("if-match", "*");
        admin.send(request.json(&body)).await.ok();
    };
    set(json!({"organisation.environment_name": null})).await;
    let refused = admin.post("/admin/layouts/import", &json!({})).await.problem(409, "environment_name_missing");
    assert!(refused["detail"].as_str().unwrap().contains("organisation.environment_name"), "{refused}");
    set(json!({"organisation.environment_name": "Staging"})).await;
    put(&admin, "pin", &json!({"subject": "Mine"})).await.ok();
    let done = admin.post("/admin/layouts/import", &json!({})).await.ok();
    assert_eq!(done["kept"], json!(["pin"]));
    assert_eq!(done["imported"].as_array().unwrap().len(), 12);
    assert_eq!(layout(&admin, "pin").await["subject"], "Mine");
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    let mail = w.newest_to("maria@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains("Harbour Association, Staging"), "{mail}");
    let again = admin.post("/admin/layouts/import", &json!({})).await.ok();
    assert_eq!(layout(&admin, "new_account").await["version"], 1, "{again}");
    admin.post("/admin/layouts/import", &json!({"overwrite": true})).await.ok();
    assert_ne!(layout(&admin, "pin").await["subject"], "Mine");
}

/// ML-1: three settings name layouts.
#[tokio::test]
async fn a_setting_says_which_layout_is_used() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let set = async |body: Value| {
        let request = admin.request("PUT", "/admin/settings").header("origin", w.origin()).header("if-match", "*");
        admin.send(request.json(&body)).await
    };
    let settings = admin.get("/admin/settings").await.ok();
    assert_eq!(settings["PINCODE_EMAIL_BODY"], "pin");
    assert_eq!(settings["PASSWORD_EMAIL_NEW"], "new_account");
    assert_eq!(settings["PASSWORD_EMAIL_CHANGE"], "password_link");
    let refused = set(json!({"PASSWORD_EMAIL_CHANGE": "christmas"})).await.problem(422, "rejected");
    assert!(refused["errors"]["PASSWORD_EMAIL_CHANGE"].is_array(), "{refused}");
    set(json!({"PASSWORD_EMAIL_CHANGE": "pin"})).await.problem(422, "rejected");
    put(&admin, "christmas", &json!({"subject": "x"})).await.problem(404, "not_found");
    let christmas = json!({"occasion": "password_link", "subject": "Merry, and a new password"});
    put(&admin, "christmas", &christmas).await.ok();
    put(&admin, "christmas", &json!({"occasion": "pin"})).await.problem(422, "rejected");
    set(json!({"PASSWORD_EMAIL_CHANGE": "christmas"})).await.ok();
    w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
    assert_eq!(w.newest_to("maria@members.example").await["subject"], "Merry, and a new password");
}

/// ML-4: what a layout would look like, seen and mailed before it is saved.
#[tokio::test]
async fn a_layout_is_tried_out_before_it_is_saved() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let change = json!({"subject": "For !NAME!"});
    let shown = admin.post("/admin/layouts/pin/preview", &change).await.ok();
    assert_eq!(shown["subject"], "For Maria Member");
    assert!(!shown["text"].as_str().unwrap().contains("!PINCODE!"), "{shown}");
    let request = admin.request("POST", "/admin/layouts/pin/preview").header("origin", w.origin());
    admin.send(request).await.ok();
    admin.post("/admin/layouts/pin/preview", &json!({"html": "x"})).await.problem(422, "merge_item_missing");
    let sent = admin.post("/admin/layouts/pin/test", &change).await.is(202).json();
    assert!(sent["mail_id"].is_string());
    assert_eq!(w.newest_to("admin@harbour.example").await["subject"], "For Maria Member");
    assert_eq!(layout(&admin, "pin").await["version"], 0);
}

/// ML-1, ML-4: a layout may be as long as mails are; a test mail saves nothing, and what was typed is still there afterwards.
#[tokio::test]
async fn a_layout_is_not_lost_while_it_is_tried_out() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let html = format!("<p>!PINCODE!</p><!-- {} --><p>quay</p>", "x".repeat(60_000));
    put(&admin, "pin", &json!({ "html": html })).await.ok();
    let typed = [("version", "1"), ("subject", "Typed"), ("html", &*html), ("text", "!PINCODE! typed just now")];
    let page = admin.submit("/admin/layouts/pin/test", &typed).await.is(200).text;
    assert!(page.contains("!PINCODE! typed just now") && page.contains("Nothing is saved yet."), "{page}");
    assert!(page.contains("name=\"version\" value=\"1\""), "{page}");
    assert_eq!(w.newest_to("admin@harbour.example").await["subject"], "Typed");
    assert_eq!(layout(&admin, "pin").await["version"], 1);
    let long = json!({"html": format!("<p>!PINCODE!</p>{}", "x".repeat(100_000))});
    put(&admin, "pin", &long).await.problem(422, "rejected");
}

/// ML-4: versions and restore.
#[tokio::test]
async fn any_version_of_a_layout_can_be_restored() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    put(&admin, "pin", &json!({"subject": "One"})).await.ok();
    put(&admin, "pin", &json!({"subject": "Two"})).await.ok();
    let versions = admin.get("/admin/layouts/pin/versions").await.ok();
    let seen: Vec<_> = versions["items"].as_array().unwrap().iter().map(|one| (&one["version"], &one["by"])).collect();
    assert_eq!(seen, [(&json!(2), &json!("admin")), (&json!(1), &json!("admin"))]);
    let restored = admin.post("/admin/layouts/pin/versions/1/restore", &json!({})).await.ok();
    assert_eq!((&restored["subject"], &restored["version"]), (&json!("One"), &json!(3)));
    admin.post("/admin/layouts/pin/versions/9/restore", &json!({})).await.problem(404, "not_found");
    let request = admin.request("PUT", "/admin/layouts/pin").header("origin", w.origin()).header("if-match", "\"2\"");
    admin.send(request.json(&json!({"subject": "Late"}))).await.problem(412, "stale");
}

/// ML-3: what people type never becomes markup, a line, or an item.
#[tokio::test]
async fn a_name_is_harmless_in_a_mail() {
    let people =
        "kind,username,first_name,last_name,email\ncontact,eve,<b>!USERNAME!</b>,{{x}} &amp;,eve@members.example\n";
    let file = std::env::temp_dir().join(format!("vestibule-eve-{}.csv", std::process::id()));
    std::fs::write(&file, people).unwrap();
    let w = World::start(Options { settings: organisation(), import: Some(file), empty: true, ..Options::default() });
    let mail = w.await.newest_to("eve@members.example").await;
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(text.contains("Hello <b>!USERNAME!</b> {{x}} &amp;,"), "{text}");
    assert!(html.contains("Hello &lt;b&gt;!USERNAME!&lt;/b&gt; {{x}} &amp;amp;,"), "{html}");
}

/// ML-5: mail that somebody sends comes from their location, the rest from the organisation.
#[tokio::test]
async fn the_sender_is_the_acting_users_location() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let id = admin.get("/session").await.ok()["user"]["id"].as_str().unwrap().to_owned();
    let refused =
        admin.post("/admin/locations", &json!({"name": "", "email": "nowhere"})).await.problem(422, "rejected");
    assert!(refused["errors"]["name"].is_array() && refused["errors"]["email"].is_array(), "{refused}");
    let north = json!({"name": "North pier", "email": "north@harbour.example"});
    let north = admin.post("/admin/locations", &north).await.is(201).json();
    let location = north["id"].as_str().unwrap();
    let change = async |method: &str, path: &str, body: Value| {
        let request = admin.request(method, path).header("origin", w.origin());
        admin.send(request.json(&body)).await
    };
    let user = format!("/admin/users/{id}");
    change("PATCH", &user, json!({"default_location": "nowhere"})).await.problem(422, "rejected");
    change("PATCH", &user, json!({"default_location": location})).await.ok();
    admin.post("/admin/layouts/pin/test", &json!({})).await.is(202);
    assert_eq!(w.newest_to("admin@harbour.example").await["from"], "north@harbour.example");
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    assert_eq!(w.newest_to("maria@members.example").await["from"], "office@harbour.example");
    // What staff cause is mail of theirs: a first way in, and what an owner is told of.
    admin.post("/admin/users", &json!({"name": "Una Member", "email": "una@members.example"})).await.is(201);
    assert_eq!(w.newest_to("una@members.example").await["from"], "north@harbour.example");
    let maria = w.id_of("maria").await;
    let set = json!({"password": "a lantern that staff have lit", "password_again": "a lantern that staff have lit"});
    admin.post(&format!("/admin/users/{maria}/reset-password"), &set).await.ok();
    assert_eq!(w.newest_to("maria@members.example").await["from"], "north@harbour.example");
    change("PATCH", &format!("/admin/users/{maria}"), json!({"email": "maria.m@members.example"})).await.ok();
    assert_eq!(w.newest_to("maria@members.example").await["from"], "north@harbour.example");
    let moved = json!({"id": location, "name": "North & South, pier 2/3", "email": "pier@harbour.example"});
    change("PUT", &format!("/admin/locations/{location}"), moved).await.ok();
    assert_eq!(admin.get("/admin/locations").await.ok()["items"][0]["email"], "pier@harbour.example");
    let other = json!({"id": "another", "name": "North pier", "email": "pier@harbour.example"});
    let other = change("PUT", &format!("/admin/locations/{location}"), other).await.problem(422, "rejected");
    assert!(other["errors"]["id"].is_array(), "{other}");
    change("DELETE", &format!("/admin/locations/{location}"), json!({})).await.is(204);
    admin.get(&format!("/admin/locations/{location}")).await.problem(404, "not_found");
    admin.post("/admin/layouts/pin/test", &json!({})).await.is(202);
    assert_eq!(w.newest_to("admin@harbour.example").await["from"], "office@harbour.example");
}
