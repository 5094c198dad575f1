//! What goes: an answer, with what it keeps alive.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::super::activity::Running;
use super::{Body, BoxError};

/// An answer's body, which keeps its connection from being idle.
#[derive(Debug)]
pub(in super::super) struct Tracked {
    body: Body,
    /// What is left of a piece that is handed over bit by bit.
    rest: Bytes,
    running: Running,
}

/// So small that asking for the next shows that the peer reads, however large the pieces are.
const BIT: usize = 16 * 1024;

impl Tracked {
    pub(in super::super) fn new(body: Body, running: Running) -> Self {
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
