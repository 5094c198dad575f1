//! HTTP/1.1: a connection that is driven by the request that is on it, in that request's own task.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper::{Request, Response};
use tokio::time::Instant;

use super::alarm::Alarm;
use super::connect::Stream;
use super::failure::{Failure, Wait};
use super::signal::Signal;
use crate::server::Body;

/// A connection with nothing, or one request, on it. Dropping it closes it, which is how a request is cancelled.
#[derive(Debug)]
pub(super) struct Link {
    sender: SendRequest<Body>,
    /// Until it has ended.
    driver: Option<Connection<Stream, Body>>,
    broken: Option<hyper::Error>,
    signal: Arc<Signal>,
    waker: Waker,
    alarm: Alarm,
}

/// Why a request that was put on a connection has no reply.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The connection was at its end before the request's first byte was written.
    Unsent(Box<Request<Body>>, Failure),
    /// It may have been carried out.
    Failed(Failure),
}

/// Heads that are longer than this are no replies. It also bounds what a connection keeps for the next.
const LARGEST_HEAD: usize = 64 * 1024;

impl Link {
    /// Speaks HTTP/1.1 on a stream. No bound on a wait may be shorter than `period`.
    pub(super) async fn open(stream: Stream, period: Duration) -> hyper::Result<Box<Self>> {
        let (sender, driver) = Builder::new()
            .max_buf_size(LARGEST_HEAD)
            .handshake(stream)
            .await?;
        let signal = Signal::new();
        Ok(Box::new(Self {
            sender,
            driver: Some(driver),
            broken: None,
            waker: signal.clone().into(),
            signal,
            alarm: Alarm::new(period),
        }))
    }

    /// Sends a request and waits for the head of its reply.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Body>,
        due: Instant,
    ) -> Result<Response<Incoming>, Unanswered> {
        let mut answer = pin!(self.sender.try_send_request(request));
        self.signal.set();
        let answer = poll_fn(|cx| {
            let answer = self.poll(cx, |cx| answer.as_mut().poll(cx));
            if answer.is_ready() {
                return answer.map(Some);
            }
            self.poll_overdue(due).map(|()| None)
        });
        match answer.await {
            Some(answer) => answer.map_err(Unanswered::from),
            None => Err(Unanswered::Failed(Failure::Timeout(Wait::FirstByte))),
        }
    }

    /// Lets the connection work if there is something to do, then looks what came of it.
    ///
    /// Whoever waits for what only this connection can bring may do so with the waker that it is given.
    pub(super) fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        look: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        if self.signal.take() {
            self.advance();
            let seen = look(&mut Context::from_waker(&self.waker));
            if seen.is_ready() {
                // What was taken has made room.
                self.signal.set();
                return seen;
            }
        }
        self.signal.forward_to(cx.waker());
        Poll::Pending
    }

    /// Ready when it is too late.
    pub(super) fn poll_overdue(&mut self, due: Instant) -> Poll<()> {
        self.alarm.poll(&mut Context::from_waker(&self.waker), due)
    }

    /// Lets the connection work.
    pub(super) fn advance(&mut self) {
        let Some(driver) = &mut self.driver else {
            return;
        };
        let mut cx = Context::from_waker(&self.waker);
        if let Poll::Ready(end) = Pin::new(driver).poll(&mut cx) {
            self.broken = end.err();
            self.driver = None;
        }
    }

    /// Whether all of a request was sent and all of its reply has come, so that it can carry the next.
    pub(super) fn is_idle(&self) -> bool {
        self.driver.is_some() && self.sender.is_ready()
    }

    /// Whether nothing more can come.
    pub(super) fn has_ended(&self) -> bool {
        self.driver.is_none()
    }

    /// Why it has ended, if that is known and wasn't asked before.
    pub(super) fn failure(&mut self) -> Option<Failure> {
        let error = self.broken.take()?;
        Some(Failure::on_the_way(&error))
    }

    /// Whether the provider has closed it, or has said what nobody asked, while it had no request.
    pub(super) fn is_stale(&mut self) -> bool {
        if self.signal.take() {
            self.advance();
        }
        !self.is_idle()
    }
}

impl From<TrySendError<Request<Body>>> for Unanswered {
    fn from(mut error: TrySendError<Request<Body>>) -> Self {
        let request = error.take_message();
        let failure = Failure::on_the_way(error.error());
        match request {
            Some(request) => Self::Unsent(Box::new(request), failure),
            None => Self::Failed(failure),
        }
    }
}
