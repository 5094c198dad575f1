//! A provider's reply while it comes.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::{Failure, Wait, deepest};

/// A reply's body, which may not be silent for too long. Dropping it cancels the request.
#[derive(Debug)]
pub struct Reply {
    inner: Incoming,
    idle: Duration,
    silence: Option<Pin<Box<Sleep>>>,
    silent: bool,
}

impl Reply {
    pub(super) fn new(inner: Incoming, idle: Duration) -> Self {
        Self {
            inner,
            idle,
            silence: None,
            silent: false,
        }
    }

    /// All of it, if it is no longer than this.
    pub async fn whole(mut self, limit: usize) -> Result<Bytes, Failure> {
        let mut whole = BytesMut::new();
        while let Some(data) = poll_fn(|cx| self.poll_data(cx)).await {
            let data = data?;
            if whole.is_empty() && self.inner.is_end_stream() && data.len() <= limit {
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
        if let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) {
            self.silent = false;
            let frame = frame.map(|frame| frame.map_err(|error| Failure::Closed(deepest(&error))));
            return Poll::Ready(frame);
        }
        let idle = self.idle;
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(idle)));
        // The clock runs only while something is waited for: a slow reader on our side is not a silent provider.
        if !self.silent {
            self.silent = true;
            silence.as_mut().reset(Instant::now() + idle);
        }
        ready!(silence.as_mut().poll(cx));
        Poll::Ready(Some(Err(Failure::Timeout(Wait::More))))
    }

    /// Whether there is nothing more.
    pub fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    /// How much there is, as far as the provider has said.
    pub fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
