//! How AWS is asked: HTTP/1.1 over TLS by ring, trusting Amazon's roots only. The SDK's own client speaks HTTP/2 and proxies too, which
//! nothing here needs and every function would carry (`infra/decisions/what-a-function-weighs.md`).

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{CaptureConnection, Connected, HttpConnector as Tcp, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::config::ConfigError;

/// How long a connection may take, before an attempt's own time is over.
const CONNECT: Duration = Duration::from_millis(500);

/// Amazon's roots, as `build.rs` picks them.
const ROOTS: [&[u8]; 5] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/root-0.der")),
    include_bytes!(concat!(env!("OUT_DIR"), "/root-1.der")),
    include_bytes!(concat!(env!("OUT_DIR"), "/root-2.der")),
    include_bytes!(concat!(env!("OUT_DIR"), "/root-3.der")),
    include_bytes!(concat!(env!("OUT_DIR"), "/root-4.der")),
];

/// The HTTP client all of the SDK's clients share, with one pool of connections.
///
/// # Errors
/// When ring can't do what TLS needs.
pub fn http_client() -> Result<SharedHttpClient, ConfigError> {
    let mut roots = RootCertStore::empty();
    for root in ROOTS {
        roots.add(CertificateDer::from_slice(root))?;
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    let connector =
        HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
    let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
    let shared = SharedHttpConnector::new(Transport(client));
    Ok(http_client_fn(move |_, _| shared.clone()))
}

/// What hyper does, as the SDK wants it done.
#[derive(Clone, Debug)]
struct Transport(Client<HttpsConnector<Tcp>, SdkBody>);

impl HttpConnector for Transport {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let taken = capture_connection(&mut request);
        if let Some(asked) = request.extensions().get::<CaptureSmithyConnection>() {
            asked.set_connection_retriever(move || connection(&taken));
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The connection that a request went by, for the SDK to end it after an answer that a try again follows.
fn connection(taken: &CaptureConnection) -> Option<ConnectionMetadata> {
    let same = taken.clone();
    let end = move || same.connection_metadata().as_ref().into_iter().for_each(Connected::poison);
    taken.connection_metadata().as_ref()?;
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(end).build())
}
