//! The HTTP client of the product's AWS clients, with the faults in between.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
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

    /// Who listens to a table that a body names. One that can't be looked into may name any.
    fn concerned(&self, body: Option<&[u8]>) -> Vec<Arc<tokio::sync::Notify>> {
        let named = self.0.iter().filter(|(table, _)| body.is_none_or(|body| contains(body, table)));
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
    pub(crate) fn client(self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Client { inner, between: Arc::new(self) })
    }
}

#[derive(Debug)]
struct Client {
    inner: SharedHttpClient,
    between: Arc<Between>,
}

impl HttpClient for Client {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, between: Arc::clone(&self.between) })
    }
}

#[derive(Clone, Debug)]
struct Connector {
    inner: SharedHttpConnector,
    between: Arc<Between>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.answer(request).await })
    }
}

impl Connector {
    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let began = Instant::now();
        let asked = Asked::of(&request);
        let fault = self.between.faults.strike(&asked, request.body().bytes());
        let (result, units) = match &fault {
            None => self.pass(request, &asked).await,
            Some(fault) => self.fail(request, &asked, fault).await,
        };
        self.between.calls.note(asked, began, units);
        result
    }

    async fn pass(&self, request: HttpRequest, asked: &Asked) -> (Result<HttpResponse, ConnectorError>, (f64, f64)) {
        let measured = self.between.calls.measuring() && asked.service == Service::DynamoDb;
        let writes = asked.writes();
        let concerned = if writes { self.between.listeners.concerned(request.body().bytes()) } else { Vec::new() };
        let mut result = match asked.service {
            Service::DynamoDb => {
                self.between.behind.around(request, &asked.operation, |asked| self.inner.call(asked)).await
            }
            Service::Ses | Service::SecretsManager => self.inner.call(request).await,
        };
        for listener in concerned {
            listener.notify_one();
        }
        let units = match &mut result {
            Ok(response) if measured => units::told(response, writes).await,
            _ => (0.0, 0.0),
        };
        (result, units)
    }

    async fn fail(
        &self,
        request: HttpRequest,
        asked: &Asked,
        fault: &Fault,
    ) -> (Result<HttpResponse, ConnectorError>, (f64, f64)) {
        match fault.kind {
            Kind::Hanging => std::future::pending().await,
            Kind::Slow => {
                tokio::time::sleep(Duration::from_millis(fault.delay_ms.unwrap_or(1_000))).await;
                self.pass(request, asked).await
            }
            Kind::LostAfterCommit => {
                let (_, units) = self.pass(request, asked).await;
                (Err(ConnectorError::io("a fault: the answer was lost".into())), units)
            }
            Kind::Killed => {
                drop(self.pass(request, asked).await);
                running::end().await
            }
            Kind::Throttled | Kind::Failing | Kind::Conflict | Kind::Refused => {
                (refusal(asked, fault, request.body().bytes().unwrap_or_default()), (0.0, 0.0))
            }
        }
    }
}

/// The service's answer when it does not do what it was asked.
fn refusal(asked: &Asked, fault: &Fault, body: &[u8]) -> Result<HttpResponse, ConnectorError> {
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
    let status = status.try_into().map_err(|error| ConnectorError::other(Box::new(error), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response.headers_mut().insert("x-amzn-errortype", code.to_owned());
    Ok(response)
}
