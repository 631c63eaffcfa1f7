//! What staff do about somebody's way in (AD-2 to AD-4, BR-3, LK-5).

use serde_json::{Value, json};

use crate::world::{Browser, PASSWORD, World, temporary_password, token};

const NEW: &str = "a lantern that staff have lit";

fn set(password: &str) -> Value {
    json!({"password": password, "password_again": password})
}

/// The contact's number of a sample user.
async fn contact_of(admin: &Browser<'_>, id: &str) -> String {
    admin.get(&format!("/admin/users/{id}")).await.ok()["contact"].as_str().expect("a contact").to_owned()
}

async fn locked(w: &World, username: &str) {
    for _ in 0..6 {
        w.sign_in(username, "wrong").await.is(401);
    }
    w.sign_in(username, PASSWORD).await.problem(401, "sign_in_failed");
}

/// AD-2, LK-3, LK-5, SE-5: an administrator sets a password: it unlocks, ends every session, and has to be changed.
#[tokio::test]
async fn an_administrator_sets_a_password() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let browser = w.signed_in("maria").await;
    locked(&w, "maria").await;
    let path = format!("/admin/users/{maria}/reset-password");
    let differ = json!({"password": NEW, "password_again": "something else entirely"});
    let refused = admin.post(&path, &differ).await.problem(422, "rejected");
    assert!(refused["errors"]["password_again"].is_array(), "{refused}");
    for bad in ["short", "harbour association maria", PASSWORD] {
        let refused = admin.post(&path, &set(bad)).await.problem(422, "rejected");
        assert!(refused["errors"]["password"].is_array(), "{refused}");
    }
    admin.post(&path, &json!({"password": NEW})).await.problem(400, "malformed");
    assert_eq!(browser.who().await.as_deref(), Some("maria"));
    admin.post(&path, &set(NEW)).await.ok();
    assert_eq!(browser.who().await, None);
    let told = w.newest_to("maria@members.example").await;
    assert_eq!(told["subject"], "A new password was set for you at Harbour Association");
    assert!(!told.to_string().contains(NEW));
    w.sign_in("maria", PASSWORD).await.problem(401, "sign_in_failed");
    let browser = w.browser();
    let next = browser.post("/sign-in", &json!({"username": "maria", "password": NEW})).await.ok();
    assert_eq!(next, json!({"next": "change_password", "reason": "required"}));
    assert_eq!(browser.who().await, None);
    let own = json!({"new_password": "and now one of my own again"});
    assert_eq!(browser.post("/change-password", &own).await.ok()["next"], "signed_in");
}

/// AD-2: with `resend`, the way in goes along.
#[tokio::test]
async fn the_way_in_can_go_along() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let with = json!({"password": NEW, "password_again": NEW, "resend": true});
    let done = admin.post(&format!("/admin/users/{maria}/reset-password"), &with).await.ok();
    assert!(done["mail_id"].is_string(), "{done}");
    let mails = w.mail_to("maria@members.example").await;
    assert_eq!(mails.len(), 2);
    let sent = mails.iter().find(|mail| mail["subject"] == "Your way in to Harbour Association").expect("the way in");
    assert!(!sent.to_string().contains(NEW));
    w.reset(&token(sent), "and now one of my own again").await.ok();
}

/// BR-3, BR-5, LK-5: resending unlocks by the link in it; it holds for days, works once, and no password that exists is in it.
#[tokio::test]
async fn credentials_are_sent_again() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    locked(&w, "maria").await;
    let sent = admin.post(&format!("/admin/users/{maria}/resend"), &json!({})).await.is(202).json();
    assert!(sent["mail_id"].is_string());
    let mail = w.newest_to("maria@members.example").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("\nmaria\n") && text.contains("7 days"), "{text}");
    w.advance(6 * 86_400).await;
    let link = token(&mail);
    w.reset(&link, "and now one of my own again").await.ok();
    w.reset(&link, "and another one after that").await.problem(410, "link_dead");
    w.sign_in("maria", "and now one of my own again").await.ok();
}

/// BR-5, TP-1: by setting, a temporary password goes instead of the link.
#[tokio::test]
async fn what_is_sent_again_is_a_setting() {
    let w = World::with(json!({"resend.mode": "temporary", "temporary.days": 1})).await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    admin.post(&format!("/admin/users/{maria}/resend"), &json!({})).await.is(202);
    let mail = w.newest_to("maria@members.example").await;
    let told = mail["text"].as_str().unwrap();
    assert!(!told.contains("has been made for you") && told.contains("account maria:"), "{told}");
    assert!(told.contains("within 1 day,"), "{told}");
    let (_, temporary) = told.split_once("account maria:").unwrap();
    let temporary = temporary.trim_start().lines().next().unwrap().to_owned();
    assert_eq!(w.sign_in("maria", &temporary).await.ok()["reason"], "temporary");
    let new = json!({"username": "una", "email": "una@members.example", "kind": "contact"});
    let una = admin.post("/admin/users", &new).await.is(201).json();
    admin.post(&format!("/admin/users/{}/resend", una["id"].as_str().unwrap()), &json!({})).await.is(202);
    let (username, temporary) = temporary_password(&w.newest_to("una@members.example").await);
    assert_eq!(
        (username.as_str(), w.sign_in("una", &temporary).await.ok()["reason"].clone()),
        ("una", json!("temporary"))
    );
}

/// BR-3, BR-5, SU-4: a contact without an account gets one on the way.
#[tokio::test]
async fn a_contact_without_an_account_gets_one() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let new = json!({"first_name": "Nils", "last_name": "Holm", "email": "nils@members.example", "group": "South"});
    let nils = admin.post("/admin/contacts", &new).await.is(201).json();
    let path = format!("/admin/contacts/{}", nils["id"].as_str().unwrap());
    assert_eq!(nils["user"], Value::Null);
    assert_eq!(nils, admin.get(&path).await.ok());
    let none = admin.post(&format!("{path}/reset-password"), &set(NEW)).await.problem(409, "no_account");
    assert!(none["detail"].as_str().unwrap().contains("no account yet"), "{none}");
    assert_eq!(w.mail_to("nils@members.example").await.len(), 0);
    admin.post(&format!("{path}/resend"), &json!({})).await.is(202);
    let mail = w.newest_to("nils@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains(&format!("nils{}", nils["id"].as_str().unwrap())), "{mail}");
    w.reset(&token(&mail), "a quay of my own, at last").await.ok();
    assert!(admin.get(&path).await.ok()["user"].is_string());
}

/// AD-3, BR-6: staff within their group; anybody else is nobody to them.
#[tokio::test]
async fn staff_help_contacts_of_their_own_group() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let north = contact_of(&admin, &w.id_of("maria").await).await;
    let other = contact_of(&admin, &w.id_of("paula").await).await;
    assert_eq!(sam.get(&format!("/admin/contacts/{north}")).await.ok()["group"], "North");
    sam.get(&format!("/admin/contacts/{other}")).await.problem(404, "not_found");
    sam.post(&format!("/admin/contacts/{other}/reset-password"), &set(NEW)).await.problem(404, "not_found");
    sam.post(&format!("/admin/contacts/{other}/resend"), &json!({})).await.problem(404, "not_found");
    sam.post(&format!("/admin/contacts/{north}/resend"), &json!({})).await.is(202);
    sam.post(&format!("/admin/contacts/{north}/reset-password"), &set(NEW)).await.ok();
    for username in ["maria", "admin", "sam"] {
        let id = w.local.app().store.login(username).await.unwrap().unwrap().user;
        sam.post(&format!("/admin/users/{id}/reset-password"), &set(NEW)).await.problem(403, "not_allowed");
        sam.post(&format!("/admin/users/{id}/resend"), &json!({})).await.problem(403, "not_allowed");
    }
    let south = json!({"last_name": "Holm", "group": "South"});
    sam.post("/admin/contacts", &south).await.problem(422, "rejected");
    let rights = json!({"last_name": "Holm", "group": "North", "permissions": ["orders.read"]});
    sam.post("/admin/contacts", &rights).await.problem(422, "rejected");
    sam.post("/admin/contacts", &json!({"last_name": "Holm", "group": "North"})).await.is(201);
    sam.post("/admin/users", &json!({"username": "mallory"})).await.problem(403, "not_allowed");
}

/// AD-3: nobody acts on somebody with more rights, were it a right of the organisation's applications, nor takes their mailbox.
#[tokio::test]
async fn staff_act_on_nobody_with_more_rights() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let (maria, staff) = (w.id_of("maria").await, w.id_of("sam").await);
    let contact = format!("/admin/contacts/{}", contact_of(&admin, &maria).await);
    let mailbox = json!({"email": "sam-reads@harbour.example"});
    for rights in [json!({"permissions": ["orders.write"]}), json!({"permissions": [], "profiles": ["buyer"]})] {
        admin.call("PATCH", &format!("/admin/users/{maria}"), &rights).await.ok();
        sam.get(&contact).await.ok();
        sam.post(&format!("{contact}/reset-password"), &set(NEW)).await.problem(403, "not_allowed");
        sam.post(&format!("{contact}/resend"), &json!({})).await.problem(403, "not_allowed");
        sam.call("PATCH", &contact, &mailbox).await.problem(403, "not_allowed");
    }
    admin.call("PATCH", &format!("/admin/users/{staff}"), &json!({"profiles": ["buyer"]})).await.ok();
    let sam = w.signed_in("sam").await;
    sam.post(&format!("{contact}/reset-password"), &set(NEW)).await.ok();
}

/// AD-3: members do nothing of it.
#[tokio::test]
async fn members_help_nobody() {
    let w = World::new().await;
    let (paula, maria) = (w.signed_in("paula").await, w.id_of("maria").await);
    for path in ["reset-password", "resend"] {
        let body = if path == "resend" { json!({}) } else { set(NEW) };
        paula.post(&format!("/admin/users/{maria}/{path}"), &body).await.problem(403, "not_allowed");
        w.post(&format!("/admin/users/{maria}/{path}"), &body).await.problem(401, "signed_out");
        paula.post(&format!("/admin/contacts/1/{path}"), &body).await.problem(403, "not_allowed");
    }
    paula.post("/admin/contacts", &json!({"last_name": "Holm"})).await.problem(403, "not_allowed");
}

/// AD-4: an account is made, with the name that is wished or the default one, and its owner gets in by the mail.
#[tokio::test]
async fn an_account_is_made() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let stella = json!({
        "kind": "staff", "username": "stella", "first_name": "Stella", "last_name": "Staff", "group": "South",
        "email": "stella@harbour.example", "permissions": ["orders.read"], "profiles": ["buyer"],
    });
    let made = admin.post("/admin/users", &stella).await.is(201).json();
    assert_eq!(
        (&made["username"], &made["kind"], &made["group"]),
        (&json!("stella"), &json!("staff"), &json!("South"))
    );
    let (username, temporary) = temporary_password(&w.newest_to("stella@harbour.example").await);
    assert_eq!(w.sign_in(&username, &temporary).await.ok()["next"], "change_password");
    admin.post("/admin/users", &stella).await.problem(409, "username_taken");
    let named = json!({"username": "maria@members.example", "email": "other@members.example"});
    admin.post("/admin/users", &named).await.problem(409, "username_taken");
    let default = json!({"first_name": "Nils", "email": "nils@members.example"});
    let made = admin.post("/admin/users", &default).await.is(201).json();
    assert_eq!(made["username"], format!("nils{}", made["contact"].as_str().unwrap()));
    let both = json!({"last_name": "Holm", "email": "holm@members.example", "create_account": true});
    let made = admin.post("/admin/contacts", &both).await.is(201).json();
    assert_eq!(w.mail_to("holm@members.example").await.len(), 1, "{made}");
    let contact = admin.get(&format!("/admin/contacts/{}", made["id"].as_str().unwrap())).await.ok();
    assert_eq!(made, contact);
    let user = admin.get(&format!("/admin/users/{}", made["user"].as_str().unwrap())).await.ok();
    assert_eq!((&user["email"], &user["contact"]), (&made["email"], &made["id"]));
    for (field, bad) in [
        ("email", json!({"email": "no address"})),
        ("username", json!({"username": "x"})),
        ("username", json!({"kind": "api"})),
        ("username", json!({"first_name": "Nobody"})),
        ("phone", json!({"email": "a@members.example", "phone": "12"})),
        ("first_name", json!({"email": "a@members.example", "first_name": "A\nB"})),
        ("permissions", json!({"email": "a@members.example", "permissions": [""]})),
    ] {
        let refused = admin.post("/admin/users", &bad).await.problem(422, "rejected");
        assert!(refused["errors"][field].is_array(), "{bad}: {refused}");
    }
    admin.post("/admin/users", &json!({"kind": "king"})).await.problem(400, "malformed");
    admin.post("/admin/contacts", &json!({})).await.problem(422, "rejected");
}

/// AD-4: whoever says names says one, and nobody loses the one they have.
#[tokio::test]
async fn nobody_is_left_without_a_name() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    for path in ["/admin/users", "/admin/contacts"] {
        let nameless = json!({"first_name": "", "last_name": " ", "email": "a@members.example"});
        admin.post(path, &nameless).await.problem(422, "rejected");
        let nameless = json!({"first_name": "", "last_name": "", "email": "a@members.example"});
        let refused = admin.post(path, &nameless).await.problem(422, "rejected");
        assert!(refused["errors"]["last_name"].is_array(), "{refused}");
    }
    let path = format!("/admin/users/{maria}");
    admin.call("PATCH", &path, &json!({"first_name": ""})).await.ok();
    let refused = admin.call("PATCH", &path, &json!({"last_name": " "})).await.problem(422, "rejected");
    assert!(refused["errors"]["last_name"].is_array(), "{refused}");
    let contact = format!("/admin/contacts/{}", contact_of(&admin, &maria).await);
    admin.call("PATCH", &contact, &json!({"last_name": ""})).await.problem(422, "rejected");
    assert_eq!(admin.get(&path).await.ok()["last_name"], "Member");
    // A form leaves names open that nobody has filled in.
    let fields = [("first_name", ""), ("last_name", ""), ("email", "una@members.example"), ("kind", "contact")];
    admin.submit("/admin/users", &fields).await.leads_to();
}

/// BR-6: who can't be served is told, not dropped.
#[tokio::test]
async fn who_can_not_be_served_is_told() {
    let w = World::new().await;
    let (admin, robot) = (w.signed_in("admin").await, w.id_of("robot").await);
    let dora = w.local.app().store.login("dora").await.unwrap().unwrap().user;
    admin.post(&format!("/admin/users/{robot}/resend"), &json!({})).await.problem(409, "no_email");
    admin.post(&format!("/admin/users/{dora}/resend"), &json!({})).await.problem(409, "disabled");
    admin.post(&format!("/admin/users/{dora}/reset-password"), &set(NEW)).await.problem(409, "disabled");
    admin.post("/admin/users/nobody/resend", &json!({})).await.problem(404, "not_found");
    let nobody = json!({"first_name": "Nemo"});
    let nemo = admin.post("/admin/contacts", &nobody).await.is(201).json();
    let path = format!("/admin/contacts/{}/resend", nemo["id"].as_str().unwrap());
    admin.post(&path, &json!({})).await.problem(409, "no_email");
}

/// AD-4: a contact is switched off and on, and the account with it; while they are off, nobody makes an account for them.
#[tokio::test]
async fn contacts_are_switched_off_and_on() {
    let w = World::with(json!({"recovery.create_credentials": true, "sign_up.create_contact": true})).await;
    let admin = w.signed_in("admin").await;
    let of = async |q: &str| {
        let found = admin.get(&format!("/admin/contacts?q={q}")).await.ok();
        format!("/admin/contacts/{}", found["items"][0]["id"].as_str().unwrap())
    };
    let (nora, maria) = (of("nora@members.example").await, of("maria@members.example").await);
    let off = admin.call("PATCH", &nora, &json!({"disabled": true})).await.ok();
    assert_eq!((&off["disabled"], &off["user"]), (&json!(true), &Value::Null));
    assert_eq!(admin.get("/admin/contacts?q=Quist").await.ok()["items"][0]["disabled"], true);
    admin.post(&format!("{nora}/resend"), &json!({})).await.problem(409, "disabled");
    admin.call("PATCH", &nora, &json!({"create_account": true})).await.problem(409, "disabled");
    let who = json!({"first_name": "Nora", "last_name": "Quist", "email": "nora@members.example"});
    w.post("/sign-up", &who).await.problem(409, "contact_not_found");
    w.post("/forgot-username", &json!({"email": "nora@members.example"})).await.is(202);
    let list = json!({"target": "contacts", "list": "nora@members.example"});
    let plan = admin.post("/admin/resends", &list).await.is(201).json();
    assert_eq!(plan["skipped"][0]["reason"], "disabled", "{plan}");
    w.settle().await;
    assert_eq!(admin.get(&nora).await.ok()["user"], Value::Null);
    admin.call("PATCH", &nora, &json!({"disabled": false})).await.ok();
    admin.post(&format!("{nora}/resend"), &json!({})).await.is(202);
    // With an account.
    let browser = w.signed_in("maria").await;
    admin.call("PATCH", &maria, &json!({"disabled": true})).await.ok();
    assert_eq!(browser.who().await, None);
    w.sign_in("maria", PASSWORD).await.problem(401, "sign_in_failed");
    let sam = w.signed_in("sam").await;
    assert!(sam.open(&maria).await.is(200).text.contains("Switched off"));
    assert_eq!(sam.submit(&format!("{maria}/enable"), &[]).await.leads_to(), format!("{maria}?done=contact_enabled"));
    w.sign_in("maria", PASSWORD).await.ok();
    sam.submit(&format!("{maria}/disable"), &[]).await.leads_to();
    w.sign_in("maria", PASSWORD).await.problem(401, "sign_in_failed");
}

/// TP-1, RP-3: a temporary password that went to a wrong address opens nothing once the address is put right; the way in goes to the
/// right one.
#[tokio::test]
async fn what_went_to_a_wrong_address_opens_nothing() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let new = json!({"username": "una", "first_name": "Una", "last_name": "New", "email": "typo@members.example"});
    let id = admin.post("/admin/users", &new).await.is(201).json()["id"].as_str().unwrap().to_owned();
    let (_, temporary) = temporary_password(&w.newest_to("typo@members.example").await);
    let path = format!("/admin/users/{id}");
    admin.call("PATCH", &path, &json!({"phone": "+44 20 7946 0102"})).await.ok();
    assert_eq!(w.sign_in("una", &temporary).await.ok()["reason"], "temporary");
    admin.call("PATCH", &path, &json!({"email": "una@members.example"})).await.ok();
    w.sign_in("una", &temporary).await.problem(401, "sign_in_failed");
    let told = admin.get("/admin/explain?who=una").await.ok();
    let to: Vec<&str> = told["mails"].as_array().unwrap().iter().map(|mail| mail["to"].as_str().unwrap()).collect();
    assert!(to.contains(&"typo@members.example"), "the mail that went astray is shown: {told}");
    let mail = w.newest_to("una@members.example").await;
    w.reset(&token(&mail), "a quay of my own, at last").await.ok();
    w.sign_in("una", "a quay of my own, at last").await.ok();
    admin.call("PATCH", &path, &json!({"email": "una.new@members.example"})).await.ok();
    assert!(w.mail_to("una.new@members.example").await.is_empty(), "she has a way in");
}

/// AD-1: whoever works in the console finds the way there.
#[tokio::test]
async fn staff_find_the_console_from_their_account() {
    let w = World::new().await;
    for (username, finds) in [("admin", true), ("sam", true), ("maria", false)] {
        let page = w.signed_in(username).await.open("/account").await.is(200);
        assert_eq!(page.text.contains("href=\"/admin\""), finds, "{username}");
    }
}

/// AD-4: names and addresses may be said in one, and somebody may be made who is not to come in yet.
#[tokio::test]
async fn who_somebody_is_may_be_said_in_one() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let new = json!({"kind": "staff", "username": "ada.byron", "name": "Ada King  Byron", "emails": ["ada@harbour.example", "byron@harbour.example"]});
    let made = admin.post("/admin/users", &new).await.is(201).json();
    assert_eq!((&made["first_name"], &made["last_name"]), (&json!("Ada King"), &json!("Byron")));
    assert_eq!((&made["name"], &made["address_email"]), (&json!("Ada King Byron"), &json!("byron@harbour.example")));
    assert_eq!(made["emails"], new["emails"]);
    let place = format!("/admin/users/{}", made["id"].as_str().expect("an id"));
    let change = json!({"name": "Ada", "emails": ["countess@harbour.example"]});
    let now = admin.call("PATCH", &place, &change).await.ok();
    assert_eq!(
        (&now["first_name"], &now["last_name"], &now["address_email"]),
        (&json!("Ada"), &json!(""), &json!(null))
    );
    assert_eq!(now["emails"], change["emails"]);
    for (field, twice) in [
        ("name", json!({"name": "Ada Byron", "last_name": "Byron"})),
        ("emails", json!({"emails": ["a@harbour.example"], "address_email": "b@harbour.example"})),
        ("emails", json!({"emails": ["a@harbour.example", "b@harbour.example", "c@harbour.example"]})),
        ("email", json!({"emails": ["a"]})),
    ] {
        for (method, path) in [("PATCH", place.as_str()), ("POST", "/admin/users"), ("POST", "/admin/contacts")] {
            let told = admin.call(method, path, &twice).await.problem(422, "rejected");
            assert!(told["errors"][field].is_array(), "{method} {path} {twice}: {told}");
        }
    }
    let off =
        json!({"username": "not.yet", "name": "Not Yet", "emails": ["not.yet@members.example"], "disabled": true});
    let off = admin.post("/admin/users", &off).await.is(201).json();
    assert_eq!(off["disabled"], true);
    assert!(w.mail_to("not.yet@members.example").await.is_empty(), "nobody is let in, so nothing is mailed");
    let contact = admin.post("/admin/contacts", &json!({"name": "Cara Later", "disabled": true})).await.is(201).json();
    assert_eq!((&contact["disabled"], &contact["name"]), (&json!(true), &json!("Cara Later")));
}

/// SI-5: nobody without an account is given an address that is somebody's username.
#[tokio::test]
async fn no_contact_has_anothers_username_for_an_address() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.signed_in("paula").await);
    let name = json!({"username": "paula@partner.example", "password": PASSWORD});
    paula.call("PUT", "/account/username", &name).await.ok();
    let new = json!({"first_name": "C", "last_name": "D", "email": "Paula@Partner.example"});
    let refused = admin.post("/admin/contacts", &new).await.problem(422, "rejected");
    assert!(refused["errors"]["email"].is_array(), "{refused}");
    let contact = admin.post("/admin/contacts", &json!({"first_name": "C", "last_name": "D"})).await.is(201).json();
    let contact = format!("/admin/contacts/{}", contact["id"].as_str().expect("an id"));
    let refused = admin.call("PATCH", &contact, &json!({"address_email": "paula@partner.example"})).await;
    refused.problem(422, "rejected");
    admin.call("PATCH", &contact, &json!({"email": "c@partner.example"})).await.ok();
}
