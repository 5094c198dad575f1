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

use std::mem::MaybeUninit;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Method};
use tokio::io::ReadBuf;
use tokio::time::Instant;

use super::alarm::Alarm;
use super::connect::Stream;
use super::failure::{Failure, Wait};
use super::outbound::Outbound;
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

/// A connection with a request on it, which waits for the reply.
#[derive(Debug)]
pub(super) struct Asked {
    link: Box<Link>,
    asks_head: bool,
}

/// A request of which nothing has been written, and why.
pub(super) type Unsent = (Box<Outbound<Body>>, Failure);

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

    /// Takes a request, for `host` unless it names one. Nothing is written yet.
    pub(super) fn ask(
        mut self: Box<Self>,
        request: Outbound<Body>,
        host: &HeaderValue,
    ) -> Result<Asked, Unsent> {
        if let Some(failure) = self.end() {
            return Err((Box::new(request), failure));
        }
        let asks_head = request.method == Method::HEAD;
        self.writing.begin(request, host);
        Ok(Asked {
            link: self,
            asks_head,
        })
    }

    /// Why it can't carry a request though it had none: the provider has closed it, or has said what nobody asked.
    pub(super) fn end(&mut self) -> Option<Failure> {
        let why = match self.wire.try_read() {
            Poll::Pending => return None,
            Poll::Ready(Ok(0)) => "it was closed while it was idle".to_owned(),
            Poll::Ready(Ok(_)) => "something came that nobody asked for".to_owned(),
            Poll::Ready(Err(error)) => error.to_string(),
        };
        Some(Failure::Closed(why))
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

impl Asked {
    /// Sends the request; ready with the head of its reply.
    pub(super) fn poll_answer(
        &mut self,
        cx: &mut Context<'_>,
        due: Instant,
    ) -> Poll<Result<Answer, Failure>> {
        if let Poll::Ready(head) = self.link.poll_head(cx, self.asks_head) {
            return Poll::Ready(head);
        }
        ready!(self.link.alarm.poll(cx, due));
        Poll::Ready(Err(Failure::Timeout(Wait::FirstByte)))
    }

    /// What brings the rest of the reply.
    pub(super) fn into_link(self) -> Box<Link> {
        self.link
    }
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Self::Closed(malformed.to_string())
    }
}
