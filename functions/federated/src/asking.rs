//! How providers are asked: over TLS by ring, at addresses on the internet only, without following anybody, for a few seconds and a
//! bounded answer. What is asked for was named by an administrator or by the provider itself, so each address is looked at again
//! when the connection is made.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::provider::{may_ask, may_connect};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rustls::{ClientConfig, RootCertStore};
use tower::Service;
use url::Url;

/// Most bytes of an answer.
const MOST: usize = 128 * 1_024;

/// How long one answer may take, and the connection before it.
const PATIENCE: Duration = Duration::from_secs(4);
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(2);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// The address is not one to ask at.
    #[error("providers are not asked at this address")]
    Address,
    /// It can't be reached, or broke off.
    #[error("no connection")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It took too long.
    #[error("no answer in time")]
    Late,
    /// It says that it can't.
    #[error("the answer is {0}")]
    Status(http::StatusCode),
}

type Inner = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// Asks providers.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    inner: Inner,
    loopback: bool,
}

impl Asking {
    /// On a machine of one's own a provider may be on that machine.
    pub(crate) fn new(loopback: bool) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut connector = HttpConnector::new_with_resolver(Resolver { loopback });
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(PATIENCE_TO_CONNECT));
        let secure = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
        let connector = secure.wrap_connector(connector);
        // A function sleeps between requests, and what it had connected to does not wait.
        let inner = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { inner, loopback })
    }

    async fn answer(self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| NoAnswer::Address)?;
        if !may_ask(&url, self.loopback) {
            return Err(NoAnswer::Address);
        }
        tokio::time::timeout(PATIENCE, self.whole(request)).await.map_err(|_| NoAnswer::Late)?
    }

    async fn whole(self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let answer = self.inner.request(request).await.map_err(|error| NoAnswer::Connection(error.into()))?;
        if answer.status().is_server_error() {
            return Err(NoAnswer::Status(answer.status()));
        }
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MOST).collect().await.map_err(NoAnswer::Connection)?;
        Ok(HttpResponse::from_parts(head, body.to_bytes().to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

/// Looks hosts up, and forgets those of their addresses that are not on the internet: a name may lead anywhere.
#[derive(Clone, Copy, Debug)]
struct Resolver {
    loopback: bool,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let loopback = self.loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may: Vec<SocketAddr> = found.filter(|address| may_connect(address.ip(), loopback)).collect();
            if may.is_empty() {
                return Err(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
            }
            Ok(may.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FE-1: a name that leads to this machine, or into a private network, is not connected to.
    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_connected_to() {
        let look_up = async |loopback: bool| {
            let name: Name = "localhost".parse().unwrap();
            Resolver { loopback }.call(name).await
        };
        assert_eq!(look_up(false).await.unwrap_err().kind(), std::io::ErrorKind::PermissionDenied);
        assert!(look_up(true).await.unwrap().all(|address| address.ip().is_loopback()));
    }

    /// FE-1
    #[tokio::test]
    async fn an_address_inside_is_not_asked() {
        let asking = Asking::new(false).unwrap();
        for inside in ["http://127.0.0.1:1/", "https://169.254.169.254/latest", "https://[::1]/", "http://a.example/"] {
            let request = http::Request::get(inside).body(Vec::new()).unwrap();
            assert!(matches!(asking.call(request).await, Err(NoAnswer::Address)), "{inside}");
        }
    }
}
