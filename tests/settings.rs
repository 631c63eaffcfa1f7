//! The settings, and how they are changed (AD-5).

use data_encoding::BASE64;
use futures_util::future::join_all;
use reqwest::header::{IF_MATCH, ORIGIN};
use serde_json::{Value, json};

use crate::sources::handed_in_at;
use crate::world::{Answer, Browser, World};

async fn put(browser: &Browser<'_>, changes: &Value, seen: Option<&str>) -> Answer {
    let request = browser.request("PUT", "/admin/settings").header(ORIGIN, browser.world().origin()).json(changes);
    browser.send(request.header(IF_MATCH, seen.unwrap_or("*"))).await
}

async fn restore(browser: &Browser<'_>, version: &str) -> Answer {
    let path = format!("/admin/settings/versions/{version}/restore");
    browser.send(browser.request("POST", &path).header(ORIGIN, browser.world().origin())).await
}

/// AD-5, SI-4: an administrator changes part of the settings, which holds from then on; each version says who and when.
#[tokio::test]
async fn an_administrator_changes_settings() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let shown = admin.get("/admin/settings").await.is(200);
    assert_eq!(shown.json()["organisation.name"], "Harbour Association");
    let tag = shown.header("etag").to_owned();
    let changed = put(&admin, &json!({"sign_in.message": "No entry. Ask the porter."}), Some(&tag)).await.is(200);
    assert_eq!(changed.json()["sign_in.message"], "No entry. Ask the porter.");
    assert_eq!(changed.json()["organisation.name"], "Harbour Association");
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(admin.get("/admin/settings").await.ok(), changed.json());
    let listed = admin.get("/admin/settings/versions").await.ok();
    assert_eq!((&listed["items"][0]["by"], &listed["items"][0]["version"]), (&json!("admin"), &json!(2)));
    assert!(listed["items"][0]["at"].is_string(), "{listed}");
}

/// AD-5: whoever says what they saw changes nothing that others have changed since; some settings alone can be changed whatever the others are.
#[tokio::test]
async fn a_change_says_what_was_seen() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let changes = json!({"lock.attempts": 9});
    admin.call("PUT", "/admin/settings", &changes).await.ok();
    assert_eq!(admin.get("/admin/settings").await.ok()["lock.attempts"], 9);
    put(&admin, &changes, Some("nine")).await.problem(400, "malformed");
    put(&admin, &changes, Some("*")).await.ok();
    put(&admin, &changes, Some("\"1\"")).await.problem(412, "stale");
}

/// AD-5: any version can be put in force again, as a new one.
#[tokio::test]
async fn any_version_can_be_restored() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    put(&admin, &json!({"lock.attempts": 9}), None).await.ok();
    put(&admin, &json!({"lock.attempts": 3}), None).await.ok();
    assert_eq!(restore(&admin, "2").await.ok()["lock.attempts"], 9);
    assert_eq!(admin.get("/admin/settings").await.ok()["lock.attempts"], 9);
    assert_eq!(admin.get("/admin/settings/versions").await.ok()["items"][0]["version"], 4);
    for none in ["99", "0", "-1", "x", "18446744073709551616"] {
        restore(&admin, none).await.problem(404, "not_found");
    }
}

/// AD-5: what is no setting, or no value for one, is told with what it should be, and nothing is changed.
#[tokio::test]
async fn a_setting_is_checked() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let before = admin.get("/admin/settings").await.ok();
    let table = [
        (json!({"lock.atempts": 9}), 400, ""),
        (json!({"lock.attempts": "9"}), 400, ""),
        (json!({"lock.attempts": 9.5}), 400, ""),
        (json!({"lock.attempts": null}), 400, ""),
        (json!({"lock.mode": 3}), 400, ""),
        (json!({"session.idle_minutes": -1}), 422, "a whole number"),
        (json!({"recovery.link_minutes": 1_000_000_000_000_u64}), 422, "a whole number"),
        (json!({"lock.mode": "never"}), 422, "until_reset, backoff"),
        (json!({"organisation.email": "no address"}), 422, "an e-mail address"),
        (json!({"organisation.email": ""}), 422, "an e-mail address"),
        (json!({"organisation.email": ["a@b.example"]}), 400, ""),
        (json!({"lock.attempts": 101}), 422, "1 to 100"),
        (json!({"password.length": 7}), 422, "8 to 128"),
        (json!({"password.expiry_days": 45}), 422, "0, 30, 60, 90, 180 or 365"),
        (json!({"sign_in.return_origins": ["https://a.example/path"]}), 422, "origins"),
        (json!({"sign_in.return_origins": vec!["https://a.example"; 33]}), 422, "at most 32"),
        (json!({"sign_in.message": ""}), 422, "1 to 2,000"),
        (json!({"organisation.name": "Two\r\nlines"}), 422, "one line"),
        (json!({"lock.attempts": 9, "temporary.days": 91}), 422, "1 to 90"),
    ];
    for (changes, status, says) in table {
        let answer = put(&admin, &changes, None).await;
        let problem = answer.problem(status, if status == 400 { "malformed" } else { "rejected" });
        assert!(problem["errors"].to_string().contains(says) || status == 400, "{changes}: {problem}");
        let key = changes.as_object().unwrap().keys().next_back().unwrap();
        assert!(problem.to_string().contains(key.as_str()), "{changes}: {problem}");
    }
    let twice = admin.request("PUT", "/admin/settings").header(ORIGIN, w.origin()).header(IF_MATCH, "*");
    let twice = twice.header("content-type", "application/json").body(r#"{"lock.attempts": 9, "lock.attempts": 8}"#);
    admin.send(twice).await.problem(400, "malformed");
    assert_eq!(admin.get("/admin/settings").await.ok(), before);
}

/// AD-5: two administrators who save at once lose nothing: one of those who saw the same version is told of the other; changes
/// made without one are all made.
#[tokio::test]
async fn two_who_save_at_once_lose_nothing() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let tag = admin.get("/admin/settings").await.header("etag").to_owned();
    let tries: Vec<_> = (1..=20).map(|n| json!({"lock.attempts": n})).collect();
    let saved = join_all(tries.iter().map(|changes| put(&admin, changes, Some(&tag)))).await;
    assert_eq!(saved.iter().filter(|answer| answer.status == 200).count(), 1);
    for stale in saved.iter().filter(|answer| answer.status != 200) {
        let problem = stale.problem(412, "stale");
        assert!(problem["detail"].as_str().unwrap().contains("version 1;"), "{problem}");
    }
    let (some, more) = (json!({"temporary.days": 30}), json!({"recovery.link_minutes": 30}));
    let both = join_all([put(&admin, &some, None), put(&admin, &more, None)]).await;
    assert!(both.iter().all(|answer| answer.status == 200));
    let now = admin.get("/admin/settings").await.ok();
    assert_eq!((&now["temporary.days"], &now["recovery.link_minutes"]), (&json!(30), &json!(30)));
}

/// AD-1: settings are for administrators, from our own pages.
#[tokio::test]
async fn settings_are_for_administrators_only() {
    let w = World::new().await;
    w.get("/admin/settings").await.problem(401, "signed_out");
    for username in ["sam", "maria"] {
        let browser = w.signed_in(username).await;
        for path in ["/admin/settings", "/admin/settings/versions", "/admin/settings/password-forecast"] {
            browser.get(path).await.problem(403, "not_allowed");
        }
        put(&browser, &json!({"lock.attempts": 100}), None).await.problem(403, "not_allowed");
        restore(&browser, "1").await.problem(403, "not_allowed");
    }
    let admin = w.signed_in("admin").await;
    let foreign = admin.request("PUT", "/admin/settings").header(ORIGIN, "https://evil.example");
    admin.send(foreign.json(&json!({"lock.attempts": 100}))).await.problem(403, "wrong_origin");
    assert_eq!(admin.get("/admin/settings").await.ok()["lock.attempts"], 5);
}

/// OP-6: pages take the organisation's colour, corners and letters, as far as they can be read.
#[tokio::test]
async fn pages_take_on_the_organisation() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let page = w.browser().open("/sign-in").await.is(200).text;
    assert!(!page.contains("theme.css"));
    for bad in ["#ffcc00", "#fff", "teal", "", "#17594c;}body{display:none"] {
        admin.settings(&json!({"organisation.colour": bad})).await.problem(422, "rejected");
    }
    admin.settings(&json!({"organisation.colour": "#7a1f5c", "organisation.corners": "round"})).await.ok();
    let page = w.browser().open("/sign-in").await.is(200).text;
    let (_, rest) = page.split_once("/assets/theme.css?v=").expect("a theme");
    let address = format!("/assets/theme.css?v={}", rest.split('"').next().expect("an end"));
    let theme = w.get(&address).await.is(200);
    let other = w.get("/assets/theme.css?v=000000000000").await.is(200);
    assert_eq!(other.header("cache-control"), "no-store", "another version is asked for");
    assert!(
        theme.header("content-type").starts_with("text/css") && theme.header("cache-control").contains("immutable")
    );
    assert!(
        theme.text.contains("--button:#7a1f5c") && theme.text.contains("prefers-color-scheme:dark"),
        "{}",
        theme.text
    );
}

const LOGO: &[u8] = include_bytes!("samples/logo.png");

/// Where the sign-in page has its logo from; `None` where it has none.
async fn logo_of_sign_in(w: &World) -> Option<String> {
    w.settings_are_known().await;
    let page = w.browser().open("/sign-in").await.is(200).text;
    let (_, rest) = page.split_once("src=\"/assets/logo/")?;
    assert!(rest.contains("alt=\"Harbour Association\"") && !page.contains("class=\"inscription\""), "{page}");
    Some(format!("/assets/logo/{}", rest.split('"').next().expect("an end")))
}

/// OP-6: the organisation's logo is handed in on a page, without a script, shown, kept by browsers, taken down, and comes back
/// with the version of the settings that had it.
#[tokio::test]
async fn the_organisation_hangs_up_its_logo() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    assert_eq!(logo_of_sign_in(&w).await, None);
    let form = admin.open("/admin/settings").await.is(200).text;
    assert!(form.contains("action=\"/admin/settings/logo\" enctype=\"multipart/form-data\""), "{form}");
    let hang = async |file: &[u8]| handed_in_at(&admin, "/admin/settings/logo", &[("file", Some("a.png"), file)]).await;
    for (bad, why) in [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice(), "PNG, JPEG or WebP"),
        (b"", "PNG, JPEG or WebP"),
        (&[LOGO, &vec![0; 64 * 1_024]].concat(), "64 KiB"),
    ] {
        let told = hang(bad).await.is(422).text;
        assert!(told.contains(why) && told.contains("href=\"#file\""), "{told}");
    }
    assert_eq!(logo_of_sign_in(&w).await, None);
    assert_eq!(hang(LOGO).await.leads_to(), "/admin/settings?area=organisation&done=saved");
    let address = logo_of_sign_in(&w).await.expect("a logo");
    let shown = w.get(&address).await.is(200);
    assert_eq!((shown.header("content-type"), shown.header("x-content-type-options")), ("image/png", "nosniff"));
    assert!(shown.header("cache-control").contains("immutable"));
    let sent = w.send(w.request("GET", &address)).await;
    assert_eq!(sent.header("content-length"), LOGO.len().to_string(), "as it was handed in");
    for nowhere in ["/assets/logo/x", "/assets/logo/0123456789abcdef0123456789abcdef-5x5.png"] {
        w.get(nowhere).await.problem(404, "not_found");
    }
    assert!(admin.open("/admin").await.is(200).text.contains(&address), "the console has it, too");
    assert_eq!(admin.submit("/admin/settings/logo/remove", &[]).await.status, 303);
    assert_eq!(logo_of_sign_in(&w).await, None);
    restore(&admin, "2").await.ok();
    assert_eq!(logo_of_sign_in(&w).await.as_ref(), Some(&address));
    let happened = admin.get("/admin/audit?filter=what:settings.changed").await.ok();
    assert_eq!(happened["items"][0]["details"]["changed"], "organisation.logo", "{happened}");
}

/// AD-5: the same by a program, among the other settings; a name that was never handed in hangs up nothing.
#[tokio::test]
async fn a_program_hangs_up_the_logo() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let address = format!("data:image/png;base64,{}", BASE64.encode(LOGO));
    let set = put(&admin, &json!({"organisation.logo": address, "lock.attempts": 6}), None).await.ok();
    let name = set["organisation.logo"].as_str().expect("a name").to_owned();
    assert!(name.contains(".png") && name.len() < 60, "{name}");
    let most = format!("data:image/png;base64,{}", BASE64.encode(&[LOGO, &vec![0; 65_536 - LOGO.len()]].concat()));
    put(&admin, &json!({"organisation.logo": most}), None).await.ok();
    put(&admin, &json!({"organisation.logo": name}), None).await.ok();
    for bad in [
        json!("data:image/svg+xml;base64,PHN2Zy8+"),
        json!("https://a.example/logo.png"),
        json!("0123456789abcdef0123456789abcdef-5x5.png"),
        json!(""),
    ] {
        let told = put(&admin, &json!({"organisation.logo": bad}), None).await.problem(422, "rejected");
        assert!(told["errors"]["organisation.logo"].is_array(), "{told}");
    }
    put(&admin, &json!({"organisation.logo": 5}), None).await.problem(400, "malformed");
    assert_eq!(logo_of_sign_in(&w).await, Some(format!("/assets/logo/{name}")));
    assert_eq!(put(&admin, &json!({"organisation.logo": null}), None).await.ok()["organisation.logo"], json!(null));
}

/// AD-5, MF-2: who is covered without an address is a list of usernames, and nothing else.
#[tokio::test]
async fn whoever_is_confirmed_is_named() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for wrong in [json!(5), json!(""), json!({}), json!([1]), json!("sam")] {
        let change = json!({"mfa.confirmed_without_email": wrong});
        let refused = put(&admin, &change, None).await;
        assert!(matches!(refused.status, 400 | 422), "{wrong}: {}", refused.text);
    }
    put(&admin, &json!({"mfa.confirmed_without_email": ["sam"]}), None).await.ok();
}
