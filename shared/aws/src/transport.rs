//! How AWS is asked: HTTP/1.1 over TLS by ring, trusting Amazon's roots only.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, HttpConnector as Tcp, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

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

/// There was no answer: it may be done or not.
pub type Lost = Box<dyn std::error::Error + Send + Sync>;

/// An answer that is on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Lost>> + Send + 'a>>;

/// Whoever takes a request and brings the whole answer.
pub trait Http: Debug + Send + Sync {
    /// The answer, whatever its status.
    fn call(&self, request: Request<Bytes>) -> Answering<'_>;
}

/// The HTTP client of a process, shared by all who call.
pub type SharedHttp = Arc<dyn Http>;

/// The HTTP client that all share, with one pool of connections.
///
/// # Errors
/// When ring can't do what TLS needs.
pub fn http_client() -> Result<SharedHttp, rustls::Error> {
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
    Ok(Arc::new(Hyper(Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector))))
}

#[derive(Debug)]
struct Hyper(Client<HttpsConnector<Tcp>, Full<Bytes>>);

impl Http for Hyper {
    fn call(&self, request: Request<Bytes>) -> Answering<'_> {
        let mut request = request.map(Full::new);
        let by = capture_connection(&mut request);
        let answer = self.0.request(request);
        Box::pin(async move {
            let (head, body) = answer.await?.into_parts();
            if matches!(head.status.as_u16(), 500 | 502..=504) {
                // A try again goes by another connection, to another of theirs.
                by.connection_metadata().as_ref().into_iter().for_each(Connected::poison);
            }
            Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        })
    }
}
