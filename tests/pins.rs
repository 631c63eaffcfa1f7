//! New users by a sponsor's PIN (PN).

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::world::{Answer, Browser, PASSWORD, World, temporary_password};

const OTTO: &str = "otto@partner.example";

pub(crate) async fn make(admin: &Browser<'_>, sponsor: &str, terms: &Value) -> String {
    let made = admin.post(&format!("/admin/users/{sponsor}/pin"), terms).await.is(201).json();
    made["pin"].as_str().expect("a PIN").to_owned()
}

fn otto(pin: &str) -> Value {
    json!({"pin": pin, "email": OTTO, "username": "otto"})
}

pub(crate) async fn use_pin(w: &World, pin: &str, username: &str) -> Answer {
    let email = format!("{username}@partner.example");
    w.post("/pin-sign-up", &json!({"pin": pin, "email": email, "username": username})).await
}

async fn user(admin: &Browser<'_>, id: &str) -> Value {
    admin.get(&format!("/admin/users/{id}")).await.ok()
}

/// PN-1: each is told in their own way.
#[tokio::test]
async fn where_there_are_no_pins_programs_are_told_so() {
    let w = World::new().await;
    w.get("/pin-sign-up").await.problem(403, "pin_off");
    let page = w.browser().open("/pin-sign-up").await.is(403);
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.text);
}

/// PN-2, PN-4, PN-5, PN-6, TP-3: Paula's PIN makes Otto, with her rights; his temporary password leads to one of his own.
#[tokio::test]
async fn a_pin_makes_a_user_with_the_sponsors_rights() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    assert_eq!(user(&admin, &paula).await["sponsor"], false);
    let pin = make(&admin, &paula, &json!({})).await;
    assert_eq!(user(&admin, &paula).await["sponsor"], true);
    let groups: Vec<&str> = pin.split('-').collect();
    assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4), "{pin}");
    w.post("/pin-sign-up", &otto(&pin.to_uppercase().replace('-', " "))).await.is(202);
    let (username, password) = temporary_password(&w.newest_to(OTTO).await);
    assert_eq!(username, "otto");
    let browser = w.browser();
    let answer = browser.post("/sign-in", &json!({"username": "otto", "password": password})).await.ok();
    assert_eq!((&answer["next"], &answer["reason"]), (&json!("change_password"), &json!("temporary")));
    browser.post("/change-password", &json!({"new_password": "an oar of his own at last"})).await.ok();
    let session = browser.get("/session").await.ok();
    let otto = &session["user"];
    assert_eq!(otto["kind"], "contact");
    assert_eq!(otto["permissions"], json!(["orders.read", "orders.write"]));
    assert_eq!(otto["profiles"], json!(["buyer"]));
    assert_eq!(otto["company_exceptions"], json!(["north-only"]));
    let shown = user(&admin, otto["id"].as_str().unwrap()).await;
    assert_eq!((&shown["sponsored_by"], &shown["company"]), (&json!(paula), &json!("Partner")));
}

/// PN-1
#[tokio::test]
async fn where_a_pin_can_be_used_is_a_setting() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    let browser = w.browser();
    let form = [("pin", pin.as_str()), ("email", OTTO), ("username", "otto")];
    let set = async |channel: &str| {
        admin.settings(&json!({"pin.channel": channel})).await.ok();
    };
    let door = async || w.browser().open("/sign-in").await.text.contains("href=\"/pin-sign-up\"");
    assert!(!door().await);
    w.post("/pin-sign-up", &otto(&pin)).await.problem(403, "pin_off");
    browser.submit("/pin-sign-up", &form).await.is(403);
    browser.open("/pin-sign-up").await.is(403);
    set("hosted").await;
    assert!(door().await);
    w.post("/pin-sign-up", &otto(&pin)).await.problem(403, "pin_off");
    let answer = browser.submit("/pin-sign-up", &form).await;
    browser.open(answer.leads_to()).await.is(200);
    set("all").await;
    assert!(door().await);
    use_pin(&w, &pin, "ottilie").await.is(202);
}

/// PN-2: a new PIN takes the place of the old one; PN-8: one can be withdrawn.
#[tokio::test]
async fn a_newer_pin_takes_the_place_of_the_older() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let (first, second) = (make(&admin, &paula, &json!({})).await, make(&admin, &paula, &json!({})).await);
    assert_ne!(first, second);
    w.post("/pin-sign-up", &otto(&first)).await.problem(403, "pin_refused");
    use_pin(&w, &second, "otto").await.is(202);
    let path = format!("/admin/users/{paula}/pin");
    admin.call("DELETE", &path, &json!({})).await.is(204);
    use_pin(&w, &second, "ottilie").await.problem(403, "pin_refused");
    admin.call("DELETE", &path, &json!({})).await.problem(409, "no_pin");
    admin.post(&format!("{path}/mail"), &json!({})).await.problem(409, "no_pin");
    assert_eq!(user(&admin, &paula).await["sponsor"], false);
}

/// PN-2: a PIN is an administrator's to make, for any kind of user.
#[tokio::test]
async fn pins_are_made_by_administrators_for_anybody() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    for username in ["paula", "sam", "maria"] {
        let other = w.signed_in(username).await;
        other.post(&format!("/admin/users/{paula}/pin"), &json!({})).await.problem(403, "not_allowed");
        other.call("DELETE", &format!("/admin/users/{paula}/pin"), &json!({})).await.problem(403, "not_allowed");
        other.post(&format!("/admin/users/{paula}/pin/mail"), &json!({})).await.problem(403, "not_allowed");
        other.get(&format!("/admin/users/{paula}/sponsored")).await.problem(403, "not_allowed");
        let id = w.id_of(username).await;
        make(&admin, &id, &json!({})).await;
    }
    w.post(&format!("/admin/users/{paula}/pin"), &json!({})).await.problem(401, "signed_out");
    admin.post("/admin/users/nobody/pin", &json!({})).await.problem(404, "not_found");
    for (field, bad) in [("ends_at", json!("2020-01-01T00:00:00Z")), ("uses", json!(0))] {
        let refused = admin.post(&format!("/admin/users/{paula}/pin"), &json!({ field: bad })).await;
        assert!(refused.problem(422, "rejected")["errors"][field].is_array());
    }
    let request = admin.request("POST", &format!("/admin/users/{paula}/pin")).header("origin", w.origin());
    admin.send(request).await.is(201);
}

/// PN-5: administration and the right to sponsor are passed on only if the setting says so.
#[tokio::test]
async fn administration_is_not_passed_on_unless_it_is_wished() {
    // On a machine what is set takes effect at once.
    let w = World::with_pins().await;
    let (admin, ada) = (w.signed_in("admin").await, w.id_of("admin").await);
    let rights = json!({"permissions": ["orders.read", "users.write", "sponsors.make"], "profiles": ["administrator"]});
    admin.call("PATCH", &format!("/admin/users/{ada}"), &rights).await.ok();
    let pin = make(&admin, &ada, &json!({})).await;
    use_pin(&w, &pin, "otto").await.is(202);
    admin.settings(&json!({"pin.inherit_administration": true})).await.ok();
    use_pin(&w, &pin, "ottilie").await.is(202);
    let tree = admin.get(&format!("/admin/users/{ada}/sponsored")).await.ok();
    let mut made = Vec::new();
    for one in tree["items"].as_array().unwrap() {
        let user = user(&admin, one["id"].as_str().unwrap()).await;
        made.push((
            user["username"].clone(),
            user["kind"].clone(),
            user["permissions"].clone(),
            user["profiles"].clone(),
        ));
    }
    made.sort_by_key(|(username, ..)| username.to_string());
    let all = (json!("ottilie"), json!("administrator"), rights["permissions"].clone(), rights["profiles"].clone());
    let some = (json!("otto"), json!("contact"), json!(["orders.read"]), json!([]));
    assert_eq!(made, [all, some]);
}

/// PN-5: what a sponsor has lost they can't pass on; what they have gained they can.
#[tokio::test]
async fn rights_are_those_of_the_moment() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    let path = format!("/admin/users/{paula}");
    admin.call("PATCH", &path, &json!({"permissions": ["orders.read"], "company_exceptions": []})).await.ok();
    use_pin(&w, &pin, "otto").await.is(202);
    let tree = admin.get(&format!("{path}/sponsored")).await.ok();
    let otto = user(&admin, tree["items"][0]["id"].as_str().unwrap()).await;
    assert_eq!((&otto["permissions"], &otto["company_exceptions"]), (&json!(["orders.read"]), &json!([])));
    assert_eq!(otto["profiles"], json!(["buyer"]));
}

/// PN-7: a wrong PIN, a disabled sponsor, a taken name or address: each refused clearly, and nobody is made.
#[tokio::test]
async fn what_can_not_be_is_refused() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    let wrong = w.post("/pin-sign-up", &otto("cccc-cccc-cccc-cccc")).await.problem(403, "pin_refused");
    let taken = json!({"pin": pin, "email": OTTO, "username": "Maria"});
    w.post("/pin-sign-up", &taken).await.problem(409, "username_taken");
    let taken = json!({"pin": pin, "email": OTTO, "username": "maria@members.example"});
    w.post("/pin-sign-up", &taken).await.problem(409, "username_taken");
    let taken = json!({"pin": pin, "email": "maria@members.example", "username": "otto"});
    let refused = w.post("/pin-sign-up", &taken).await.problem(422, "rejected");
    assert!(refused["errors"]["email"].is_array(), "{refused}");
    // Nobody without a PIN learns who has an account.
    let without = json!({"pin": "cccc-cccc-cccc-cccc", "email": "maria@members.example", "username": "maria"});
    assert_eq!(w.post("/pin-sign-up", &without).await.problem(403, "pin_refused"), wrong);
    for (field, bad) in
        [("email", "otto@@partner.example"), ("username", "o"), ("username", "ot\u{200b}to"), ("email", "")]
    {
        let mut form = otto(&pin);
        form[field] = bad.into();
        let refused = w.post("/pin-sign-up", &form).await.problem(422, "rejected");
        assert!(refused["errors"][field].is_array(), "{field} {bad}: {refused}");
    }
    w.post("/pin-sign-up", &otto(&"c".repeat(10_000))).await.problem(403, "pin_refused");
    admin.call("PATCH", &format!("/admin/users/{paula}"), &json!({"disabled": true})).await.ok();
    assert_eq!(w.post("/pin-sign-up", &otto(&pin)).await.problem(403, "pin_refused"), wrong);
    assert_eq!(w.mail_to(OTTO).await.len(), 0);
    admin.call("PATCH", &format!("/admin/users/{paula}"), &json!({"disabled": false})).await.ok();
    w.post("/pin-sign-up", &otto(&pin)).await.is(202);
}

/// PN-7: wrong PINs are throttled from one address; right ones are not counted.
#[tokio::test]
async fn guessing_has_to_wait() {
    let w = World::with(json!({"pin.channel": "all", "pin.wrong_per_address": 3})).await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    w.begin_stretch(600).await;
    for username in ["one", "two", "three", "four", "five"] {
        use_pin(&w, &pin, username).await.is(202);
    }
    let guesses = join_all((0..20).map(|_| use_pin(&w, "cccc-cccc-cccc-cccc", "otto"))).await;
    assert_eq!(guesses.iter().filter(|answer| answer.status == 403).count(), 3);
    use_pin(&w, &pin, "otto").await.problem(429, "too_many_requests");
    w.advance(600).await;
    use_pin(&w, &pin, "otto").await.is(202);
}

/// PN-7: and from everywhere together.
#[tokio::test]
async fn guessing_from_everywhere_has_to_wait() {
    let w = World::with(json!({"pin.channel": "all", "pin.wrong_per_address": 1000, "pin.wrong_in_all": 10})).await;
    w.begin_stretch(3_600).await;
    let guesses = join_all((0..20).map(|_| use_pin(&w, "cccc-cccc-cccc-cccc", "otto"))).await;
    assert_eq!(guesses.iter().filter(|answer| answer.status == 403).count(), 10);
    use_pin(&w, "cccc-cccc-cccc-cccc", "otto").await.problem(429, "too_many_requests");
}

/// PN-8: of twenty at once who want its last use one gets it.
#[tokio::test]
async fn one_of_many_gets_the_last_use() {
    let w = World::with(json!({"pin.channel": "all", "pin.wrong_per_address": 1000})).await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({"uses": 2})).await;
    use_pin(&w, &pin, "first").await.is(202);
    let names: Vec<String> = (0..20).map(|number| format!("otto{number}")).collect();
    let answers = join_all(names.iter().map(|name| use_pin(&w, &pin, name))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1);
    assert!(answers.iter().all(|answer| [202, 403].contains(&answer.status)), "{answers:?}");
    let tree = admin.get(&format!("/admin/users/{paula}/sponsored")).await.ok();
    assert_eq!(tree["items"].as_array().unwrap().len(), 2);
}

/// PN-7: of twenty at once who want one name, or come with one address, one gets it.
#[tokio::test]
async fn one_of_many_gets_the_name_or_the_address() {
    let w = World::with(json!({"pin.channel": "all", "pin.wrong_per_address": 1000})).await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    let forms = |form: fn(usize) -> (String, String)| {
        let pin = pin.clone();
        (0..20).map(move |number| {
            let (email, username) = form(number);
            json!({"pin": pin, "email": email, "username": username})
        })
    };
    let one_name: Vec<Value> = forms(|number| (format!("o{number}@partner.example"), "otto".to_owned())).collect();
    let answers = join_all(one_name.iter().map(|form| w.post("/pin-sign-up", form))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1);
    let one_address: Vec<Value> = forms(|number| ("p@partner.example".to_owned(), format!("pip{number}"))).collect();
    let answers = join_all(one_address.iter().map(|form| w.post("/pin-sign-up", form))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1, "{answers:?}");
    assert_eq!(w.mail_to("p@partner.example").await.len(), 1);
}

/// PN-8: a PIN ends to the second.
#[tokio::test]
async fn a_pin_ends_when_its_maker_says() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let now: Value = w.get("/_local/clock").await.ok();
    let now: jiff::Timestamp = now["now"].as_str().unwrap().parse().unwrap();
    let end = now + jiff::SignedDuration::from_mins(10);
    let pin = make(&admin, &paula, &json!({"ends_at": end.to_string()})).await;
    use_pin(&w, &pin, "otto").await.is(202);
    w.advance(600).await;
    use_pin(&w, &pin, "ottilie").await.problem(403, "pin_refused");
}

/// PN-8: a sponsor's tree is shown, and withdrawing the PIN can switch off who came by it.
#[tokio::test]
async fn withdrawing_a_pin_can_switch_off_who_came_by_it() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let path = format!("/admin/users/{paula}");
    let older = make(&admin, &paula, &json!({})).await;
    use_pin(&w, &older, "otto").await.is(202);
    let newer = make(&admin, &paula, &json!({})).await;
    use_pin(&w, &newer, "ottilie").await.is(202);
    let tree = admin.get(&format!("{path}/sponsored")).await.ok();
    let (otto, ottilie) = (&tree["items"][0], &tree["items"][1]);
    assert_eq!((&otto["username"], &otto["by_current_pin"]), (&json!("otto"), &json!(false)));
    assert_eq!((&ottilie["username"], &ottilie["by_current_pin"]), (&json!("ottilie"), &json!(true)));
    let of_ottilie = make(&admin, ottilie["id"].as_str().unwrap(), &json!({})).await;
    use_pin(&w, &of_ottilie, "olga").await.is(202);
    admin.call("DELETE", &format!("{path}/pin?disable=true"), &json!({})).await.is(204);
    let tree = admin.get(&format!("{path}/sponsored")).await.ok();
    assert_eq!(tree["items"][0]["disabled"], false);
    assert_eq!(tree["items"][1]["disabled"], true);
    assert_eq!(tree["items"][1]["sponsored"][0]["username"], "olga");
    use_pin(&w, &of_ottilie, "oscar").await.problem(403, "pin_refused");
}

/// PN-3: a PIN is mailed to its sponsor, or elsewhere, of which the sponsor hears; from the acting user's location.
#[tokio::test]
async fn a_pin_is_mailed() {
    let w = World::with_pins().await;
    let (admin, paula, ada) = (w.signed_in("admin").await, w.id_of("paula").await, w.id_of("admin").await);
    let north =
        admin.post("/admin/locations", &json!({"name": "North", "email": "north@harbour.example"})).await.is(201);
    let location = json!({"default_location": north.json()["id"]});
    admin.call("PATCH", &format!("/admin/users/{ada}"), &location).await.ok();
    let pin = make(&admin, &paula, &json!({"uses": 3})).await;
    let path = format!("/admin/users/{paula}/pin/mail");
    let sent = admin.post(&path, &json!({})).await.is(202).json();
    assert!(sent["mail_id"].is_string());
    let mail = w.newest_to("paula@partner.example").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains(&pin) && text.contains("3 times") && text.contains("/pin-sign-up"), "{text}");
    assert_eq!(mail["from"], "north@harbour.example");
    admin.post(&path, &json!({"to": "desk@partner.example"})).await.is(202);
    assert!(w.newest_to("desk@partner.example").await["text"].as_str().unwrap().contains(&pin));
    let told = w.newest_to("paula@partner.example").await;
    assert_eq!(told["subject"], "Your PIN was mailed to another address at Harbour Association");
    assert!(!told["text"].as_str().unwrap().contains(&pin));
    let refused = admin.post(&path, &json!({"to": "desk@@partner.example"})).await.problem(422, "rejected");
    assert!(refused["errors"]["to"].is_array(), "{refused}");
    let robot = w.id_of("robot").await;
    make(&admin, &robot, &json!({})).await;
    admin.post(&format!("/admin/users/{robot}/pin/mail"), &json!({})).await.problem(409, "no_email");
}

/// PN-5: the new user is the contact that the organisation knows by this address.
#[tokio::test]
async fn a_contact_who_comes_by_a_pin_stays_one_person() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let pin = make(&admin, &paula, &json!({})).await;
    let nora = json!({"pin": pin, "email": "nora@members.example", "username": "nora"});
    w.post("/pin-sign-up", &nora).await.is(202);
    let mail = w.newest_to("nora@members.example").await;
    assert!(mail["text"].as_str().unwrap().contains("Hello Nora Quist"), "{mail}");
    let tree = admin.get(&format!("/admin/users/{paula}/sponsored")).await.ok();
    let nora = user(&admin, tree["items"][0]["id"].as_str().unwrap()).await;
    assert_eq!((&nora["group"], &nora["last_name"]), (&json!("South"), &json!("Quist")));
    w.post("/forgot-username", &json!({"email": "nora@members.example"})).await.is(202);
    assert_eq!(w.mail_to("nora@members.example").await.len(), 2);
}

/// AD-4, SE-5: a user who is switched off is out at once, and can be switched on again.
#[tokio::test]
async fn switching_off_ends_every_session() {
    let w = World::new().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let browser = w.signed_in("paula").await;
    let path = format!("/admin/users/{paula}");
    let off = admin.call("PATCH", &path, &json!({"disabled": true})).await.ok();
    assert_eq!(off["disabled"], true);
    assert_eq!(browser.who().await, None);
    w.sign_in("paula", PASSWORD).await.problem(401, "sign_in_failed");
    admin.call("PATCH", &path, &json!({"disabled": false, "company": null, "group": "South"})).await.ok();
    let session = w.signed_in("paula").await.get("/session").await.ok();
    assert_eq!(session["user"]["username"], "paula");
    let shown = user(&admin, &paula).await;
    assert_eq!((&shown["company"], &shown["group"]), (&Value::Null, &json!("South")));
    for (field, bad) in [
        ("permissions", json!([""])),
        ("profiles", json!(["a\nb"])),
        ("group", json!("")),
        ("company", json!("x".repeat(300))),
    ] {
        let refused = admin.call("PATCH", &path, &json!({ field: bad })).await.problem(422, "rejected");
        assert!(refused["errors"][field].is_array(), "{refused}");
    }
    admin.call("PATCH", &path, &json!({"epoch": 9})).await.problem(400, "malformed");
    let ada = w.id_of("admin").await;
    admin.call("PATCH", &format!("/admin/users/{ada}"), &json!({"disabled": true})).await.problem(422, "rejected");
    admin.call("PATCH", "/admin/users/nobody", &json!({})).await.problem(404, "not_found");
}

/// PN-3, PN-8: a PIN that opens nothing any more is not mailed.
#[tokio::test]
async fn a_pin_that_is_used_up_is_not_mailed() {
    let w = World::with_pins().await;
    let (admin, paula) = (w.signed_in("admin").await, w.id_of("paula").await);
    let (mail, none) = (format!("/admin/users/{paula}/pin/mail"), json!({}));
    let pin = make(&admin, &paula, &json!({"uses": 1})).await;
    admin.post(&mail, &none).await.is(202);
    use_pin(&w, &pin, "otto").await.is(202);
    admin.post(&mail, &none).await.problem(409, "no_pin");
    let end = jiff::Timestamp::from_second(crate::mfa::now(&w).await + 3_600).expect("a time").to_string();
    make(&admin, &paula, &json!({"ends_at": end})).await;
    admin.post(&mail, &none).await.is(202);
    w.advance(3_600).await;
    w.signed_in("admin").await.post(&mail, &none).await.problem(409, "no_pin");
}
