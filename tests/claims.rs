//! What leads to an account, and to whose: usernames and addresses of people who change them, are linked, or share them.

use futures_util::future::join_all;
use reqwest::header::ORIGIN;
use serde_json::{Value, json};

use crate::imports::{refused, rehearsed, run};
use crate::pins::{make, use_pin};
use crate::resends::fault;
use crate::world::{Answer, Browser, PASSWORD, World, temporary_password, token};

async fn rename(browser: &Browser<'_>, to: &str) -> Answer {
    let request = browser.request("PUT", "/account/username").header(ORIGIN, browser.world().origin());
    browser.send(request.json(&json!({"username": to, "password": PASSWORD}))).await
}

/// The one user whom a search finds.
async fn found(admin: &Browser<'_>, username: &str) -> Value {
    admin.get(&format!("/admin/users?q={username}")).await.ok()["items"][0].clone()
}

/// Gives a user a contact with these addresses; answers the contact's id.
async fn linked(admin: &Browser<'_>, user: &str, addresses: &Value) -> String {
    let contact = admin.post("/admin/contacts", addresses).await.is(201).json();
    let (id, path) = (contact["id"].as_str().expect("an id").to_owned(), format!("/admin/users/{user}"));
    admin.call("PATCH", &path, &json!({ "contact": id })).await.ok();
    id
}

/// SI-5, SI-6, AC-1, AD-4, AD-7: a contact may have addresses that its account lacks. They go on leading to that account when its
/// username changes, and to nobody who takes the old one.
#[tokio::test]
async fn an_address_leads_to_its_account_whatever_that_is_called() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let addresses =
        json!({"first_name": "Paula", "email": "paula@home.example", "address_email": "paula@boat.example"});
    linked(&admin, &paula, &addresses).await;
    w.sign_in("paula@boat.example", PASSWORD).await.ok();
    rename(&w.signed_in("paula").await, "paula.new").await.ok();
    rename(&w.signed_in("maria").await, "paula").await.ok();
    for address in ["paula@boat.example", "paula@home.example", "paula@partner.example"] {
        let browser = w.browser();
        browser.post("/sign-in", &json!({"username": address, "password": PASSWORD})).await.ok();
        assert_eq!(browser.who().await.as_deref(), Some("paula.new"), "{address}");
        let told = admin.get(&format!("/admin/explain?who={address}")).await.ok();
        assert_eq!(told["is"]["username"], "paula.new", "{told}");
    }
}

/// AC-1, RP-2: nor does it matter that an account has addresses that its contact lacks.
#[tokio::test]
async fn whoever_has_other_addresses_than_their_contact_can_be_renamed() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    linked(&admin, &paula, &json!({"first_name": "Paula", "email": "paula@home.example"})).await;
    rename(&w.signed_in("paula").await, "paula.two").await.ok();
    w.post("/reset-account", &json!({"email": "paula@partner.example"})).await.is(202);
    let link = token(&w.newest_to("paula@partner.example").await);
    w.post("/reset", &json!({"token": link, "username": "paula.three"})).await.ok();
    for name in ["paula.three", "paula@home.example", "paula@partner.example"] {
        w.sign_in(name, PASSWORD).await.ok();
    }
}

/// SI-6, AD-3, AD-7: staff give nobody an address that leads to an account beyond their reach: its owner could not sign in by it any
/// more, nor get back in. Nor do they see what is mailed there.
#[tokio::test]
async fn staff_take_nobodys_address() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let user = admin.get(&format!("/admin/users/{}", w.id_of("maria").await)).await.ok();
    let contact = format!("/admin/contacts/{}", user["contact"].as_str().expect("a contact"));
    let theirs = json!({"address_email": "admin@harbour.example"});
    let refused = sam.call("PATCH", &contact, &theirs).await.problem(422, "rejected");
    assert!(refused["errors"]["email"].is_array(), "{refused}");
    let new = json!({"first_name": "Zed", "email": "admin@harbour.example", "group": "North"});
    sam.post("/admin/contacts", &new).await.problem(422, "rejected");
    w.post("/forgot-password", &json!({"username": "admin@harbour.example"})).await.is(202);
    w.settle().await;
    admin.call("PATCH", &contact, &theirs).await.ok();
    let told = sam.get("/admin/explain?who=maria").await.ok();
    assert_eq!(told["mails"], json!([]), "{told}");
    let told = admin.get("/admin/explain?who=maria").await.ok();
    assert_ne!(told["mails"], json!([]), "{told}");
}

/// AD-3: whoever sees an account that they may not act on is told so.
#[tokio::test]
async fn a_program_hears_whom_it_may_not_act_on() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let robot = format!("/admin/users/{}", w.id_of("robot").await);
    admin.call("PATCH", &robot, &json!({"permissions": ["users.read", "users.write"]})).await.ok();
    let told = w.send(w.request("POST", "/token").basic_auth("robot", Some(PASSWORD))).await.ok();
    let token = told["access_token"].as_str().expect("a token");
    let administrator = format!("/admin/users/{}", w.id_of("admin").await);
    for (method, path, body) in [
        ("PATCH", administrator.clone(), json!({"disabled": true})),
        ("POST", format!("{administrator}/resend"), json!({})),
        ("POST", format!("{administrator}/security-code/reset"), json!({})),
    ] {
        let request = w.request(method, &path).header(ORIGIN, w.origin()).bearer_auth(token);
        w.send(request.json(&body)).await.problem(403, "not_allowed");
    }
    let nobody = w.request("PATCH", "/admin/users/nobody").header(ORIGIN, w.origin()).bearer_auth(token);
    w.send(nobody.json(&json!({"disabled": true}))).await.problem(404, "not_found");
}

/// FE-4, AD-2: a program signs in nowhere to change what staff have set: it goes on with it.
#[tokio::test]
async fn a_password_that_staff_set_for_a_program_is_its_password() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let (path, new) = (format!("/admin/users/{}/reset-password", w.id_of("robot").await), "tin-harbour-whistle-77");
    admin.post(&path, &json!({"password": new, "password_again": new})).await.ok();
    w.send(w.request("POST", "/token").basic_auth("robot", Some(new))).await.ok();
    let browser = w.browser();
    browser.post("/sign-in", &json!({"username": "robot", "password": new, "keep": true})).await.ok();
    assert_eq!(browser.get("/session").await.ok()["remembered"], false, "nor is it remembered anywhere");
}

/// TP-3: a temporary password never becomes the password, by a mailed link as little as at sign-in.
#[tokio::test]
async fn a_temporary_password_does_not_become_the_password_by_a_link() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let new = json!({"kind": "contact", "username": "nadia", "first_name": "Nadia", "email": "nadia@members.example"});
    admin.post("/admin/users", &new).await.is(201);
    let (_, temporary) = temporary_password(&w.newest_to("nadia@members.example").await);
    let link = w.link_for("nadia", "nadia@members.example").await;
    w.reset(&link, &temporary).await.problem(422, "rejected");
    w.reset(&link, "walnut-ferry-sky-32").await.ok();
}

/// LK-1: only wrong sign-ins count: as many right ones as there are may come at once.
#[tokio::test]
async fn right_passwords_may_come_at_once() {
    let w = World::new().await;
    for answer in join_all((0..12).map(|_| w.sign_in("paula", PASSWORD))).await {
        answer.ok();
    }
    let tokens = (0..12).map(|_| w.send(w.request("POST", "/token").basic_auth("robot", Some(PASSWORD))));
    for answer in join_all(tokens).await {
        answer.ok();
    }
}

/// AD-1: a search answers as many as are asked for.
#[tokio::test]
async fn a_search_is_as_long_as_it_is_asked_to_be() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for n in 0..14 {
        let new = json!({"first_name": format!("A{n}"), "email": format!("quay{n}@people.example")});
        admin.post("/admin/contacts", &new).await.is(201);
    }
    let found = admin.get("/admin/contacts?q=quay&limit=100").await.ok();
    assert_eq!(found["items"].as_array().expect("a list").len(), 14, "{found}");
    let some = admin.get("/admin/contacts?q=quay&limit=4").await.ok();
    assert!(some["items"].as_array().expect("a list").len() == 4 && some["next_cursor"].is_string(), "{some}");
    for filter in ["sponsors", "disabled", "staff", "kind=staff"] {
        admin.get(&format!("/admin/users?filter={filter}")).await.ok();
    }
}

/// AD-6: whatever a cursor says, a search ends.
#[tokio::test]
async fn a_cursor_from_another_time_is_searched_from_today() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let cursor = data_encoding::BASE64URL_NOPAD.encode(b"9999-12-31#");
    for path in ["/admin/audit", "/admin/audit.csv"] {
        admin.get(&format!("{path}?cursor={cursor}")).await.is(200);
    }
}

/// IO-1: a row is refused by name however long its cells are, and does not stop the others.
#[tokio::test]
async fn a_cell_of_any_length_is_refused_by_its_row() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let long = "x".repeat(300_000);
    let file = format!(
        "kind,email,disabled\n{long},a@people.example,\ncontact,{long},\ncontact,b@people.example,{long}\ncontact,c@people.example,\n"
    );
    let rehearsed = rehearsed(&admin, &file).await;
    assert_eq!((&rehearsed["total"], &rehearsed["refused_count"]), (&json!(4), &json!(3)), "{rehearsed}");
    let reasons = refused(&rehearsed["refused"]);
    assert!(reasons.len() == 3 && reasons.iter().all(|(_, reason)| reason.len() < 400), "{reasons:?}");
}

/// PN-8: a PIN that ends at a day ends, however far off that is said to be; and one that is withdrawn is of no use from the first
/// moment on, though those who came by it are still to be switched off.
#[tokio::test]
async fn a_pin_ends_when_it_is_told_to() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let path = format!("/admin/users/{paula}/pin");
    admin.post(&path, &json!({"ends_on": "9999-12-31"})).await.problem(422, "rejected");
    let pin = make(&admin, &paula, &json!({})).await;
    use_pin(&w, &pin, "otto").await.is(202);
    fault(&w, json!([{"service": "dynamodb", "operation": "TransactWriteItems", "kind": "failing"}])).await;
    admin.call("DELETE", &path, &json!({"disable": true})).await.problem(503, "try_again");
    fault(&w, json!([])).await;
    use_pin(&w, &pin, "olga").await.problem(403, "pin_refused");
    admin.call("DELETE", &path, &json!({"disable": true})).await.is(204);
    assert_eq!(found(&admin, "otto").await["disabled"], true);
}

/// AD-4, IO-1: whoever was switched off since they were imported is not written to.
#[tokio::test]
async fn nobody_who_is_switched_off_is_invited() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    fault(&w, json!([{"service": "ses", "kind": "failing"}])).await;
    let file = "kind,username,first_name,last_name,email\ncontact,nadia,Nadia,North,nadia@people.example\n";
    run(&admin, &rehearsed(&admin, file).await).await;
    let path = format!("/admin/users/{}", found(&admin, "nadia").await["id"].as_str().expect("an id"));
    admin.call("PATCH", &path, &json!({"disabled": true})).await.ok();
    fault(&w, json!([])).await;
    w.advance(1_800).await;
    w.settle().await;
    assert_eq!(w.mail_to("nadia@people.example").await.len(), 0);
}

/// PN-7: a PIN is no way to ask who has an account: whoever has asked fifty times is told of nobody, taken or not.
#[tokio::test]
async fn who_is_taken_is_told_so_often() {
    let w = World::with_pins().await;
    w.begin_stretch(600).await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    for _ in 0..50 {
        use_pin(&w, &pin, "maria").await.problem(409, "username_taken");
    }
    for name in ["maria", "nobody-has-it"] {
        use_pin(&w, &pin, name).await.problem(429, "too_many_requests");
    }
    w.advance(600).await;
    use_pin(&w, &pin, "nobody-has-it").await.is(202);
}
