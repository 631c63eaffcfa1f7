//! Providers as administrators set them up (FE-1), and where they are offered (IN-7).

use serde_json::json;

use crate::federated::{change, operator, round, said, world};
use crate::provider::CLIENT;

/// FE-1: a provider is set up by administrators; its secret is sealed, and answered to nobody.
#[tokio::test]
async fn a_secret_is_written_and_never_read() {
    let (w, provider) = world(json!({}), "social").await;
    let admin = operator(&w).await;
    let one = admin.get("/admin/providers/ours").await;
    assert_eq!(one.header("etag"), "\"1\"");
    assert!(one.json()["sealed"].is_null() && one.json()["client_secret"].is_null(), "{}", one.text);
    for text in [
        one.text,
        admin.get("/admin/providers").await.is(200).text,
        admin.open("/admin/providers").await.is(200).text,
        admin.open("/admin/providers/ours").await.is(200).text,
        admin.get("/admin/audit").await.is(200).text,
        w.get("/instances/default").await.is(200).text,
        format!("{:?}", w.local.items("SettingsTable").await.expect("items")),
        format!("{:?}", w.local.items("AuditTable").await.expect("items")),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
    let form = [
        ("name", "Renamed"),
        ("issuer", &provider.issuer),
        ("client_id", CLIENT),
        ("client_secret", ""),
        ("mode", "social"),
        ("amr", ""),
        ("acr", ""),
    ];
    assert_eq!(admin.submit("/admin/providers/ours", &form).await.leads_to(), "/admin/providers/ours?done=saved");
    assert_eq!(round(&w.browser(), &provider, "").await.leads_to(), "/sign-in/link", "the secret stayed");
    // It stays for its issuer only.
    let mut elsewhere = said(&provider, "social");
    elsewhere["issuer"] = "https://evil.example".into();
    elsewhere.as_object_mut().map(|said| said.remove("client_secret"));
    let refused = admin.call("PUT", "/admin/providers/ours", &elsewhere).await.problem(422, "rejected");
    assert!(refused["errors"]["client_secret"].is_array(), "{refused}");
    let stale = w.request("PUT", "/admin/providers/ours").header("origin", w.origin()).header("if-match", "\"1\"");
    admin.send(stale.json(&said(&provider, "social"))).await.problem(412, "stale");
    w.signed_in("sam").await.get("/admin/providers").await.problem(403, "not_allowed");
    assert_eq!(admin.submit("/admin/providers/ours/remove", &[]).await.leads_to(), "/admin/providers?done=removed");
    admin.get("/admin/providers/ours").await.problem(404, "not_found");
}

/// FE-1: a provider is on the internet, and one of its kind.
#[tokio::test]
async fn a_provider_can_not_be_anywhere() {
    let (w, provider) = world(json!({}), "social").await;
    let admin = operator(&w).await;
    for inside in [
        "https://10.0.0.1",
        "https://169.254.169.254",
        "http://login.example.org",
        "https://intranet",
        "x",
        &provider.issuer,
    ] {
        let mut said = said(&provider, "social");
        said["id"] = "another".into();
        said["issuer"] = inside.into();
        let refused = admin.post("/admin/providers", &said).await.problem(422, "rejected");
        assert!(refused["errors"]["issuer"].is_array(), "{inside}: {refused}");
    }
    let mut taken = said(&provider, "social");
    taken["issuer"] = "https://login.example.org".into();
    admin.post("/admin/providers", &taken).await.problem(409, "name_taken");
    let page =
        admin.submit("/admin/providers", &[("name", "A"), ("issuer", "x"), ("client_secret", "canary")]).await.is(422);
    assert!(page.text.contains("An https address on the internet") && !page.text.contains("canary"), "{}", page.text);
}

/// IN-7: an instance offers providers or doesn't; one that is off is nowhere.
#[tokio::test]
async fn an_instance_offers_providers_or_not() {
    let (w, _provider) = world(json!({}), "social").await;
    let admin = operator(&w).await;
    admin.post("/admin/instances", &json!({"id": "plain", "federated": false})).await.is(201);
    admin.post("/admin/instances", &json!({"id": "rich"})).await.is(201);
    let offers = async |id: &str| {
        let page = w.browser().open(&format!("/sign-in?instance={id}")).await.is(200).text;
        let told = w.get(&format!("/instances/{id}")).await.ok();
        (page.contains("/sign-in/with/ours"), told["providers"].clone())
    };
    assert_eq!(offers("plain").await, (false, json!([])));
    assert_eq!(offers("rich").await, (true, json!([{"id": "ours", "name": "Harbour Login"}])));
    w.get("/sign-in/with/ours?instance=plain").await.problem(404, "not_found");
    w.get("/sign-in/with/ours?instance=rich").await.is(303);
    w.get("/sign-in/with/another").await.problem(404, "not_found");
    change(&w, &json!({"disabled": true})).await;
    assert_eq!(offers("rich").await, (false, json!([])));
    w.get("/sign-in/with/ours").await.problem(404, "not_found");
}
