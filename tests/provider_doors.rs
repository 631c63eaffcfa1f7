//! What staff are told of the accounts elsewhere that open somebody's (AD-7).

use serde_json::{Value, json};

use crate::federated::{change, linked, operator, round};
use crate::mfa::Owner;
use crate::world::Browser;

/// What an administrator is told of the one account elsewhere that opens Maria's.
async fn door(admin: &Browser<'_>) -> Value {
    let told = admin.get("/admin/explain?who=maria").await.ok();
    assert_eq!(told["providers"].as_array().map(Vec::len), Some(1), "{told}");
    told["providers"][0].clone()
}

/// AD-7, FE-1, FE-3, IN-7: why somebody can't get in by a provider, and what became of the last try.
#[tokio::test]
async fn the_explanation_speaks_of_providers() {
    let (w, provider) = linked(json!({}), "organisation").await;
    let admin = operator(&w).await;
    let now = door(&admin).await;
    for (what, is) in [("provider", "ours"), ("name", "Harbour Login"), ("known_as", "maria@login.example")] {
        assert_eq!(now[what], is, "{now}");
    }
    assert_eq!((&now["outcome"], &now["last_try"]), (&json!("signed_in"), &Value::Null), "{now}");
    round(&w.browser(), &provider, "").await.leads_to();
    assert_eq!(door(&admin).await["last_try"]["outcome"], "signed_in");
    change(&w, &json!({"amr": ["mfa"]})).await;
    round(&w.browser(), &provider, "").await.is(403);
    let now = door(&admin).await;
    assert_eq!((&now["outcome"], &now["evidence"]), (&json!("signed_in"), &json!(["mfa"])), "{now}");
    assert_eq!(now["last_try"]["reason"], "lacks_evidence", "{now}");
    let audit = admin.get("/admin/audit?what=sign_in.refused&limit=1").await.ok();
    assert_eq!(audit["items"][0]["on"]["name"], "maria", "{audit}");
    let page = admin.open("/admin/explain?who=maria").await.is(200).text;
    for words in ["Harbour Login (maria@login.example):", "asked of it: mfa.", "did not show the proof"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    admin.post("/admin/instances", &json!({"id": "plain", "federated": false})).await.is(201);
    assert_eq!(door(&admin).await["not_offered_by"], json!(["plain"]));
    admin.post("/admin/instances", &json!({"id": "default", "federated": false})).await;
    admin.call("PUT", "/admin/instances/default", &json!({"federated": false})).await.is(200);
    assert_eq!(door(&admin).await["reason"], "not_offered");
    change(&w, &json!({"disabled": true})).await;
    assert_eq!(door(&admin).await["reason"], "off");
    admin.submit("/admin/providers/ours/remove", &[]).await.leads_to();
    let gone = door(&admin).await;
    assert_eq!((&gone["reason"], &gone["name"]), (&json!("removed"), &Value::Null), "{gone}");
    assert_eq!(admin.get("/admin/explain?who=paula").await.ok()["providers"], json!([]));
}

/// AD-7, FE-2: whoever a second factor covers does not come in by a social provider, and staff are told so beforehand.
#[tokio::test]
async fn the_explanation_knows_whom_a_provider_is_not_enough_for() {
    let (w, provider) = linked(json!({}), "social").await;
    let maria = w.id_of("maria").await;
    let scope = json!({"mfa.scope": "everyone", "mfa.confirmed_without_email": []});
    operator(&w).await.settings(&scope).await.ok();
    let admin = w.browser();
    Owner::enrol(&admin, "admin", "admin@harbour.example").await;
    let now = door(&admin).await;
    assert_eq!((&now["reason"], &now["last_try"]), (&json!("own_credentials"), &Value::Null), "{now}");
    round(&w.browser(), &provider, "").await.is(403);
    assert_eq!(door(&admin).await["last_try"]["reason"], "own_credentials");
    admin.call("PATCH", &format!("/admin/users/{maria}"), &json!({"disabled": true})).await.ok();
    assert_eq!(door(&admin).await["reason"], "disabled");
    round(&w.browser(), &provider, "").await.is(401);
    assert_eq!(door(&admin).await["last_try"]["reason"], "disabled");
}
