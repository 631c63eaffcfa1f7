//! What a function answered, as API Gateway passes it back.

use std::collections::BTreeMap;

use axum::body::Body;
use data_encoding::BASE64;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use http::{Response, StatusCode};
use serde::Deserialize;
use web::edge::EVERYWHERE;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// The HTTP response in a function's answer; `None` if the answer makes no sense.
pub(super) fn response(text: &str) -> Option<Response<Body>> {
    let reply: Reply = serde_json::from_str(text).ok()?;
    let body = reply.body.unwrap_or_default();
    let body = if reply.is_base64_encoded { BASE64.decode(body.as_bytes()).ok()? } else { body.into_bytes() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(reply.status_code).ok()?;
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        headers.insert(HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
    }
    for cookie in reply.cookies {
        headers.append(SET_COOKIE, HeaderValue::try_from(cookie).ok()?);
    }
    Some(response)
}

/// An answer of the gateway's own, dressed as every other.
pub(super) fn own(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!(r#"{{"message":"{message}"}}"#)));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in EVERYWHERE {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn answers_become_responses() {
        let text = r#"{"statusCode": 303, "headers": {"location": "/"}, "multiValueHeaders": {}, "cookies": ["a=1; Path=/", "b=2"], "body": "aGkA", "isBase64Encoded": true}"#;
        let response = response(text).unwrap();
        let cookies: Vec<_> = response.headers().get_all(SET_COOKIE).iter().collect();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["location"], cookies),
            (
                303,
                &HeaderValue::from_static("/"),
                vec!["a=1; Path=/", "b=2"]
                    .into_iter()
                    .map(HeaderValue::from_static)
                    .collect::<Vec<_>>()
                    .iter()
                    .collect()
            )
        );
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes().as_ref(), b"hi\0");
    }

    #[test]
    fn nonsense_is_no_response() {
        for text in [
            "",
            "{}",
            r#"{"statusCode": 99}"#,
            r#"{"statusCode": 200, "headers": {"a b": "c"}}"#,
            r#"{"statusCode": 200, "headers": {"a": "b\nc"}}"#,
            r#"{"statusCode": 200, "body": "?", "isBase64Encoded": true}"#,
        ] {
            assert!(response(text).is_none(), "{text}");
        }
    }
}
