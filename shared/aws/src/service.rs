//! A call to one of the services: signed, within its time, tried again where that may help.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::uri::{InvalidUri, PathAndQuery};
use http::{HeaderValue, Request, Uri};
use jiff::Timestamp;

use crate::access::Access;
use crate::error::{Error, Refusal};
use crate::sign::Signer;
use crate::transport::SharedHttp;

/// How patient a client is. `operation` is the whole, retries included: less than a function's time limit.
#[derive(Debug)]
pub(crate) struct Patience {
    pub(crate) attempt: Duration,
    pub(crate) operation: Duration,
    pub(crate) attempts: u32,
}

/// For what answers within milliseconds.
pub(crate) const QUICK: Patience =
    Patience { attempt: Duration::from_millis(1_500), operation: Duration::from_secs(4), attempts: 4 };

/// The pause before the second attempt, at the most; before each further one it is twice as long, up to the longest.
const PAUSE: Duration = Duration::from_millis(30);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What a service is called.
#[derive(Debug)]
pub(crate) struct Named {
    /// In signatures.
    pub(crate) signed: &'static str,
    /// In its address, `dynamodb.eu-west-1.amazonaws.com`.
    pub(crate) host: &'static str,
    /// What its requests' bodies are.
    pub(crate) content_type: &'static str,
}

/// One of AWS's services.
#[derive(Debug)]
pub(crate) struct Service {
    http: SharedHttp,
    signer: Signer,
    /// Where it is, or why that is no address.
    address: Result<Uri, InvalidUri>,
    content_type: HeaderValue,
    patience: Patience,
}

/// What is asked of it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: &'static str,
    /// The header `x-amz-target`, where the service knows its operations by that.
    pub(crate) target: Option<&'static str>,
    pub(crate) body: Bytes,
}

impl Service {
    pub(crate) fn new(
        access: &Access,
        named: &Named,
        endpoint: Option<&String>,
        http: SharedHttp,
        patience: Patience,
    ) -> Self {
        let region = &access.region;
        let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let regional = || format!("https://{}.{region}.{domain}", named.host);
        Self {
            http,
            signer: Signer::new(access, named.signed),
            address: endpoint.cloned().unwrap_or_else(regional).parse(),
            content_type: HeaderValue::from_static(named.content_type),
            patience,
        }
    }

    /// The answer's body.
    pub(crate) async fn call(&self, call: &Call) -> Result<Bytes, Error> {
        let over = tokio::time::timeout(self.patience.operation, self.tries(call)).await;
        over.unwrap_or(Err(Error::Late))
    }

    async fn tries(&self, call: &Call) -> Result<Bytes, Error> {
        for attempt in 1..self.patience.attempts {
            match self.attempt(call).await {
                Err(error) if error.passes() => tokio::time::sleep(pause(attempt)).await,
                over => return over,
            }
        }
        self.attempt(call).await
    }

    async fn attempt(&self, call: &Call) -> Result<Bytes, Error> {
        let once = tokio::time::timeout(self.patience.attempt, self.once(call)).await;
        once.unwrap_or(Err(Error::Late))
    }

    #[expect(clippy::disallowed_methods, reason = "AWS takes no signature of any other time")]
    async fn once(&self, call: &Call) -> Result<Bytes, Error> {
        let mut request = self.request(call).map_err(Error::nonsense)?;
        self.signer.sign(&mut request, Timestamp::now()).map_err(Error::nonsense)?;
        let (head, body) = self.http.call(request).await.map_err(Error::Lost)?.into_parts();
        if head.status.is_success() {
            return Ok(body);
        }
        let code = head.headers.get("x-amzn-errortype").and_then(|code| code.to_str().ok());
        Err(Error::Refused(Box::new(Refusal::new(head.status.as_u16(), code, body))))
    }

    fn request(&self, call: &Call) -> Result<Request<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
        let mut uri = self.address.as_ref().map_err(ToString::to_string)?.clone().into_parts();
        let host = uri.authority.as_ref().ok_or("an endpoint without a host")?.as_str();
        let host = HeaderValue::from_str(host)?;
        uri.path_and_query = Some(PathAndQuery::from_static(call.path));
        let mut request = Request::post(Uri::from_parts(uri)?).body(call.body.clone())?;
        request.headers_mut().insert(HOST, host);
        request.headers_mut().insert(CONTENT_TYPE, self.content_type.clone());
        if let Some(target) = call.target {
            request.headers_mut().insert("x-amz-target", HeaderValue::from_static(target));
        }
        Ok(request)
    }
}

/// Somewhere between nothing and the longest that it may be, so that not all who failed together come together again.
#[expect(clippy::disallowed_methods, reason = "nothing secret is made of it")]
fn pause(attempt: u32) -> Duration {
    let most = PAUSE.saturating_mul(1 << (attempt - 1).min(8)).min(LONGEST_PAUSE);
    let mut share = [u8::MAX];
    // Without randomness, all of it.
    getrandom::fill(&mut share).unwrap_or_default();
    most.mul_f64(f64::from(share[0]) / f64::from(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for attempt in 1..40 {
            assert!(pause(attempt) <= LONGEST_PAUSE);
        }
        assert!((0..100).all(|_| pause(1) <= PAUSE));
        assert!((0..1_000).map(|_| pause(9)).max() > Some(Duration::from_millis(400)));
    }
}
