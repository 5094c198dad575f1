//! Connecting: TCP and TLS within one bound.

use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::{Authority, Scheme};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::crypto::ring;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_service::Service;

use super::failure::{Failure, Wait};

/// Makes connections.
#[derive(Debug, Clone)]
pub(super) struct Connect {
    inner: HttpsConnector<HttpConnector>,
    bound: Duration,
}

/// Bytes to and from a provider.
pub(super) type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

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

    /// A connection, with TLS if the scheme says so.
    pub(super) async fn to(
        &self,
        scheme: &Scheme,
        authority: &Authority,
    ) -> Result<Stream, Failure> {
        let uri = Uri::builder()
            .scheme(scheme.clone())
            .authority(authority.clone())
            .path_and_query("/")
            .build()
            .map_err(|error| Failure::to_connect(&error))?;
        match timeout(self.bound, self.inner.clone().call(uri)).await {
            Ok(stream) => stream.map_err(|error| Failure::to_connect(&*error)),
            Err(_) => Err(Failure::Timeout(Wait::Connect)),
        }
    }
}

/// Whether the provider has chosen HTTP/2.
pub(super) fn speaks_http2(stream: &Stream) -> bool {
    stream.connected().is_negotiated_h2()
}

/// Trust in the certificate authorities that browsers trust.
pub fn web_roots() -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS: {error}"))?;
    Ok(builder.with_webpki_roots().with_no_client_auth())
}
