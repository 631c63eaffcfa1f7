//! Everything is taken out and brought into an empty house, which answers as the first one did (IO-3).

use std::path::PathBuf;

use domain::password::Password;
use reqwest::header::LINK;
use serde_json::{Value, json};
use service::flow::export::{RestoreError, Restored, restore};

use vestibule::{Closed, Options, StartError};

use crate::mfa::{Owner, now, password};
use crate::passkeys::{make, show};
use crate::world::{Browser, PASSWORD, World, temporary_password};

const EXPORTS: &str = "/admin/exports";
const PASSPHRASE: &str = "seven herons walk over slate";

pub(crate) fn wish() -> Value {
    json!({"passphrase": PASSPHRASE, "password": PASSWORD})
}

/// All parts of an export, in their order.
pub(crate) async fn taken(browser: &Browser<'_>, wish: &Value) -> Vec<String> {
    let mut answer = browser.post(EXPORTS, wish).await.is(200);
    let mut parts = Vec::new();
    loop {
        assert_eq!(answer.header("content-type"), "application/x-ndjson");
        assert!(answer.text.len() < 4_500_000, "{}: a Lambda answers no more", answer.text.len());
        let next = answer.header(LINK.as_str()).to_owned();
        let last = answer.header("content-disposition").contains("-last.ndjson");
        assert_eq!(last, next.is_empty(), "{next}");
        parts.push(answer.text);
        let Some((path, _)) = next.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { return parts };
        answer = browser.get(path).await.is(200);
    }
}

async fn export(browser: &Browser<'_>) -> String {
    taken(browser, &wish()).await.concat()
}

/// A file of its own.
fn file(text: &str) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("vestibule-export-{}-{}.ndjson", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn options(text: &str) -> Options {
    let restore = Closed { file: file(text), passphrase: PASSPHRASE.into() };
    Options { empty: true, restore: Some(restore), ..Options::default() }
}

/// A house into which an export was brought, at the time of the first.
pub(crate) async fn moved(from: &World, text: &str) -> World {
    let options = options(text);
    let path = options.restore.as_ref().unwrap().file.clone();
    let w = World::start(options).await;
    std::fs::remove_file(path).unwrap();
    w.advance((now(from).await - now(&w).await).max(0)).await;
    w
}

async fn brought(w: &World, text: &str, passphrase: &str) -> Result<Restored, RestoreError> {
    let passphrase = Password::parse(passphrase).unwrap();
    restore(w.local.app(), || Ok(text.as_bytes()), &passphrase).await
}

/// A house with nothing in it, not even settings.
async fn bare() -> World {
    World::start(Options { empty: true, ..Options::default() }).await
}

async fn holds_nothing(w: &World) {
    for table in ["Directory", "Names", "Lockouts"] {
        let items = w.local.items(&format!("{table}Table")).await.unwrap();
        assert_eq!(items, Vec::<Value>::new(), "{table}");
    }
}

/// IO-3: members, staff and programs take nothing out, nor does an administrator who does not show who they are.
#[tokio::test]
async fn an_export_is_for_an_administrator_with_fresh_proof() {
    let w = World::with(json!({"mfa.scope": "staff"})).await;
    let browser = w.browser();
    let ada = Owner::enrol(&browser, "admin", "admin@harbour.example").await;
    w.browser().post(EXPORTS, &wish()).await.problem(401, "signed_out");
    w.signed_in("maria").await.post(EXPORTS, &wish()).await.problem(403, "not_allowed");
    let made = json!({"kind": "api", "username": "taker", "permissions": ["exports.write", "exports.read"]});
    let taker = browser.post("/admin/users", &made).await.is(201).json()["id"].as_str().unwrap().to_owned();
    let set = json!({"password": "a taker has a password", "password_again": "a taker has a password"});
    browser.post(&format!("/admin/users/{taker}/reset-password"), &set).await.ok();
    for (name, password) in [("robot", PASSWORD), ("taker", "a taker has a password")] {
        let answer = w.send(w.request("POST", "/token").basic_auth(name, Some(password))).await;
        let token = answer.ok()["access_token"].as_str().expect("a token").to_owned();
        w.send(w.request("POST", EXPORTS).bearer_auth(token).json(&wish())).await.problem(403, "not_allowed");
    }
    let with = |code: Option<String>, password: &str, passphrase: &str| {
        let mut wish = json!({"passphrase": passphrase, "password": password});
        wish.as_object_mut().unwrap().extend(code.map(|code| ("code".to_owned(), code.into())));
        wish
    };
    browser.post(EXPORTS, &with(None, PASSWORD, PASSPHRASE)).await.problem(401, "wrong_code");
    browser.post(EXPORTS, &with(Some("000000".to_owned()), PASSWORD, PASSPHRASE)).await.problem(401, "wrong_code");
    let right = ada.code(&w).await;
    browser.post(EXPORTS, &with(Some(right.clone()), "not this one", PASSPHRASE)).await.problem(401, "wrong_password");
    for weak in ["", "short", "fifteen letters", "aaaaaaaaaaaaaaaaaaaa", "passwordpassword"] {
        let refused = browser.post(EXPORTS, &with(Some(right.clone()), PASSWORD, weak)).await.problem(422, "rejected");
        assert!(refused["errors"]["passphrase"].is_array(), "{weak}: {refused}");
    }
    browser.post(EXPORTS, &json!({"password": PASSWORD})).await.problem(400, "malformed");
    let (right, wrong) = (with(Some(right), PASSWORD, PASSPHRASE), "wrong_code");
    assert!(taken(&browser, &right).await.concat().contains("\"vestibule_export\":1"));
    browser.post(EXPORTS, &right).await.problem(401, wrong);
    w.settle().await;
    let audit = browser.get("/admin/audit?filter=what:export.taken").await.ok();
    let outcomes: Vec<&str> =
        audit["items"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect();
    assert_eq!((outcomes.len(), outcomes.iter().filter(|one| **one == "done").count()), (14, 1), "{audit}");
}

/// IO-3: everybody who administers hears of it, and the organisation does.
#[tokio::test]
async fn every_administrator_is_told() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let other = json!({"kind": "administrator", "username": "olga", "email": "olga@harbour.example"});
    admin.post("/admin/users", &other).await.is(201);
    export(&admin).await;
    let told = async |address: &str| {
        let mails = w.mail_to(address).await;
        mails.iter().filter(|mail| mail["subject"].as_str().unwrap().contains("Everything was exported")).count()
    };
    for address in ["admin@harbour.example", "olga@harbour.example", "office@harbour.example"] {
        assert_eq!(told(address).await, 1, "{address}");
    }
    assert_eq!(told("sam@harbour.example").await, 0);
}

/// What a house says of itself to an administrator.
async fn seen(admin: &Browser<'_>, ids: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    let fixed = [
        "/admin/settings",
        "/admin/settings/versions",
        "/admin/layouts",
        "/admin/layouts/password_link",
        "/admin/layouts/password_link/versions",
        "/admin/instances",
        "/admin/instances/sailing",
        "/admin/locations",
        "/admin/providers",
        "/admin/users?limit=100",
        "/admin/users?filter=locked:true",
        "/admin/contacts?limit=100",
        "/admin/stuck",
    ];
    let of_users =
        ids.iter().flat_map(|id| ["", "/sponsored", "/links"].map(|what| format!("/admin/users/{id}{what}")));
    for path in fixed.map(str::to_owned).into_iter().chain(of_users) {
        let mut answer = admin.get(&path).await.ok();
        // The first one has signed in since to the second.
        if let Some(user) = answer.as_object_mut() {
            user.remove("last_sign_in");
        }
        all.push(json!({"path": path, "answer": answer}));
    }
    all
}

/// Another layout, instance, location and provider than there are at first.
async fn furnish(admin: &Browser<'_>) {
    let layout = admin.get("/admin/layouts/password_link").await.ok();
    let mut layout = json!({"subject": "The harbour's own words", "html": layout["html"], "text": layout["text"]});
    admin.call("PUT", "/admin/layouts/password_link", &layout).await.ok();
    layout["subject"] = "The harbour's newer words".into();
    admin.call("PUT", "/admin/layouts/password_link", &layout).await.ok();
    admin.post("/admin/locations", &json!({"name": "Pier", "email": "pier@harbour.example"})).await.is(201);
    admin.post("/admin/instances", &json!({"id": "sailing", "title": "Sailing"})).await.is(201);
    let provider = json!({
        "id": "club", "name": "Sign in with Club", "issuer": "http://localhost:9", "client_id": "vestibule",
        "client_secret": "the club's own secret",
    });
    admin.post("/admin/providers", &provider).await.is(201);
    admin.call("PUT", "/admin/settings", &json!({"password.length": 14})).await.ok();
}

/// Somebody who signs in with a code or a recovery code.
async fn signs_in_with<'a>(w: &'a World, username: &str, proof: Value) -> Browser<'a> {
    let browser = w.browser();
    assert_eq!(password(&browser, username).await.ok()["next"], "security_code");
    browser.post("/sign-in/security-code", &proof).await.ok();
    browser
}

/// IO-3: with the same passwords, codes, recovery codes, PINs and temporary passwords, people meet the same house; and no secret
/// stands in the file.
#[tokio::test]
async fn a_house_that_was_moved_gives_the_same_answers() {
    let w = World::with(json!({"pin.channel": "all", "mfa.scope": "staff"})).await;
    let first = w.browser();
    let ada = Owner::enrol(&first, "admin", "admin@harbour.example").await;
    let sam = Owner::enrol(&w.browser(), "sam", "sam@harbour.example").await;
    furnish(&first).await;
    let id = async |name: &str| {
        let found = first.get(&format!("/admin/users?q={name}")).await.ok();
        found["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let (paula, finn, dora) = (id("paula").await, id("finn").await, id("dora").await);
    let phone = make(&w.signed_in("paula").await, "Phone", &json!({"password": PASSWORD})).await;
    let pin = first.post(&format!("/admin/users/{paula}/pin"), &json!({"uses": 3})).await.is(201).json();
    let pin = pin["pin"].as_str().unwrap().to_owned();
    let by_pin =
        |username: &str| json!({"pin": pin, "email": format!("{username}@partner.example"), "username": username});
    w.post("/pin-sign-up", &by_pin("otto")).await.is(202);
    let (otto, temporary) = temporary_password(&w.newest_to("otto@partner.example").await);
    let link = w.link_for("maria", "maria@members.example").await;
    w.reset(&link, "a lantern of my own making").await.ok();
    let open = w.link_for("maria", "maria@members.example").await;
    for _ in 0..5 {
        w.sign_in("faye", "not hers").await.is(401);
    }
    w.settle().await;
    w.local.run_schedule("audit").await.unwrap().unwrap();

    let wish = json!({"passphrase": PASSPHRASE, "password": PASSWORD, "code": ada.code(&w).await});
    let text = taken(&first, &wish).await.concat();
    let ids = [&*paula, &*finn, &*dora];
    let before = seen(&first, &ids).await;
    let secrets = ["argon2id$v", "the club's own secret", PASSPHRASE, PASSWORD, &*pin, &*temporary, &*open];
    for secret in secrets.into_iter().chain(ada.recovery.iter().map(String::as_str)) {
        assert!(!text.contains(secret), "{secret}");
    }
    assert!(text.contains("maria@members.example") && text.contains("Harbour Association"));

    let other = moved(&w, &text).await;
    let recovery = |at: usize| json!({"recovery_code": sam.recovery[at]});
    let second = signs_in_with(&other, "admin", json!({"code": ada.code(&other).await})).await;
    let after = seen(&second, &ids).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.to_string().replace(w.origin(), other.origin()), after.to_string());
    }
    signs_in_with(&other, "sam", json!({"code": sam.code(&other).await})).await;
    signs_in_with(&other, "sam", recovery(3)).await;
    let again = other.browser();
    password(&again, "sam").await.ok();
    again.post("/sign-in/security-code", &recovery(3)).await.problem(401, "wrong_code");
    assert_eq!(show(&other.browser(), &phone).await.ok()["next"], "signed_in");
    other.sign_in("maria", "a lantern of my own making").await.ok();
    other.sign_in("maria", PASSWORD).await.is(401);
    other.sign_in("dora", PASSWORD).await.problem(401, "sign_in_failed");
    other.sign_in("faye", PASSWORD).await.problem(401, "sign_in_failed");
    assert_eq!(other.sign_in(&otto, &temporary).await.ok()["reason"], "temporary");
    other.reset(&open, "a lantern from the old house").await.problem(410, "link_dead");
    other.post("/pin-sign-up", &by_pin("oscar")).await.is(202);
    let token = other.send(other.request("POST", "/token").basic_auth("robot", Some(PASSWORD))).await.ok();
    assert!(token["access_token"].is_string());
    let link = other.link_for("maria", "maria@members.example").await;
    other.reset(&link, PASSWORD).await.problem(422, "rejected");
    let shown = other.newest_to("maria@members.example").await;
    assert_eq!(shown["subject"], "The harbour's newer words");
}

/// IO-3, AD-6: what happened is read as before, and its chain holds; what happens next goes on from there.
#[tokio::test]
async fn what_happened_goes_along() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for _ in 0..3 {
        w.sign_in("maria", "wrong").await.is(401);
    }
    w.settle().await;
    w.local.run_schedule("audit").await.unwrap().unwrap();
    let whole = admin.get("/admin/audit/verify").await.ok();
    assert!(whole["entries"].as_u64().unwrap() >= 4 && whole["first_altered"].is_null(), "{whole}");
    w.sign_in("maria", "wrong, and not sealed yet").await.is(401);
    let text = export(&admin).await;
    let items = |answer: Value| answer["items"].as_array().unwrap().clone();
    let before = items(admin.get("/admin/audit?limit=100&filter=what:sign_in").await.ok());

    let other = moved(&w, &text).await;
    let admin = other.signed_in("admin").await;
    let after = items(admin.get("/admin/audit?limit=100&filter=what:sign_in").await.ok());
    assert_eq!(after[1..], before, "all but the last sign-in");
    let restored = items(admin.get("/admin/audit?filter=what:export.restored").await.ok());
    assert_eq!((restored.len(), &restored[0]["details"]["from"]), (1, &json!(w.origin())));
    other.settle().await;
    other.local.run_schedule("audit").await.unwrap().unwrap();
    let verified = admin.get("/admin/audit/verify").await.ok();
    let (more, sealed) = (verified["entries"].as_u64().unwrap(), whole["entries"].as_u64().unwrap());
    assert!(more > sealed + 1 && verified["first_altered"].is_null(), "{verified}");
    let altered = text.replace("wrong_password", "wrong_passwore");
    assert!(matches!(brought(&bare().await, &altered, PASSPHRASE).await, Err(RestoreError::Damaged(_))));
}

/// IO-3: what a house has inherited it leaves again, and two moves are as good as one.
#[tokio::test]
async fn a_house_moves_twice() {
    let w = World::with(json!({"mfa.scope": "staff"})).await;
    let sam = Owner::enrol(&w.browser(), "sam", "sam@harbour.example").await;
    let ada = Owner::enrol(&w.browser(), "admin", "admin@harbour.example").await;
    let mut here = w;
    for turn in 0..2 {
        let next = {
            let admin = signs_in_with(&here, "admin", json!({"recovery_code": ada.recovery[turn]})).await;
            let wish = json!({"passphrase": PASSPHRASE, "password": PASSWORD, "recovery_code": ada.recovery[turn + 4]});
            let text = taken(&admin, &wish).await.concat();
            moved(&here, &text).await
        };
        here = next;
    }
    signs_in_with(&here, "sam", json!({"recovery_code": sam.recovery[0]})).await;
    signs_in_with(&here, "sam", json!({"code": sam.code(&here).await})).await;
}

/// IO-3: a wrong passphrase, an altered, cut or newer file, and what is no export, are refused in words, and nothing is written.
#[tokio::test]
async fn nothing_is_written_of_what_is_not_whole() {
    let w = World::new().await;
    let text = export(&w.signed_in("admin").await).await;
    let other = bare().await;
    let wrong = brought(&other, &text, "six herons walk over slate").await.unwrap_err();
    assert_eq!(wrong.to_string(), "this is not the passphrase of the export");
    let lines: Vec<&str> = text.lines().collect();
    let whole = |lines: &[&str]| lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let mut swapped = lines.clone();
    swapped.swap(2, 3);
    let without = [&lines[..4], &lines[5..]].concat();
    let promoted = text.replacen("\"kind\":\"contact\"", "\"kind\":\"administrator\"", 1);
    let lasts = text.replace("\"last\":true", "\"last\":false");
    let more = format!("{text}{}\n", lines[3]);
    let twice = format!("{text}{text}");
    for altered in [whole(&swapped), whole(&without), promoted, more, twice] {
        let refused = brought(&other, &altered, PASSPHRASE).await.unwrap_err();
        assert!(matches!(refused, RestoreError::Damaged(_)), "{refused}");
    }
    assert!(matches!(brought(&other, &lasts, PASSPHRASE).await, Err(RestoreError::Damaged(_))));
    for cut in [whole(&lines[..lines.len() - 1]), text[..text.len() / 2].to_owned(), whole(&lines[..1])] {
        assert!(matches!(brought(&other, &cut, PASSPHRASE).await, Err(RestoreError::CutShort)));
    }
    let newer = text.replacen("\"vestibule_export\":1", "\"vestibule_export\":2", 1);
    let refused = brought(&other, &newer, PASSPHRASE).await.unwrap_err().to_string();
    assert!(refused.contains("format 2") && refused.contains("newer"), "{refused}");
    for other_file in ["", "\n", "kind,username\n", "{}\n", "[1]\n", "{\"vestibule_export\":\"x\"}\n"] {
        assert!(matches!(brought(&other, other_file, PASSPHRASE).await, Err(RestoreError::NoExport)), "{other_file}");
    }
    let dear = text.replacen("\"memory_kib\":65536", "\"memory_kib\":99999999", 1);
    assert!(matches!(brought(&other, &dear, PASSPHRASE).await, Err(RestoreError::NoExport)));
    holds_nothing(&other).await;
    assert!(brought(&other, &text, PASSPHRASE).await.unwrap().items.values().sum::<u64>() > 20);
}

/// IO-3: an export comes into an empty house, once; what was broken off goes on with the same one, and with no other.
#[tokio::test]
async fn an_export_comes_into_an_empty_house() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let (text, later) = (export(&admin).await, export(&admin).await);
    for inhabited in [World::new().await, World::empty().await] {
        let refused = brought(&inhabited, &text, PASSPHRASE).await.unwrap_err();
        assert!(matches!(refused, RestoreError::NotEmpty), "{refused}");
    }
    let failed = vestibule::Local::start(options("no export\n")).await.unwrap_err();
    assert!(matches!(failed, StartError::Restore(RestoreError::NoExport)), "{failed}");

    let other = bare().await;
    // As a process leaves it that was killed on the way.
    let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    other.local.app().store.note_restoration(head["id"].as_str().unwrap(), false).await.unwrap();
    assert!(matches!(brought(&other, &later, PASSPHRASE).await, Err(RestoreError::AnotherBegun(_))));
    brought(&other, &text, PASSPHRASE).await.unwrap();
    other.sign_in("maria", PASSWORD).await.ok();
    assert!(matches!(brought(&other, &text, PASSPHRASE).await, Err(RestoreError::NotEmpty)));
}

/// IO-3: on the page it takes a form and one button, without a script.
#[tokio::test]
async fn an_export_is_taken_on_a_page() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let page = admin.open(EXPORTS).await.is(200).text;
    assert!(page.contains("name=\"passphrase\"") && !page.contains("Take the next part"), "{page}");
    let form = |passphrase, again, password| {
        [("passphrase", passphrase), ("passphrase_again", again), ("password", password), ("code", "")]
    };
    let refused = admin.submit(EXPORTS, &form(PASSPHRASE, "something else", PASSWORD)).await.is(422).text;
    assert!(refused.contains("The two differ"), "{refused}");
    let refused = admin.submit(EXPORTS, &form(PASSPHRASE, PASSPHRASE, "wrong")).await.is(401).text;
    assert!(refused.contains("This is not your password") && !refused.contains(PASSPHRASE), "{refused}");
    assert_eq!(admin.submit(EXPORTS, &form(PASSPHRASE, PASSPHRASE, PASSWORD)).await.leads_to(), EXPORTS);
    assert!(admin.open(EXPORTS).await.is(200).text.contains("Take the next part"));
    let part = admin.open("/admin/exports/part").await.is(200);
    assert!(part.header("content-disposition").starts_with("attachment; filename=\"vestibule-"));
    assert!(!admin.has("__Host-export"));
    let done = admin.open("/admin/exports/part").await.leads_to().to_owned();
    assert!(admin.open(&done).await.is(200).text.contains("Nothing more is to come"));
    moved(&w, &part.text).await.sign_in("maria", PASSWORD).await.ok();
    // Half an hour, and only whoever began.
    admin.submit(EXPORTS, &form(PASSPHRASE, PASSPHRASE, PASSWORD)).await.leads_to();
    let ticket = admin.value("__Host-export");
    let path = format!("/admin/exports/part?cursor={ticket}");
    admin.post("/admin/users", &json!({"kind": "administrator", "username": "olga"})).await.is(201);
    let app = w.local.app();
    let olga = app.store.user(&app.store.login("olga").await.unwrap().unwrap().user).await.unwrap().unwrap();
    assert!(service::flow::export::part(app, &olga, &ticket).await.unwrap().is_none());
    admin.get(&path).await.is(200);
    for odd in ["x", "k1.AAAA", &ticket[..ticket.len() - 2]] {
        admin.get(&format!("/admin/exports/part?cursor={odd}")).await.problem(410, "export_over");
    }
    w.advance(1_800).await;
    let admin = w.signed_in("admin").await;
    admin.take("__Host-export", &ticket);
    admin.get(&path).await.problem(410, "export_over");
    assert!(admin.open("/admin/exports/part").await.leads_to().contains("export_over"));
}
