//! What the product calls in AWS, on loopback: the database, the mail service, the secrets.

mod behind;
mod data_file;
mod database;
#[cfg(test)]
mod database_tests;
mod expiry;
mod mail;
mod secrets;
mod tables;

use std::net::SocketAddr;
use std::path::Path;

use axum::body::{Body, Bytes};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};

pub(crate) use behind::Behind;
pub(crate) use data_file::DataFile;
use data_file::beside;
pub(crate) use data_file::private;
pub use database::DatabaseError;
pub(crate) use database::{Client as DatabaseClient, Database, position};
pub use mail::{Mail, Mailbox};
pub use secrets::CloudError;
use secrets::Secrets;

use crate::clock::MovableClock;
use crate::serve::{self, Task};
use crate::template::Secret;

/// More than SES takes.
const MOST_BYTES: usize = 40 * 1024 * 1024;

/// A service's refusal of a call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// HTTP status.
    pub(crate) status: u16,
    /// The service's name for it.
    pub(crate) code: &'static str,
    /// What it says.
    pub(crate) message: String,
}

/// The mail service and the secrets, answering on one port. They stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Cloud {
    /// Where they answer.
    pub address: SocketAddr,
    /// The mail that was caught.
    pub mailbox: Mailbox,
    _server: Task,
}

#[derive(Clone)]
struct Services {
    mailbox: Mailbox,
    secrets: Secrets,
    clock: MovableClock,
}

impl Cloud {
    /// Starts them; with a data file, the secrets and the mail are kept beside it.
    pub(crate) async fn start(
        secrets: &[Secret],
        data: Option<&Path>,
        clock: &MovableClock,
    ) -> Result<Self, CloudError> {
        let secrets = Secrets::open(secrets, data)?;
        let port = |source| CloudError::File { path: "127.0.0.1".into(), source };
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(port)?;
        let address = listener.local_addr().map_err(port)?;
        let mailbox = data.map(|path| beside(path, "mail"));
        let mailbox = Mailbox::open(mailbox.as_deref())
            .map_err(|source| CloudError::File { path: mailbox.unwrap_or_else(std::env::temp_dir), source })?;
        let services = Services { mailbox: mailbox.clone(), secrets, clock: clock.clone() };
        let server = serve::serve(listener, move |request, _| services.clone().handle(request));
        Ok(Self { address, mailbox, _server: server })
    }
}

impl Services {
    async fn handle(self, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MOST_BYTES).collect().await.map(http_body_util::Collected::to_bytes) else {
            return refused(&Refusal { status: 413, code: "RequestTooLarge", message: "too large".to_owned() });
        };
        match self.answer(&head, &body) {
            Ok(answer) => json_response(StatusCode::OK, &answer),
            Err(refusal) => refused(&refusal),
        }
    }

    fn answer(&self, head: &http::request::Parts, body: &Bytes) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
        if let Some(operation) = target.and_then(|target| target.strip_prefix("secretsmanager.")) {
            return self.secrets.answer(operation, body, now);
        }
        let call = (head.method.as_str(), head.uri.path());
        mail::answer(&self.mailbox, call, body, now).unwrap_or_else(|| {
            let message = format!("{} {} is not known here", call.0, call.1);
            Err(Refusal { status: 404, code: "UnknownOperationException", message })
        })
    }
}

fn refused(refusal: &Refusal) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json_response(status, &json!({"__type": refusal.code, "message": refusal.message}));
    response.headers_mut().insert("x-amzn-errortype", http::HeaderValue::from_static(refusal.code));
    response
}

fn json_response(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
