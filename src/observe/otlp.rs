//! Carries export requests to the collector, and says in the log when that stops or starts to work.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

/// The exporter's HTTP client.
#[derive(Clone)]
pub struct Sender {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// Exports are asked for by a thread that isn't the runtime's; they happen in the runtime all the same.
    runtime: Handle,
    failing: Arc<AtomicBool>,
}

impl Sender {
    /// One that sends from the current runtime.
    pub fn new() -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .expect("ring has the protocol versions that rustls asks for by default")
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Self {
            client,
            runtime: Handle::current(),
            failing: Arc::default(),
        }
    }

    async fn send(self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let result = match tokio::time::timeout(TIMEOUT, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(format!("no answer within {TIMEOUT:?}").into()),
        };
        self.note(&result);
        result
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = self
            .client
            .request(request.map(Full::new))
            .await?
            .into_parts();
        let body = Limited::new(body, LIMIT).collect().await?.to_bytes();
        Ok(Response::from_parts(head, body))
    }

    /// Once for each change: a collector that is down for a night is two lines.
    fn note(&self, result: &Result<Response<Bytes>, HttpError>) {
        let fault = match result {
            Ok(reply) if reply.status().is_success() => None,
            Ok(reply) => Some(format!("it answered {}", reply.status())),
            Err(fault) => Some(fault.to_string()),
        };
        let was_failing = self.failing.swap(fault.is_some(), Ordering::Relaxed);
        match fault {
            Some(fault) if !was_failing => {
                tracing::warn!(fault, "the collector doesn't take traces")
            }
            None if was_failing => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

impl HttpClient for Sender {
    // As the trait's macro writes it.
    fn send_bytes<'a, 'b>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        let sent = self.runtime.spawn(self.clone().send(request));
        Box::pin(async { sent.await? })
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

/// Below the exporter's own time, so that this one says what happened.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Batches are seconds apart while there is traffic.
const IDLE: Duration = Duration::from_secs(30);
const LIMIT: usize = 1024 * 1024;
