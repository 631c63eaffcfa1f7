//! The sign-in box on pages of other sites (IN-9): who may have it, and what it can do there.

use serde_json::{Value, json};

use crate::mfa::Owner;
use crate::world::{Answer, PASSWORD, World};

const SITE: &str = "https://members.example";

/// A deployment with an instance that the site may show.
async fn with_box() -> World {
    let w = World::new().await;
    let instance = json!({"id": "club", "title": "Club", "allowed_origins": [SITE]});
    w.signed_in("admin").await.post("/admin/instances", &instance).await.is(201);
    w
}

async fn ask(w: &World, method: &str, path: &str, origin: &str, body: Option<&Value>) -> Answer {
    let request = w.request(method, path).header("origin", origin);
    w.send(if let Some(body) = body { request.json(body) } else { request }).await
}

fn maria(password: &str) -> Value {
    json!({"username": "maria", "password": password, "instance": "club", "return_to": "https://members.example/news"})
}

/// IN-9, SI-1: a page of an allowed origin signs a visitor in and reads what became of it.
#[tokio::test]
async fn an_allowed_page_signs_in() {
    let w = with_box().await;
    for path in ["/sign-in", "/session", "/sign-in/security-code"] {
        let asked = ask(&w, "OPTIONS", &format!("{path}?instance=club"), SITE, None).await.is(204);
        assert_eq!(asked.header("access-control-allow-origin"), SITE);
        assert_eq!(asked.header("access-control-allow-credentials"), "true");
        assert!(asked.header("access-control-allow-headers").contains("content-type"));
        assert!(asked.header("access-control-allow-methods").contains("POST"));
    }
    let done = ask(&w, "POST", "/sign-in?instance=club", SITE, Some(&maria(PASSWORD))).await.is(200);
    assert_eq!(done.header("access-control-allow-origin"), SITE);
    assert!(done.header("set-cookie").contains("SameSite=Lax"));
    assert_eq!(done.json()["return_to"], "https://members.example/news");
    let refused = ask(&w, "POST", "/sign-in?instance=club", SITE, Some(&maria("wrong"))).await;
    assert_eq!(refused.header("access-control-allow-origin"), SITE, "the page can read why");
    refused.problem(401, "sign_in_failed");
    let nobody = ask(&w, "GET", "/session?instance=club", SITE, None).await;
    assert_eq!(nobody.header("access-control-allow-origin"), SITE);
    nobody.problem(401, "signed_out");
}

/// IN-9, MF-4: the box asks for the security code as the page does, and its ticket is good for nothing else.
#[tokio::test]
async fn an_allowed_page_asks_for_the_security_code() {
    let w = World::with(json!({"mfa.scope": "everyone"})).await;
    let set_up = w.browser();
    let owner = Owner::enrol(&set_up, "admin", "admin@harbour.example").await;
    let instance = json!({"id": "club", "title": "Club", "allowed_origins": [SITE]});
    set_up.post("/admin/instances", &instance).await.is(201);
    let browser = w.browser();
    let send = async |path: &str, body: Value| {
        browser.send(browser.request("POST", &format!("{path}?instance=club")).header("origin", SITE).json(&body)).await
    };
    let credentials = json!({"username": "admin", "password": PASSWORD, "instance": "club"});
    assert_eq!(send("/sign-in", credentials).await.ok()["next"], "security_code");
    assert!(browser.has("__Host-ticket") && !browser.has("__Host-session"));
    let wrong = send("/sign-in/security-code", json!({"code": "000000"})).await;
    assert_eq!(wrong.header("access-control-allow-origin"), SITE, "the page can read why");
    wrong.problem(401, "wrong_code");
    let code = owner.code(&w).await;
    let right = json!({ "code": code });
    let elsewhere =
        browser.request("POST", "/sign-in/security-code?instance=club").header("origin", "https://evil.example");
    browser.send(elsewhere.json(&right)).await.problem(403, "wrong_origin");
    assert_eq!(send("/sign-in/security-code", right).await.ok()["next"], "signed_in");
    assert_eq!(browser.who().await.as_deref(), Some("admin"));
}

/// IN-9, SI-1: the instance may stand in what is sent; its own origins are meant, and no other's.
#[tokio::test]
async fn the_instance_may_stand_in_what_is_sent() {
    let w = with_box().await;
    let other = json!({"id": "other", "title": "Other", "allowed_origins": ["https://other.example"]});
    w.signed_in("admin").await.post("/admin/instances", &other).await.is(201);
    for path in ["/sign-in", "/session", "/forgot-username", "/forgot-password", "/reset-account"] {
        let asked = ask(&w, "OPTIONS", path, SITE, None).await.is(204);
        assert_eq!(asked.header("access-control-allow-origin"), SITE);
        let refused = ask(&w, "OPTIONS", path, "https://evil.example", None).await.is(405);
        assert!(refused.header("allow").contains("GET"), "{path}");
    }
    let done = ask(&w, "POST", "/sign-in", SITE, Some(&maria(PASSWORD))).await.is(200);
    assert_eq!(done.header("access-control-allow-origin"), SITE);
    let form = [("username", "maria"), ("password", PASSWORD), ("instance", "club")];
    w.send(w.request("POST", "/sign-in").header("origin", SITE).form(&form)).await.is(200);
    for instance in [json!("other"), json!("default"), json!(null), json!(7), json!("nobody")] {
        let body = json!({"username": "maria", "password": PASSWORD, "instance": instance});
        let refused = ask(&w, "POST", "/sign-in", SITE, Some(&body)).await;
        assert_eq!(refused.header("set-cookie"), "", "{instance}");
        refused.problem(403, "wrong_origin");
    }
    let body = json!({"username": "maria", "password": PASSWORD, "instance": "other"});
    ask(&w, "POST", "/sign-in?instance=club", SITE, Some(&body)).await.problem(403, "wrong_origin");
    for (path, asked) in [
        ("/forgot-username", json!({"email": "maria@members.example"})),
        ("/forgot-password", json!({"username": "maria"})),
        ("/reset-account", json!({"email": "maria@members.example"})),
    ] {
        ask(&w, "POST", path, SITE, Some(&asked)).await.problem(403, "wrong_origin");
        let mut named = asked.clone();
        named["instance"] = json!("club");
        let taken = ask(&w, "POST", path, SITE, Some(&named)).await.is(202);
        assert_eq!(taken.header("access-control-allow-origin"), SITE, "{path}");
        ask(&w, "POST", path, "https://evil.example", Some(&named)).await.problem(403, "wrong_origin");
    }
    let nobody = ask(&w, "GET", "/session", SITE, None).await;
    assert_eq!(nobody.header("access-control-allow-origin"), SITE);
}

/// IN-9: nobody else's page can, whatever it says, and no other route can be used from there.
#[tokio::test]
async fn other_pages_do_not() {
    let w = with_box().await;
    let cases = [
        ("https://evil.example", "club"),
        ("https://members.example.evil.example", "club"),
        ("http://members.example", "club"),
        ("https://members.example:8443", "club"),
        ("null", "club"),
        (SITE, "default"),
        (SITE, "nobody"),
        (SITE, ""),
    ];
    for (origin, instance) in cases {
        let path = format!("/sign-in?instance={instance}");
        let asked = ask(&w, "OPTIONS", &path, origin, None).await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (405, ""), "{origin} {instance}");
        let refused = ask(&w, "POST", &path, origin, Some(&maria(PASSWORD))).await;
        assert_eq!((refused.header("access-control-allow-origin"), refused.header("set-cookie")), ("", ""));
        refused.problem(403, "wrong_origin");
        let session = ask(&w, "GET", &format!("/session?instance={instance}"), origin, None).await;
        assert_eq!(session.header("access-control-allow-origin"), "", "{origin} {instance}");
    }
    for path in ["/sign-out?instance=club", "/change-password?instance=club", "/reset?instance=club"] {
        ask(&w, "POST", path, SITE, Some(&json!({}))).await.problem(403, "wrong_origin");
        assert_eq!(ask(&w, "OPTIONS", path, SITE, None).await.header("access-control-allow-origin"), "");
    }
}

/// IN-9: a browser that keeps no cookies for other sites is led through a page of ours, and back.
#[tokio::test]
async fn a_form_on_an_allowed_page_leads_back() {
    let w = with_box().await;
    let form = |password| {
        let fields = [("username", "maria"), ("password", password), ("keep", "false"), ("instance", "club")];
        let to = ("return_to", "https://members.example/news");
        let request = w.request("POST", "/sign-in?instance=club").header("origin", SITE).header("accept", "text/html");
        request.form(&[&fields[..], &[to]].concat())
    };
    assert_eq!(w.send(form(PASSWORD)).await.leads_to(), "https://members.example/news");
    let again = w.send(form("wrong")).await.is(401).text;
    assert!(again.contains("value=\"club\"") && again.contains("https://members.example/news"), "{again}");
}

/// IN-9: the script is there for any page, and says what the box says.
#[tokio::test]
async fn the_box_is_one_script() {
    let w = with_box().await;
    let script = w.get("/widget.js").await.is(200);
    assert!(script.header("content-type").starts_with("text/javascript"));
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    assert!(script.text.len() <= 8_192 && script.text.contains("vestibule-sign-in"));
    let shown = w.get("/instances/club").await.ok();
    for word in ["username", "password", "keep", "sign_in", "forgot_password", "security_code"] {
        assert!(shown["words"][word].as_str().is_some_and(|text| !text.is_empty()), "{word}: {shown}");
    }
}
