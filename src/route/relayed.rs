//! A provider's reply on its way through, byte for byte, and what is learned of it on the way.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::canonical::Error;
use crate::codec::pick::{Plain, pick, plain, plain_at_end};
use crate::observe::Exchange;
use crate::server::BoxError;
use crate::stream::{Head, Watcher, Writer};
use crate::table::{Chat, Framing, StreamSpec};
use crate::upstream::{Failure, Reply};

use super::refusal::Refusal;

/// A provider's reply on its way through.
#[derive(Debug)]
pub(super) struct Relayed {
    /// Gone when nothing more is wanted of it.
    reply: Option<Reply>,
    tap: Option<Tap>,
    exchange: Option<Exchange>,
}

/// Looks at what passes.
#[derive(Debug)]
pub(super) enum Tap {
    /// A stream: what was used, and whether it ends as it should.
    Stream(Box<StreamTap>),
    /// A whole reply, kept until it is whole.
    Reply {
        /// What is spoken.
        chat: &'static Chat,
        /// What has come, unless it is too long: the first piece, which is mostly all, and the others.
        first: Bytes,
        more: Vec<Bytes>,
        /// How long that is.
        size: usize,
    },
}

/// Looks at a stream.
#[derive(Debug)]
pub(super) struct StreamTap {
    watcher: Watcher,
    spec: &'static StreamSpec,
    model: String,
    /// The last bytes, to tell whether they end a frame.
    last: [u8; 2],
    /// Of the first token the exchange knows.
    begun: bool,
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
            None => tap.watcher.end()?,
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

/// Of a longer reply it isn't known what was used: it isn't kept.
const LOOKED_AT: usize = 16 * 1024 * 1024;
const BROKE_OFF: &str = "the provider's stream broke off";

impl Tap {
    /// Looks at a stream of this form.
    pub(super) fn of_stream(spec: &'static StreamSpec, model: &str) -> Self {
        Self::Stream(Box::new(StreamTap {
            watcher: Watcher::new(spec),
            spec,
            model: model.to_owned(),
            last: [b'\n'; 2],
            begun: false,
        }))
    }

    /// Looks at a whole reply.
    pub(super) fn of_reply(chat: &'static Chat) -> Self {
        Self::Reply {
            chat,
            first: Bytes::new(),
            more: Vec::new(),
            size: 0,
        }
    }

    fn see(&mut self, data: &Bytes, exchange: Option<&mut Exchange>) {
        match self {
            Self::Reply {
                first, more, size, ..
            } => {
                *size += data.len();
                match (*size > LOOKED_AT, first.is_empty()) {
                    (true, _) => (*first, *more) = Default::default(),
                    (false, true) => *first = data.clone(),
                    (false, false) => more.push(data.clone()),
                }
            }
            Self::Stream(tap) => {
                if let (true, Some(exchange)) = (tap.see(data), exchange) {
                    tap.tell(exchange);
                }
            }
        }
    }

    fn conclude(self, exchange: &mut Exchange) {
        match self {
            Self::Stream(mut tap) => tap.tell(exchange),
            Self::Reply {
                chat, first, more, ..
            } => match more.as_slice() {
                [] => tell_reply(chat, &first, exchange),
                more => tell_reply(chat, &[&[first][..], more].concat().concat(), exchange),
            },
        }
    }
}

impl StreamTap {
    /// Whether there may be something to tell.
    fn see(&mut self, data: &[u8]) -> bool {
        if let [.., a, b] = *data {
            self.last = [a, b];
        } else if let [b] = *data {
            self.last = [self.last[1], b];
        }
        self.watcher.push(data)
    }

    /// The frame that tells an error, begun anew if the last one was cut.
    fn told(&self, error: &Error<'_>) -> Option<Bytes> {
        let mut out = match (self.spec.framing, self.last) {
            // In the middle of a list nothing can be written that the list doesn't know of.
            (Framing::Array, _) => return None,
            (_, [b'\n', b'\n']) => Vec::new(),
            (Framing::Lines, [_, b'\n']) => Vec::new(),
            _ => b"\n\n".to_vec(),
        };
        let head = Head {
            model: self.model.clone(),
            ..Head::default()
        };
        let told = Writer::new(self.spec, head, false).fail(error, &mut out);
        told.unwrap_or(false).then(|| Bytes::from(out))
    }

    fn tell(&mut self, exchange: &mut Exchange) {
        if self.watcher.token() && !std::mem::replace(&mut self.begun, true) {
            exchange.first_token();
        }
        if let Some(usage) = self.watcher.usage() {
            exchange.usage(usage.input, usage.output);
        }
        if let Some(error) = self.watcher.error() {
            exchange.error(error.kind.name());
        }
    }
}

/// What was used for a whole reply, and who gave it: the rest of it isn't read.
fn tell_reply(chat: &Chat, text: &[u8], exchange: &mut Exchange) {
    if !chat.used.is_empty()
        && let Some((model, [input, output])) = told_plainly(chat, text, exchange.tells_model())
    {
        exchange.response_model(model);
        return exchange.usage(input, output);
    }
    let picked = match chat.told {
        [] => None,
        told => pick(text, told),
    };
    let reply = match &picked {
        Some(picked) => (chat.read_told)(picked),
        None => (chat.decode_response)(text),
    };
    if let Ok(reply) = reply {
        exchange.response_model(&reply.model);
        if let Some(usage) = &reply.usage {
            exchange.usage(usage.input, usage.output);
        }
    }
}

/// The model's name, if it is wanted, and what came in and went out; `None` if anything has to be read to be known.
fn told_plainly<'t>(
    chat: &Chat,
    text: &'t [u8],
    with_model: bool,
) -> Option<(&'t str, [Option<i64>; 2])> {
    let told: [_; 3] = match with_model {
        true => plain(text, chat.told)?,
        false => plain_at_end(text, chat.used)?,
    };
    let [model, usage @ ..] = told;
    let model = match model {
        Plain::Absent => "",
        Plain::Text(model) => model,
        Plain::Number(_) => return None,
    };
    let count = |count| match count {
        Plain::Absent => Some(None),
        Plain::Number(count) => Some(Some(count)),
        Plain::Text(_) => None,
    };
    let [input, output] = usage.map(count);
    Some((model, [input?, output?]))
}

impl Drop for Relayed {
    /// A caller who leaves has still used what was used.
    fn drop(&mut self) {
        if let (Some(Tap::Stream(tap)), Some(exchange)) = (&mut self.tap, &mut self.exchange) {
            tap.watcher.settle();
            tap.tell(exchange);
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
