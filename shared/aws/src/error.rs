//! What can become of a call other than an answer.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::transport::Lost;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The service did not do it, and says why.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// There was no answer: it may be done or not.
    #[error("no answer")]
    Lost(#[source] Lost),
    /// There was no answer in time: it may be done or not.
    #[error("no answer in time")]
    Late,
    /// What was asked can't be written, or what was answered not be read.
    #[error("a request or an answer does not make sense")]
    Nonsense(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A service's refusal. What it says beside the code may name people, and is not shown but for the right that is missing.
#[derive(thiserror::Error)]
#[error("{code} (HTTP {status}){}", self.about_rights())]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The service's name for it, such as `ConditionalCheckFailedException`.
    pub code: String,
    /// The whole of it.
    body: Bytes,
}

/// Codes of services that can't at the moment, whatever their status.
const BUSY: [&str; 14] = [
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    // Somebody else's transaction was at the same item, or this one is under way.
    "TransactionConflictException",
    "TransactionInProgressException",
];

impl Error {
    /// The service's code for it, if it answered.
    pub fn code(&self) -> Option<&str> {
        self.refusal().map(|refusal| refusal.code.as_str())
    }

    /// The refusal that it is.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the same call may go well in a moment.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Refused(refusal) => {
                matches!(refusal.status, 429 | 500 | 502..=504) || BUSY.contains(&refusal.code.as_str())
            }
            Self::Lost(_) | Self::Late => true,
            Self::Nonsense(_) => false,
        }
    }

    pub(crate) fn nonsense(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Nonsense(error.into())
    }
}

impl Refusal {
    /// Reads an answer that is none; `header` is what `x-amzn-errortype` says.
    pub(crate) fn new(status: u16, header: Option<&str>, body: Bytes) -> Self {
        let told: Value = serde_json::from_slice(&body).unwrap_or_default();
        // Codes come as `Code`, `Code:http://…` or `com.amazonaws.…#Code`.
        let named = header.filter(|header| !header.is_empty()).or(told["__type"].as_str()).unwrap_or_default();
        let code = named.rsplit('#').next().and_then(|code| code.split(':').next()).unwrap_or_default();
        Self { status, code: if code.is_empty() { "Unknown" } else { code }.to_owned(), body }
    }

    /// What it says, as far as it is of this shape.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Which right is missing, without what it is missing for: that may be somebody's address.
    fn about_rights(&self) -> String {
        if !self.code.starts_with("AccessDenied") {
            return String::new();
        }
        let told: Value = self.read();
        let message = told["message"].as_str().or(told["Message"].as_str()).unwrap_or_default();
        format!(": {}", message.split(" on resource").next().unwrap_or_default())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("status", &self.status).field("code", &self.code).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, header: Option<&str>, body: &str) -> Refusal {
        Refusal::new(status, header, Bytes::copy_from_slice(body.as_bytes()))
    }

    #[test]
    fn codes_are_read_however_a_service_writes_them() {
        let cases = [
            (
                None,
                r#"{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#,
                "ResourceNotFoundException",
            ),
            (Some("MessageRejected:http://internal.amazon.com/coral/"), "{}", "MessageRejected"),
            (Some("TooManyRequestsException"), "not JSON", "TooManyRequestsException"),
            (Some(""), r#"{"__type": "ThrottlingException", "message": "slow down"}"#, "ThrottlingException"),
            (None, r#"{"__type": "UnknownOperationException", "message": null}"#, "UnknownOperationException"),
            (None, r#"{"__type": "A", "message": "one", "Message": "other"}"#, "A"),
            (None, "<html>", "Unknown"),
            (None, "", "Unknown"),
        ];
        for (header, body, code) in cases {
            assert_eq!(refusal(400, header, body).code, code, "{header:?} {body}");
        }
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        let cases = [
            (500, "InternalServerError", true),
            (503, "Unknown", true),
            (429, "Unknown", true),
            (400, "ProvisionedThroughputExceededException", true),
            (400, "TransactionConflictException", true),
            (400, "TransactionCanceledException", false),
            (400, "ConditionalCheckFailedException", false),
            (400, "ValidationException", false),
            (403, "AccessDeniedException", false),
            (501, "Unknown", false),
        ];
        for (status, code, passes) in cases {
            let error = Error::Refused(Box::new(refusal(status, Some(code), "")));
            assert_eq!((error.passes(), error.code()), (passes, Some(code)));
        }
        assert!(Error::Late.passes() && Error::Late.code().is_none());
    }

    #[test]
    fn what_a_refusal_says_of_people_is_not_shown() {
        let told = r#"{"message": "somebody@example.org is not verified"}"#;
        let rejected = refusal(400, Some("MessageRejected"), told);
        assert_eq!(rejected.to_string(), "MessageRejected (HTTP 400)");
        assert_eq!(format!("{rejected:?}"), r#"Refusal { status: 400, code: "MessageRejected", .. }"#);
        let told =
            r#"{"Message": "not authorized to perform: ses:SendEmail on resource: identity/somebody@example.org"}"#;
        let told = refusal(400, Some("AccessDeniedException"), told).to_string();
        assert_eq!(told, "AccessDeniedException (HTTP 400): not authorized to perform: ses:SendEmail");
    }
}
