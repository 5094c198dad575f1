//! A streamed answer: one body that asks the provider for more when the caller does, in one task.
//!
//! Nothing is read ahead, so a slow caller slows its provider; and when the caller goes away, hyper drops the body,
//! which drops the reply, which cancels the request.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};
use tracing::warn;

use crate::error::Fault;
use crate::observe::Exchange;
use crate::server::BoxError;
use crate::upstream::{Failure, Reply};

use super::refusal::Refusal;
use super::stand_in::Transcoder;

/// A streamed answer.
#[derive(Debug)]
pub(super) struct Chat {
    /// Gone when nothing more is wanted of it.
    reply: Option<Reply>,
    transcoder: Transcoder,
    exchange: Option<Exchange>,
    told: bool,
}

impl Chat {
    pub(super) fn new(reply: Reply, transcoder: Transcoder) -> Self {
        Self {
            reply: Some(reply),
            transcoder,
            exchange: None,
            told: false,
        }
    }

    /// The exchange ends with the stream.
    pub(super) fn observed(self, exchange: Exchange) -> Self {
        Self {
            exchange: Some(exchange),
            ..self
        }
    }

    /// Takes what came, and gives what is to be written for it.
    fn step(&mut self, came: Option<Result<Bytes, Failure>>) -> Result<Vec<u8>, BoxError> {
        let mut out = Vec::new();
        let done = match came {
            Some(Ok(bytes)) => match self.transcoder.push(&bytes, &mut out) {
                Ok(()) => {
                    self.tell();
                    return Ok(out);
                }
                Err(fault) => Err(misread(&fault)),
            },
            Some(Err(failure)) => Err(failure.into()),
            None => self
                .transcoder
                .finish(&mut out)
                .map_err(|fault| misread(&fault)),
        };
        self.reply = None;
        self.tell();
        let Err(refusal) = done else {
            return Ok(out);
        };
        if let Some(exchange) = &mut self.exchange {
            exchange.error(refusal.word());
        }
        self.transcoder.fail(refusal.into_error(), &mut out);
        match out.is_empty() {
            // A dialect that can't say it has its stream broken off, which can't be taken for an end.
            true => Err("the provider's stream broke off".into()),
            false => Ok(out),
        }
    }

    /// Reports what has been learned.
    fn tell(&mut self) {
        let Some(exchange) = &mut self.exchange else {
            return;
        };
        if self.transcoder.begun() && !self.told {
            self.told = true;
            exchange.first_token();
        }
        if let Some(usage) = self.transcoder.usage() {
            exchange.usage(usage.input, usage.output);
        }
    }
}

fn misread(fault: &Fault) -> Refusal {
    warn!(error = %fault, "a provider's stream can't be understood");
    Refusal::undecodable()
}

impl HttpBody for Chat {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let Some(reply) = &mut self.reply else {
                return Poll::Ready(None);
            };
            let came = ready!(reply.poll_data(cx));
            match self.step(came) {
                Ok(out) if out.is_empty() => {}
                Ok(out) => return Poll::Ready(Some(Ok(Frame::data(Bytes::from(out))))),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
