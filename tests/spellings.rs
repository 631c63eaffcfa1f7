//! One name, one address, many ways to spell them, many at once (SI-5, rule 5).

use futures_util::future::join_all;
use serde_json::json;

use crate::world::{Browser, World};

/// How many users are found.
async fn found(admin: &Browser<'_>, q: &str) -> usize {
    admin.get(&format!("/admin/users?q={q}")).await.ok()["items"].as_array().map_or(0, Vec::len)
}

/// Rule 5, SI-5: of fifty at once who spell one name in ten ways, one gets it.
#[tokio::test]
async fn one_name_in_ten_spellings_is_one_users() {
    let w = World::new().await;
    let admin = w.signed_in("admin").await;
    let spelled = [
        "harbourpilot",
        "HarbourPilot",
        "HARBOURPILOT",
        "ｈａｒｂｏｕｒｐｉｌｏｔ",
        " harbourpilot ",
        "ｈarbourpilot",
        "harbour\u{200b}pilot",
        "hаrbourpilot",
        "harbourpi\u{2060}lot",
        "𝐡𝐚𝐫𝐛𝐨𝐮𝐫𝐩𝐢𝐥𝐨𝐭",
    ];
    let wishes = (0..50).map(|n| {
        let body = json!({"username": spelled[n % spelled.len()], "kind": "contact", "first_name": "Per",
                          "last_name": format!("Pilot{n}"), "email": format!("pilot{n}@elsewhere.example")});
        let admin = &admin;
        async move { admin.post("/admin/users", &body).await.status }
    });
    let statuses = join_all(wishes).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409 | 422 | 503)), "{statuses:?}");
    assert_eq!(found(&admin, "harbourpilot").await, 1);
}

/// Rule 5: of fifty at once who spell one address in many ways, one gets an account.
#[tokio::test]
async fn one_address_in_many_spellings_is_one_users() {
    let w = World::with(json!({"sign_up.create_contact": true})).await;
    let admin = w.signed_in("admin").await;
    let spelled = [
        "uwe@bücher.example",
        "UWE@BÜCHER.EXAMPLE",
        "uwe@xn--bcher-kva.example",
        "uwe@XN--BCHER-KVA.example",
        "ｕｗｅ@bücher.example",
        " uwe@bücher.example ",
        "uwe@bu\u{308}cher.example",
        "Uwe@Bücher.Example",
    ];
    let wishes = (0..50).map(|n| {
        let form = json!({"first_name": "Uwe", "last_name": "Quay", "email": spelled[n % spelled.len()]});
        let w = &w;
        async move { w.post("/sign-up", &form).await.status }
    });
    let statuses = join_all(wishes).await;
    assert!(statuses.iter().all(|status| matches!(status, 202 | 409 | 503)), "{statuses:?}");
    w.settle().await;
    assert_eq!(found(&admin, "uwe").await, 1);
    let contacts = admin.get("/admin/contacts?q=quay").await.ok();
    assert_eq!(contacts["items"].as_array().map(Vec::len), Some(1), "{contacts}");
}
