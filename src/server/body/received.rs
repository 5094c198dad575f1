//! What comes: a client's request, with its bounds.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::super::activity::Activity;
use super::BoxError;

/// Why a request's body can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than this many bytes.
    TooLarge(usize),
    /// It didn't come in time.
    TooSlow,
    /// The connection broke, or what came isn't HTTP.
    Broken,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(limit) => write!(
                f,
                "The request's body is larger than the {limit} bytes that are taken."
            ),
            Self::TooSlow => f.write_str("The request's body did not come in time."),
            Self::Broken => f.write_str("The request's body broke off."),
        }
    }
}

impl std::error::Error for BodyError {}

/// A request's body, no longer than allowed and no later.
#[derive(Debug)]
pub struct Received {
    inner: Incoming,
    limit: usize,
    left: usize,
    due: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    ended: bool,
    activity: Arc<Activity>,
}

impl Received {
    pub(in super::super) fn new(
        inner: Incoming,
        limit: usize,
        due: Instant,
        activity: Arc<Activity>,
    ) -> Self {
        activity.open_body();
        Self {
            inner,
            limit,
            left: limit,
            due,
            timer: None,
            ended: false,
            activity,
        }
    }

    /// Refuses a body that says beforehand that it is too long, so that nobody need send it.
    pub fn admit(&self) -> Result<(), BodyError> {
        if self.inner.size_hint().lower() > self.limit as u64 {
            return Err(BodyError::TooLarge(self.limit));
        }
        Ok(())
    }

    /// All of it. One that came in one piece isn't copied.
    pub async fn whole(mut self) -> Result<Bytes, BodyError> {
        self.admit()?;
        let Some(first) = self.data().await? else {
            return Ok(Bytes::new());
        };
        if self.is_end_stream() {
            return Ok(first);
        }
        // Within the limit: `admit` has looked.
        let rest = usize::try_from(self.inner.size_hint().lower()).unwrap_or(0);
        let mut whole = BytesMut::with_capacity(first.len() + rest);
        whole.extend_from_slice(&first);
        while let Some(more) = self.data().await? {
            whole.extend_from_slice(&more);
        }
        Ok(whole.freeze())
    }

    async fn data(&mut self) -> Result<Option<Bytes>, BodyError> {
        loop {
            match poll_fn(|cx| self.poll_bounded(cx)).await {
                None => return Ok(None),
                Some(frame) => {
                    if let Ok(data) = frame?.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    fn poll_bounded(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
            let due = self.due;
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(due)));
            ready!(timer.as_mut().poll(cx));
            return Poll::Ready(Some(Err(BodyError::TooSlow)));
        };
        let Some(frame) = frame else {
            self.ended = true;
            return Poll::Ready(None);
        };
        Poll::Ready(Some(frame.map_err(|_| BodyError::Broken).and_then(
            |frame| {
                let length = frame.data_ref().map_or(0, Bytes::len);
                match self.left.checked_sub(length) {
                    Some(left) => self.left = left,
                    None => return Err(BodyError::TooLarge(self.limit)),
                }
                Ok(frame)
            },
        )))
    }
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll_bounded(cx)
            .map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.activity.close_body(!self.is_end_stream());
    }
}
