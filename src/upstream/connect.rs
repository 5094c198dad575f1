//! Connecting: TCP and TLS within one bound.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Uri;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::crypto::ring;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use crate::server::BoxError;

/// Makes connections.
#[derive(Debug, Clone)]
pub(super) struct Connect {
    inner: HttpsConnector<HttpConnector>,
    bound: Duration,
}

/// There was no connection in time.
#[derive(Debug)]
pub(super) struct ConnectTimeout;

const KEEP_ALIVE: Duration = Duration::from_secs(60);

impl Connect {
    pub(super) fn new(tls: ClientConfig, bound: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Split among a host's addresses, so that a dead one leaves time for the next.
        tcp.set_connect_timeout(Some(bound));
        tcp.set_keepalive(Some(KEEP_ALIVE));
        let inner = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(tcp);
        Self { inner, bound }
    }
}

impl Service<Uri> for Connect {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connected = timeout(self.bound, self.inner.call(uri));
        Box::pin(async { connected.await.map_err(|_| ConnectTimeout)? })
    }
}

/// Trust in the certificate authorities that browsers trust.
pub fn web_roots() -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS: {error}"))?;
    Ok(builder.with_webpki_roots().with_no_client_auth())
}

impl fmt::Display for ConnectTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no connection in time")
    }
}

impl Error for ConnectTimeout {}
