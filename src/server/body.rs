//! Bodies: what comes, with its bounds, and what goes.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::{Activity, Running};

/// Any error of a body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that goes out: to a client, or to a provider.
#[derive(Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// All of it at once.
    Whole(Bytes),
    /// All of it at once, in two pieces, neither of which is empty.
    Spliced(Bytes, Bytes),
    /// Piece by piece, as it is asked for.
    Stream(Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>),
}

impl Body {
    /// Piece by piece.
    pub fn stream(body: impl HttpBody<Data = Bytes, Error = BoxError> + Send + 'static) -> Self {
        Self::Stream(Box::pin(body))
    }

    /// Two pieces, one after the other.
    pub fn spliced(first: Bytes, rest: Bytes) -> Self {
        match (first.is_empty(), rest.is_empty()) {
            (false, false) => Self::Spliced(first, rest),
            (false, true) => Self::from(first),
            (true, _) => Self::from(rest),
        }
    }

    /// All of one that doesn't come piece by piece.
    pub fn joined(self) -> Bytes {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Spliced(first, rest) => [first, rest].concat().into(),
            Self::Empty | Self::Stream(_) => Bytes::new(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Self::Empty
        } else {
            Self::Whole(bytes)
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not what it says: prompts and replies are never shown.
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Whole(_) => "Whole",
            Self::Spliced(..) => "Spliced",
            Self::Stream(_) => "Stream",
        })
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Self::Stream(stream) = &mut *self {
            return stream.as_mut().poll_frame(cx);
        }
        match std::mem::take(&mut *self) {
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Self::Spliced(first, rest) => {
                *self = Self::Whole(rest);
                Poll::Ready(Some(Ok(Frame::data(first))))
            }
            _ => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(_) | Self::Spliced(..) => false,
            Self::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Spliced(first, rest) => SizeHint::with_exact((first.len() + rest.len()) as u64),
            Self::Stream(stream) => stream.size_hint(),
        }
    }
}

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
    pub(super) fn new(
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

/// An answer's body, which keeps its connection from being idle.
#[derive(Debug)]
pub(super) struct Tracked {
    body: Body,
    /// What is left of a piece that is handed over bit by bit.
    rest: Bytes,
    running: Running,
}

/// So small that asking for the next shows that the peer reads, however large the pieces are.
const BIT: usize = 16 * 1024;

impl Tracked {
    pub(super) fn new(body: Body, running: Running) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            running,
        }
    }

    fn bit(&mut self) -> Frame<Bytes> {
        let length = self.rest.len().min(BIT);
        Frame::data(self.rest.split_to(length))
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if !this.running.is_one_of_many() {
            return Pin::new(&mut this.body).poll_frame(cx);
        }
        this.running.handed_over(false);
        if this.rest.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                other => return Poll::Ready(other),
            }
        }
        this.running.handed_over(true);
        Poll::Ready(Some(Ok(this.bit())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}
