//! HTTP/2: one connection carries all of an origin's requests, and has a task of its own.

use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use super::connect::Stream;
use super::failure::{Failure, Wait};
use super::outbound::Outbound;
use crate::server::Body;

/// The way onto a connection. Clones share it; it ends when none is left and nothing is under way.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    sender: SendRequest<Body>,
    /// Tells it from the one that takes its place.
    pub(super) id: u64,
}

/// Why a request that was put on a connection has no reply.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The connection was at its end before the request was on it.
    Unsent(Box<Outbound<Body>>, Failure),
    /// It may have been carried out.
    Failed(Failure),
}

/// Finds a dead connection before a request is put on it; many share one.
const PING: Duration = Duration::from_secs(30);

impl Shared {
    /// Speaks HTTP/2 on a stream.
    pub(super) async fn open(stream: Stream, id: u64) -> hyper::Result<Self> {
        let (sender, driver) = Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(PING)
            .adaptive_window(true)
            .handshake(stream)
            .await?;
        tokio::spawn(async move {
            if let Err(error) = driver.await {
                debug!(%error, "a connection failed");
            }
        });
        Ok(Self { sender, id })
    }

    /// Sends a request and waits for the head of its reply.
    pub(super) async fn exchange(
        &mut self,
        request: Outbound<Body>,
        due: Instant,
    ) -> Result<Response<Incoming>, Unanswered> {
        match timeout_at(due, self.sender.try_send_request(request.into())).await {
            Ok(answer) => answer.map_err(Unanswered::from),
            Err(_) => Err(Unanswered::Failed(Failure::Timeout(Wait::FirstByte))),
        }
    }

    /// Whether it takes no more requests.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

impl From<TrySendError<Request<Body>>> for Unanswered {
    fn from(mut error: TrySendError<Request<Body>>) -> Self {
        let request = error.take_message();
        let failure = Failure::on_the_way(error.error());
        match request {
            Some(request) => Self::Unsent(Box::new(request.into()), failure),
            None => Self::Failed(failure),
        }
    }
}
