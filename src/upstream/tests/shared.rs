//! Providers behind TLS, which choose the protocol.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use super::*;

/// A provider behind TLS.
struct Secure {
    upstream: Upstream,
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    /// Ends the connections there are, gracefully.
    leave: Arc<Notify>,
}

impl Secure {
    /// Speaks this protocol, or hangs up if there is none.
    async fn new(protocol: Option<&'static str>) -> Self {
        let (server, client) = trust(protocol);
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let provider = Provider::new().await;
        let address = provider.address();
        let connections = Arc::new(AtomicUsize::new(0));
        let leave = Arc::new(Notify::new());
        let (counted, left) = (connections.clone(), leave.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = provider.listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (acceptor, left) = (acceptor.clone(), left.clone());
                tokio::spawn(async move {
                    sleep(MOMENT).await;
                    let Some(protocol) = protocol else { return };
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, protocol, &left).await;
                    }
                });
            }
        });
        Self {
            upstream: Upstream::new(&config(), client),
            address,
            connections,
            leave,
        }
    }

    fn request(&self) -> Request<Body> {
        let mut request = get(self.address);
        let uri = format!("https://{}/path?query", self.address);
        *request.uri_mut() = uri.parse().expect("an address");
        request
    }

    async fn ask_often(&self) -> Vec<Result<Bytes, Failure>> {
        let all: Vec<_> = (0..5)
            .map(|_| exchanged(&self.upstream, self.request()))
            .collect();
        let mut replies = Vec::new();
        for reply in all {
            replies.push(reply.await);
        }
        replies
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn trust(protocol: Option<&str>) -> (ServerConfig, ClientConfig) {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate");
    let der = certificate.der().clone();
    let mut roots = RootCertStore::empty();
    roots.add(der.clone()).expect("a root");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let mut server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![der], key)
        .expect("a certificate");
    server.alpn_protocols = protocol.map(|name| name.into()).into_iter().collect();
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    (server, client)
}

async fn serve(stream: tokio_rustls::server::TlsStream<TcpStream>, protocol: &str, leave: &Notify) {
    let service = service_fn(async |request: Request<Incoming>| {
        sleep(MOMENT).await;
        let said = format!("{} {:?}", request.uri(), request.version());
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(said))))
    });
    let stream = TokioIo::new(stream);
    if protocol == "h2" {
        let served = http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service);
        let mut served = std::pin::pin!(served);
        tokio::select! {
            _ = served.as_mut() => return,
            () = leave.notified() => served.as_mut().graceful_shutdown(),
        }
        let _ = served.await;
    } else {
        let _ = http1::Builder::new()
            .serve_connection(stream, service)
            .await;
    }
}

#[tokio::test]
async fn one_connection_carries_all_requests_of_http2() {
    let secure = Secure::new(Some("h2")).await;
    let expected = format!("https://{}/path?query HTTP/2.0", secure.address);
    for connections in 1..=2 {
        for _ in 0..2 {
            for reply in secure.ask_often().await {
                assert_eq!(reply.expect("a reply"), expected);
            }
            assert_eq!(secure.connections(), connections);
        }
        // One that goes away is replaced.
        secure.leave.notify_waiters();
        sleep(MOMENT).await;
    }
}

#[tokio::test]
async fn each_request_of_http1_has_a_connection_of_its_own() {
    let secure = Secure::new(Some("http/1.1")).await;
    for _ in 0..2 {
        for reply in secure.ask_often().await {
            assert_eq!(reply.expect("a reply"), "/path?query HTTP/1.1");
        }
        assert!((1..=5).contains(&secure.connections()));
    }
}

#[tokio::test]
async fn those_who_wait_for_a_handshake_share_its_failure() {
    let secure = Secure::new(None).await;
    for handshakes in 1..=2 {
        for reply in secure.ask_often().await {
            let failure = reply.expect_err("no reply");
            assert!(matches!(failure, Failure::Unreachable(_)), "{failure}");
        }
        assert_eq!(secure.connections(), handshakes);
    }
}
