//! Reads a small JSON document from a URL, within bounds of size and time. Knows nothing of tokens.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::header::{ACCEPT, USER_AGENT};
use hyper::{HeaderMap, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;

/// A client for a handful of requests an hour.
pub struct Fetch {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl Fetch {
    /// A client that trusts the public certificate authorities.
    pub fn new() -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .expect("ring has the protocol versions that rustls asks for by default")
            .https_or_http()
            .enable_http1()
            .build();
        // Requests are minutes apart: a kept connection would mostly be found dead.
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        Self { client }
    }

    /// The document at this address, and the headers that came with it. Redirects are not followed: a
    /// document about keys comes from where the operator said, or not at all.
    pub async fn json<T: DeserializeOwned>(&self, uri: &Uri) -> Result<(T, HeaderMap), String> {
        match tokio::time::timeout(TIMEOUT, self.read(uri)).await {
            Ok(Ok((bytes, headers))) => match serde_json::from_slice(&bytes) {
                Ok(value) => Ok((value, headers)),
                Err(fault) => Err(format!("{uri} is not the expected document: {fault}")),
            },
            Ok(Err(fault)) => Err(format!("{uri}: {fault}")),
            Err(_) => Err(format!("{uri}: no answer within {TIMEOUT:?}")),
        }
    }

    async fn read(&self, uri: &Uri) -> Result<(Bytes, HeaderMap), String> {
        let request = Request::get(uri.clone())
            .header(ACCEPT, "application/json")
            .header(
                USER_AGENT,
                concat!("inference-gateway/", env!("CARGO_PKG_VERSION")),
            )
            .body(Empty::new())
            .map_err(|fault| fault.to_string())?;
        let reply = self
            .client
            .request(request)
            .await
            .map_err(|fault| causes(&fault))?;
        let (head, body) = reply.into_parts();
        if head.status != hyper::StatusCode::OK {
            return Err(format!("answered {}, expected 200", head.status));
        }
        let body = Limited::new(body, LIMIT)
            .collect()
            .await
            .map_err(|fault| causes(&*fault))?;
        Ok((body.to_bytes(), head.headers))
    }
}

/// The error with what caused it: hyper's own words stop at "client error (Connect)".
fn causes(fault: &(dyn Error + 'static)) -> String {
    let mut text = fault.to_string();
    let mut inner = fault.source();
    while let Some(cause) = inner {
        text = format!("{text}: {cause}");
        inner = cause.source();
    }
    text
}

const TIMEOUT: Duration = Duration::from_secs(10);
const LIMIT: usize = 1024 * 1024;
