//! The HTTP client of the product's AWS clients, with the faults in between.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws::{Answering, Http, Lost, SharedHttp};
use axum::body::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

use super::call::{Asked, Service, contains};
use super::calls::Calls;
use super::fault::{Fault, Faults, Kind};
use super::units;
use crate::cloud::Behind;
use crate::running;

/// Told after every write to a table that somebody listens to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listeners(Arc<Vec<(String, Arc<tokio::sync::Notify>)>>);

impl Listeners {
    pub(crate) fn new(all: Vec<(String, Arc<tokio::sync::Notify>)>) -> Self {
        Self(Arc::new(all))
    }

    /// Who listens to a table that a body names.
    fn concerned(&self, body: &[u8]) -> Vec<Arc<tokio::sync::Notify>> {
        let named = self.0.iter().filter(|(table, _)| contains(body, table));
        named.map(|(_, listener)| Arc::clone(listener)).collect()
    }
}

/// What stands between the product and AWS.
#[derive(Clone, Debug)]
pub(crate) struct Between {
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
    pub(crate) listeners: Listeners,
    pub(crate) behind: Behind,
}

impl Between {
    /// A client that does what `inner` does, unless a fault comes in between.
    pub(crate) fn client(self, inner: SharedHttp) -> SharedHttp {
        Arc::new(Client { inner, between: self })
    }
}

#[derive(Debug)]
struct Client {
    inner: SharedHttp,
    between: Between,
}

impl Http for Client {
    fn call(&self, request: Request<Bytes>) -> Answering<'_> {
        Box::pin(self.answer(request))
    }
}

impl Client {
    async fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Lost> {
        let began = Instant::now();
        let asked = Asked::of(&request);
        let fault = self.between.faults.strike(&asked, request.body());
        let (result, units) = match &fault {
            None => self.pass(request, &asked).await,
            Some(fault) => self.fail(request, &asked, fault).await,
        };
        self.between.calls.note(asked, began, units);
        result
    }

    async fn pass(&self, request: Request<Bytes>, asked: &Asked) -> (Result<Response<Bytes>, Lost>, (f64, f64)) {
        let measured = self.between.calls.measuring() && asked.service == Service::DynamoDb;
        let writes = asked.writes();
        let concerned = if writes { self.between.listeners.concerned(request.body()) } else { Vec::new() };
        let result = match asked.service {
            Service::DynamoDb => {
                self.between.behind.around(request, &asked.operation, |asked| self.inner.call(asked)).await
            }
            Service::Ses | Service::SecretsManager => self.inner.call(request).await,
        };
        for listener in concerned {
            listener.notify_one();
        }
        let units = match &result {
            Ok(response) if measured => units::told(response.body(), writes),
            _ => (0.0, 0.0),
        };
        (result, units)
    }

    async fn fail(
        &self,
        request: Request<Bytes>,
        asked: &Asked,
        fault: &Fault,
    ) -> (Result<Response<Bytes>, Lost>, (f64, f64)) {
        match fault.kind {
            Kind::Hanging => std::future::pending().await,
            Kind::Slow => {
                tokio::time::sleep(Duration::from_millis(fault.delay_ms.unwrap_or(1_000))).await;
                self.pass(request, asked).await
            }
            Kind::LostAfterCommit => {
                let (_, units) = self.pass(request, asked).await;
                (Err("a fault: the answer was lost".into()), units)
            }
            Kind::Killed => {
                drop(self.pass(request, asked).await);
                running::end().await
            }
            Kind::Throttled | Kind::Failing | Kind::Conflict | Kind::Refused => {
                (refusal(asked, fault, request.body()), (0.0, 0.0))
            }
        }
    }
}

/// The service's answer when it does not do what it was asked.
fn refusal(asked: &Asked, fault: &Fault, body: &[u8]) -> Result<Response<Bytes>, Lost> {
    let (status, code) = match (fault.kind, asked.service) {
        (Kind::Throttled, Service::Ses) => (429, "TooManyRequestsException"),
        (Kind::Throttled, _) => (400, "ThrottlingException"),
        (Kind::Conflict, _) if asked.operation == "TransactWriteItems" => (400, "TransactionCanceledException"),
        (Kind::Conflict, _) => (400, "TransactionConflictException"),
        (Kind::Refused, _) => (400, fault.code.as_deref().unwrap_or("BadRequestException")),
        (_, Service::SecretsManager) => (500, "InternalServiceError"),
        (_, Service::DynamoDb) => (500, "InternalServerError"),
        (_, Service::Ses) => (500, "InternalFailure"),
    };
    let mut answer = json!({"__type": code, "message": "a fault of the local machine"});
    if code == "TransactionCanceledException" {
        let acts =
            serde_json::from_slice::<Value>(body).ok().and_then(|body| body["TransactItems"].as_array().map(Vec::len));
        let reason = |i| json!({"Code": if i == 0 { "TransactionConflict" } else { "None" }});
        answer["CancellationReasons"] = (0..acts.unwrap_or(1)).map(reason).collect();
    }
    let answered = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    Ok(answered.header("x-amzn-errortype", code).body(answer.to_string().into())?)
}
