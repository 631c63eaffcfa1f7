//! A call to AWS, as far as it can be told from its HTTP request.

use http::Request;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One of the services the product calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// The database.
    DynamoDb,
    /// The mail service.
    Ses,
    /// The secrets.
    SecretsManager,
}

/// What a request asks of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) service: Service,
    pub(super) operation: String,
}

/// Operations that change something in a table.
const WRITES: [&str; 8] = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
];

impl Asked {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()?.split_once('.'));
        let (service, operation) = match target {
            Some((prefix, operation)) if prefix.starts_with("DynamoDB") => (Service::DynamoDb, operation.to_owned()),
            Some((_, operation)) => (Service::SecretsManager, operation.to_owned()),
            None => (Service::Ses, ses_operation(request)),
        };
        Self { service, operation }
    }

    /// Whether it is a write to a table.
    pub(super) fn writes(&self) -> bool {
        self.service == Service::DynamoDb && WRITES.contains(&self.operation.as_str())
    }
}

fn ses_operation<B>(request: &Request<B>) -> String {
    match (request.method().as_str(), request.uri().path()) {
        ("POST", "/v2/email/outbound-emails") => "SendEmail".to_owned(),
        ("POST", "/v2/email/outbound-bulk-emails") => "SendBulkEmail".to_owned(),
        ("GET", "/v2/email/account") => "GetAccount".to_owned(),
        (method, path) => format!("{method} {path}"),
    }
}

/// The tables that a call's body names.
pub(super) fn tables(body: &[u8]) -> Vec<String> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let single = body["TableName"].as_str().map(str::to_owned);
    let batch = body["RequestItems"].as_object().into_iter().flat_map(|items| items.keys().cloned());
    let transaction = body["TransactItems"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let inside =
        transaction.flat_map(|item| item.values()).filter_map(|act| act["TableName"].as_str().map(str::to_owned));
    let mut all: Vec<String> = single.into_iter().chain(batch).chain(inside).collect();
    all.sort();
    all.dedup();
    all
}

/// Whether `needle` stands in `hay`.
pub(super) fn contains(hay: &[u8], needle: &str) -> bool {
    memchr::memmem::find(hay, needle.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, uri: &str, target: Option<&str>) -> Request<()> {
        let request = Request::builder().method(method).uri(uri);
        let request = target.into_iter().fold(request, |request, target| request.header("x-amz-target", target));
        request.body(()).unwrap()
    }

    #[test]
    fn calls_are_known_by_target_or_path() {
        let cases = [
            ("POST", "http://127.0.0.1:1/", Some("DynamoDB_20120810.GetItem"), Service::DynamoDb, "GetItem"),
            (
                "POST",
                "http://127.0.0.1:1/",
                Some("secretsmanager.GetSecretValue"),
                Service::SecretsManager,
                "GetSecretValue",
            ),
            ("POST", "http://127.0.0.1:1/v2/email/outbound-emails", None, Service::Ses, "SendEmail"),
            ("POST", "http://127.0.0.1:1/v2/email/outbound-bulk-emails?x=1", None, Service::Ses, "SendBulkEmail"),
            ("GET", "http://127.0.0.1:1/v2/email/account", None, Service::Ses, "GetAccount"),
            ("PUT", "http://127.0.0.1:1/v2/email/x", None, Service::Ses, "PUT /v2/email/x"),
            ("PUT", "http://127.0.0.1:1", None, Service::Ses, "PUT /"),
        ];
        for (method, uri, target, service, operation) in cases {
            let asked = Asked::of(&request(method, uri, target));
            assert_eq!(asked, Asked { service, operation: operation.to_owned() }, "{method} {uri}");
        }
    }

    #[test]
    fn tables_are_found_wherever_they_are_named() {
        let cases: [(&[u8], &[&str]); 5] = [
            (br#"{"TableName": "A"}"#, &["A"]),
            (br#"{"RequestItems": {"B": {}, "A": {}}}"#, &["A", "B"]),
            (br#"{"TransactItems": [{"Put": {"TableName": "B"}}, {"Update": {"TableName": "A"}}, {"Put": {"TableName": "B"}}]}"#, &["A", "B"]),
            (b"{}", &[]),
            (b"not JSON", &[]),
        ];
        for (body, expected) in cases {
            assert_eq!(tables(body), expected);
        }
    }
}
