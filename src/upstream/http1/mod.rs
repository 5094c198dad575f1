//! HTTP/1.1: a connection that is driven by the request that is on it, in that request's own task.
//!
//! It keeps as little as it can between two calls: what is read goes through the stack, and what is content is copied
//! from there, once, into as much memory as it needs. A stream that is slow, or a connection that is idle, holds no
//! buffer.

mod framing;
mod head;
mod reading;
#[cfg(test)]
mod tests;
mod wire;
mod writing;

use std::future::poll_fn;
use std::mem::MaybeUninit;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::client::conn::TrySendError;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method, Request};
use tokio::io::ReadBuf;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::connect::Stream;
use super::failure::{Failure, Wait};
use crate::server::Body;
use head::Malformed;
use reading::{Answer, Reading};
use wire::Wire;
use writing::{Unsendable, Writing};

/// A connection with nothing, or one request, on it. Dropping it closes it, which is how a request is cancelled.
#[derive(Debug)]
pub(super) struct Link {
    wire: Wire,
    writing: Writing,
    reading: Reading,
    /// Whether there was more to read than there was room for.
    is_busy: bool,
    /// Whether it takes nothing more.
    is_deaf: bool,
    /// For whoever waits for it.
    pub(super) alarm: Alarm,
}

/// Why a request that was put on a connection has no reply.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The connection was at its end before the request's first byte was written.
    Unsent(Box<Request<Body>>, Failure),
    /// It may have been carried out.
    Failed(Failure),
}

/// How much is read at once, and how much as long as that isn't enough.
const USUAL: usize = 16 * 1024;
const MUCH: usize = 64 * 1024;

impl Link {
    /// Speaks HTTP/1.1 on a stream. No bound on a wait may be shorter than `period`.
    pub(super) fn new(stream: Stream, period: Duration) -> Box<Self> {
        Box::new(Self {
            wire: Wire::new(stream),
            writing: Writing::default(),
            reading: Reading::new(),
            is_busy: false,
            is_deaf: false,
            alarm: Alarm::new(period),
        })
    }

    /// Sends a request, to `host` unless it names one, and waits for the head of its reply.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Body>,
        host: &HeaderValue,
        due: Instant,
    ) -> Result<Answer, Unanswered> {
        if let Some(failure) = poll_fn(|cx| Poll::Ready(self.end(cx))).await {
            return Err(Unanswered::Unsent(Box::new(request), failure));
        }
        let asks_head = *request.method() == Method::HEAD;
        self.writing.begin(request, host);
        let answer = poll_fn(|cx| {
            let answer = self.poll_head(cx, asks_head);
            if answer.is_pending() && self.alarm.poll(cx, due).is_ready() {
                return Poll::Ready(Err(Failure::Timeout(Wait::FirstByte)));
            }
            answer
        });
        answer.await.map_err(Unanswered::Failed)
    }

    /// Why it can't carry a request though it had none: the provider has closed it, or has said what nobody asked.
    pub(super) fn end(&mut self, cx: &mut Context<'_>) -> Option<Failure> {
        let read = self.poll_read_into::<1, _>(cx, |_, read| match read {
            [] => "it was closed while it was idle",
            _ => "something came that nobody asked for",
        });
        match read {
            Poll::Pending => None,
            Poll::Ready(Ok(why)) => Some(Failure::Closed(why.to_owned())),
            Poll::Ready(Err(failure)) => Some(failure),
        }
    }

    fn poll_head(
        &mut self,
        cx: &mut Context<'_>,
        asks_head: bool,
    ) -> Poll<Result<Answer, Failure>> {
        self.send(cx)?;
        loop {
            let answer = ready!(self.poll_read(cx, |reading, read| match read {
                [] => Err(Malformed("it ended before the reply began")),
                read => reading.head(read, asks_head),
            }))?;
            if let Some(answer) = answer? {
                return Poll::Ready(Ok(answer));
            }
        }
    }

    /// More of the reply's body, which is nothing only at its end.
    pub(super) fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, Failure>> {
        self.send(cx)?;
        while !self.reading.has_ended()? {
            let data = ready!(self.poll_read(cx, |reading, read| match read {
                [] => reading.end().map(|()| Bytes::new()),
                read => Ok(reading.body(read)),
            }))??;
            if !data.is_empty() {
                return Poll::Ready(Ok(data));
            }
        }
        Poll::Ready(Ok(Bytes::new()))
    }

    /// Has a look at what came.
    fn poll_read<T>(
        &mut self,
        cx: &mut Context<'_>,
        look: impl FnOnce(&mut Reading, &[u8]) -> T,
    ) -> Poll<Result<T, Failure>> {
        match self.is_busy {
            false => self.poll_read_into::<USUAL, _>(cx, look),
            true => self.poll_read_into::<MUCH, _>(cx, look),
        }
    }

    // Both sizes in one frame would be touched in full at each call.
    #[inline(never)]
    fn poll_read_into<const ROOM: usize, T>(
        &mut self,
        cx: &mut Context<'_>,
        look: impl FnOnce(&mut Reading, &[u8]) -> T,
    ) -> Poll<Result<T, Failure>> {
        let mut room = [const { MaybeUninit::uninit() }; ROOM];
        let mut read = ReadBuf::uninit(&mut room);
        let result = ready!(self.wire.poll_read(cx, &mut read));
        result.map_err(|error| Failure::Closed(error.to_string()))?;
        self.is_busy = read.remaining() == 0;
        Poll::Ready(Ok(look(&mut self.reading, read.filled())))
    }

    /// Sends as much of the request as is there and is taken.
    fn send(&mut self, cx: &mut Context<'_>) -> Result<(), Failure> {
        if self.is_sent() {
            return Ok(());
        }
        match self.writing.poll(cx, &mut self.wire) {
            Poll::Ready(Err(Unsendable::Body(error))) => Err(Failure::on_the_way(&*error)),
            Poll::Ready(Err(Unsendable::Wire)) => {
                // The provider may have answered before it closed.
                self.is_deaf = true;
                self.writing = Writing::default();
                Ok(())
            }
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        }
    }

    fn is_sent(&self) -> bool {
        self.is_deaf || (self.writing.is_done() && self.wire.is_flushed())
    }

    /// Whether all of the reply has come.
    pub(super) fn has_ended(&self) -> bool {
        self.reading.has_ended() == Ok(true)
    }

    /// Whether all of a request was sent and all of its reply has come, so that it can carry the next.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_deaf && self.is_sent() && self.reading.is_reusable()
    }

    /// How much of the reply is still to come, if the provider has said so.
    pub(super) fn left(&self) -> Option<u64> {
        self.reading.left()
    }

    /// What came behind the reply's content.
    pub(super) fn trailers(&mut self) -> Option<HeaderMap> {
        self.reading.trailers()
    }
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Self::Closed(malformed.to_string())
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
