//! Requests as API Gateway tells them: whatever path, query, header or body somebody sends, a function gets a request.

#![no_main]

use std::collections::BTreeMap;

use lambda_http::request::LambdaRequest;
use serde_json::json;

libfuzzer_sys::fuzz_target!(|given: (&str, &str, &str, &str)| {
    let (path, query, header, body) = given;
    // The gateway cuts a path at a question mark, and passes nothing on whose address can't be one.
    let path = format!("/{}", path.split('?').next().unwrap_or_default());
    if format!("http://here.example{path}").parse::<lambda_http::http::Uri>().is_err() {
        return;
    }
    if format!("/?{query}").parse::<lambda_http::http::Uri>().is_err() || header.contains(['\r', '\n', '\0']) {
        return;
    }
    let headers = BTreeMap::from([("host", "here.example"), ("x-odd", header)]);
    let http = json!({"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": header});
    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
        "cookies": [header], "body": body, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "0", "apiId": "a", "domainName": "here.example", "domainPrefix": "here", "http": http,
            "requestId": "r", "routeKey": "$default", "stage": "$default", "time": "", "timeEpoch": 0,
        },
    });
    let Ok(event) = serde_json::from_value::<LambdaRequest>(event) else { return };
    let _: lambda_http::Request = event.into();
});
