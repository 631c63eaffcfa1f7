//! Signatures of requests: AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request").

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use http::header::{AUTHORIZATION, InvalidHeaderValue};
use http::{HeaderMap, HeaderValue, Request};
use jiff::Timestamp;
use ring::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};

use crate::access::Access;

/// Signs requests to one service in one region. Header values are text without blanks at either end or two in a row, and paths
/// have no letters that would have to be escaped: ours are constants.
pub(crate) struct Signer {
    access_key: String,
    secret_key: SecretString,
    session_token: Option<SecretString>,
    region: String,
    service: &'static str,
    /// The key of the day, which four hashes make, and the day.
    of_day: Mutex<Option<(String, hmac::Key)>>,
}

impl Signer {
    pub(crate) fn new(access: &Access, service: &'static str) -> Self {
        Self {
            access_key: access.access_key.clone(),
            secret_key: access.secret_key.clone(),
            session_token: access.session_token.clone(),
            region: access.region.clone(),
            service,
            of_day: Mutex::new(None),
        }
    }

    /// Adds the time, the session token and the signature; all headers that are there are signed.
    pub(crate) fn sign(&self, request: &mut Request<Bytes>, now: Timestamp) -> Result<(), InvalidHeaderValue> {
        let now = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = now.get(..8).unwrap_or_default();
        request.headers_mut().insert("x-amz-date", HeaderValue::from_str(&now)?);
        if let Some(token) = &self.session_token {
            let mut token = HeaderValue::from_str(token.expose_secret())?;
            token.set_sensitive(true);
            request.headers_mut().insert("x-amz-security-token", token);
        }
        let (canonical, signed) = canonical(request);
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let to_sign = format!("AWS4-HMAC-SHA256\n{now}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let signature = HEXLOWER.encode(hmac::sign(&self.key(day), to_sign.as_bytes()).as_ref());
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
            self.access_key
        );
        request.headers_mut().insert(AUTHORIZATION, HeaderValue::try_from(value)?);
        Ok(())
    }

    fn key(&self, day: &str) -> hmac::Key {
        let mut of_day = self.of_day.lock().unwrap_or_else(PoisonError::into_inner);
        match &*of_day {
            Some((of, key)) if of == day => key.clone(),
            _ => {
                let key = self.make_key(day);
                *of_day = Some((day.to_owned(), key.clone()));
                key
            }
        }
    }

    fn make_key(&self, day: &str) -> hmac::Key {
        let key = |bytes: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let secret = format!("AWS4{}", self.secret_key.expose_secret());
        let parts = [day, &self.region, self.service, "aws4_request"];
        parts.into_iter().fold(key(secret.as_bytes()), |one, part| key(hmac::sign(&one, part.as_bytes()).as_ref()))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("service", &self.service).finish_non_exhaustive()
    }
}

/// The request as it is signed, and the names of its headers.
fn canonical(request: &Request<Bytes>) -> (String, String) {
    let mut names: Vec<&str> = request.headers().keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    let signed = names.join(";");
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let mut text = String::with_capacity(1_024);
    text.extend([request.method().as_str(), "\n", path, "\n", query, "\n"]);
    for name in names {
        text.extend([name, ":", header(request.headers(), name), "\n"]);
    }
    // Writing into a text does not fail.
    _ = write!(text, "\n{signed}\n{}", sha256(request.body()));
    (text, signed)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use aws_credential_types::Credentials;
    use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
    use aws_sigv4::sign::v4::SigningParams;
    use proptest::prelude::*;

    use super::*;
    use crate::fake::access;

    fn signer(token: Option<&str>) -> Signer {
        Signer::new(&Access { session_token: token.map(Into::into), ..access() }, "dynamodb")
    }

    fn request(path: &str, body: &[u8]) -> Request<Bytes> {
        Request::post(format!("https://dynamodb.eu-west-1.amazonaws.com{path}"))
            .header("host", "dynamodb.eu-west-1.amazonaws.com")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", "DynamoDB_20120810.GetItem")
            .body(Bytes::copy_from_slice(body))
            .unwrap()
    }

    /// What AWS's own signer makes of the same request at the same time.
    fn by_aws(request: &Request<Bytes>, token: Option<&str>, at: i64) -> String {
        let access = Credentials::new(
            "AKIDEXAMPLE",
            "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            token.map(str::to_owned),
            None,
            "test",
        );
        let identity = access.into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        let params = SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name("dynamodb")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(at.try_into().unwrap()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let headers =
            headers.filter(|(name, _)| !matches!(*name, "authorization" | "x-amz-date" | "x-amz-security-token"));
        let uri = request.uri().to_string();
        let signable = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(request.body())).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let (headers, _) = instructions.into_parts();
        headers.iter().find(|header| header.name() == "authorization").unwrap().value().to_owned()
    }

    proptest! {
        #[test]
        fn signatures_are_those_of_aws(
            body: Vec<u8>,
            at in 0_i64..4_000_000_000,
            token in proptest::option::of("[A-Za-z0-9+/=]{1,300}"),
            path in prop_oneof!["/", "/v2/email/outbound-emails"],
        ) {
            let signer = signer(token.as_deref());
            // The second is signed with a key that may be kept from the first.
            for at in [at, at + 50_000] {
                let mut request = request(&path, &body);
                signer.sign(&mut request, Timestamp::from_second(at).unwrap()).unwrap();
                let ours = request.headers()[AUTHORIZATION].to_str().unwrap();
                prop_assert_eq!(ours, by_aws(&request, token.as_deref(), at));
            }
        }
    }

    #[test]
    fn a_signer_shows_no_secret() {
        let shown = format!("{:?}", signer(Some("a token")));
        assert_eq!(shown, r#"Signer { service: "dynamodb", .. }"#);
    }
}
