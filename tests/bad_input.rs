//! Bad input: every route, any body; never a 500, never a panic.

use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World};

/// The routes that read a body, each with one that they take.
fn posts() -> [(&'static str, Value); 6] {
    [
        ("/sign-in", json!({"username": "maria", "password": "x"})),
        ("/forgot-username", json!({"email": "maria@members.example"})),
        ("/forgot-password", json!({"username": "maria"})),
        ("/reset-account", json!({"email": "maria@members.example"})),
        ("/reset", json!({"token": "t", "password": "a first new password"})),
        ("/change-password", json!({"new_password": "a first new password"})),
    ]
}

async fn raw(w: &World, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = w.request("POST", path).header("origin", w.origin());
    let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
    w.send(request.body(body)).await
}

/// 400 `malformed`: a field that is there twice, at whatever depth; a switch that is `null` is off.
#[tokio::test]
async fn each_field_is_there_once_and_a_switch_may_be_null() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    for twice in [
        r#"{"forgot_password": {"shown": true, "shown": false}}"#,
        r#"{"title": "A", "forgot_password": {"shown": true, "instructions": "a", "instructions": "b"}}"#,
        r#"{"title": "A", "title": "B"}"#,
        r#"{"title": [{"a": 1, "a": 2}]}"#,
    ] {
        let request = admin.request("POST", "/admin/instances").header("origin", w.origin());
        let answer = admin.send(request.header("content-type", "application/json").body(twice)).await;
        answer.problem(400, "malformed");
    }
    let twice = r#"{"credential": {"id": "a", "id": "b"}}"#;
    let request = w.request("POST", "/sign-in/passkey").header("origin", w.origin());
    w.send(request.header("content-type", "application/json").body(twice)).await.problem(400, "malformed");
    w.post("/sign-in", &json!({"username": "maria", "password": PASSWORD, "keep": null})).await.ok();
    let una = json!({"name": "Una Member", "email": "una@members.example", "create_account": null, "disabled": null});
    let una = admin.post("/admin/contacts", &una).await.is(201).json()["id"].as_str().expect("an id").to_owned();
    admin.call("PATCH", &format!("/admin/contacts/{una}"), &json!({"create_account": null})).await.ok();
    let maria = w.id_of("maria").await;
    let new = "a lantern that staff have lit";
    let set = json!({"password": new, "password_again": new, "resend": null, "unlink": null});
    admin.post(&format!("/admin/users/{maria}/reset-password"), &set).await.ok();
}

/// 400 `malformed`
#[tokio::test]
async fn what_is_not_json_or_not_of_the_shape_is_malformed() {
    let w = World::new().await;
    for (path, good) in posts() {
        let (first, _) = good.as_object().unwrap().iter().next().unwrap();
        let mut more = good.clone();
        more["shoe_size"] = json!(42);
        let mut typed = good.clone();
        typed[first] = json!({"a": [1]});
        let twice = format!("{{\"{first}\":\"a\",{}", &good.to_string()[1..]);
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let bodies: Vec<Vec<u8>> = vec![
            b"".to_vec(),
            b"{".to_vec(),
            b"null".to_vec(),
            b"[]".to_vec(),
            b"\"x\"".to_vec(),
            b"{}".to_vec(),
            b"[\"maria\", \"x\", false, null, null]".to_vec(),
            b"\xff\xfe\x00".to_vec(),
            b"{\"\xff\": 1}".to_vec(),
            more.to_string().into_bytes(),
            typed.to_string().into_bytes(),
            twice.into_bytes(),
            deep.into_bytes(),
            format!("{good} {{}}").into_bytes(),
        ];
        for body in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            let answer = raw(&w, path, "application/json", body).await;
            assert_eq!(answer.status, 400, "{path} {shown}: {}", answer.text);
            answer.problem(400, "malformed");
        }
        raw(&w, path, "application/x-www-form-urlencoded", "a=b&a=c").await.problem(400, "malformed");
    }
}

/// 400: a form is taken as it was meant, or not at all.
#[tokio::test]
async fn a_form_that_is_not_whole_is_malformed() {
    let w = World::new().await;
    for broken in [
        "username=%ff&password=x",
        "username=maria&password=100%",
        "username=%zz&password=x",
        "username=%C3&password=x",
    ] {
        raw(&w, "/sign-in", "application/x-www-form-urlencoded", broken).await.problem(400, "malformed");
    }
    raw(&w, "/sign-in", "application/x-www-form-urlencoded", "username=mar%C3%ada&password=100%25").await.is(401);
}

/// A page for whoever wants one more than JSON.
#[tokio::test]
async fn whoever_prefers_json_gets_it() {
    let w = World::new().await;
    for (accept, page) in [
        ("text/html,application/xhtml+xml,*/*;q=0.8", true),
        ("application/json, text/html;q=0.5", false),
        ("text/html;q=0, */*", false),
        ("application/x-not-text/html", false),
    ] {
        let answer = w.send(w.request("GET", "/account").header("accept", accept)).await;
        // Whoever wants a page is led to sign in.
        assert_eq!(answer.status, if page { 303 } else { 401 }, "{accept}: {}", answer.text);
    }
}

/// 413 `too_large`: more than 16 KiB, exactly.
#[tokio::test]
async fn more_than_sixteen_kib_is_too_large() {
    let w = World::new().await;
    for (path, good) in posts() {
        let pad = |size: usize| {
            let body = good.to_string();
            format!("{body}{}", " ".repeat(size - body.len()))
        };
        raw(&w, path, "application/json", pad(16 * 1024 + 1)).await.problem(413, "too_large");
        raw(&w, path, "application/json", pad(1_000_000)).await.problem(413, "too_large");
        let fits = raw(&w, path, "application/json", pad(16 * 1024)).await;
        assert_ne!(fits.status, 413, "{path}: {}", fits.text);
    }
}

/// 415 `wrong_type`
#[tokio::test]
async fn other_types_are_not_read() {
    let w = World::new().await;
    for (path, good) in posts() {
        for kind in ["", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json5"] {
            raw(&w, path, kind, good.to_string()).await.problem(415, "wrong_type");
        }
    }
}

/// 403 `wrong_origin`: nothing that changes something comes from elsewhere.
#[tokio::test]
async fn requests_from_other_sites_change_nothing() {
    let w = World::new().await;
    let browser = w.signed_in("maria").await;
    let mut all = posts().to_vec();
    all.push(("/sign-out", json!({})));
    for (path, good) in all {
        for origin in [None, Some("null"), Some("https://evil.example"), Some("http://localhost"), Some("")] {
            let request = w.request("POST", path).json(&good);
            let request = match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            };
            let request = request.header("cookie", format!("__Host-session={}", browser.value("__Host-session")));
            w.send(request.header("sec-fetch-site", "cross-site")).await.problem(403, "wrong_origin");
        }
    }
    assert!(browser.who().await.is_some(), "nobody was signed out");
    assert_eq!(w.mail_to("maria@members.example").await.len(), 0);
}

/// 404 and 405
#[tokio::test]
async fn unknown_addresses_and_methods_are_told_so() {
    let w = World::new().await;
    for path in ["/nowhere", "/sign-in/x", "/../etc/passwd", "/reset/", "/assets/x"] {
        let answer = w.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem(404, "not_found");
    }
    for (method, path) in
        [("DELETE", "/sign-in"), ("PUT", "/reset"), ("GET", "/sign-out"), ("PATCH", "/session"), ("POST", "/account")]
    {
        let answer = w.send(w.request(method, path).header("origin", w.origin())).await;
        answer.problem(405, "wrong_method");
        assert!(!answer.header("allow").is_empty());
    }
    let page = w.browser().open("/nowhere").await.is(404);
    assert!(page.header("content-type").starts_with("text/html") && page.text.contains("<h1"), "{}", page.text);
}

/// Absurd values come back as what they are or vanish; they break nothing.
#[tokio::test]
async fn absurd_values_survive() {
    let w = World::new().await;
    let values = [
        "\u{0}",
        "\r\nSet-Cookie: a=b",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "{{7*7}}",
        "!PASSWORD!",
        "\u{202e}gnp.exe",
        "🦀🦀🦀",
        "NAME#maria",
        "USER#",
        "%00",
        "../../etc",
        "ﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺﷺ",
    ];
    let long = ["ﷺ".repeat(256), "a".repeat(7_000), "é".repeat(300), "\u{300}".repeat(400)];
    for value in values.into_iter().map(str::to_owned).chain(long) {
        let status = w.sign_in(&value, &value).await.status;
        assert_eq!(status, 401, "{value:.20}");
        let status = w.post("/forgot-password", &json!({"username": value})).await.status;
        assert!(matches!(status, 202 | 422), "{status} {value:.20}");
        let status = w.post("/forgot-username", &json!({"email": value})).await.status;
        assert_eq!(status, 422, "{value:.20}");
        w.reset(&value, &value).await.is(if value.chars().count() > 256 { 422 } else { 410 });
        let fields = [("username", value.as_str()), ("password", "x"), ("return_to", value.as_str())];
        let page = w.browser().submit("/sign-in", &fields).await.is(401);
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
    }
    w.settle().await;
    w.sign_in("maria", PASSWORD).await.ok();
}

/// Headers and queries of any kind.
#[tokio::test]
async fn absurd_headers_and_queries_survive() {
    let w = World::new().await;
    for (name, value) in [
        ("cookie", &b"\xff\xfe; __Host-session=\xff"[..]),
        ("cookie", b";;;===;"),
        ("user-agent", b"\xc3\x28"),
        ("accept", b"*/*;q=\xff, text/html;level=1"),
        ("content-length", b"0"),
        ("x-amzn-trace-id", b"Root=\xff"),
        ("host", b"evil.example"),
    ] {
        let value = reqwest::header::HeaderValue::from_bytes(value).unwrap();
        let answer = w.send(w.request("GET", "/session").header(name, value)).await;
        assert!((400..500).contains(&answer.status), "{name}: {} {}", answer.status, answer.text);
    }
    for query in [
        "?",
        "?&&&=",
        "?return_to",
        "?return_to=%ff%fe",
        "?return_to=/a&return_to=//b",
        "?instance=%00<b>",
        "?resetAccount=TRUE",
    ] {
        let page = w.browser().open(&format!("/sign-in{query}")).await.is(200);
        assert!(!page.text.contains("<b>"), "{query}");
    }
    let session = w.signed_in("maria").await.value("__Host-session");
    let line = [b"odd=\xff\xfe; __Host-session=", session.as_bytes()].concat();
    let line = reqwest::header::HeaderValue::from_bytes(&line).unwrap();
    let answer = w.send(w.request("GET", "/session").header("cookie", line)).await;
    assert!(matches!(answer.status, 200 | 400), "a neighbour's odd cookie signs nobody out: {}", answer.text);
    let cookies = "c=v; ".repeat(300);
    w.send(w.request("GET", "/session").header("cookie", cookies)).await.problem(401, "signed_out");
}

/// Every answer carries the same headers.
#[tokio::test]
async fn every_answer_is_dressed() {
    let w = World::new().await;
    let answers = [
        w.get("/health").await,
        w.browser().open("/sign-in").await,
        w.sign_in("maria", "wrong").await,
        w.sign_in("maria", PASSWORD).await,
        w.get("/nowhere").await,
        w.post("/forgot-username", &json!({"email": "a@b.example"})).await,
        w.browser().open("/reset?token=x").await,
    ];
    let mut ids = std::collections::BTreeSet::new();
    for answer in answers {
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(ids.insert(answer.header("x-request-id").to_owned()), "a request id of its own");
    }
    assert!(!ids.contains(""));
    let style = w.get("/assets/style.css").await.is(200);
    assert!(
        style.header("cache-control").contains("immutable") && style.header("content-type").starts_with("text/css")
    );
    w.get("/assets/script.js").await.is(200);
}

/// A style sheet or script is kept for ever under its own version only: while one version takes the place of another, the one may be
/// asked for what the other names.
#[tokio::test]
async fn what_another_version_names_is_not_kept() {
    let w = World::new().await;
    let page = w.browser().open("/sign-in").await.is(200).text;
    let mut own: Vec<&str> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    own.dedup();
    assert!(own.len() > 1, "{page}");
    for address in own {
        assert!(w.get(address).await.is(200).header("cache-control").contains("immutable"), "{address}");
        let (path, _) = address.split_once("?v=").expect("a version");
        let other = w.get(&format!("{path}?v=000000000000")).await.is(200);
        assert_eq!(other.header("cache-control"), "no-store", "{path}");
    }
}

/// What stands behind a `#` that was hidden in a path is not lost: no shorter route is called.
#[tokio::test]
async fn a_path_is_taken_whole_or_not_at_all() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let maria = w.id_of("maria").await;
    for hidden in ["%23", "%23x", "%2fx%2f..", "%5cx%5c..%5c", "%0a"] {
        let path = format!("/admin/users/{maria}{hidden}/sessions");
        admin.call("DELETE", &path, &json!({})).await.problem(404, "not_found");
        admin.call("DELETE", &format!("/admin/users/x%2f..%2f{maria}"), &json!({})).await.problem(404, "not_found");
    }
    let app = w.local.app();
    assert!(app.store.login("maria").await.unwrap().is_some(), "she was not erased");
}

/// A name that nothing can have is the name of nothing, whoever asks for it.
#[tokio::test]
async fn a_name_that_nothing_can_have_is_nothings() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let maria = w.local.app().store.login("maria").await.unwrap().unwrap().user;
    let path = format!("/admin/users/{maria}/links");
    for provider in [String::new(), "a".repeat(3_000), "\u{0}".to_owned(), "é".repeat(700)] {
        admin.post(&path, &json!({"provider": provider, "subject": "somebody"})).await.problem(422, "rejected");
        let body = json!({"username": "maria", "password": PASSWORD, "instance": provider});
        w.post("/sign-in", &body).await.ok();
        for list in ["users", "contacts", "instances", "layouts", "locations", "providers", "clients", "resends"] {
            let name = provider.replace('\0', "%00");
            admin.get(&format!("/admin/{list}/x{name}")).await.problem(404, "not_found");
        }
    }
}

/// PN-8: whether those who came by a PIN are to be switched off is said clearly or not at all.
#[tokio::test]
async fn a_flag_in_an_address_is_true_or_false() {
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let paula = w.id_of("paula").await;
    admin.post(&format!("/admin/users/{paula}/pin"), &json!({})).await.is(201);
    for odd in ["yes", "TRUE", "1", "null", ""] {
        let path = format!("/admin/users/{paula}/pin?disable={odd}");
        admin.call("DELETE", &path, &json!({})).await.problem(422, "rejected");
    }
    admin.call("DELETE", &format!("/admin/users/{paula}/pin?disable=false"), &json!({})).await.is(204);
}

/// AD-4, IN-6, ML-4, BR-1: what the document forbids is taken neither from a program nor from a form.
#[tokio::test]
async fn a_form_takes_no_more_than_a_program_may_say() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let form = async |path: &str, body: &'static str| {
        let request = w.request("POST", path).header("origin", w.origin());
        admin.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    };
    form("/admin/layouts/pin/test", "occasion=true").await.problem(400, "malformed");
    form("/admin/layouts/pin/preview", "occasion=true").await.problem(400, "malformed");
    assert_eq!(form("/admin/layouts/pin/preview", "subject=Look").await.ok()["subject"], "Look");
    form("/admin/resends", "target=true&whom=all").await.problem(400, "malformed");
    form("/admin/resends", "target=contacts&whom=all").await.is(201);
    let odd = json!({"last_name": "Nobody", "email": ""});
    let told = admin.post("/admin/contacts", &odd).await.problem(422, "rejected");
    assert!(told["errors"]["email"].is_array(), "{told}");
    form("/admin/contacts", "last_name=Nobody&email=").await.is(201);
    for way in ["forgot_password", "forgot_username", "create_account"] {
        admin.post("/admin/instances", &json!({"id": "odd", way: {"shown": null}})).await.problem(400, "malformed");
    }
    let made = admin.post("/admin/instances", &json!({"id": "odd", "create_account": {}})).await.is(201).json();
    assert_eq!(made["create_account"]["shown"], true, "{made}");
}
