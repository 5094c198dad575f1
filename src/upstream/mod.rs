//! Sending: one pool of connections to all providers, with a bound on every wait.
//!
//! The only folder that knows which HTTP client is used. Dropping the future of `send`, or the reply's body, cancels
//! the request at once.

mod connect;
mod reply;

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use hyper::{Request, Response};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use crate::config::Client;
use crate::server::{Body, BodyError};

pub use connect::web_roots;
pub use reply::Reply;

use connect::{Connect, ConnectTimeout};

/// The way to all providers. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Upstream {
    pool: Pool<Connect, Body>,
    first_byte: Duration,
    idle: Duration,
}

/// Why there is no reply, or no more of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection could be made; the text is for the log.
    Unreachable(String),
    /// It took too long.
    Timeout(Wait),
    /// The connection broke, or what came isn't HTTP; the text is for the log.
    Closed(String),
    /// It is longer than this many bytes.
    TooLarge(usize),
    /// The caller's own body, which was being relayed, failed.
    Caller(BodyError),
}

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A connection.
    Connect,
    /// The head of the reply.
    FirstByte,
    /// More of the reply.
    More,
}

impl Upstream {
    /// A pool that trusts what `tls` says.
    pub fn new(config: &Client, tls: rustls::ClientConfig) -> Self {
        let pool = Pool::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(config.pool_idle_timeout)
            .pool_max_idle_per_host(config.pool_size)
            // Finds a dead connection before a request is put on it; many share one.
            .http2_keep_alive_interval(PING)
            .http2_adaptive_window(true)
            .build(Connect::new(tls, config.connect_timeout));
        Self {
            pool,
            first_byte: config.first_byte_timeout,
            idle: config.idle_timeout,
        }
    }

    /// Sends a request and waits for the head of its reply.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Reply>, Failure> {
        match timeout(self.first_byte, self.pool.request(request)).await {
            Ok(Ok(response)) => Ok(response.map(|body| Reply::new(body, self.idle))),
            Ok(Err(error)) => Err(blame(error)),
            Err(_) => Err(Failure::Timeout(Wait::FirstByte)),
        }
    }
}

const PING: Duration = Duration::from_secs(30);

fn blame(error: hyper_util::client::legacy::Error) -> Failure {
    if let Some(body) = cause::<BodyError>(&error) {
        return Failure::Caller(*body);
    }
    if cause::<ConnectTimeout>(&error).is_some() {
        return Failure::Timeout(Wait::Connect);
    }
    if error.is_connect() {
        // The system, or one of several addresses, has a bound of its own.
        return match cause::<io::Error>(&error).map(io::Error::kind) {
            Some(ErrorKind::TimedOut) => Failure::Timeout(Wait::Connect),
            _ => Failure::Unreachable(deepest(&error)),
        };
    }
    Failure::Closed(deepest(&error))
}

fn cause<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The last cause says what happened; those above it say that something did.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "no connection: {why}"),
            Self::Timeout(Wait::Connect) => f.write_str("no connection in time"),
            Self::Timeout(Wait::FirstByte) => f.write_str("no reply in time"),
            Self::Timeout(Wait::More) => f.write_str("the reply stopped coming"),
            Self::Closed(why) => write!(f, "the connection broke: {why}"),
            Self::TooLarge(limit) => write!(f, "the reply is larger than {limit} bytes"),
            Self::Caller(error) => error.fmt(f),
        }
    }
}

impl Error for Failure {}
