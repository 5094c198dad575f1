//! What is learned of a provider's reply while it passes.

use bytes::Bytes;

use crate::canonical::Error;
use crate::codec::pick::{Plain, pick, plain, plain_at_end};
use crate::observe::Exchange;
use crate::stream::{Head, Watcher, Writer};
use crate::table::{Chat, Framing, StreamSpec};

/// Of a longer reply it isn't known what was used: it isn't kept.
const LOOKED_AT: usize = 16 * 1024 * 1024;

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

    pub(super) fn see(&mut self, data: &Bytes, exchange: Option<&mut Exchange>) {
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

    pub(super) fn conclude(self, exchange: &mut Exchange) {
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
    pub(super) fn see(&mut self, data: &[u8]) -> bool {
        if let [.., a, b] = *data {
            self.last = [a, b];
        } else if let [b] = *data {
            self.last = [self.last[1], b];
        }
        self.watcher.push(data)
    }

    /// What is wrong with a stream that ends here.
    pub(super) fn end(&mut self) -> Option<Error<'static>> {
        self.watcher.end()
    }

    /// Nobody reads on: what was used is told all the same.
    pub(super) fn settle(&mut self, exchange: &mut Exchange) {
        self.watcher.settle();
        self.tell(exchange);
    }

    /// The frame that tells an error, begun anew if the last one was cut.
    pub(super) fn told(&self, error: &Error<'_>) -> Option<Bytes> {
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

    pub(super) fn tell(&mut self, exchange: &mut Exchange) {
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
