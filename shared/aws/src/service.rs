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
        let domain = match region.split('-').next() {
            Some("cn") => "amazonaws.com.cn",
            Some("eusc") => "amazonaws.eu",
            _ => "amazonaws.com",
        };
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
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::{Act, Fake, access};

    const NAMED: Named = Named { signed: "s", host: "h", content_type: "application/json" };

    async fn call(acts: Vec<Act>, patience: Patience) -> (Result<Bytes, Error>, usize) {
        let fake = Fake::acting(acts);
        let service = Service::new(&access(), &NAMED, None, fake.shared(), patience);
        let answer = service.call(&Call { path: "/", target: None, body: Bytes::new() }).await;
        (answer, fake.requests().len())
    }

    fn refused(status: u16, code: &str) -> Act {
        Act::Answer(status, json!({"__type": code}))
    }

    fn patience(attempts: u32) -> Patience {
        Patience { attempt: Duration::from_millis(40), operation: Duration::from_millis(400), attempts }
    }

    #[tokio::test]
    async fn what_passes_is_tried_again_and_nothing_else() {
        let done = || Act::Answer(200, Value::Null);
        let cases = [
            (vec![done()], 4, 1, true),
            (vec![Act::Lose, Act::Hang, refused(500, "InternalServerError"), done()], 4, 4, true),
            (vec![refused(400, "ThrottlingException"), done()], 4, 2, true),
            (vec![Act::Lose, Act::Lose, Act::Lose, Act::Lose], 4, 4, false),
            (vec![refused(400, "ValidationException")], 4, 1, false),
            (vec![Act::Lose], 1, 1, false),
            (vec![refused(500, "InternalFailure")], 1, 1, false),
        ];
        for (acts, attempts, tries, well) in cases {
            let shown = format!("{acts:?}");
            let (answer, tried) = call(acts, patience(attempts)).await;
            assert_eq!((answer.is_ok(), tried), (well, tries), "{shown}");
        }
    }

    #[tokio::test]
    async fn a_call_ends_in_time_whatever_happens() {
        let (answer, tried) = call((0..100).map(|_| Act::Hang).collect(), patience(100)).await;
        assert!(matches!(answer, Err(Error::Late)) && (2..=10).contains(&tried), "{tried} tries");
    }

    #[tokio::test]
    async fn requests_go_to_the_region_or_to_where_they_are_sent() {
        let cases = [
            ("eu-west-1", None, "https://h.eu-west-1.amazonaws.com/v", "h.eu-west-1.amazonaws.com"),
            ("cn-north-1", None, "https://h.cn-north-1.amazonaws.com.cn/v", "h.cn-north-1.amazonaws.com.cn"),
            ("eusc-de-east-1", None, "https://h.eusc-de-east-1.amazonaws.eu/v", "h.eusc-de-east-1.amazonaws.eu"),
            ("eu-west-1", Some("http://127.0.0.1:4566"), "http://127.0.0.1:4566/v", "127.0.0.1:4566"),
            ("eu-west-1", Some("http://localhost:1/"), "http://localhost:1/v", "localhost:1"),
        ];
        for (region, endpoint, uri, host) in cases {
            let fake = Fake::answering([(200, Value::Null)]);
            let (access, endpoint) = (Access { region: region.to_owned(), ..access() }, endpoint.map(str::to_owned));
            let service = Service::new(&access, &NAMED, endpoint.as_ref(), fake.shared(), QUICK);
            service.call(&Call { path: "/v", target: None, body: Bytes::new() }).await.unwrap();
            let [request] = fake.requests().try_into().unwrap();
            assert_eq!(
                (request.uri().to_string(), request.headers()["host"].to_str().unwrap()),
                (uri.to_owned(), host)
            );
        }
        for bad in ["", "no address at all", "/only/a/path"] {
            let service = Service::new(&access(), &NAMED, Some(&bad.to_owned()), Fake::acting([]).shared(), QUICK);
            let answer = service.call(&Call { path: "/v", target: None, body: Bytes::new() }).await;
            assert!(matches!(answer, Err(Error::Nonsense(_))), "{bad}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        for attempt in 1..40 {
            assert!(pause(attempt) <= LONGEST_PAUSE);
        }
        assert!((0..100).all(|_| pause(1) <= PAUSE));
        assert!((0..1_000).map(|_| pause(9)).max() > Some(Duration::from_millis(400)));
    }
}
