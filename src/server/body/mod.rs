//! Bodies: what comes, with its bounds, and what goes.

mod received;
mod tracked;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

pub use received::{BodyError, Received};
pub(super) use tracked::Tracked;

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
