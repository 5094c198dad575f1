//! A provider's reply while it comes.

use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::HeaderMap;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::alarm::Alarm;
use super::failure::{Failure, Wait};
use super::http1::Link;
use super::origin::Origin;

/// A reply's body, which may not be silent for too long. Dropping it cancels the request.
#[derive(Debug)]
pub struct Reply {
    /// What has come and wasn't taken.
    data: Bytes,
    source: Source,
    idle: Duration,
    /// When the silence that lasts has lasted too long.
    due: Option<Instant>,
}

/// What brings the rest of the body.
#[derive(Debug)]
enum Source {
    /// All has come but for the trailers, which are here.
    Done {
        trailers: Option<Box<HeaderMap>>,
        /// Whether it was known how long the body is.
        sized: bool,
    },
    /// A connection of its own, which goes back to its origin's others.
    Own(Box<Link>, Arc<Origin>),
    /// A task that drives a connection for many.
    Shared(Incoming, Alarm),
}

impl Reply {
    /// A reply that drives its connection itself, and what of it has come.
    pub(super) fn on_own(
        data: Bytes,
        idle: Duration,
        link: Box<Link>,
        origin: Arc<Origin>,
    ) -> Self {
        let mut reply = Self::new(data, idle, Source::Own(link, origin));
        reply.release();
        reply
    }

    /// A reply on a connection that is driven elsewhere.
    pub(super) fn on_shared(body: Incoming, idle: Duration) -> Self {
        Self::new(Bytes::new(), idle, Source::Shared(body, Alarm::new(idle)))
    }

    fn new(data: Bytes, idle: Duration, source: Source) -> Self {
        Self {
            data,
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

    /// The next frame. What came at once from an own connection is one.
    pub fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if !self.data.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(mem::take(&mut self.data)))));
        }
        let frame = match &mut self.source {
            Source::Own(link, _) => link
                .poll_body(cx)
                .map_ok(|data| (!data.is_empty()).then(|| Frame::data(data)))
                .map(Result::transpose),
            Source::Shared(body, _) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|error| Failure::on_the_way(&error)),
            Source::Done { trailers, .. } => {
                let trailers = trailers.take();
                return Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(*trailers))));
            }
        };
        let Poll::Ready(frame) = frame else {
            ready!(self.poll_silence(cx));
            return Poll::Ready(Some(Err(Failure::Timeout(Wait::More))));
        };
        self.due = None;
        self.release();
        match (frame, &mut self.source) {
            (None, Source::Done { trailers, .. }) => {
                let trailers = trailers.take();
                Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(*trailers))))
            }
            (frame, _) => Poll::Ready(frame),
        }
    }

    /// Ready when it has lasted too long. The clock runs only while something is waited for: a slow reader on our side
    /// is not a silent provider.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let alarm = match &mut self.source {
            Source::Own(link, _) => &mut link.alarm,
            Source::Shared(_, alarm) => alarm,
            Source::Done { .. } => return Poll::Pending,
        };
        let due = *self.due.get_or_insert_with(|| alarm.over(self.idle));
        alarm.poll(cx, due)
    }

    /// Lets go of the connection as soon as all has come, which may be before all of it was read.
    fn release(&mut self) {
        let Source::Own(link, _) = &mut self.source else {
            return;
        };
        if !link.has_ended() {
            return;
        }
        let done = Source::Done {
            trailers: link.trailers().map(Box::new),
            sized: link.left().is_some(),
        };
        if let Source::Own(link, origin) = mem::replace(&mut self.source, done)
            && link.is_idle()
        {
            origin.give_back(link);
        }
    }

    /// Whether there is nothing more.
    pub fn is_end_stream(&self) -> bool {
        self.data.is_empty()
            && match &self.source {
                Source::Done { trailers, .. } => trailers.is_none(),
                Source::Own(..) => false,
                Source::Shared(body, _) => body.is_end_stream(),
            }
    }

    /// How much there is, as far as the provider has said.
    pub fn size_hint(&self) -> SizeHint {
        let left = match &self.source {
            Source::Done { sized, .. } => sized.then_some(0),
            Source::Own(link, _) => link.left(),
            Source::Shared(body, _) => return body.size_hint(),
        };
        let here = self.data.len() as u64;
        match left {
            Some(left) => SizeHint::with_exact(here.saturating_add(left)),
            None => SizeHint::default(),
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        // Whoever knows by its content that a reply is complete doesn't read on to its end.
        if let Source::Own(link, _) = &mut self.source {
            let mut nobody = Context::from_waker(Waker::noop());
            if let Poll::Ready(Ok(_)) = link.poll_body(&mut nobody) {
                self.release();
            }
        }
    }
}
