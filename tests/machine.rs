//! The local machine, as a newcomer meets it (OP-1).

use serde_json::json;
use vestibule::Options;

use crate::world::{PASSWORD, World};

/// OP-1: the sample people are there and can sign in; a contact without an account can't.
#[tokio::test]
async fn the_sample_people_are_there() {
    let w = World::new().await;
    for name in ["admin", "sam", "paula", "maria", "finn", "faye"] {
        w.sign_in(name, PASSWORD).await.ok();
    }
    for name in ["dora", "nora"] {
        w.sign_in(name, PASSWORD).await.is(401);
    }
    let kinds = [("admin", "administrator"), ("sam", "staff"), ("maria", "contact")];
    for (name, kind) in kinds {
        assert_eq!(w.signed_in(name).await.get("/session").await.ok()["user"]["kind"], kind);
    }
}

/// OP-1: captured mail is listed newest first, read one by one, and cleared.
#[tokio::test]
async fn captured_mail_can_be_read() {
    let w = World::new().await;
    w.post("/forgot-username", &json!({"email": "maria@members.example"})).await.is(202);
    let first = w.newest_to("maria@members.example").await;
    w.post("/forgot-password", &json!({"username": "paula"})).await.is(202);
    w.settle().await;
    let all = w.get("/_local/mail").await.ok();
    let tos: Vec<_> = all.as_array().unwrap().iter().map(|mail| mail["to"].clone()).collect();
    assert_eq!(tos, ["paula@partner.example", "maria@members.example"]);
    for field in ["id", "to", "from", "subject", "html", "text", "sent_at"] {
        assert!(first[field].is_string(), "{field}: {first}");
    }
    let id = first["id"].as_str().unwrap();
    assert_eq!(w.get(&format!("/_local/mail/{id}")).await.ok()["subject"], first["subject"]);
    assert!(w.browser().open("/_local/mail").await.is(200).text.contains("maria@members.example"));
    assert!(w.browser().open(&format!("/_local/mail/{id}")).await.is(200).text.contains("<iframe"));
    w.get("/_local/mail/none").await.is(404);
    let request = w.request("DELETE", "/_local/mail").header("origin", w.origin());
    w.send(request).await.is(204);
    assert_eq!(w.get("/_local/mail").await.ok(), json!([]));
}

/// OP-1: only from this machine's own names, so that no site can read mail through a browser.
#[tokio::test]
async fn a_foreign_name_sees_no_mail() {
    let w = World::new().await;
    for path in ["/_local/mail", "/_local/clock", "/_local/faults"] {
        let answer = w.send(w.request("GET", path).header("host", "evil.example:8400")).await;
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.text);
    }
}

/// Every answer is dressed, those that no function makes as well.
#[tokio::test]
async fn what_the_gateway_answers_is_dressed() {
    let w = World::start(Options::default()).await;
    let long = "x".repeat(11_000);
    let answers = [
        (w.get("/%ff").await, 400),
        (w.send(w.request("TRACE", "/sign-in")).await, 404),
        (w.send(w.request("GET", "/sign-in").header("x-long", long)).await, 431),
    ];
    for (answer, status) in answers {
        assert_eq!(answer.status, status, "{}", answer.text);
        for (name, value) in web::edge::EVERYWHERE {
            assert_eq!(answer.header(name.as_str()), value, "{status}: {name}");
        }
        assert!(!answer.header("x-request-id").is_empty(), "{status}");
    }
}

/// OP-1: the clock is everybody's.
#[tokio::test]
async fn the_clock_can_be_moved() {
    let w = World::new().await;
    let now = |value: serde_json::Value| value["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let before = now(w.get("/_local/clock").await.ok());
    let after = now(w.post("/_local/clock", &json!({"advance_seconds": 3_600})).await.ok());
    let moved = after.duration_since(before).as_secs();
    assert!((3_600..3_660).contains(&moved), "{moved}");
    w.post("/_local/clock", &json!({"now": "2030-01-01T00:00:00Z"})).await.ok();
    assert!(now(w.get("/_local/clock").await.ok()).to_string().starts_with("2030-01-01T00:00"));
    for bad in [
        json!({}),
        json!({"now": "soon"}),
        json!({"advance_seconds": "x"}),
        json!({"advance_seconds": i64::MAX}),
        json!([]),
    ] {
        let answer = w.post("/_local/clock", &bad).await;
        assert!((400..500).contains(&answer.status), "{bad}: {}", answer.text);
    }
    w.post("/_local/schedule/none", &json!({})).await.is(404);
}

/// OP-1: `--data FILE` keeps what there is.
#[tokio::test]
async fn a_data_file_keeps_everything() {
    let folder = std::env::temp_dir().join(format!("vestibule-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("people.db");
    let options = || Options { port: 0, data: Some(file.clone()), ..Options::default() };
    let w = World::start(options()).await;
    let token = w.link_for("maria", "maria@members.example").await;
    w.reset(&token, "a first new password").await.ok();
    let kept = w.signed_in("paula").await.value("__Host-session");
    let link = w.link_for("paula", "paula@partner.example").await;
    w.local.stop().await;
    let w = World::start(options()).await;
    w.sign_in("maria", PASSWORD).await.is(401);
    w.sign_in("maria", "a first new password").await.ok();
    let browser = w.browser();
    browser.take("__Host-session", &kept);
    assert_eq!(browser.who().await.as_deref(), Some("paula"));
    w.reset(&link, "a second new password").await.ok();
    w.local.stop().await;
    std::fs::remove_dir_all(&folder).unwrap();
}
