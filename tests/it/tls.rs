//! TLS: both versions of HTTP, certificates that change, and HTTP/2 in the clear.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gateway::server::Body;
use gateway::upstream::{Failure, Upstream as Upstreams, web_roots};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::gateway::config;
use crate::support::process::nobody;
use crate::support::upstream::{chunk, reply};
use crate::support::{Gateway, Upstream, soon};

/// A certificate in files of its own.
struct Files {
    folder: PathBuf,
    der: CertificateDer<'static>,
}

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("gateway-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let der = write_pair(&folder);
        Self { folder, der }
    }

    fn paths(&self) -> (PathBuf, PathBuf) {
        (self.folder.join("cert.pem"), self.folder.join("key.pem"))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn write_pair(folder: &Path) -> CertificateDer<'static> {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    certificate.der().clone()
}

fn trusting(trusted: &CertificateDer<'static>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn secure(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = trusting(trusted);
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await?;
    assert_eq!(
        stream.get_ref().1.alpn_protocol(),
        Some(protocol.as_bytes())
    );
    Ok(stream)
}

async fn http2<T>(io: T) -> SendRequest<Full<Bytes>>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(io))
        .await
        .unwrap();
    tokio::spawn(connection);
    sender
}

async fn get(sender: &mut SendRequest<Full<Bytes>>, path: &str) -> Response<Incoming> {
    let request = Request::get(format!("https://localhost{path}"));
    let request = request.body(Full::new(Bytes::new())).unwrap();
    soon(path, sender.send_request(request)).await.unwrap()
}

async fn text(response: Response<Incoming>) -> String {
    let body = soon("the body", response.into_body().collect())
        .await
        .unwrap();
    String::from_utf8(body.to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn both_versions_over_tls() {
    let files = Files::new("both");
    let upstream = Upstream::answering(reply("200 OK", "x-y: z\r\n", "relayed")).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.tls = Some(files.paths())
    })
    .await;

    let mut sender = http2(secure(gateway.address, &files.der, "h2").await.unwrap()).await;
    assert_eq!(
        text(get(&mut sender, "/health").await).await,
        r#"{"message":"OK"}"#
    );
    let response = get(&mut sender, "/proxy/open/x").await;
    assert_eq!(response.headers()["x-y"], "z");
    assert_eq!(text(response).await, "relayed");
    assert_eq!(get(&mut sender, "/nowhere").await.status(), 404);

    let mut stream = secure(gateway.address, &files.der, "http/1.1")
        .await
        .unwrap();
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    soon("the answer", stream.read_to_string(&mut answer))
        .await
        .unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(r#"{"message":"OK"}"#),
        "{answer}"
    );
}

#[tokio::test]
async fn a_slow_head_over_tls_is_answered_with_408() {
    let files = Files::new("slow");
    let gateway = Gateway::with(nobody().await, |config| {
        config.server.tls = Some(files.paths());
        config.server.read_timeout = Duration::from_millis(300);
    })
    .await;
    let mut stream = secure(gateway.address, &files.der, "http/1.1")
        .await
        .unwrap();
    stream.write_all(b"GET /hea").await.unwrap();
    let mut answer = Vec::new();
    let _ = soon("the answer", stream.read_to_end(&mut answer)).await;
    assert!(
        answer.starts_with(b"HTTP/1.1 408 "),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    // Who doesn't even shake hands is closed.
    let mut silent = TcpStream::connect(gateway.address).await.unwrap();
    let _ = soon("it is closed", silent.read_to_end(&mut answer)).await;
}

#[tokio::test]
async fn a_changed_certificate_is_taken_and_a_broken_one_is_not() {
    let files = Files::new("changed");
    let gateway = Gateway::with(nobody().await, |config| {
        config.server.tls = Some(files.paths())
    })
    .await;
    std::fs::write(files.folder.join("cert.pem"), "no certificate").unwrap();
    sleep(Duration::from_millis(1500)).await;
    secure(gateway.address, &files.der, "h2")
        .await
        .expect("the first is still in use");
    let second = write_pair(&files.folder);
    let taken = async {
        while secure(gateway.address, &second, "h2").await.is_err() {
            sleep(Duration::from_millis(50)).await;
        }
    };
    soon("the second is in use", taken).await;
    assert!(secure(gateway.address, &files.der, "h2").await.is_err());
}

#[tokio::test]
async fn http_2_in_the_clear() {
    let upstream = Upstream::answering(reply("200 OK", "", r#"{"text":"hi"}"#)).await;
    let gateway = Gateway::with(upstream.address, |config| config.server.max_body_size = 100).await;
    let mut sender = http2(TcpStream::connect(gateway.address).await.unwrap()).await;
    for (length, status) in [(0, 200), (1000, 413)] {
        let body = format!(r#"{{"model":"m","text":"{}"}}"#, "x".repeat(length));
        let request = Request::post("http://localhost/llms/open/generate");
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let response = soon("an answer", sender.send_request(request))
            .await
            .unwrap();
        assert_eq!(response.status(), status);
    }
    assert_eq!(
        get(&mut sender, "/health").await.status(),
        200,
        "the connection lives on"
    );
}

#[tokio::test]
async fn a_stream_reset_over_http_2_cancels_and_leaves_the_others() {
    let mut upstream = Upstream::start(|mut peer, asked| async move {
        if asked.line().contains("silent") {
            peer.tell_closed().await;
        } else {
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await;
            peer.send(&chunk("first")).await;
            peer.tell_closed().await;
        }
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut sender = http2(TcpStream::connect(gateway.address).await.unwrap()).await;

    let mut response = get(&mut sender, "/proxy/open/pieces").await;
    let first = soon("a piece", response.body_mut().frame())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(first.into_data().unwrap(), "first");
    upstream.asked().await;
    drop(response);
    assert_eq!(upstream.asked().await.head, "closed");

    let request = Request::get("http://localhost/proxy/open/silent");
    let request = request.body(Full::new(Bytes::new())).unwrap();
    let waiting = tokio::spawn(sender.send_request(request));
    upstream.asked().await;
    waiting.abort();
    assert_eq!(upstream.asked().await.head, "closed");
    assert_eq!(get(&mut sender, "/health").await.status(), 200);
}

#[tokio::test]
async fn an_idle_http_2_connection_is_said_goodbye() {
    let gateway = Gateway::with(nobody().await, |config| {
        config.server.idle_timeout = Duration::from_millis(300);
    })
    .await;
    let stream = TcpStream::connect(gateway.address).await.unwrap();
    let io = TokioIo::new(stream);
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let connection = tokio::spawn(connection);
    let request = Request::get("http://localhost/health")
        .body(Empty::<Bytes>::new())
        .unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    soon("it ends", connection)
        .await
        .unwrap()
        .expect("without an error");
}

#[tokio::test]
async fn an_http_2_peer_that_takes_nothing_of_its_answer_is_cut() {
    let mut upstream = Upstream::start(|mut peer, _| async move {
        peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        let piece = chunk(&"x".repeat(64 * 1024));
        while peer.stream.write_all(piece.as_bytes()).await.is_ok() {}
        peer.tell_closed().await;
    })
    .await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.write_timeout = Duration::from_millis(300);
    })
    .await;
    let mut slow = http2(TcpStream::connect(gateway.address).await.unwrap()).await;
    let mut reading = get(&mut slow, "/proxy/open/slow").await;
    upstream.asked().await;
    // Its connection answers pings all the while; only the stream's window stays shut.
    let mut still = http2(TcpStream::connect(gateway.address).await.unwrap()).await;
    let response = get(&mut still, "/proxy/open/still").await;
    upstream.asked().await;
    for _ in 0..20 {
        soon("a piece", reading.body_mut().frame())
            .await
            .unwrap()
            .unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(upstream.asked().await.head, "closed");
    soon("a piece", reading.body_mut().frame())
        .await
        .unwrap()
        .unwrap();
    assert!(upstream.was_left_alone(), "the slow one was cut, too");
    drop(response);
}

#[tokio::test]
async fn providers_are_called_over_http_2_where_they_offer_it() {
    let files = Files::new("upstream");
    // A gateway is a provider like any other.
    let gateway = Gateway::with(nobody().await, |config| {
        config.server.tls = Some(files.paths());
    })
    .await;
    let client = config(gateway.address).client;
    let health = || {
        let url = format!("https://localhost:{}/health", gateway.address.port());
        Request::get(url).body(Body::Empty).unwrap()
    };
    let upstream = Upstreams::new(&client, trusting(&files.der));
    let response = soon("a reply", upstream.send(health())).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    let body = response.into_body().whole(100).await.unwrap();
    assert_eq!(body, r#"{"message":"OK"}"#);

    let upstream = Upstreams::new(&client, web_roots().unwrap());
    let failure = soon("a refusal", upstream.send(health()))
        .await
        .unwrap_err();
    assert!(
        matches!(&failure, Failure::Unreachable(why) if why.contains("certificate")),
        "{failure}"
    );
}

#[tokio::test]
async fn a_session_outlasts_a_pause_between_requests() {
    let files = Files::new("pause");
    let gateway = Gateway::with(nobody().await, |config| {
        config.server.tls = Some(files.paths());
    })
    .await;
    let mut stream = secure(gateway.address, &files.der, "http/1.1")
        .await
        .unwrap();
    for _ in 0..2 {
        let request = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(br#"{"message":"OK"}"#) {
            answer.push(soon("a byte", stream.read_u8()).await.unwrap());
        }
        // Longer than a connection waits before it keeps only its session.
        sleep(Duration::from_millis(1300)).await;
    }
}
