//! What a browser or a program sends to the doors that strangers find: path, query, cookies, body. Whatever it is, it gets an answer,
//! and the answer has the headers of every answer. In the database stands nothing, and nothing can be written to it.

#![no_main]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use aws::{Answering, Http};
use axum::Router;
use axum::body::{Body, Bytes};
use http::{Method, Request, Response};
use service::{App, Clock, Config, Outside};
use tokio::runtime::Runtime;
use tower::ServiceExt;
use web::edge::EVERYWHERE;

const ORIGIN: &str = "https://accounts.example";

const DOORS: [(&str, &str); 24] = [
    ("sign-in", "/sign-in"),
    ("sign-in", "/sign-in/temporary"),
    ("sign-in", "/sign-out"),
    ("sign-in", "/session"),
    ("sign-in", "/instances/default"),
    ("sign-in", "/assets/logo/a"),
    ("account", "/account"),
    ("account", "/change-password"),
    ("federated", "/token"),
    ("federated", "/sign-in/with/a"),
    ("federated", "/sign-in/callback"),
    ("federated", "/sign-in/link"),
    ("forgot-username", "/forgot-username"),
    ("forgot-username", "/forgot-username/choose"),
    ("openid-provider", "/openid/authorize"),
    ("openid-provider", "/openid/token"),
    ("pin-sign-up", "/pin-sign-up"),
    ("reset-password", "/forgot-password"),
    ("reset-password", "/reset"),
    ("reset-password", "/reset-account"),
    ("sign-up", "/sign-up"),
    ("verify-mfa", "/sign-in/security-code"),
    ("verify-mfa", "/sign-in/passkey"),
    ("admin", "/admin/users"),
];

const TYPES: [&str; 5] = [
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=b",
    "text/plain",
    "application/json; charset=utf-16",
];

/// AWS with nothing in it: keys there are, no item, and no write is taken.
#[derive(Debug)]
struct Nothing;

impl Http for Nothing {
    fn call(&self, request: Request<Bytes>) -> Answering<'_> {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let (status, body) = match target.split_once('.') {
            Some((_, "GetSecretValue")) => {
                (200, r#"{"SecretString": "{\"current\": \"1\", \"1\": \"thirty-two letters and some more\"}"}"#)
            }
            Some((_, "GetItem" | "BatchGetItem" | "Query" | "Scan")) => (200, "{}"),
            _ => (400, r#"{"__type": "ValidationException"}"#),
        };
        let answer = Response::builder().status(status).body(Bytes::from_static(body.as_bytes()));
        Box::pin(std::future::ready(answer.map_err(Into::into)))
    }
}

fn app() -> App {
    let variable = |name: &str| match name {
        "PUBLIC_ORIGIN" => Some(ORIGIN.to_owned()),
        "MAILS_PER_SECOND" => Some("14".to_owned()),
        "AWS_SESSION_TOKEN" | "LOOPBACK_PROVIDERS" => None,
        name if name.starts_with("AWS_ENDPOINT") => None,
        name => Some(name.to_owned()),
    };
    let config = Config::from_vars(variable).expect("a configuration");
    App::new(config, Outside { http: Arc::new(Nothing), clock: Clock::system() })
}

static DOORWAYS: LazyLock<BTreeMap<&str, Router>> = LazyLock::new(|| {
    let app = app();
    BTreeMap::from([
        ("account", account::router(app.clone())),
        ("admin", admin::router(app.clone())),
        ("federated", federated::router(app.clone())),
        ("forgot-username", forgot_username::router(app.clone())),
        ("openid-provider", openid_provider::router(app.clone())),
        ("pin-sign-up", pin_sign_up::router(app.clone())),
        ("reset-password", reset_password::router(app.clone())),
        ("sign-in", sign_in::router(app.clone())),
        ("sign-up", sign_up::router(app.clone())),
        ("verify-mfa", verify_mfa::router(app)),
    ])
});

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"));

libfuzzer_sys::fuzz_target!(|given: (u8, u8, bool, &str, &str, &str, &[u8])| {
    let (door, content, program, query, cookie, credentials, body) = given;
    let (function, path) = DOORS[usize::from(door) % DOORS.len()];
    let method = if content & 0x80 == 0 { Method::POST } else { Method::GET };
    let request = Request::builder()
        .method(method)
        .uri(format!("{path}?{query}"))
        .header("origin", ORIGIN)
        .header("accept", if program { "application/json" } else { "text/html" })
        .header("content-type", TYPES[usize::from(content & 0x7f) % TYPES.len()])
        .header("cookie", cookie)
        .header("authorization", credentials)
        .body(Body::from(body.to_vec()));
    // What is no request at all does not get as far as a function.
    let Ok(request) = request else { return };
    let Ok(answer) = RUNTIME.block_on(DOORWAYS[function].clone().oneshot(request));
    let status = answer.status().as_u16();
    assert!(status < 500 || status == 503, "{status}");
    for (name, _) in EVERYWHERE {
        assert!(answer.headers().contains_key(&name), "{name}");
    }
});
