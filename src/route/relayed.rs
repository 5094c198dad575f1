//! A provider's reply on its way through, byte for byte, and what is learned of it on the way.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::observe::Exchange;
use crate::server::BoxError;
use crate::upstream::{Failure, Reply};

use super::refusal::Refusal;
use super::tap::Tap;

/// A provider's reply on its way through.
#[derive(Debug)]
pub(super) struct Relayed {
    /// Gone when nothing more is wanted of it.
    reply: Option<Reply>,
    tap: Option<Tap>,
    exchange: Option<Exchange>,
}

impl Relayed {
    /// Passes without being looked at.
    pub(super) fn new(reply: Reply) -> Box<Self> {
        Box::new(Self {
            reply: Some(reply),
            tap: None,
            exchange: None,
        })
    }

    /// Passes and is looked at.
    pub(super) fn tapped(reply: Reply, tap: Tap) -> Box<Self> {
        Box::new(Self {
            reply: Some(reply),
            tap: Some(tap),
            exchange: None,
        })
    }

    /// The exchange ends with the reply.
    pub(super) fn observed(mut self: Box<Self>, exchange: Exchange) -> Box<Self> {
        self.exchange = Some(exchange);
        self
    }

    fn passes(&mut self, frame: &Frame<Bytes>) {
        if let (Some(tap), Some(data)) = (&mut self.tap, frame.data_ref()) {
            tap.see(data, self.exchange.as_mut());
        }
        // Of a body whose length is known, nobody asks whether there is more.
        let whole = self.reply.as_ref().is_some_and(Reply::is_end_stream);
        if whole && !matches!(self.tap, Some(Tap::Stream(_))) {
            self.ends();
        }
    }

    fn ends(&mut self) {
        if let (Some(tap), Some(exchange)) = (self.tap.take(), &mut self.exchange) {
            tap.conclude(exchange);
        }
        if let Some(exchange) = &mut self.exchange {
            exchange.finished();
        }
    }

    /// What is added to a stream that has broken off, so that nobody takes it for whole; an error where nothing can
    /// be added.
    fn broken(&mut self, failure: Option<Failure>) -> Option<Result<Frame<Bytes>, BoxError>> {
        self.reply = None;
        let Some(Tap::Stream(tap)) = self.tap.as_mut() else {
            return failure.map(|failure| Err(failure.into()));
        };
        let error = match failure.clone() {
            Some(failure) => Refusal::from(failure).into_error(),
            None => tap.end()?,
        };
        if let Some(exchange) = &mut self.exchange {
            exchange.error(error.kind.name());
        }
        match tap.told(&error) {
            Some(text) => Some(Ok(Frame::data(text))),
            None => Some(Err(failure.map_or_else(|| BROKE_OFF.into(), Into::into))),
        }
    }
}

const BROKE_OFF: &str = "the provider's stream broke off";

impl Drop for Relayed {
    /// A caller who leaves has still used what was used.
    fn drop(&mut self) {
        if let (Some(Tap::Stream(tap)), Some(exchange)) = (&mut self.tap, &mut self.exchange) {
            tap.settle(exchange);
        }
    }
}

impl HttpBody for Relayed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(reply) = &mut self.reply else {
            return Poll::Ready(None);
        };
        match ready!(reply.poll_frame(cx)) {
            Some(Ok(frame)) => {
                self.passes(&frame);
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(failure)) => {
                if let Some(exchange) = &mut self.exchange {
                    exchange.error(Refusal::from(failure.clone()).word());
                }
                Poll::Ready(self.broken(Some(failure)))
            }
            None => {
                let added = self.broken(None);
                if added.is_none() {
                    self.ends();
                }
                Poll::Ready(added)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let over = self.reply.as_ref().is_none_or(Reply::is_end_stream);
        // The end of a stream is judged when it has come.
        over && !matches!((&self.tap, &self.reply), (Some(Tap::Stream(_)), Some(_)))
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.tap, &self.reply) {
            (Some(Tap::Stream(_)), _) | (_, None) => SizeHint::default(),
            (_, Some(reply)) => reply.size_hint(),
        }
    }
}
