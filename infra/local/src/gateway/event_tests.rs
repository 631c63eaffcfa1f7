//! Events, held against what AWS documents and what is known of it.

use std::collections::BTreeMap;

use http::Request;
use lambda_http::request::LambdaRequest;
use serde_json::{Value, json};

use super::event::{Around, BadRequest, decoded_path, text};

fn around(path_parameters: &BTreeMap<String, String>) -> Around<'_> {
    Around {
        route_key: "ANY /x",
        path_parameters,
        request_id: "id-1",
        peer: [192, 0, 2, 7].into(),
        port: 8400,
        now: "2026-03-12T19:03:58Z".parse().unwrap(),
    }
}

fn event(uri: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Result<Value, BadRequest> {
    let mut request = Request::builder().method("POST").uri(uri);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8400");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (head, ()) = request.body(()).unwrap().into_parts();
    let path = decoded_path(head.uri.path())?;
    let text = text(&head, &path, body, &around(&BTreeMap::new()))?;
    let request = serde_json::from_str::<LambdaRequest>(&text).unwrap();
    let _: lambda_http::Request = request.into();
    Ok(serde_json::from_str(&text).unwrap())
}

#[test]
fn an_event_looks_as_in_the_documentation() {
    let event = event("/x?a=1&a=2&b=%C3%A9+c", &[("User-Agent", b"agent"), ("Cookie", b"c1=v1; c2=v2")], b"").unwrap();
    let expected = json!({
        "version": "2.0",
        "routeKey": "ANY /x",
        "rawPath": "/x",
        "rawQueryString": "a=1&a=2&b=%C3%A9+c",
        "cookies": ["c1=v1", "c2=v2"],
        "headers": {
            "host": "localhost:8400",
            "user-agent": "agent",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-port": "8400",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"a": "1,2", "b": "é c"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {"method": "POST", "path": "/x", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "agent"},
            "requestId": "id-1",
            "routeKey": "ANY /x",
            "stage": "$default",
            "time": "12/Mar/2026:19:03:58 +0000",
            "timeEpoch": 1_773_342_238_000_i64,
        },
        "isBase64Encoded": false,
    });
    assert_eq!(event, expected);
}

#[test]
fn headers_are_joined_and_never_say_where_a_request_came_from() {
    let given: [(&str, &[u8]); 6] = [
        ("Accept", b"text/html"),
        ("Accept", b"*/*"),
        ("X-Forwarded-For", b"203.0.113.9"),
        ("X-Forwarded-Proto", b"javascript"),
        ("Cookie", b"a=1"),
        ("Cookie", b"b=2; c=\"x y\""),
    ];
    let event = event("/x", &given, b"").unwrap();
    assert_eq!(event["headers"]["accept"], "text/html,*/*");
    assert_eq!(event["headers"]["x-forwarded-for"], "203.0.113.9, 192.0.2.7");
    assert_eq!(event["headers"]["x-forwarded-proto"], "http");
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["cookies"], json!(["a=1", "b=2", "c=\"x y\""]));
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "192.0.2.7");
}

#[test]
fn what_is_not_text_goes_as_base64() {
    let cases: [(Option<&str>, &[u8], Value, bool); 9] = [
        (None, b"", Value::Null, false),
        (Some("application/json"), b"{}", json!("{}"), false),
        (Some("Application/JSON; charset=utf-8"), b"{}", json!("{}"), false),
        (Some("text/plain"), "é".as_bytes(), json!("é"), false),
        (Some("text/plain"), b"\xff", json!("/w=="), true),
        (Some("application/json"), b"\xff", json!("/w=="), true),
        (Some("application/x-www-form-urlencoded"), b"a=1", json!("YT0x"), true),
        (Some("image/png"), b"a", json!("YQ=="), true),
        (None, b"a", json!("YQ=="), true),
    ];
    for (kind, body, expected, base64) in cases {
        let headers: Vec<(&str, &[u8])> = kind.iter().map(|kind| ("content-type", kind.as_bytes())).collect();
        let event = event("/x", &headers, body).unwrap();
        let found = (event.get("body").cloned().unwrap_or_default(), event["isBase64Encoded"].as_bool());
        assert_eq!(found, (expected, Some(base64)), "{kind:?}");
    }
}

#[test]
fn paths_are_decoded_and_still_make_requests() {
    let cases = [
        ("/a%20b", Ok("/a b")),
        ("/a%2Fb", Ok("/a/b")),
        ("/%C3%A9", Ok("/é")),
        ("/a%3Fb", Ok("/a")),
        ("/a%23b", Ok("/a#b")),
        ("/100%", Ok("/100%")),
        ("/%zz%4", Ok("/%zz%4")),
        ("/a%00%0A%09%7Fb", Ok("/a\0\n\t\u{7f}b")),
        ("/%5C%22%3C%3E%5E%60%7B%7C%7D", Ok("/\\\"<>^`{|}")),
        ("/../../etc", Ok("/../../etc")),
        ("//evil.example/", Ok("//evil.example/")),
        ("/%FF", Err(BadRequest)),
    ];
    for (given, expected) in cases {
        assert_eq!(decoded_path(given).as_deref().map_err(|e| *e), expected, "{given}");
        let event = event(given, &[], b"");
        assert_eq!(event.map(|event| event["rawPath"].clone()).ok(), expected.ok().map(Value::from), "{given}");
    }
}

#[test]
fn every_character_in_a_path_makes_a_request_or_a_refusal() {
    for byte in 0..=0xFF_u8 {
        drop(event(&format!("/a%{byte:02X}b"), &[], b""));
        drop(event(&format!("/a?q=%{byte:02X}"), &[], b""));
    }
}

#[test]
fn what_amazon_would_not_pass_on_is_refused() {
    let cases: [&[(&str, &[u8])]; 10] = [
        &[("x-odd", b"caf\xe9")],
        &[("host", b"a b")],
        &[("host", b"")],
        &[("host", b":80")],
        &[("host", b"user@localhost")],
        &[("host", b"localhost/x")],
        &[("host", b"localhost:99999999")],
        &[("host", b"[::1")],
        &[("host", b"999.1.1.1")],
        &[("host", b"xn--a")],
    ];
    for headers in cases {
        assert_eq!(event("/x", headers, b""), Err(BadRequest), "{headers:?}");
    }
    let twice: [(&str, &[u8]); 2] = [("host", b"localhost"), ("host", b"evil.example")];
    assert_eq!(event("/x", &twice, b""), Err(BadRequest));
    let others: [&[u8]; 4] = [b"127.0.0.1:8400", b"[::1]:8400", b"evil.example", b"localhost"];
    for host in others {
        assert!(event("/x", &[("host", host)], b"").is_ok(), "{host:?}");
    }
}
