//! One connection: TLS, which HTTP it speaks, its requests, and when it ends.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http2;
use hyper::service::{HttpService, service_fn};
use hyper::{Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tracing::debug;

use super::activity::Activity;
use super::body::{Received, Tracked};
use super::io::{Guarded, Progress};
use super::lasting::drive;
use super::shutdown::Drain;
use super::{Handler, Limits, http1, tls};

/// Serves a connection until it is closed, idle for too long, or drained.
pub(super) async fn serve<H: Handler>(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    handler: H,
    limits: Limits,
    drain: Drain,
) {
    // A stream's events are small, and each must leave when it is written.
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "no TCP_NODELAY");
    }
    let stream = Progress::new(stream, limits.write);
    let connection = Connection {
        handler,
        limits,
        drain,
    };
    let served = match tls {
        Some(acceptor) => Box::pin(connection.secure(stream, acceptor)).await,
        None => connection.plain(stream).await,
    };
    if let Err(error) = served {
        debug!(error = &*error, "a connection failed");
    }
}

pub(super) type Served = Result<(), super::BoxError>;

pub(super) struct Connection<H> {
    pub(super) handler: H,
    pub(super) limits: Limits,
    pub(super) drain: Drain,
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const STREAMS: u32 = 250;
const HEAD_SIZE: u32 = 64 * 1024;

impl<H: Handler> Connection<H> {
    async fn secure(self, stream: Progress<TcpStream>, acceptor: TlsAcceptor) -> Served {
        let stream = tokio::select! {
            stream = timeout(self.limits.read, acceptor.accept(stream)) => stream??,
            () = self.drain.begun() => return Ok(()),
        };
        let http2 = tls::chose_http2(&stream);
        self.speak(http2, stream, Bytes::new()).await
    }

    async fn plain(self, mut stream: Progress<TcpStream>) -> Served {
        let first = tokio::select! {
            first = Box::pin(opening(&mut stream, self.limits)) => first?,
            () = self.drain.begun() => return Ok(()),
        };
        let http2 = first.starts_with(PREFACE);
        self.speak(http2, stream, first).await
    }

    /// Each in a box of its own size: one that is idle mustn't cost what another, or its beginning, needs.
    fn speak<T>(
        self,
        http2: bool,
        stream: T,
        first: Bytes,
    ) -> Pin<Box<dyn Future<Output = Served> + Send>>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match http2 {
            true => Box::pin(self.http2(stream, first)),
            false => Box::pin(http1::serve(self, stream, first)),
        }
    }

    async fn http2<T>(self, stream: T, first: Bytes) -> Served
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::new(self.limits, false));
        let io = TokioIo::new(Guarded::new(stream, first, activity.clone()));
        let service = requests(self.handler, self.limits, activity.clone());
        // Pings find a peer that is gone without a word, which a stream that waits for its provider wouldn't notice.
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(self.limits.write)
            .keep_alive_timeout(self.limits.write)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(HEAD_SIZE)
            .serve_connection(io, service);
        drive(pin!(connection), &activity, &self.drain).await
    }
}

/// Reads as much as tells what is spoken.
async fn opening(stream: &mut Progress<TcpStream>, limits: Limits) -> io::Result<Bytes> {
    let mut first = [0; 1024];
    let mut length = 0;
    let mut due = Instant::now() + limits.idle;
    loop {
        let told = length.min(PREFACE.len());
        if !PREFACE.starts_with(&first[..told]) || told == PREFACE.len() {
            break;
        }
        let read = timeout_at(due, stream.read(&mut first[length..])).await??;
        if read == 0 {
            break;
        }
        if length == 0 {
            due = Instant::now() + limits.read;
        }
        length += read;
    }
    Ok(Bytes::copy_from_slice(&first[..length]))
}

/// In a box: the connection keeps room for one also while there is no request.
pub(super) type Answering =
    Pin<Box<dyn Future<Output = Result<Response<Tracked>, Infallible>> + Send>>;

/// Takes each request to the handler, with its bounds.
pub(super) fn requests<H: Handler>(
    handler: H,
    limits: Limits,
    activity: Arc<Activity>,
) -> impl HttpService<Incoming, ResBody = Tracked, Error = Infallible, Future = Answering> {
    service_fn(move |request: Request<Incoming>| {
        let (running, due) = activity.begin();
        let version = request.version();
        let request = request.map(|body| Received::new(body, limits.body, due, activity.clone()));
        let answer = handler.clone().answer(request);
        let answering: Answering = Box::pin(answer.map(move |mut response| {
            if version <= Version::HTTP_11 && running.activity().has_unread() {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
            Ok(response.map(|body| Tracked::new(body, running)))
        }));
        answering
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::server::{Body, Trigger};
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    #[derive(Clone)]
    struct Nothing;

    impl Handler for Nothing {
        async fn answer(self, _: Request<Received>) -> Response<Body> {
            Response::default()
        }
    }

    #[tokio::test]
    async fn small_pieces_leave_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut client = TcpStream::connect(address).await.expect("a connection");
        let accepted = listener.accept().await.expect("a connection").0;
        let accepted = accepted.into_std().expect("a socket");
        // The same socket, whose options can still be seen when it is being served.
        let seen = accepted.try_clone().expect("a second handle");
        assert!(!seen.nodelay().expect("an option"));
        let bound = Duration::from_secs(10);
        let limits = Limits {
            read: bound,
            write: bound,
            idle: bound,
            rest: bound,
            grace: bound,
            body: 0,
        };
        let (_trigger, drain) = Trigger::new();
        let stream = TcpStream::from_std(accepted).expect("a socket");
        let served = tokio::spawn(serve(stream, None, Nothing, limits, drain));
        let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        client.write_all(request).await.expect("it is taken");
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(seen.nodelay().expect("an option"));
        served.await.expect("no panic");
    }
}
