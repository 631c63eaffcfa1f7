//! What is tried against the house, in many spellings: every route and door that takes such a thing, in one table
//! each.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use web::api::{PAGES_ONLY, operations};

use crate::mfa::{Owner, SAM, password};
use crate::world::{Answer, Browser, World};

/// A path with somebody in it who isn't there.
fn filled(path: &str) -> String {
    ["{id}", "{link}", "{provider}"]
        .into_iter()
        .fold(path.to_owned(), |path, name| path.replace(name, "nobody"))
        .replace("{name}", "nothing")
        .replace("{version}", "9")
}

/// Every method and path that changes something, but those that programs call with credentials of their own in the request.
fn changes() -> Vec<(&'static str, String)> {
    let told = operations().filter(|of| !of.is_openid() && of.path != "/token").map(|of| (of.method, of.path));
    let pages = PAGES_ONLY.into_iter().filter(|(_, path)| !path.starts_with("/openid/"));
    told.chain(pages).filter(|(method, _)| *method != "GET").map(|(method, path)| (method, filled(path))).collect()
}

/// What another site's page may call what it sends.
const KINDS: [&str; 7] = [
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-7",
    "text/csv",
    "",
];

/// And what a browser calls that site, or somebody who wants to be one.
const SITES: [&str; 5] = ["cross-site", "same-site", "none", "SAME-ORIGIN", "same-origin, cross-site"];

/// Where a request may say that it is from, other than from here.
fn origins(own: &str) -> [Option<String>; 10] {
    let host = own.trim_start_matches("http://");
    [
        None,
        Some("null".to_owned()),
        Some("https://evil.example".to_owned()),
        Some(format!("https://{host}")),
        Some(format!("{own}.evil.example")),
        Some(format!("{own}/")),
        Some(format!("{own}@evil.example")),
        Some(format!("{own}, https://evil.example")),
        Some(own.to_uppercase()),
        Some(String::new()),
    ]
}

/// What an administrator sees of what can be changed.
async fn all_there_is(admin: &Browser<'_>) -> Vec<String> {
    let mut seen = Vec::new();
    for list in
        ["users", "contacts", "instances", "locations", "providers", "clients", "layouts", "settings", "resends"]
    {
        seen.push(admin.get(&format!("/admin/{list}")).await.is(200).text);
    }
    seen
}

/// Rule 13: no page elsewhere changes anything, whatever it calls what it sends and itself.
#[tokio::test]
async fn no_other_site_changes_anything() {
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let before = all_there_is(&admin).await;
    let origins = origins(w.local.origin());
    for (n, (method, path)) in changes().into_iter().enumerate() {
        for (m, origin) in origins.iter().enumerate() {
            let (kind, site) = (KINDS[(n + m) % KINDS.len()], SITES[(n + m) % SITES.len()]);
            let request =
                w.request(method, &path).header("sec-fetch-site", site).header("content-type", kind).body("{}");
            let request = origin.iter().fold(request, |request, origin| request.header("origin", origin));
            let answer = admin.send(request).await;
            let what = format!("{method} {path} from {origin:?}, {site}, as {kind}: {}", answer.text);
            assert_eq!(answer.status, 403, "{what}");
            assert_eq!(answer.json()["code"], "wrong_origin", "{what}");
        }
    }
    assert_eq!(all_there_is(&admin).await, before);
    assert!(w.mail_to("admin@harbour.example").await.is_empty());
}

/// A method that hides in a header or in the address is none.
#[tokio::test]
async fn no_method_hides_in_a_header() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let path = format!("/admin/users/{}", w.id_of("maria").await);
    for name in ["x-http-method-override", "x-http-method", "x-method-override", "x-original-method", "method"] {
        for method in ["GET", "POST"] {
            let request = w.request(method, &path).header("origin", w.origin()).header(name, "DELETE");
            let answer = admin.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
            assert!(answer.status < 500, "{name}: {}", answer.text);
        }
    }
    for name in ["x-original-url", "x-rewrite-url", "x-forwarded-path", "x-forwarded-prefix"] {
        let request = w.request("GET", "/health").header(name, "/admin/settings");
        admin.send(request).await.is(200).text.contains("organisation").then(|| panic!("{name}"));
    }
    for query in ["_method=DELETE", "method=DELETE", "_method=delete&_method=put"] {
        admin.get(&format!("{path}?{query}")).await.is(200);
    }
    assert_eq!(admin.get(&path).await.ok()["username"], "maria");
}

/// Bodies that no route can want.
fn rubbish() -> Vec<(&'static str, Vec<u8>)> {
    let (json, form) = ("application/json", "application/x-www-form-urlencoded");
    let deep = [vec![b'['; 8_000], vec![b']'; 8_000]].concat();
    let objects = ["{\"a\":".repeat(2_000).into_bytes(), b"1".to_vec(), vec![b'}'; 2_000]].concat();
    vec![
        (json, b"{".to_vec()),
        (json, b"null".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"{\"\":\"\"}".to_vec()),
        (json, b"{\"a\":1,\"a\":2}".to_vec()),
        (json, b"\xef\xbb\xbf{}".to_vec()),
        (json, b"{\"\xff\":1}".to_vec()),
        (json, b"{\"a\":\"\\ud800\"}".to_vec()),
        (json, b"{\"a\":1e999}".to_vec()),
        (json, b"{\"__proto__\":{\"kind\":\"administrator\"}}".to_vec()),
        (json, deep),
        (json, objects),
        (json, vec![b' '; 17_000]),
        (form, b"=&=&&%00=%00".to_vec()),
        (form, b"a=%".to_vec()),
        (form, b"a=%ff".to_vec()),
        (form, "a[]=1&".repeat(2_000).into_bytes()),
        ("text/csv", b"\xff\xfe\x00\"\n\"".to_vec()),
        ("application/x-ndjson", b"{\n}\n[\n".to_vec()),
        ("multipart/form-data; boundary=x", b"--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n".to_vec()),
        ("multipart/form-data", b"--x".to_vec()),
        ("\u{e9}", b"{}".to_vec()),
    ]
}

/// What every answer to rubbish is: none of our faults, and a problem that has a code.
fn is_a_refusal(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text);
    if answer.status >= 400 && answer.header("content-type") == "application/problem+json" {
        assert!(answer.json()["code"].is_string(), "{what}: {}", answer.text);
    }
}

/// Huge, deep, doubled, mistyped and badly encoded input at every route: no panic, no 500.
#[tokio::test]
async fn rubbish_is_refused_at_every_route() {
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let stays = |path: &str| path != "/sign-out" && !path.starts_with("/account/sessions");
    for (n, (method, path)) in changes().into_iter().filter(|(_, path)| stays(path)).enumerate() {
        // In turns: all of it at every route is many seconds.
        for (kind, body) in rubbish().into_iter().skip(n % 2).step_by(2) {
            let what = format!("{method} {path} {kind} {}", String::from_utf8_lossy(&body[..body.len().min(40)]));
            let request = w.request(method, &path).header("origin", w.local.origin()).header("content-type", kind);
            is_a_refusal(&admin.send(request.body(body)).await, &what);
        }
    }
    assert_eq!(admin.who().await.as_deref(), Some("admin"), "asked as an administrator to the last");
}

/// The same in addresses: queries, and what stands in a path.
#[tokio::test]
async fn rubbish_in_addresses_is_refused_at_every_route() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let queries = [
        "limit=-1",
        "limit=99999999999999999999",
        "limit=0",
        "limit=%00",
        "cursor=%ff",
        "cursor=AAAA",
        "cursor=..%2f",
        "filter=:",
        "filter=a:b:c,,:",
        "filter=%F0%9F%A6%80:%00",
        "filter=state:",
        "q=%00%0d%0a",
        "q=%25_%27%22--",
        "who=%00",
        "to=a@@b",
        "expiry_days=-1",
        "from=18446744073709551616",
        "token=%2e%2e",
        "lang=%00",
        "&&&===&",
    ];
    let parts = ["%00", "%ff", "..%2f..%2fadmin", "%F0%9F%A6%80", "USER%23x", "-1", "0", "%20", "a%0d%0ab", "%252e"];
    for of in operations().filter(|of| of.method == "GET") {
        for query in queries {
            let what = format!("{}?{query}", of.path);
            is_a_refusal(&admin.get(&format!("{}?{query}", filled(of.path))).await, &what);
        }
        for part in parts.into_iter().filter(|_| of.path.contains('{')) {
            let path =
                filled(of.path).replace("nobody", part).replace("nothing", part).replace("/9", &format!("/{part}"));
            let answer = admin.get(&path).await;
            is_a_refusal(&answer, &path);
            assert!(answer.status != 200 || !of.path.ends_with("{id}"), "{path}: {}", answer.text);
        }
    }
    assert!(w.local.app().store.login("maria").await.unwrap().is_some());
}

/// Rule 13: no header moves a mailed link elsewhere, whoever mails it.
#[tokio::test]
async fn no_header_moves_a_mailed_link() {
    let w = World::with(json!({"mfa.scope": "staff"})).await;
    let doors: [(&str, Value, &str); 4] = [
        ("/forgot-password", json!({"username": "maria"}), "maria@members.example"),
        ("/reset-account", json!({"email": "paula@partner.example"}), "paula@partner.example"),
        ("/forgot-username", json!({"email": "maria@members.example"}), "maria@members.example"),
        ("/sign-in/setup-mail", json!({}), SAM),
    ];
    let moved = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-port", "666"),
        ("x-forwarded-prefix", "//evil.example"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-host", "evil.example"),
        ("x-original-host", "evil.example"),
        ("x-original-url", "https://evil.example/"),
        ("x-rewrite-url", "//evil.example/"),
        ("referer", "https://evil.example/"),
        ("host", "evil.example"),
    ];
    for (path, body, address) in &doors {
        let browser = w.browser();
        if address == &SAM {
            password(&browser, "sam").await.ok();
        }
        let asked = w.request("POST", path).header("origin", w.origin()).json(body);
        let asked = moved.iter().fold(asked, |request, (name, value)| request.header(*name, *value));
        let answer = browser.send(asked).await;
        assert!(matches!(answer.status, 202 | 400), "{path}: {}", answer.text);
        let mails = w.mail_to(address).await;
        assert!(answer.status != 202 || !mails.is_empty(), "{path}");
        for mail in mails {
            let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
            assert!(!text.contains("evil") && !html.contains("evil") && text.contains(w.origin()), "{path}: {text}");
        }
    }
}

/// Where tokens are shown: what each door says to one that is not its own.
async fn shows(w: &World, door: &str, token: &str) -> Answer {
    let browser = w.browser();
    match door {
        "session" | "ticket" => {
            browser.take(&format!("__Host-{door}"), token);
            let (method, path) =
                if door == "session" { ("GET", "/session") } else { ("POST", "/sign-in/security-code") };
            browser.call(method, path, &json!({"code": "000000"})).await
        }
        "bearer" => {
            w.send(w.request("GET", "/admin/contacts").header("authorization", format!("Bearer {token}"))).await
        }
        "pin" => {
            let body = json!({"pin": token, "email": "otto@partner.example", "username": "otto.otter"});
            w.post("/pin-sign-up", &body).await
        }
        "reset" => w.reset(token, "a first new password").await,
        _ => w.post(door, &json!({"token": token})).await,
    }
}

/// A token of every kind, and the door it is for.
async fn tokens(w: &World, admin: &Browser<'_>) -> Vec<(&'static str, String)> {
    let paula = admin.get("/admin/users?q=paula").await.ok()["items"][0]["id"].as_str().unwrap().to_owned();
    let pin = admin.post(&format!("/admin/users/{paula}/pin"), &json!({})).await.is(201).json();
    let sam = w.browser();
    password(&sam, "sam").await.ok();
    sam.post("/sign-in/setup-mail", &json!({})).await.is(202);
    let maria = w.signed_in("maria").await;
    w.post("/reset-account", &json!({"email": "paula@partner.example"})).await.is(202);
    w.post("/forgot-username", &json!({"email": "family@members.example"})).await.is(202);
    let robot = w.request("POST", "/token").header("authorization", "Basic cm9ib3Q6aGFyYm91ci1sYW50ZXJuLTQy");
    let robot = w.send(robot).await.ok();
    vec![
        ("session", maria.value("__Host-session")),
        ("ticket", sam.value("__Host-ticket")),
        ("bearer", robot["access_token"].as_str().unwrap().to_owned()),
        ("pin", pin["pin"].as_str().unwrap().to_owned()),
        ("reset", w.link_for("maria", "maria@members.example").await),
        ("reset", w.token_for("paula@partner.example").await),
        ("/forgot-username/choose", w.token_for("family@members.example").await),
        ("/security-code/setup", w.token_for(SAM).await),
        ("nothing", maria.value("__Host-browser")),
    ]
}

/// Rule 2: a token of one kind opens no door of another; each opens its own.
#[tokio::test]
async fn no_token_opens_the_door_of_another() {
    let w = World::with(json!({"mfa.scope": "staff", "recovery.shared_address": "mail", "pin.channel": "all"})).await;
    let admin = w.browser();
    Owner::enrol(&admin, "admin", "admin@harbour.example").await;
    let all = tokens(&w, &admin).await;
    let doors: BTreeSet<&str> = all.iter().map(|(door, _)| *door).filter(|door| *door != "nothing").collect();
    for (own, token) in &all {
        for door in doors.iter().filter(|door| *door != own) {
            let answer = shows(&w, door, token).await;
            let refused = matches!(answer.status, 401 | 403 | 410);
            assert!(refused, "a token for {own} at {door}: {} {}", answer.status, answer.text);
        }
    }
    for (own, token) in all.iter().filter(|(own, _)| *own != "nothing") {
        let answer = shows(&w, own, token).await;
        let taken = answer.status < 300 || answer.text.contains("wrong_code");
        assert!(taken, "{own}: {} {}", answer.status, answer.text);
    }
}

/// FU-6, SU-6, TP-5: no door can be made to bury a mailbox, nor all of them together.
#[tokio::test]
async fn a_mailbox_can_not_be_buried() {
    let w = World::with(json!({"recovery.mails_per_address": 5})).await;
    let maria = json!({"first_name": "Maria", "last_name": "Member", "email": "maria@members.example"});
    for _ in 0..12 {
        w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
        w.post("/forgot-username", &json!({"email": "MARIA@Members.Example"})).await.is(202);
        w.post("/forgot-password", &json!({"username": "maria"})).await.is(202);
        w.post("/forgot-password", &json!({"username": "ｍａｒｉａ@members.example"})).await.is(202);
        w.post("/reset-account", &json!({"email": "maria@members.example"})).await.is(202);
        w.post("/sign-in/temporary", &json!({"username": "MARIA"})).await.is(202);
        assert!(matches!(w.post("/sign-up", &maria).await.status, 409 | 429));
        w.sign_in("maria", "wrong").await.is(401);
    }
    let mails = w.mail_to("maria@members.example").await;
    // The five of the hour, and the one that tells of the lock.
    assert!(mails.len() <= 6, "{} mails", mails.len());
}

/// ML-3: nothing that somebody types makes a line of a mail's head, or another reader.
#[tokio::test]
async fn nothing_typed_becomes_a_head_or_a_reader() {
    let w = World::with(json!({"sign_up.create_contact": true, "pin.channel": "all"})).await;
    let (nasty, address) = ("Una\r\nBcc: evil@evil.example", "una@elsewhere.example");
    for field in ["first_name", "last_name"] {
        for value in [nasty, "Una\nBcc: evil@evil.example", "Una\u{2028}x", "Una\u{0}", "=?utf-8?q?Bcc:_evil?="] {
            let mut form = json!({"first_name": "Una", "last_name": "Known", "email": address});
            form[field] = value.into();
            let answer = w.post("/sign-up", &form).await;
            assert!(matches!(answer.status, 202 | 409 | 422 | 429), "{value:?}: {}", answer.text);
        }
    }
    let addresses = [
        "una@elsewhere.example,evil@evil.example",
        "una@elsewhere.example;evil@evil.example",
        "una@elsewhere.example evil@evil.example",
        "evil@evil.example\r\nBcc: x@evil.example",
        "una@elsewhere.example\nevil@evil.example",
        "<evil@evil.example>",
        "una@elsewhere.example@evil.example",
        "\"una@elsewhere.example\"@evil.example",
        "una@evil.example>,<x@evil.example",
        "una(evil@evil.example)@elsewhere.example",
        "una@[127.0.0.1]",
        "una@elsewhere.example?bcc=evil@evil.example",
        "una%evil.example@elsewhere.example,",
        "una@xn--a.example",
        "una@-evil.example",
        "una@e\u{200b}vil.example",
        "un\u{202e}a@evil.example",
    ];
    for address in addresses {
        let form = json!({"first_name": "Una", "last_name": "Known", "email": address});
        w.post("/sign-up", &form).await.problem(422, "rejected");
        for path in ["/forgot-username", "/reset-account"] {
            w.post(path, &json!({"email": address})).await.problem(422, "rejected");
        }
    }
    w.settle().await;
    for mail in w.get("/_local/mail").await.json().as_array().unwrap() {
        let (to, subject) = (mail["to"].as_str().unwrap(), mail["subject"].as_str().unwrap());
        assert!(to == address && !subject.contains(['\r', '\n']), "{mail}");
    }
}

/// SI-2: no door that sends somebody on sends them elsewhere.
#[tokio::test]
async fn no_door_leads_elsewhere() {
    let w = World::new().await;
    let maria = w.signed_in("maria").await;
    let tricks = [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https:///evil.example",
        "HTTPS://EVIL.example",
        "/%5cevil.example",
        "/.//evil.example",
        "/..//evil.example",
        "\thttps://evil.example",
        " //evil.example",
        "/\n/evil.example",
        "http://localhost@evil.example",
        "https://evil.example#",
        "javascript:alert(1)",
        "data:text/html,x",
        "%2f%2fevil.example",
        "evil.example",
        "https://evil。example",
        "/\u{2028}/evil.example",
        "",
    ];
    for trick in tricks {
        let encoded: String = trick.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let way = maria.open(&format!("/sign-in?return_to={encoded}")).await;
        is_ours(way.leads_to(), trick);
        let lang = maria.open(&format!("/sign-in?lang=es&return_to={encoded}")).await;
        is_ours(lang.leads_to(), trick);
        let doubled = maria.open(&format!("/sign-in?return_to={encoded}&return_to=/account")).await;
        is_ours(doubled.leads_to(), trick);
    }
}

fn is_ours(to: &str, trick: &str) {
    let stays = to.starts_with('/') && !to[1..].starts_with(['/', '\\']) && !to.starts_with("/.");
    assert!(stays && !to.chars().any(char::is_control), "{trick:?} leads to {to}");
}
