//! The pool and what goes over its connections, against providers on raw sockets.

mod failures;
mod idle;
mod replies;
mod shared;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use hyper::{Method, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Failure, Reply, Upstream, web_roots};
use crate::config::Client;
use crate::server::Body;

/// A provider that does what its test says, connection by connection.
struct Provider {
    listener: TcpListener,
}

/// One connection to it.
struct Peer {
    stream: TcpStream,
    read: Vec<u8>,
}

const SOON: Duration = Duration::from_secs(5);
const MOMENT: Duration = Duration::from_millis(50);
const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine";

async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    let done = timeout(SOON, future).await;
    done.unwrap_or_else(|_| panic!("not in time: {what}"))
}

impl Provider {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        Self { listener }
    }

    fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("an address")
    }

    /// The next new connection.
    async fn connected(&self) -> Peer {
        let accepted = soon("a connection", self.listener.accept()).await;
        Peer {
            stream: accepted.expect("a connection").0,
            read: Vec::new(),
        }
    }

    /// Whether nobody connects.
    async fn is_left_alone(&self) -> bool {
        timeout(MOMENT, self.listener.accept()).await.is_err()
    }
}

impl Peer {
    /// Reads as far as this, and gives all that came since the last call.
    async fn reads_to(&mut self, end: &str) -> String {
        let found = |read: &[u8]| read.windows(end.len()).position(|at| at == end.as_bytes());
        while found(&self.read).is_none() {
            let count = soon(end, self.stream.read_buf(&mut self.read)).await;
            assert_ne!(count.expect("bytes"), 0, "closed before {end:?}");
        }
        let length = found(&self.read).map_or(0, |at| at + end.len());
        String::from_utf8(self.read.drain(..length).collect()).expect("text")
    }

    /// Reads a request without a body.
    async fn asked(&mut self) -> String {
        self.reads_to("\r\n\r\n").await
    }

    async fn says(&mut self, text: &str) {
        let said = self.stream.write_all(text.as_bytes()).await;
        said.expect("it is taken");
    }

    /// Waits until the gateway closes the connection.
    async fn sees_the_end(mut self) {
        let read = soon("the end", self.stream.read_to_end(&mut self.read)).await;
        assert!(read.is_err() || self.read.is_empty(), "more came");
    }
}

fn config() -> Client {
    Client {
        connect_timeout: SOON,
        first_byte_timeout: SOON,
        idle_timeout: SOON,
        pool_size: 8,
        pool_idle_timeout: SOON,
        list_timeout: SOON,
    }
}

fn upstream(change: impl FnOnce(&mut Client)) -> Upstream {
    let mut config = config();
    change(&mut config);
    Upstream::new(&config, web_roots().expect("roots"))
}

fn request(method: Method, address: SocketAddr, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::new(body.into());
    *request.method_mut() = method;
    *request.uri_mut() = format!("http://{address}/path?query")
        .parse()
        .expect("an address");
    request
}

fn get(address: SocketAddr) -> Request<Body> {
    request(Method::GET, address, Body::Empty)
}

/// Sends a request in the background.
fn sent(
    upstream: &Upstream,
    request: Request<Body>,
) -> impl Future<Output = Result<Response<Reply>, Failure>> + use<> {
    let upstream = upstream.clone();
    let task = tokio::spawn(async move { upstream.send(request).await });
    async { soon("a reply", task).await.expect("no panic") }
}

/// Sends a request and reads its reply in the background.
fn exchanged(
    upstream: &Upstream,
    request: Request<Body>,
) -> impl Future<Output = Result<Bytes, Failure>> + use<> {
    let upstream = upstream.clone();
    let reading = async move {
        let reply = upstream.send(request).await?;
        reply.into_body().whole(1 << 20).await
    };
    let task = tokio::spawn(reading);
    async { soon("a reply", task).await.expect("no panic") }
}
