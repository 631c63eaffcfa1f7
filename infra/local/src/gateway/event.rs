//! Requests as API Gateway describes them to a function: the JSON text of an event of payload format 2.0.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use data_encoding::BASE64;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, COOKIE, HOST, HeaderMap, USER_AGENT};
use http::request::Parts;
use jiff::Timestamp;
use serde::Serialize;

/// A request that API Gateway would not pass on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadRequest;

/// What is known of a request besides what it says itself.
pub(super) struct Around<'a> {
    pub(super) route_key: &'a str,
    pub(super) path_parameters: &'a BTreeMap<String, String>,
    pub(super) request_id: &'a str,
    pub(super) peer: IpAddr,
    pub(super) port: u16,
    pub(super) now: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    version: &'static str,
    route_key: &'a str,
    raw_path: &'a str,
    raw_query_string: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<&'a str>,
    headers: BTreeMap<&'a str, Cow<'a, str>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    request_context: Context<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    path_parameters: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'a str,
    domain_prefix: &'a str,
    http: Http<'a>,
    request_id: &'a str,
    route_key: &'a str,
    stage: &'static str,
    time: String,
    time_epoch: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'static str,
    source_ip: String,
    user_agent: &'a str,
}

/// The event's text.
pub(super) fn text(head: &Parts, path: &str, body: &[u8], around: &Around<'_>) -> Result<String, BadRequest> {
    let query = head.uri.query().unwrap_or_default();
    let (mut headers, cookies) = headers(&head.headers)?;
    add_forwarded(&mut headers, around);
    let host = match headers.get(HOST.as_str()) {
        Some(host) => host.to_string(),
        None => return Err(BadRequest),
    };
    let domain = domain(&host, path, query)?;
    let user_agent = headers.get(USER_AGENT.as_str()).map(ToString::to_string).unwrap_or_default();
    let (body, is_base64_encoded) = encoded(&head.headers, body);
    let http = Http {
        method: head.method.as_str(),
        path,
        protocol: "HTTP/1.1",
        source_ip: around.peer.to_string(),
        user_agent: &user_agent,
    };
    let context = Context {
        account_id: "000000000000",
        api_id: "local",
        domain_name: &domain,
        domain_prefix: domain.split('.').next().unwrap_or_default(),
        http,
        request_id: around.request_id,
        route_key: around.route_key,
        stage: "$default",
        time: around.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        time_epoch: around.now.as_millisecond(),
    };
    let event = Event {
        version: "2.0",
        route_key: around.route_key,
        raw_path: path,
        raw_query_string: query,
        cookies,
        headers,
        query_string_parameters: query_parameters(query),
        request_context: context,
        path_parameters: around.path_parameters,
        body,
        is_base64_encoded,
    };
    serde_json::to_string(&event).map_err(|_| BadRequest)
}

/// The path as API Gateway passes it on: decoded, and cut at a question mark that comes out of that.
pub(super) fn decoded_path(path: &str) -> Result<String, BadRequest> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = if byte == b'%' {
            after.get(..2).and_then(|hex| data_encoding::HEXUPPER_PERMISSIVE.decode(hex).ok())
        } else {
            None
        };
        rest = if hex.is_some() { &after[2..] } else { after };
        bytes.extend(hex.unwrap_or_else(|| vec![byte]));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| BadRequest)?;
    text.truncate(text.find('?').unwrap_or(text.len()));
    Ok(text)
}

type Headers<'a> = BTreeMap<&'a str, Cow<'a, str>>;

/// Headers of the same name become one, with commas; cookies go by themselves.
fn headers(map: &HeaderMap) -> Result<(Headers<'_>, Vec<&str>), BadRequest> {
    let (mut headers, mut cookies) = (Headers::new(), Vec::new());
    for (name, value) in map {
        let value = std::str::from_utf8(value.as_bytes()).map_err(|_| BadRequest)?;
        if name == COOKIE {
            cookies.extend(value.split("; ").filter(|cookie| !cookie.is_empty()));
        } else if let Some(before) = headers.get_mut(name.as_str()) {
            if name == HOST {
                return Err(BadRequest);
            }
            *before = format!("{before},{value}").into();
        } else {
            headers.insert(name.as_str(), value.into());
        }
    }
    Ok((headers, cookies))
}

/// What API Gateway adds. Whatever the client said of itself stays in front, as there.
fn add_forwarded(headers: &mut Headers<'_>, around: &Around<'_>) {
    let peer = around.peer.to_string();
    let forwarded = headers.get("x-forwarded-for").map_or_else(|| peer.clone(), |before| format!("{before}, {peer}"));
    headers.insert("x-forwarded-for", forwarded.into());
    headers.insert("x-forwarded-port", around.port.to_string().into());
    headers.insert("x-forwarded-proto", "http".into());
}

/// The name in `Host`. `lambda_http` makes an address of these three and panics if it can't; Amazon's servers would
/// refuse such a `Host` before.
fn domain(host: &str, path: &str, query: &str) -> Result<String, BadRequest> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    if host.is_empty() || host.starts_with(':') || !host.chars().all(plain) {
        return Err(BadRequest);
    }
    let address = url::Url::parse(&format!("http://{host}{path}")).map_err(|_| BadRequest)?;
    let whole = if query.is_empty() { address.to_string() } else { format!("{address}?{query}") };
    whole.parse::<http::Uri>().map_err(|_| BadRequest)?;
    address.host_str().map(str::to_owned).ok_or(BadRequest)
}

fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match all.get_mut(name.as_ref()) {
            Some(before) => *before = format!("{before},{value}"),
            None => drop(all.insert(name.into_owned(), value.into_owned())),
        }
    }
    all
}

/// Text goes as it is, the rest as Base64: a form, too.
fn encoded<'a>(headers: &HeaderMap, body: &'a [u8]) -> (Option<Cow<'a, str>>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let texts = ["application/json", "application/xml", "application/javascript"];
    let is_text =
        !headers.contains_key(CONTENT_ENCODING) && (kind.starts_with("text/") || texts.contains(&kind.as_str()));
    match std::str::from_utf8(body) {
        Ok(text) if is_text => (Some(text.into()), false),
        _ => (Some(BASE64.encode(body).into()), true),
    }
}
