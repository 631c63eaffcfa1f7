//! An HTTP/1.1 server on loopback. What it spawned ends with it.

use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// How long a client may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// A task that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Listens on a port of the loopback addresses, IPv6 too where the machine has it; 0 is any free one.
pub(crate) async fn loopback(port: u16) -> std::io::Result<Vec<TcpListener>> {
    let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let same = v4.local_addr()?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, same)).await {
        Ok(v6) => Ok(vec![v4, v6]),
        Err(error) if port != 0 && error.kind() == std::io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok(vec![v4]),
    }
}

/// Answers requests until the task is dropped.
pub(crate) fn serve<H, F>(listener: TcpListener, handler: H) -> Task
where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    Task::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        drop(stream.set_nodelay(true));
                        connections.spawn(connection(TokioIo::new(stream), peer, handler.clone()));
                    }
                    // Out of file descriptors, most likely: some will come back.
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be taken");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
    })
}

async fn connection<H, F>(io: TokioIo<tokio::net::TcpStream>, peer: SocketAddr, handler: H)
where
    H: Fn(Request<Incoming>, SocketAddr) -> F,
    F: Future<Output = Response<Body>>,
{
    let service = service_fn(|request| {
        let answer = handler(request, peer);
        async { Ok::<_, std::convert::Infallible>(answer.await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_headers(200);
    if let Err(error) = builder.serve_connection(io, service).await {
        tracing::debug!(%error, "a connection broke");
    }
}
