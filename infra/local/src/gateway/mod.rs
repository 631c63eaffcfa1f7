//! API Gateway: takes requests, finds the function whose route they fit, and speaks to it as Lambda does.

mod event;
#[cfg(test)]
mod event_tests;
mod reply;
mod routes;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Service};

use crate::clock::MovableClock;
use crate::functions::{Functions, Handler, Hosted, guarded};
use crate::machine::Machine;
use crate::template::Template;
use event::{Around, BadRequest};
use reply::own;
use routes::Routes;

/// The largest body API Gateway takes.
const MOST_BODY: usize = 10 * 1024 * 1024;

/// What is read beyond that and thrown away, so that the client hears the answer.
const MOST_DRAINED: usize = 100 * 1024 * 1024;

/// Request line and headers together, at the most.
const MOST_HEAD: usize = 10_240;

/// How long API Gateway waits for a function.
const PATIENCE: Duration = Duration::from_secs(30);

/// Methods that API Gateway knows.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The gateway.
#[derive(Clone)]
pub(crate) struct Gateway(Arc<Inner>);

struct Inner {
    routes: Routes,
    functions: Functions,
    machine: Machine,
    clock: MovableClock,
    port: u16,
    taken: AtomicU64,
}

impl Gateway {
    pub(crate) fn new(
        template: &Template,
        functions: &Functions,
        machine: Machine,
        clock: &MovableClock,
        port: u16,
    ) -> Self {
        let (routes, functions, clock) = (Routes::new(template), functions.clone(), clock.clone());
        Self(Arc::new(Inner { routes, functions, machine, clock, port, taken: AtomicU64::new(0) }))
    }

    /// Answers a request from the network.
    pub(crate) async fn answer(self, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let gateway = &self.0;
        let number = gateway.taken.fetch_add(1, Ordering::Relaxed);
        let request_id = format!("{:x}-{number:x}", gateway.clock.now().as_microsecond());
        let mut response = self.passed_on(request, peer, &request_id).await;
        if let Ok(id) = HeaderValue::try_from(request_id) {
            // A function says it by itself.
            response.headers_mut().entry("x-request-id").or_insert(id);
        }
        response
    }

    async fn passed_on(&self, request: Request<Incoming>, peer: SocketAddr, request_id: &str) -> Response<Body> {
        let (head, body) = request.into_parts();
        if head_size(&head) > MOST_HEAD {
            return own(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large");
        }
        let Ok(body) = read(body).await else { return own(StatusCode::BAD_REQUEST, "Bad Request") };
        let Some(body) = body else { return own(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large") };
        if head.uri.path().starts_with("/_local/") {
            return self.0.machine.answer(head, body.into()).await;
        }
        self.call((&head, &body), peer, request_id).await
    }

    async fn call(&self, (head, body): (&Parts, &[u8]), peer: SocketAddr, request_id: &str) -> Response<Body> {
        let gateway = &self.0;
        let bad = || own(StatusCode::BAD_REQUEST, "Bad Request");
        let Ok(path) = event::decoded_path(head.uri.path()) else { return bad() };
        let known = METHODS.contains(&head.method.as_str());
        let Some((route, path_parameters)) = gateway.routes.find(&path).filter(|_| known) else {
            return own(StatusCode::NOT_FOUND, "Not Found");
        };
        let now = gateway.clock.now();
        let around = Around {
            route_key: &route.key,
            path_parameters: &path_parameters,
            request_id,
            peer: peer.ip(),
            port: gateway.port,
            now,
        };
        let text = match event::text(head, &path, body, &around) {
            Ok(text) => text,
            Err(BadRequest) => return bad(),
        };
        let mut response = match gateway.functions.get(&route.function).as_deref() {
            Some(hosted @ Hosted { handler: Handler::Http(router), .. }) => {
                invoke(hosted, router.clone(), &text, request_id).await
            }
            _ => own(StatusCode::NOT_FOUND, "Not Found"),
        };
        if let Ok(id) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert("apigw-requestid", id);
        }
        response
    }
}

/// One call of a function: text in, text out, as over Lambda's runtime interface.
async fn invoke(hosted: &Hosted, router: Router, event: &str, request_id: &str) -> Response<Body> {
    let failed = || own(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    let payload = match serde_json::from_str::<LambdaRequest>(event) {
        Ok(payload) => payload,
        Err(error) => {
            tracing::warn!(%error, "a request that makes no event");
            return own(StatusCode::BAD_REQUEST, "Bad Request");
        }
    };
    let mut context = Context::default();
    request_id.clone_into(&mut context.request_id);
    // A router is always ready, and the adapter itself can't go to another thread.
    let answer = Adapter::from(router).call(LambdaEvent::new(payload, context));
    let call = async move { serde_json::to_string(&answer.await?).map_err(lambda_http::Error::from) };
    match tokio::time::timeout(PATIENCE, guarded(hosted, call)).await {
        Ok(Ok(text)) => reply::response(&text).unwrap_or_else(|| {
            tracing::error!(function = hosted.name, "an answer that is no response");
            failed()
        }),
        Ok(Err(_)) => failed(),
        Err(_) => own(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    }
}

/// A body; `None` if it is too large.
async fn read(mut body: Incoming) -> Result<Option<Vec<u8>>, hyper::Error> {
    let (mut bytes, mut size) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        size += data.len();
        if size <= MOST_BODY {
            bytes.extend_from_slice(&data);
        } else if size > MOST_DRAINED {
            return Ok(None);
        } else {
            bytes = Vec::new();
        }
    }
    Ok((size <= MOST_BODY).then_some(bytes))
}

fn head_size(head: &Parts) -> usize {
    let line = head.method.as_str().len() + head.uri.path().len() + head.uri.query().map_or(0, str::len);
    line + head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>()
}
