//! An export of many people, out and in again (IO-3).

use std::fmt::Write as _;
use std::time::Instant;

use aws::dynamodb::Attribute;
use domain::password::Password;
use serde_dynamo::AttributeValue;
use serde_json::json;
use service::store::{BATCH, Whole};

use crate::authenticator::code;
use crate::exports::{moved, taken, wish};
use crate::mfa::{now, password};
use crate::world::{Answer, PASSWORD, World};

/// IO-3: many people with factors and histories, out and in again: each signs in as before. `VESTIBULE_EXPORTED=10000` makes
/// them many.
#[tokio::test]
async fn a_crowd_moves() {
    let count: usize = std::env::var("VESTIBULE_EXPORTED").map_or(300, |count| count.parse().expect("a number"));
    let w = World::new().await;
    let secrets = crowd(&w, count).await;
    let admin = w.signed_in("admin").await;
    let began = Instant::now();
    let parts = taken(&admin, &wish()).await;
    let (out, text) = (began.elapsed(), parts.concat());
    let began = Instant::now();
    let other = moved(&w, &text).await;
    println!(
        "{count} people: {} bytes in {} parts, out in {out:?}, in in {:?}; at most {} of memory",
        text.len(),
        parts.len(),
        began.elapsed(),
        peak()
    );
    assert!(parts.len() >= text.len() / 4_500_000);
    other.advance(3_600).await;
    for n in (0..count).step_by((count / 20).max(1)) {
        let browser = other.browser();
        let name = format!("crew{n}");
        let answer = password(&browser, &name).await;
        if n % 7 == 6 {
            answer.problem(401, "sign_in_failed");
            continue;
        }
        assert_eq!(answer.ok()["next"], "signed_in", "{name}");
        if let Some(secret) = &secrets[n] {
            let proof = json!({"password": PASSWORD, "code": code(secret, now(&other).await)});
            let made = browser.post("/account/recovery-codes", &proof).await.ok();
            assert_eq!(made["codes"].as_array().map(Vec::len), Some(10), "{name}");
        }
        let session = browser.get("/session").await.ok();
        assert_eq!(session["user"]["permissions"], json!([format!("berth.{}", n % 5)]), "{name}");
        let old = json!({"old_password": PASSWORD, "new_password": format!("a berth of their own, {}", n % 3)});
        let changed: Answer = browser.post("/change-password", &old).await;
        assert_eq!(changed.status == 422, n % 3 == 0, "{name}'s history came along: {}", changed.text);
    }
    let admin = other.signed_in("admin").await;
    let found = admin.get(&format!("/admin/users?q=crew{}", count - 1)).await.ok();
    assert_eq!(found["items"][0]["username"], format!("crew{}", count - 1));
}

/// Members with passwords, every second with an authenticator, every third with a password before it, every seventh switched off.
async fn crowd(w: &World, count: usize) -> Vec<Option<String>> {
    let app = w.local.app();
    let hash = async |text: &str| app.hasher.hash(&Password::parse(text).unwrap(), [7; 16]).await.unwrap();
    let (now_hash, before) = (hash(PASSWORD).await, hash("a berth of their own, 0").await);
    let mut csv = "kind,username,first_name,last_name,email,permissions,password_hash\n".to_owned();
    for n in 0..count {
        writeln!(csv, "contact,crew{n},Zoë{n},\"O'Brien, {n}\",crew{n}@people.example,berth.{},\"{now_hash}\"", n % 5)
            .unwrap();
    }
    let stored = service::flow::import::import(app, csv.as_bytes()).await.unwrap();
    assert_eq!(stored.stored, count);
    let ring = app.keys.ring().await.unwrap();
    let (mut secrets, mut after) = (vec![None; count], None);
    loop {
        let (mut people, next) = app.store.people(after.as_ref(), 100).await.unwrap();
        for user in &mut people.directory {
            let Some(n) = number(user.get("username")) else { continue };
            let id = user["id"].as_s().unwrap().clone();
            if n % 2 == 0 {
                let secret: [u8; 20] = app.random.bytes().unwrap();
                let sealed = ring.seal(&format!("factor#{id}"), &secret, app.random.bytes().unwrap()).unwrap();
                user.insert("factor".to_owned(), factor(&sealed));
                user.insert("mfa".to_owned(), AttributeValue::Bool(true));
                secrets[n] = Some(data_encoding::BASE32_NOPAD.encode(&secret));
            }
            if n % 7 == 6 {
                user.insert("state".to_owned(), text("disabled"));
            }
        }
        for login in &mut people.names {
            let Some(n) = number(login.get("pk").filter(|_| login.contains_key("hash"))) else { continue };
            if n % 3 == 0 {
                login.insert("history".to_owned(), AttributeValue::L(vec![text(&before)]));
            }
            if n % 7 == 6 {
                login.insert("state".to_owned(), text("disabled"));
            }
        }
        for (of, items) in [(Whole::Directory, people.directory), (Whole::Names, people.names)] {
            for some in items.chunks(BATCH) {
                app.store.put_all(of, some).await.unwrap();
            }
        }
        after = next;
        if after.is_none() {
            return secrets;
        }
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A factor as it is kept.
fn factor(sealed: &str) -> AttributeValue {
    let number = |n: &str| AttributeValue::N(n.to_owned());
    let fields =
        [("sealed", text(sealed)), ("state", text("proven")), ("last_step", number("1")), ("since", number("1"))];
    AttributeValue::M(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Which of the crew it is, by a username or its key.
fn number(name: Option<&AttributeValue>) -> Option<usize> {
    let name = name?.as_s()?;
    name.strip_prefix("NAME#").unwrap_or(name).strip_prefix("crew")?.parse().ok()
}

/// The most memory that this process has held.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default().trim().to_owned()
}
