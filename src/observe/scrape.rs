//! `GET /metrics` on a port of its own, so that scrapes need no token and metrics aren't open to callers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::metrics::Metrics;

/// The port that is scraped; it closes with this value.
pub struct Scrape {
    /// Where it really is, if the system chose the port.
    pub address: SocketAddr,
    task: AbortHandle,
}

impl Scrape {
    /// Listens there.
    pub async fn start(address: SocketAddr, metrics: Arc<Metrics>) -> Result<Self, String> {
        let fault = |fault: std::io::Error| format!("metrics can't listen on {address}: {fault}");
        let listener = TcpListener::bind(address).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        let task = tokio::spawn(accept(listener, metrics)).abort_handle();
        Ok(Self { address, task })
    }
}

impl Drop for Scrape {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, metrics: Arc<Metrics>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: without a pause this would spin.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let metrics = metrics.clone();
        let service = service_fn(move |request| {
            let reply = answer(&request, &metrics);
            async { Ok::<_, Infallible>(reply) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SILENCE)
            .serve_connection(TokioIo::new(socket), service);
        tokio::spawn(connection);
    }
}

fn answer(request: &Request<Incoming>, metrics: &Metrics) -> Response<Full<Bytes>> {
    let mut reply = Response::new(Full::default());
    if request.uri().path() != "/metrics" {
        *reply.status_mut() = StatusCode::NOT_FOUND;
    } else if !matches!(*request.method(), Method::GET | Method::HEAD) {
        *reply.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        reply
            .headers_mut()
            .insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
    } else if let Ok(page) = metrics.encode() {
        let kind = hyper::header::HeaderValue::from_static(OPEN_METRICS);
        reply.headers_mut().insert(CONTENT_TYPE, kind);
        *reply.body_mut() = Full::from(page);
    } else {
        *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    reply
}

/// Longer than a scraper waits between two scrapes on one connection.
const SILENCE: Duration = Duration::from_secs(120);
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
