//! Who may call what, and the pages of the console (AD-1).

use admin::{RULES, Rule};
use domain::access::Right;
use serde_json::{Value, json};

use crate::world::{Answer, Browser, PASSWORD, World};

/// A path with somebody in it who isn't there.
fn filled(path: &str) -> String {
    path.replace("{id}", "nobody").replace("{name}", "nothing").replace("{version}", "999")
}

/// AD-1: each route and who may call it; a new one fails here until it is thought about.
#[test]
fn every_route_says_who_may_call_it() {
    let who = |rule: &Rule| match rule.right {
        Right::Contacts | Right::Resends => "staff, administrators",
        _ => "administrators",
    };
    let line = |rule: &Rule| {
        let area = format!("{:?}", rule.right).to_lowercase();
        let verb = if rule.method == "GET" { "read" } else { "write" };
        let programs =
            if rule.right == Right::Exports { String::new() } else { format!("; programs with {area}.{verb}") };
        format!("{} {}: {}{programs}\n", rule.method, rule.path, who(rule))
    };
    let told: String = RULES.iter().map(line).collect();
    let golden = include_str!("routes.txt");
    assert_eq!(told, golden, "tests/routes.txt says who may call what");
}

async fn call(browser: &Browser<'_>, rule: &Rule) -> Answer {
    match rule.method {
        "GET" => browser.get(&filled(rule.path)).await,
        method => browser.call(method, &filled(rule.path), &json!({})).await,
    }
}

/// AD-1, AD-3, FE-4: nobody calls a route without the right to it, whatever else is wrong.
#[tokio::test]
async fn nobody_calls_what_they_have_no_right_to() {
    let w = World::new().await;
    let (nobody, maria, sam) = (w.browser(), w.signed_in("maria").await, w.signed_in("sam").await);
    let admin = w.signed_in("admin").await;
    let answer = w.send(w.request("POST", "/token").basic_auth("robot", Some(PASSWORD))).await.ok();
    let token = answer["access_token"].as_str().expect("a token").to_owned();
    for rule in &RULES {
        let name = format!("{} {}", rule.method, rule.path);
        call(&nobody, rule).await.problem(401, "signed_out");
        call(&maria, rule).await.problem(403, "not_allowed");
        let of_sam = call(&sam, rule).await;
        let open = matches!(rule.right, Right::Contacts | Right::Resends);
        assert_eq!(of_sam.status == 403, !open, "{name}: {}", of_sam.text);
        let of_admin = call(&admin, rule).await;
        assert!(![401, 403, 405].contains(&of_admin.status) && of_admin.status < 500, "{name}: {}", of_admin.text);
        let request = w.request(rule.method, &filled(rule.path)).bearer_auth(&token);
        let of_robot = w.send(if rule.method == "GET" { request } else { request.json(&json!({})) }).await;
        let may = rule.right == Right::Contacts && rule.method == "GET";
        assert_eq!(of_robot.status == 403, !may, "{name}: {}", of_robot.text);
    }
}

/// AD-1: a method that no rule speaks of is no way in.
#[tokio::test]
async fn a_method_without_a_rule_is_refused() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let paths: std::collections::BTreeSet<&str> = RULES.iter().map(|rule| rule.path).collect();
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let all = paths.into_iter().flat_map(|path| methods.map(|method| (method, path)));
    for (method, path) in all.filter(|called| !RULES.iter().any(|rule| (rule.method, rule.path) == *called)) {
        admin.call(method, &filled(path), &json!({})).await.problem(405, "wrong_method");
    }
}

/// SI-2: whoever opens a page of the console without being signed in comes back to it.
#[tokio::test]
async fn a_page_leads_to_sign_in_and_back() {
    let w = World::new().await;
    let browser = w.browser();
    let answer = browser.open("/admin/users?q=maria").await;
    assert_eq!(answer.leads_to(), "/sign-in?return_to=%2Fadmin%2Fusers%3Fq%3Dmaria");
    let fields = [("username", "admin"), ("password", PASSWORD), ("return_to", "/admin/users?q=maria")];
    assert_eq!(browser.submit("/sign-in", &fields).await.leads_to(), "/admin/users?q=maria");
    let page = browser.open("/admin/users?q=maria").await.is(200);
    assert!(page.text.contains("Maria Member") && !page.text.contains("Paula"), "{}", page.text);
}

/// AD-1, OP-6: every page opens, says what it is, and brings no script of its own.
#[tokio::test]
async fn every_page_opens() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let (maria, nora) = (w.id_of("maria").await, contact(&admin, "nora@members.example").await);
    let location = admin.post("/admin/locations", &json!({"name": "Pier", "email": "pier@harbour.example"})).await;
    let location = location.is(201).json()["id"].as_str().expect("an id").to_owned();
    let fixed = RULES.iter().filter(|rule| rule.method == "GET" && !rule.path.contains('{')).map(|rule| rule.path);
    let files = |path: &&str| path.contains(".csv") || path.ends_with("/part");
    let pages = fixed.filter(|path| !files(path) && !path.ends_with("password-forecast")).map(str::to_owned);
    let more = [
        format!("/admin/users/{maria}"),
        format!("/admin/contacts/{nora}"),
        "/admin/explain?who=maria".to_owned(),
        "/admin/mail?to=maria@members.example".to_owned(),
        "/admin/layouts/password_link".to_owned(),
        "/admin/layouts/password_link/versions".to_owned(),
        "/admin/instances/default".to_owned(),
        format!("/admin/locations/{location}"),
        "/admin/settings?area=password".to_owned(),
    ];
    for path in pages.chain(more) {
        let page = admin.open(&path).await.is(200);
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(page.text.contains("<h1>") && page.text.matches("<h1").count() == 1, "{path}");
        assert!(!page.text.contains("<script>") && !page.text.contains(" style=\""), "{path}");
        assert!(page.header("content-security-policy").contains("script-src 'self'"), "{path}");
    }
    let sam = w.signed_in("sam").await;
    let page = sam.open("/admin").await.is(200);
    assert!(page.text.contains("/admin/contacts") && !page.text.contains("/admin/settings"), "{}", page.text);
}

/// The number of a sample contact.
async fn contact(browser: &Browser<'_>, email: &str) -> String {
    let found = browser.get(&format!("/admin/contacts?q={email}")).await.ok();
    found["items"][0]["id"].as_str().expect("a contact").to_owned()
}

/// AD-4, SE-5, RP-3: names and addresses are changed, the old address hears of it, and nothing that was mailed to it opens
/// anything.
#[tokio::test]
async fn a_user_gets_another_name_and_address() {
    let w = World::new().await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let browser = w.signed_in("maria").await;
    let link = w.link_for("maria", "maria@members.example").await;
    let path = format!("/admin/users/{maria}");
    let change = json!({"last_name": "Mariner", "email": "mariner@members.example", "phone": "+44 20 7946 0102", "locale": "es"});
    let shown = admin.call("PATCH", &path, &change).await.ok();
    assert_eq!(
        (&shown["last_name"], &shown["email"], &shown["locale"]),
        (&json!("Mariner"), &json!("mariner@members.example"), &json!("es"))
    );
    assert_eq!(browser.who().await, None);
    w.reset(&link, "a lantern of my own making").await.problem(410, "link_dead");
    let told = w.newest_to("maria@members.example").await;
    assert_eq!(told["subject"], "Su correo electrónico ha cambiado en Harbour Association");
    // Found, signed in and mailed under the new ones; the contact says the same.
    for q in ["Marin", "mariner@", "maria"] {
        let found = admin.get(&format!("/admin/users?q={q}")).await.ok();
        assert_eq!(found["items"][0]["id"], maria.as_str(), "{q}");
    }
    w.sign_in("mariner@members.example", PASSWORD).await.ok();
    w.sign_in("maria@members.example", PASSWORD).await.problem(401, "sign_in_failed");
    let of_contact = contact(&admin, "mariner@members.example").await;
    assert_eq!(shown["contact"], of_contact.as_str());
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    assert!(w.newest_to("maria@members.example").await["text"].as_str().is_some_and(|text| !text.contains("maria\n")));
    // Nobody's username becomes another one's address.
    admin
        .post("/admin/users", &json!({"username": "taken@members.example", "email": "taken@members.example"}))
        .await
        .is(201);
    let refused = admin.call("PATCH", &path, &json!({"email": "taken@members.example"})).await.problem(422, "rejected");
    assert!(refused["errors"]["email"].is_array());
}

/// AD-4, SE-5: a promotion ends every session and takes effect at the next sign-in; nobody demotes themselves.
#[tokio::test]
async fn a_user_becomes_staff() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let browser = w.signed_in("paula").await;
    admin.call("PATCH", &format!("/admin/users/{paula}"), &json!({"kind": "staff", "group": "North"})).await.ok();
    assert_eq!(browser.who().await, None);
    let browser = w.signed_in("paula").await;
    assert_eq!(browser.get("/session").await.ok()["user"]["kind"], "staff");
    browser.get("/admin/contacts").await.ok();
    let ada = w.id_of("admin").await;
    let refused = admin.call("PATCH", &format!("/admin/users/{ada}"), &json!({"kind": "contact"})).await;
    assert!(refused.problem(422, "rejected")["errors"]["kind"].is_array());
}

/// AD-4: an account is linked to a contact, and to another, and to none.
#[tokio::test]
async fn user_and_contact_are_linked() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let sam = w.id_of("sam").await;
    let (nora, finn) = (contact(&admin, "nora@members.example").await, contact(&admin, "family@members.example").await);
    let path = format!("/admin/users/{sam}");
    let of = |id: &str| format!("/admin/contacts/{id}");
    admin.call("PATCH", &path, &json!({"contact": finn})).await.problem(422, "rejected");
    admin.call("PATCH", &path, &json!({"contact": nora})).await.ok();
    assert_eq!(admin.get(&of(&nora)).await.ok()["user"], sam.as_str());
    // Her address leads to the account now.
    w.post("/forgot-username", &json!({"email": "nora@members.example"})).await.is(202);
    assert!(w.newest_to("nora@members.example").await["text"].as_str().is_some_and(|text| text.contains("sam")));
    let made = admin.post("/admin/contacts", &json!({"first_name": "Ned", "last_name": "Quay"})).await.is(201).json();
    let ned = made["id"].as_str().expect("an id");
    admin.call("PATCH", &path, &json!({"contact": ned})).await.ok();
    assert_eq!(admin.get(&of(&nora)).await.ok()["user"], Value::Null);
    assert_eq!(admin.get(&of(ned)).await.ok()["user"], sam.as_str());
    admin.call("PATCH", &path, &json!({"contact": null})).await.ok();
    assert_eq!(admin.get(&of(ned)).await.ok()["user"], Value::Null);
    admin.call("PATCH", &path, &json!({"contact": "99999999"})).await.problem(422, "rejected");
}

/// AD-4, AD-3: staff change contacts of their own group and leave them in it; a contact gets an account.
#[tokio::test]
async fn a_contact_is_changed_and_gets_an_account() {
    let w = World::new().await;
    let (admin, sam) = (w.signed_in("admin").await, w.signed_in("sam").await);
    let nora = format!("/admin/contacts/{}", contact(&admin, "nora@members.example").await);
    sam.call("PATCH", &nora, &json!({"first_name": "Nell"})).await.problem(404, "not_found");
    admin.call("PATCH", &nora, &json!({"group": "North"})).await.ok();
    assert_eq!(sam.call("PATCH", &nora, &json!({"first_name": "Nell"})).await.ok()["first_name"], "Nell");
    sam.call("PATCH", &nora, &json!({"group": "South"})).await.problem(422, "rejected");
    let shown = sam.call("PATCH", &nora, &json!({"create_account": true})).await.ok();
    assert!(shown["user"].is_string(), "{shown}");
    let mail = w.newest_to("nora@members.example").await;
    assert!(mail["text"].as_str().is_some_and(|text| text.contains("Your temporary password:")), "{mail}");
    sam.call("PATCH", &nora, &json!({"kind": "staff"})).await.problem(400, "malformed");
}

/// AD-1: what is known of a user beside what is stored: the last sign-in, the sessions, when the password expires.
#[tokio::test]
async fn a_user_shows_when_they_were_here() {
    let w = World::with(json!({"password.expiry_days": 90})).await;
    let (admin, maria) = (w.signed_in("admin").await, w.id_of("maria").await);
    let path = format!("/admin/users/{maria}");
    let shown = admin.get(&path).await.ok();
    assert!(shown["last_sign_in"].is_string() && shown["password_expires_at"].is_string(), "{shown}");
    let sessions = admin.get(&format!("{path}/sessions")).await.ok();
    assert_eq!(sessions["items"].as_array().map(Vec::len), Some(1));
    let browser = w.signed_in("maria").await;
    let shown = admin.get(&path).await.ok();
    admin.call("DELETE", &format!("{path}/sessions"), &json!({})).await.is(204);
    assert_eq!(browser.who().await, None);
    // Signed out, it is what the seals have noted.
    w.advance(60).await;
    w.settle().await;
    let admin = w.signed_in("admin").await;
    assert_eq!(admin.get(&path).await.ok()["last_sign_in"], shown["last_sign_in"]);
    assert_eq!(admin.get("/admin/users/nobody/sessions").await.status, 404);
}

/// AD-5: a save says who, when and what changed.
#[tokio::test]
async fn a_version_says_what_changed() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    admin.settings(&json!({"lock.attempts": 7, "lock.mode": "backoff"})).await.ok();
    let versions = admin.get("/admin/settings/versions").await.ok();
    let newest = &versions["items"][0];
    assert_eq!(newest["by"], "admin");
    assert_eq!(newest["changes"], json!({"lock.attempts": [5, 7], "lock.mode": ["until_reset", "backoff"]}));
}

/// AD-5: on the page the difference is shown before it is saved, and another's save is not lost.
#[tokio::test]
async fn settings_are_saved_from_their_page() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let version = admin.get("/admin/settings").await.header("etag").trim_matches('"').to_owned();
    let fields = |attempts, version| {
        vec![
            ("area", "lock"),
            ("version", version),
            ("lock.attempts", attempts),
            ("lock.mode", "until_reset"),
            ("throttle.address_failures", "100"),
        ]
    };
    let shown = admin.submit("/admin/settings/difference", &fields("7", &version)).await.is(200);
    assert!(shown.text.contains("lock.attempts") && shown.text.contains("Save these changes"), "{}", shown.text);
    assert_eq!(admin.get("/admin/settings").await.ok()["lock.attempts"], 5);
    let saved = admin.submit("/admin/settings", &fields("7", &version)).await;
    assert_eq!(saved.leads_to(), "/admin/settings?area=lock&done=saved");
    assert_eq!(admin.get("/admin/settings").await.ok()["lock.attempts"], 7);
    let late = admin.submit("/admin/settings", &fields("9", &version)).await;
    assert_eq!(late.status, 412, "{}", late.text);
    assert!(late.text.contains("value=\"9\""), "{}", late.text);
    let wrong = admin.submit("/admin/settings/difference", &fields("900", &version)).await.is(422);
    assert!(wrong.text.contains("Must be 1 to 100") && wrong.text.contains("value=\"900\""), "{}", wrong.text);
    assert_eq!(admin.get("/admin/settings").await.ok()["lock.attempts"], 7);
    let expiry = [("area", "password"), ("version", "0"), ("password.expiry_days", "90")];
    let shown = admin.submit("/admin/settings/difference", &expiry).await.is(200);
    assert!(shown.text.contains("expire on one day"), "{}", shown.text);
}

/// AD-2, AD-4, PN-2: what staff do from pages, by forms alone.
#[tokio::test]
async fn people_are_looked_after_from_pages() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let bad = [("first_name", "Nia"), ("last_name", "New"), ("email", "no address"), ("kind", "contact")];
    let again = admin.submit("/admin/users", &bad).await.is(422);
    assert!(again.text.contains("value=\"Nia\"") && again.text.contains("email-error"), "{}", again.text);
    let good = [("first_name", "Nia"), ("last_name", "New"), ("email", "nia@members.example"), ("kind", "contact")];
    let made = admin.submit("/admin/users", &good).await;
    let page = made.leads_to().trim_end_matches("?done=made").to_owned();
    assert!(admin.open(made.leads_to()).await.is(200).text.contains("Nia New"));
    let edit = [
        ("first_name", "Nia"),
        ("last_name", "Newer"),
        ("email", ""),
        ("permissions", "orders.read\r\norders.write\r\n"),
        ("kind", "contact"),
    ];
    assert_eq!(admin.submit(&page, &edit).await.leads_to(), format!("{page}?done=saved"));
    let shown = admin.get(&page).await.ok();
    assert_eq!((&shown["last_name"], &shown["email"]), (&json!("Newer"), &Value::Null));
    assert_eq!(shown["permissions"], json!(["orders.read", "orders.write"]));
    let pin = admin.submit(&format!("{page}/pin"), &[("ends_on", ""), ("uses", "")]).await.is(200);
    assert!(pin.text.contains("class=\"pin\""), "{}", pin.text);
    let past = admin.submit(&format!("{page}/pin"), &[("ends_on", "2001-01-01"), ("uses", "3")]).await.is(422);
    assert!(past.text.contains("ends_on-error"), "{}", past.text);
    assert_eq!(
        admin.submit(&format!("{page}/pin/withdraw"), &[("disable", "true")]).await.leads_to(),
        format!("{page}?done=pin_withdrawn")
    );
    let differ = [("password", "a lantern that is lit"), ("password_again", "another one")];
    assert!(
        admin.submit(&format!("{page}/reset-password"), &differ).await.is(422).text.contains("password_again-error")
    );
    let same = [("password", "a lantern that is lit"), ("password_again", "a lantern that is lit")];
    let set = admin.submit(&format!("{page}/reset-password"), &same).await;
    assert_eq!(set.leads_to(), format!("{page}?done=password_set"));
    assert_eq!(admin.submit(&format!("{page}/disable"), &[]).await.leads_to(), format!("{page}?done=disabled"));
    assert_eq!(admin.get(&page).await.ok()["disabled"], true);
    assert_eq!(admin.submit(&format!("{page}/enable"), &[]).await.leads_to(), format!("{page}?done=enabled"));
    assert_eq!(
        admin.submit(&format!("{page}/sessions/end"), &[]).await.leads_to(),
        format!("{page}?done=sessions_ended")
    );
}

/// IN-2 to IN-7, ML-4, ML-5: instances, locations and layouts are edited by forms alone.
#[tokio::test]
async fn what_is_set_is_set_from_pages() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let wrong = [("id", "members"), ("override_message", "true"), ("message", "")];
    let again = admin.submit("/admin/instances", &wrong).await.is(422);
    assert!(again.text.contains("message-error"), "{}", again.text);
    let instance = [
        ("id", "members"),
        ("title", "Members"),
        ("allowed_origins", "https://www.example.org"),
        ("override_message", "true"),
        ("message", "Ask the office."),
        ("forgot_password.shown", "true"),
        ("forgot_password.instructions", "By mail."),
    ];
    assert_eq!(admin.submit("/admin/instances", &instance).await.leads_to(), "/admin/instances/members?done=made");
    let made = admin.get("/admin/instances/members").await.ok();
    assert_eq!(
        (&made["title"], &made["forgot_password"]["shown"], &made["forgot_username"]["shown"]),
        (&json!("Members"), &json!(true), &json!(false))
    );
    assert_eq!(admin.submit("/admin/instances/members/remove", &[]).await.leads_to(), "/admin/instances?done=removed");
    let location = [("name", "Pier"), ("email", "pier@harbour.example")];
    assert_eq!(admin.submit("/admin/locations", &location).await.leads_to(), "/admin/locations?done=made");
    admin.submit("/admin/locations", &[("name", "Pier"), ("email", "x")]).await.is(422);
    let layout = admin.get("/admin/layouts/password_link").await.ok();
    let (html, text) = (layout["html"].as_str().expect("html"), layout["text"].as_str().expect("text"));
    let shown = admin
        .submit("/admin/layouts/password_link/preview?as=dark", &[("subject", "Look"), ("html", html), ("text", text)])
        .await
        .is(200);
    assert!(shown.header("content-security-policy").contains("sandbox"), "{:?}", shown.headers);
    let lacks = [("subject", "New"), ("html", "<p>no link</p>"), ("text", text), ("version", "0")];
    let again = admin.submit("/admin/layouts/password_link", &lacks).await.is(422);
    assert!(again.text.contains("html-error") && again.text.contains("&lt;p&gt;no link"), "{}", again.text);
    let good = [("subject", "A new way in"), ("html", html), ("text", text), ("version", "0")];
    assert_eq!(
        admin.submit("/admin/layouts/password_link", &good).await.leads_to(),
        "/admin/layouts/password_link?done=saved"
    );
    assert_eq!(admin.get("/admin/layouts/password_link").await.ok()["subject"], "A new way in");
    let stale = admin.submit("/admin/layouts/password_link", &good).await;
    assert!(stale.text.contains("Somebody") || stale.text.contains("version 1 is in force"), "{}", stale.text);
    let tested = admin.submit("/admin/layouts/password_link/test", &good).await;
    assert!(tested.is(200).text.contains("Nothing is saved yet."));
    assert_eq!(w.newest_to("admin@harbour.example").await["subject"], "A new way in");
    let shown = admin
        .post("/admin/layouts/password_link/preview", &json!({"html": "<p><a href=\"/x\">!LINK!</a></p>"}))
        .await
        .ok();
    assert_eq!(shown["links"][0]["target"], "/x");
    assert!(shown["links"][0]["flaw"].is_string());
}
