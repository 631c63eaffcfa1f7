//! Sign-in instances (IN): one configured copy of the box each.

use serde_json::{Value, json};

use crate::world::{Browser, PASSWORD, World};

async fn make(admin: &Browser<'_>, body: &Value) -> String {
    let made = admin.post("/admin/instances", body).await.is(201).json();
    made["id"].as_str().expect("an id").to_owned()
}

async fn page(w: &World, id: &str) -> String {
    w.browser().open(&format!("/sign-in?instance={id}")).await.is(200).text
}

/// IN-1: a field that there is not, however deep, is named and not passed over.
#[tokio::test]
async fn what_an_instance_does_not_have_is_not_taken() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let odd = json!({"title": "Club", "forgot_password": {"shown": true, "colour": "blue"}});
    for (method, path) in [("POST", "/admin/instances"), ("PUT", "/admin/instances/default")] {
        let refused = admin.call(method, path, &odd).await.problem(400, "malformed");
        assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("`colour`")), "{refused}");
    }
    let hidden =
        json!({"title": "Club", "forgot_password": {"shown": false}, "forgot_username": {"instructions": "Ask."}});
    let kept = admin.call("PUT", "/admin/instances/default", &hidden).await.ok();
    assert_eq!(kept["forgot_password"], json!({"shown": false, "instructions": ""}));
    assert_eq!(kept["forgot_username"], json!({"shown": true, "instructions": "Ask."}));
}

/// IN-1, IN-2, IN-8: each is configured on its own; the address alone shows the default one.
#[tokio::test]
async fn each_instance_is_configured_on_its_own() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let members = make(&admin, &json!({"id": "members", "title": "Members only", "site": "members.example"})).await;
    let partners = make(&admin, &json!({"title": "Partners"})).await;
    assert_eq!(members, "members");
    assert!(page(&w, &members).await.contains("<h1>Members only</h1>"));
    assert!(page(&w, &partners).await.contains("<h1>Partners</h1>"));
    assert!(w.browser().open("/sign-in").await.text.contains("<h1>Sign in</h1>"));
    assert!(page(&w, "nobody").await.contains("<h1>Sign in</h1>"));
    admin.call("PUT", "/admin/instances/default", &json!({"title": "Welcome"})).await.ok();
    assert!(w.browser().open("/sign-in").await.text.contains("<h1>Welcome</h1>"));
    assert!(page(&w, &members).await.contains("<h1>Members only</h1>"));
    let list = admin.get("/admin/instances").await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    assert_eq!(list["items"][0]["id"], "default");
    admin.call("DELETE", "/admin/instances/members", &json!({})).await.is(204);
    admin.get("/admin/instances/members").await.problem(404, "not_found");
    assert!(page(&w, &members).await.contains("<h1>Welcome</h1>"));
}

/// IN-3, SI-4: one may answer a refusal in its own words; another's are not seen in it.
#[tokio::test]
async fn an_instance_may_refuse_in_its_own_words() {
    // On a machine what is set takes effect at once.
    let w = World::with(json!({"sign_in.message": "The system says no."})).await;
    let admin = w.signed_in("admin").await;
    let refused = admin.post("/admin/instances", &json!({"override_message": true})).await.problem(422, "rejected");
    assert!(refused["errors"]["message"].is_array(), "{refused}");
    make(&admin, &json!({"id": "own", "override_message": true, "message": "Ask the harbour master."})).await;
    make(&admin, &json!({"id": "other", "message": "Not ticked, not said."})).await;
    let said = async |instance: Option<&str>| {
        let mut body = json!({"username": "maria", "password": "wrong"});
        if let Some(instance) = instance {
            body["instance"] = instance.into();
        }
        w.post("/sign-in", &body).await.problem(401, "sign_in_failed")["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(said(Some("own")).await, "Ask the harbour master.");
    assert_eq!(said(Some("other")).await, "The system says no.");
    assert_eq!(said(None).await, "The system says no.");
    let fields = [("username", "nobody"), ("password", "wrong"), ("instance", "own")];
    let page = w.browser().submit("/sign-in", &fields).await.is(401);
    assert!(page.text.contains("Ask the harbour master.") && page.text.contains("value=\"own\""), "{}", page.text);
}

/// IN-4, IN-5, IN-6, IN-7: what a box shows beside the form.
#[tokio::test]
async fn what_stands_beside_the_form_is_a_choice() {
    // On a machine what is set takes effect at once.
    let w = World::with_pins().await;
    let admin = w.signed_in("admin").await;
    let all = json!({
        "id": "all",
        "forgot_password": {"shown": true, "instructions": "It came <b>by mail</b>."},
        "forgot_username": {"instructions": "It is on your card."},
        "create_account": {"shown": true, "instructions": "For new members."},
    });
    make(&admin, &all).await;
    let shown = page(&w, "all").await;
    for text in ["It came &lt;b&gt;by mail&lt;/b&gt;.", "It is on your card.", "For new members."] {
        assert!(shown.contains(text), "{shown}");
    }
    for path in ["/forgot-password", "/forgot-username", "/sign-up", "/pin-sign-up"] {
        assert!(shown.contains(&format!("href=\"{path}?instance=all\"")), "{path}: {shown}");
    }
    let off = json!({"shown": false});
    let none = json!({
        "id": "none", "forgot_password": off, "forgot_username": off, "create_account": off, "pin_door": false,
    });
    make(&admin, &none).await;
    let shown = page(&w, "none").await;
    for path in ["/forgot-password", "/forgot-username", "/sign-up", "/pin-sign-up"] {
        assert!(!shown.contains(path), "{path}: {shown}");
    }
    let page = w.browser().open("/forgot-password?instance=all").await.is(200);
    assert!(page.text.contains("href=\"/sign-in?instance=all\""), "{}", page.text);
}

/// IN-2, SI-2: where to go afterwards, to allowed origins only.
#[tokio::test]
async fn an_instance_says_where_to_go() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let site = json!({"id": "site", "allowed_origins": ["https://members.example"], "return_to": "https://members.example/home"});
    make(&admin, &site).await;
    let to = async |instance: &str, return_to: Option<&str>| {
        let mut body = json!({"username": "maria", "password": PASSWORD, "instance": instance});
        if let Some(to) = return_to {
            body["return_to"] = to.into();
        }
        w.browser().post("/sign-in", &body).await.ok()["return_to"].clone()
    };
    assert_eq!(to("site", None).await, "https://members.example/home");
    assert_eq!(to("site", Some("https://members.example/a")).await, "https://members.example/a");
    assert_eq!(to("site", Some("https://evil.example/a")).await, "https://members.example/home");
    assert_eq!(to("default", Some("https://members.example/a")).await, Value::Null);
    let fields = [("username", "maria"), ("password", PASSWORD), ("instance", "site")];
    assert_eq!(w.browser().submit("/sign-in", &fields).await.leads_to(), "https://members.example/home");
    let policy = w.browser().open("/sign-in?instance=site").await;
    assert!(policy.header("content-security-policy").contains("form-action 'self' https://members.example;"));
}

/// IN-9: what the box shows is told to pages of allowed origins.
#[tokio::test]
async fn a_box_is_told_to_its_own_origins() {
    // On a machine what is set takes effect at once.
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let site = json!({
        "id": "site", "title": "Members", "allowed_origins": ["https://members.example"], "override_message": true, "message": "No.",
    });
    make(&admin, &site).await;
    let ask = async |origin: Option<&str>| {
        let request = w.request("GET", "/instances/site");
        w.send(if let Some(origin) = origin { request.header("origin", origin) } else { request }).await
    };
    let told = ask(Some("https://members.example")).await;
    assert_eq!(told.header("access-control-allow-origin"), "https://members.example");
    let told = told.ok();
    assert_eq!(
        (&told["title"], &told["pin_door"], &told["forgot_password"]["shown"]),
        (&json!("Members"), &json!(false), &json!(true))
    );
    assert_eq!(told["message"], Value::Null);
    let refused = ask(Some("https://evil.example")).await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
    refused.problem(403, "wrong_origin");
    ask(None).await.ok();
    w.get("/instances/nobody").await.problem(404, "not_found");
    w.get("/instances/default").await.ok();
}

/// AD-1: who may, and what can't be.
#[tokio::test]
async fn instances_are_for_administrators() {
    let w = World::new().await;
    let sam = w.signed_in("sam").await;
    sam.get("/admin/instances").await.problem(403, "not_allowed");
    sam.post("/admin/instances", &json!({"id": "x"})).await.problem(403, "not_allowed");
    let admin = w.signed_in("admin").await;
    make(&admin, &json!({"id": "once"})).await;
    admin.post("/admin/instances", &json!({"id": "once"})).await.problem(409, "name_taken");
    for (field, bad) in [
        ("id", json!({"id": "A B"})),
        ("allowed_origins", json!({"allowed_origins": ["members.example"]})),
        ("title", json!({"title": "a\nb"})),
        ("return_to", json!({"return_to": "somewhere"})),
    ] {
        let refused = admin.post("/admin/instances", &bad).await.problem(422, "rejected");
        assert!(refused["errors"][field].is_array(), "{bad}: {refused}");
    }
    admin.post("/admin/instances", &json!({"colour": "blue"})).await.problem(400, "malformed");
    admin.call("PUT", "/admin/instances/nobody", &json!({})).await.problem(404, "not_found");
    admin.call("PUT", "/admin/instances/once", &json!({"id": "twice"})).await.problem(422, "rejected");
}

/// IN-2: where an instance leads is a path of this site, or on an origin that it or the system allows.
#[tokio::test]
async fn an_instance_leads_nowhere_that_is_not_allowed() {
    let w = World::with(json!({"sign_in.return_origins": ["https://www.harbour.example"]})).await;
    let admin = w.signed_in("admin").await;
    let evil = "https://evil.example/x";
    let refused = json!({"id": "ev", "return_to": evil, "allowed_origins": []});
    let refused = admin.post("/admin/instances", &refused).await.problem(422, "rejected");
    assert!(refused["errors"]["return_to"].is_array(), "{refused}");
    for (at, to, origins) in [
        (0, evil, json!(["https://evil.example"])),
        (1, "https://www.harbour.example/home", json!([])),
        (2, "/account/sessions", json!([])),
    ] {
        make(&admin, &json!({"id": format!("to{at}"), "return_to": to, "allowed_origins": origins})).await;
    }
    let withdrawn = json!({"return_to": evil, "allowed_origins": []});
    admin.call("PUT", "/admin/instances/to0", &withdrawn).await.problem(422, "rejected");
}
