//! The machine's own routes and the machine as a whole, over HTTP.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Fault, Kind, Local, Options, Service};

async fn machine() -> Local {
    Local::start(Options { empty: true, ..Options::default() }).await.unwrap()
}

/// A response, as far as tests look at it.
struct Seen {
    status: u16,
    head: String,
    body: String,
}

impl Seen {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Sends bytes as they are; reads to the end.
async fn raw(local: &Local, request: &[u8]) -> Seen {
    let address = local.origin().strip_prefix("http://localhost").unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1{address}")).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Seen { status: head[9..12].parse().unwrap(), head: head.to_lowercase(), body: body.to_owned() }
}

async fn ask(local: &Local, line: &str, headers: &str, body: &str) -> Seen {
    let length = body.len();
    raw(
        local,
        format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        )
        .as_bytes(),
    )
    .await
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let local = machine().await;
    let before = ask(&local, "GET /_local/clock", "", "").await.json()["now"]
        .as_str()
        .unwrap()
        .parse::<jiff::Timestamp>()
        .unwrap();
    let moved = ask(&local, "POST /_local/clock", "", r#"{"advance_seconds": 86400}"#).await;
    assert_eq!(moved.status, 200);
    assert!(local.clock().now().duration_since(before).as_hours() >= 24);
    assert_eq!(
        ask(&local, "POST /_local/clock", "", r#"{"now": "2030-01-02T03:04:05Z"}"#).await.json()["now"],
        "2030-01-02T03:04:05Z"
    );
    for (body, status) in [
        ("", 400),
        ("x", 400),
        ("{}", 422),
        ("[]", 422),
        (r#"{"advance_seconds": 1, "now": "2030-01-02T03:04:05Z"}"#, 422),
        (r#"{"now": "soon"}"#, 422),
        (r#"{"advance_seconds": 1e99}"#, 422),
        (r#"{"advance_seconds": 99999999999}"#, 422),
        (r#"{"advance": 1}"#, 422),
    ] {
        let seen = ask(&local, "POST /_local/clock", "", body).await;
        assert_eq!(seen.status, status, "{body}: {}", seen.body);
        assert!(seen.head.contains("application/problem+json"), "{body}");
    }
}

#[tokio::test]
async fn schedules_run_by_name() {
    let local = machine().await;
    for name in ["outbox", "temporary-passwords"] {
        let seen = ask(&local, &format!("POST /_local/schedule/{name}"), "", "").await;
        assert_eq!(seen.status, 200, "{}", seen.body);
        assert!(seen.json().is_object());
    }
    assert_eq!(ask(&local, "POST /_local/schedule/none", "", "").await.status, 404);
    assert_eq!(ask(&local, "GET /_local/schedule/outbox", "", "").await.status, 405);
}

#[tokio::test]
async fn what_is_due_runs_once_when_the_clock_is_moved() {
    let local = machine().await;
    let swept = || local.calls().count(Service::DynamoDb, "GetItem");
    ask(&local, "POST /_local/clock", "", r#"{"advance_seconds": 7200}"#).await;
    local.settle().await;
    let first = swept();
    assert!(first >= 2, "{first}");
    local.settle().await;
    assert_eq!(swept(), first);
}

#[tokio::test]
async fn faults_are_put_in_force_and_listed() {
    let local = machine().await;
    let list = json!([{"service": "dynamodb", "operation": "GetItem", "kind": "failing", "times": 3}]);
    assert_eq!(ask(&local, "PUT /_local/faults", "", &list.to_string()).await.json(), list);
    assert_eq!(ask(&local, "GET /_local/faults", "", "").await.json(), list);
    let wrong = ask(&local, "PUT /_local/faults", "", r#"[{"service": "dynamodb", "kind": "odd"}]"#).await;
    assert_eq!((wrong.status, wrong.json()["code"].as_str().unwrap().to_owned()), (422, "rejected".to_owned()));
    assert!(wrong.json()["errors"]["[0]"][0].as_str().unwrap().contains("odd"));
    assert_eq!(local.faults().all().len(), 1);
    assert_eq!(ask(&local, "PUT /_local/faults", "", "[]").await.json(), json!([]));
}

#[tokio::test]
async fn other_names_and_other_sites_are_kept_out() {
    let local = machine().await;
    let seen = raw(&local, b"GET /_local/mail HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n").await;
    assert_eq!(seen.status, 403);
    let seen = ask(&local, "POST /_local/clock", "origin: https://evil.example\r\n", r#"{"advance_seconds": 1}"#).await;
    assert_eq!(seen.status, 403);
    assert_eq!(ask(&local, "GET /_local/nothing", "", "").await.status, 404);
}

#[tokio::test]
async fn odd_requests_do_no_harm() {
    let local = machine().await;
    let cases: [(&[u8], u16); 9] = [
        (b"GET /sign-in HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        (b"GET /sign-in HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n", 400),
        (b"GET /sign-in HTTP/1.1\r\nhost: localhost\r\nx: caf\xe9\r\nconnection: close\r\n\r\n", 400),
        (b"GET /%ff HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", 400),
        (b"BREW /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", 404),
        (b"not HTTP\r\n\r\n", 400),
        (b"GET /_local/mail/x?%ff=%00 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", 404),
        (b"GET /_local/mail/%ff HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", 400),
        (b"GET http://evil.example/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", 200),
    ];
    for (request, status) in cases {
        assert_eq!(raw(&local, request).await.status, status, "{}", String::from_utf8_lossy(request));
    }
    let long = format!("x: {}\r\n", "y".repeat(11_000));
    assert_eq!(ask(&local, "GET /health", &long, "").await.status, 431);
    let large = "x".repeat(10 * 1024 * 1024 + 1);
    assert_eq!(ask(&local, "POST /sign-in", "", &large).await.status, 413);
    assert_eq!(ask(&local, "GET /health", "", "").await.status, 200);
}

async fn with_sender(local: &Local) {
    let settings = json!({"organisation.email": "office@harbour.example"});
    let settings =
        local.app().settings().await.unwrap().with(settings.as_object().unwrap(), jiff::Timestamp::UNIX_EPOCH).unwrap();
    local.app().save_settings(&settings).await.unwrap();
}

async fn forget(local: &Local, email: &str) -> u16 {
    let headers = format!("content-type: application/json\r\norigin: {}\r\n", local.origin());
    ask(local, "POST /forgot-username", &headers, &json!({"email": email}).to_string()).await.status
}

#[tokio::test]
async fn mail_goes_from_the_outbox_to_the_page_at_once() {
    let local = machine().await;
    with_sender(&local).await;
    assert_eq!(forget(&local, "ann@members.example").await, 202);
    let asked = std::time::Instant::now();
    while local.mail().is_empty() && asked.elapsed().as_secs() < 5 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert!(asked.elapsed().as_millis() < 500, "{:?}", asked.elapsed());
    let list = ask(&local, "GET /_local/mail?to=ANN@members.example", "", "").await.json();
    let id = list[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((list.as_array().unwrap().len(), list[0]["to"].as_str()), (1, Some("ann@members.example")));
    assert_eq!(ask(&local, "GET /_local/mail?to=bob@members.example", "", "").await.json(), json!([]));
    assert_eq!(ask(&local, &format!("GET /_local/mail/{id}"), "", "").await.json()["id"], id);
    for path in ["/_local/mail".to_owned(), format!("/_local/mail/{id}")] {
        let page = ask(&local, &format!("GET {path}"), "accept: text/html,*/*\r\n", "").await;
        assert!(page.head.contains("text/html") && page.body.contains("ann@members.example"), "{path}");
    }
    assert_eq!(ask(&local, "DELETE /_local/mail", "", "").await.status, 204);
    assert_eq!(ask(&local, &format!("GET /_local/mail/{id}"), "", "").await.status, 404);
}

#[tokio::test]
async fn a_record_that_cannot_be_delivered_is_tried_again_and_then_set_aside() {
    let local = machine().await;
    with_sender(&local).await;
    let claims = Fault {
        operation: Some("UpdateItem".to_owned()),
        table: Some("OutboxTable".to_owned()),
        ..Fault::new(Service::DynamoDb, Kind::Conflict)
    };
    local.faults().set(vec![Fault { times: Some(2), ..claims.clone() }]);
    assert_eq!(forget(&local, "ann@members.example").await, 202);
    local.settle().await;
    assert_eq!((local.mail().len(), local.dead_letters().len()), (1, 0));
    local.faults().set(vec![claims]);
    assert_eq!(forget(&local, "bob@members.example").await, 202);
    local.settle().await;
    local.faults().set(Vec::new());
    assert_eq!((local.mail().len(), local.dead_letters().len()), (1, 1));
    assert_eq!(forget(&local, "cat@members.example").await, 202);
    local.settle().await;
    assert_eq!(local.mail().len(), 2);
}

#[tokio::test]
async fn a_data_file_outlives_the_machine_and_serves_one_at_a_time() {
    let folder = std::env::temp_dir().join(format!("vestibule-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let options = Options { empty: true, data: Some(folder.join("data")), ..Options::default() };
    let local = Local::start(options.clone()).await.unwrap();
    with_sender(&local).await;
    forget(&local, "ann@members.example").await;
    local.settle().await;
    assert_eq!(local.mail().len(), 1);
    let keys = local.app().keys.ring().await.unwrap().current().to_owned();
    assert!(Local::start(options.clone()).await.unwrap_err().to_string().contains("another vestibule"));
    local.stop().await;
    let again = Local::start(options).await.unwrap();
    assert!(again.app().settings().await.unwrap().organisation_email.is_some());
    assert_eq!(again.app().keys.ring().await.unwrap().current(), keys);
    again.settle().await;
    assert_eq!(again.mail().len(), 1, "what was delivered before is kept, and not delivered again");
    for file in ["data", "data.secrets", "data.mail"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(folder.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    again.stop().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let local = machine().await;
    let port = local.origin().rsplit(':').next().unwrap().parse().unwrap();
    let error = Local::start(Options { port, empty: true, ..Options::default() }).await.unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn the_parts_of_pages_are_shown() {
    let local = machine().await;
    for (path, words) in [
        ("/_local/style", "Parts of the door"),
        ("/_local/style?lang=es", "Piezas de la puerta"),
        ("/_local/style/console", "Parts of the console"),
        ("/_local/style/sign_in?lang=es", "Iniciar sesi"),
    ] {
        let seen = ask(&local, &format!("GET {path}"), "", "").await;
        assert!(seen.status == 200 && seen.body.contains(words), "{path}: {}", seen.body);
        assert!(seen.head.contains("style-src 'self'") && !seen.head.contains("unsafe-inline"), "{}", seen.head);
    }
    assert_eq!(ask(&local, "GET /_local/style/nothing", "", "").await.status, 404);
}
