//! A provider's reply while it comes.

use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::alarm::Alarm;
use super::failure::{Failure, Wait};
use super::http1::Link;
use super::origin::Origin;

/// A reply's body, which may not be silent for too long. Dropping it cancels the request.
#[derive(Debug)]
pub struct Reply {
    body: Incoming,
    source: Source,
    idle: Duration,
    /// When the silence that lasts has lasted too long.
    due: Option<Instant>,
}

/// What brings the body.
#[derive(Debug)]
enum Source {
    /// Nothing any more: all has come, or why not.
    Done(Option<Failure>),
    /// A connection of its own, which goes back to its origin's others.
    Own(Box<Link>, Arc<Origin>),
    /// A task that drives a connection for many.
    Shared(Alarm),
}

impl Reply {
    /// A reply that drives its connection itself.
    pub(super) fn on_own(
        body: Incoming,
        idle: Duration,
        link: Box<Link>,
        origin: Arc<Origin>,
    ) -> Self {
        let mut reply = Self::new(body, idle, Source::Own(link, origin));
        reply.release();
        reply
    }

    /// A reply on a connection that is driven elsewhere.
    pub(super) fn on_shared(body: Incoming, idle: Duration) -> Self {
        Self::new(body, idle, Source::Shared(Alarm::new(idle)))
    }

    fn new(body: Incoming, idle: Duration, source: Source) -> Self {
        Self {
            body,
            source,
            idle,
            due: None,
        }
    }

    /// All of it, if it is no longer than this.
    pub async fn whole(mut self, limit: usize) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        while let Some(data) = poll_fn(|cx| self.poll_data(cx)).await {
            let data = data?;
            if whole.is_empty() && self.is_end_stream() && data.len() <= limit {
                return Ok(data);
            }
            if whole.len() + data.len() > limit {
                return Err(Failure::TooLarge(limit));
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.freeze())
    }

    /// The next bytes; trailers are passed over.
    pub fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Failure>>> {
        loop {
            match ready!(self.poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(failure)) => return Poll::Ready(Some(Err(failure))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }

    /// The next frame as it came.
    pub fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let mut body = Pin::new(&mut self.body);
        let frame = match &mut self.source {
            Source::Own(link, _) => link.poll(cx, |cx| body.as_mut().poll_frame(cx)),
            Source::Done(_) | Source::Shared(_) => body.poll_frame(cx),
        };
        let Poll::Ready(frame) = frame else {
            ready!(self.poll_silence(cx));
            return Poll::Ready(Some(Err(Failure::Timeout(Wait::More))));
        };
        self.due = None;
        let frame = frame.map(|frame| frame.map_err(|error| self.failure(&error)));
        self.release();
        Poll::Ready(frame)
    }

    /// Ready when it has lasted too long. The clock runs only while something is waited for: a slow reader on our side
    /// is not a silent provider.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let due = *self.due.get_or_insert_with(|| Instant::now() + self.idle);
        match &mut self.source {
            Source::Own(link, _) => link.poll_overdue(due),
            Source::Shared(alarm) => alarm.poll(cx, due),
            Source::Done(_) => Poll::Pending,
        }
    }

    fn failure(&mut self, error: &hyper::Error) -> Failure {
        // The connection knows more than that it broke.
        let known = match &mut self.source {
            Source::Own(link, _) => link.failure(),
            Source::Done(failure) => failure.take(),
            Source::Shared(_) => None,
        };
        known.unwrap_or_else(|| Failure::on_the_way(error))
    }

    /// Lets go of the connection as soon as all has come, which may be before all of it was read.
    fn release(&mut self) {
        let Source::Own(link, _) = &mut self.source else {
            return;
        };
        if !link.is_idle() && !link.has_ended() && !self.body.is_end_stream() {
            return;
        }
        let done = Source::Done(link.failure());
        if let Source::Own(link, origin) = mem::replace(&mut self.source, done)
            && link.is_idle()
        {
            origin.give_back(link);
        }
    }

    /// Whether there is nothing more.
    pub fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    /// How much there is, as far as the provider has said.
    pub fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        // Whoever knows by its content that a reply is complete doesn't read on to its end.
        if let Source::Own(link, _) = &mut self.source {
            link.advance();
            self.release();
        }
    }
}
