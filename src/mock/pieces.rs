//! A body of pieces that are known beforehand, with a wait between them.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};
use tokio::time::{Sleep, sleep};

use crate::server::BoxError;

use super::records::Ticket;

/// The pieces that are left.
#[derive(Debug)]
pub(super) struct Pieces {
    left: VecDeque<Bytes>,
    delay: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    ticket: Ticket,
}

impl Pieces {
    /// Of an answer to this request.
    pub(super) fn new(delay: Duration, ticket: Ticket) -> Self {
        Self {
            left: VecDeque::new(),
            delay,
            waiting: None,
            ticket,
        }
    }

    /// Adds a piece, unless it is empty.
    pub(super) fn push(&mut self, piece: Vec<u8>) {
        if !piece.is_empty() {
            self.left.push_back(piece.into());
        }
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(cx));
            self.waiting = None;
        }
        let piece = self.left.pop_front();
        if self.left.is_empty() {
            self.ticket.answered();
        }
        if !self.left.is_empty() && !self.delay.is_zero() {
            self.waiting = Some(Box::pin(sleep(self.delay)));
        }
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }
}
