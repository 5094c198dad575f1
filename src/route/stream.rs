//! A streamed answer: one body that asks the provider for more when the caller does, in one task.
//!
//! Nothing is read ahead, so a slow caller slows its provider; and when the caller goes away, hyper drops the body,
//! which drops the reply, which cancels the request.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tracing::warn;

use crate::canonical::Error;
use crate::observe::Exchange;
use crate::server::BoxError;
use crate::stream::{Ending, Transcoder};
use crate::upstream::{Failure, Reply};

use super::refusal::Refusal;

/// A streamed answer.
#[derive(Debug)]
pub(super) struct Chat {
    /// Gone when nothing more is wanted of it.
    reply: Option<Reply>,
    transcoder: Transcoder,
    exchange: Option<Exchange>,
    quiet: Quiet,
    /// What the provider's first words have come to.
    begun: Option<Result<Bytes, BoxError>>,
    /// What is written for the piece that came, before it is known how long it gets.
    room: Vec<u8>,
}

/// Room that is kept from piece to piece. What doesn't fit in is rare and goes without being copied.
const ROOM: usize = 4 << 10;

/// How long nothing has been written.
#[derive(Debug)]
struct Quiet {
    most: Duration,
    since: Instant,
    timer: Pin<Box<Sleep>>,
    /// Who is woken when the timer runs out.
    waker: Option<Waker>,
    /// Something has been written since the timer was asked.
    fresh: bool,
}

impl Chat {
    /// An answer that is kept alive when it has been silent for so long.
    pub(super) fn new(reply: Reply, transcoder: Transcoder, keep_alive: Duration) -> Box<Self> {
        Box::new(Self {
            reply: Some(reply),
            transcoder,
            exchange: None,
            quiet: Quiet::new(keep_alive),
            begun: None,
            room: Vec::new(),
        })
    }

    /// Waits for the provider's first words: an error that comes instead of them can still have a status of its own. A
    /// client isn't left without a sign of life for longer than streams are silent.
    pub(super) async fn begin(&mut self) -> Result<(), Error<'static>> {
        let until = Instant::now() + self.quiet.most;
        while let Some(reply) = &mut self.reply {
            let came = timeout_at(until, poll_fn(|cx| reply.poll_data(cx)));
            let Ok(came) = came.await else {
                return Ok(());
            };
            let out = self.step(came);
            match self.transcoder.ending() {
                Ending::Failed { error, .. } if !self.transcoder.saw_token() => {
                    return Err(error.clone());
                }
                Ending::Running if out.as_ref().is_ok_and(Bytes::is_empty) => {}
                _ => {
                    self.begun = Some(out);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The exchange ends with the stream.
    pub(super) fn observed(mut self: Box<Self>, exchange: Exchange) -> Box<Self> {
        self.exchange = Some(exchange);
        self.tell();
        self
    }

    /// Takes what came, and gives what is to be written for it.
    fn step(&mut self, came: Option<Result<Bytes, Failure>>) -> Result<Bytes, BoxError> {
        let mut out = std::mem::take(&mut self.room);
        match came {
            Some(Ok(bytes)) => self.transcoder.push(&bytes, &mut out),
            None => self.transcoder.end(&mut out),
            Some(Err(failure)) => {
                warn!(error = %failure, "a provider's stream broke off");
                let error = Refusal::from(failure).into_error();
                self.transcoder.fail(&error, &mut out);
            }
        }
        self.tell();
        match self.transcoder.ending() {
            // A stream that can't say that it has failed is broken off, which can't be taken for its end.
            Ending::Failed { told: false, .. } => Err(BROKE_OFF.into()),
            _ => Ok(self.written(out)),
        }
    }

    /// What has been written, and its room again.
    fn written(&mut self, mut out: Vec<u8>) -> Bytes {
        if out.capacity() > ROOM {
            return Bytes::from(out);
        }
        let written = Bytes::copy_from_slice(&out);
        out.clear();
        self.room = out;
        written
    }

    /// Reports what has been learned.
    fn tell(&mut self) {
        let Some(exchange) = &mut self.exchange else {
            return;
        };
        if self.transcoder.saw_token() {
            exchange.first_token();
        }
        if let Some(usage) = self.transcoder.usage() {
            exchange.usage(usage.input, usage.output);
        }
        if let Ending::Failed { error, .. } = self.transcoder.ending() {
            exchange.error(error.kind.name());
        }
    }

    fn has_ended(&self) -> bool {
        *self.transcoder.ending() != Ending::Running
    }

    /// What keeps the connection alive, when it is time for it. What has been written so far are whole frames.
    fn poll_keep_alive(&mut self, cx: &mut Context<'_>) -> Poll<Bytes> {
        loop {
            ready!(self.quiet.poll_over(cx));
            let mut out = Vec::new();
            self.transcoder.keep_alive(&mut out);
            self.quiet.since = Instant::now();
            if !out.is_empty() {
                return Poll::Ready(Bytes::from(out));
            }
        }
    }

    /// Nothing more will be written. The provider's last bytes, which say nothing, are taken if they are there: then
    /// its connection can be used again.
    fn finish(&mut self, cx: &mut Context<'_>) {
        if let Some(mut reply) = self.reply.take() {
            let _ = reply.poll_data(cx);
        }
        if let Some(exchange) = &mut self.exchange {
            exchange.losses(self.transcoder.losses().len());
            exchange.finished();
        }
        self.exchange = None;
    }
}

impl Quiet {
    fn new(most: Duration) -> Self {
        let since = Instant::now();
        let timer = Box::pin(sleep_until(since + most));
        let waker = None;
        Self {
            most,
            since,
            timer,
            waker,
            fresh: false,
        }
    }

    /// Something has been written.
    fn broken(&mut self) {
        self.since = Instant::now();
        self.fresh = true;
    }

    /// Ready when it has been quiet for too long. The timer is set only when it has run out, not for every piece; and it
    /// isn't asked right after something has been written, if it is known to wake this task.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let woken = self.waker.as_ref();
        if std::mem::take(&mut self.fresh)
            && self.since < self.timer.deadline()
            && woken.is_some_and(|waker| waker.will_wake(cx.waker()))
        {
            return Poll::Pending;
        }
        self.waker = Some(cx.waker().clone());
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let due = self.since + self.most;
            if due <= Instant::now() {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(due);
        }
    }
}

const BROKE_OFF: &str = "the provider's stream broke off";

impl HttpBody for Chat {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(begun) = self.begun.take() {
            self.quiet.broken();
            return Poll::Ready(Some(begun.map(Frame::data)));
        }
        loop {
            let running = !self.has_ended();
            let Some(reply) = self.reply.as_mut().filter(|_| running) else {
                self.finish(cx);
                return Poll::Ready(None);
            };
            let Poll::Ready(came) = reply.poll_data(cx) else {
                let out = ready!(self.poll_keep_alive(cx));
                return Poll::Ready(Some(Ok(Frame::data(out))));
            };
            match self.step(came) {
                Ok(out) if out.is_empty() => {}
                Ok(out) => {
                    self.quiet.broken();
                    return Poll::Ready(Some(Ok(Frame::data(out))));
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
