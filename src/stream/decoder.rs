//! Bytes to canonical events, by the table of one dialect's stream.

use crate::canonical::PartKind;
use crate::canonical::{Error, ErrorKind, Event, EventKind, Usage};
use crate::error::Fault;
use crate::table::{Decoded, FrameEncode, StreamSpec, settle_error};

use super::again::{Again, Seen};
use super::answer::{Answer, event};
use super::assemble::assemble;
use super::expand::expand;
use super::framing::{Frame, Framed, Take};
use super::piece::More;

/// Who takes the events.
pub type Sink<'s> = &'s mut dyn FnMut(&Event<'_>);

/// Bytes that one frame may have, unless another bound is given.
pub const FRAME_LIMIT: usize = 16 << 20;

/// The status that a stream had when it began.
const IN_STREAM: u16 = 200;

/// Reads a stream. The events that it gives are in legal order, and end with done or with an error.
#[derive(Debug)]
pub struct Decoder {
    framed: Framed,
    reader: Reader,
}

/// All but the framing, so that both can be borrowed at once.
#[derive(Debug)]
struct Reader {
    spec: &'static StreamSpec,
    answer: Answer,
    whole_calls: bool,
    has_finish: bool,
    has_done: bool,
    ended: bool,
    again: Again,
}

/// What a frame may have said, besides its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// Nothing, and what comes next means what it would have meant.
    Nothing,
    /// What the model wrote.
    Words,
    /// Something about the answer.
    More,
}

/// Reads what is cut.
struct Reading<'r, 's> {
    reader: &'r mut Reader,
    sink: Sink<'s>,
}

impl Decoder {
    /// For streams of this form.
    pub fn new(spec: &'static StreamSpec) -> Self {
        let held = |kind| spec.frames.iter().any(|frame| frame.holds.has(kind));
        let fragments = |frame: &crate::table::Frame| {
            frame.holds.has(EventKind::Delta) && matches!(frame.encode, FrameEncode::Fragment(_))
        };
        Self {
            framed: Framed::new(spec.framing, FRAME_LIMIT),
            reader: Reader {
                spec,
                answer: Answer {
                    self_closing: !held(EventKind::Close),
                    ..Answer::default()
                },
                whole_calls: spec.frames.iter().any(fragments)
                    && !spec.pieces.has(PartKind::ToolCall),
                has_finish: held(EventKind::Finish),
                has_done: held(EventKind::Done) || spec.end.is_some(),
                ended: false,
                again: Again::default(),
            },
        }
    }

    /// A frame of more bytes than this is a fault.
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.framed = Framed::new(self.reader.spec.framing, limit);
        self
    }

    /// The answer's id where the provider gives none: missing call ids are made of it.
    pub fn with_id(mut self, id: &str) -> Self {
        self.reader.answer.id = id.to_owned();
        self
    }

    /// Reads every frame in full, also one that looks like the one before: the same comes of it, and where only a few
    /// are read it costs less.
    pub fn in_full(mut self) -> Self {
        self.reader.again = Again::off();
        self
    }

    /// Takes the next bytes of the body.
    pub fn push(&mut self, bytes: &[u8], sink: Sink<'_>) {
        let Self { framed, reader } = self;
        if reader.ended {
            return;
        }
        let pushed = framed.push(bytes, &mut Reading { reader, sink });
        if let Err(fault) = pushed {
            reader.unreadable(&fault, sink);
        }
    }

    /// The body has ended.
    pub fn end(&mut self, sink: Sink<'_>) {
        let Self { framed, reader } = self;
        if reader.ended {
            return;
        }
        framed.end(&mut |frame: Frame<'_>| reader.last_frame(frame, sink));
        reader.close(sink);
    }

    /// No frame has begun that hasn't ended: whole frames may be left out here.
    pub fn is_between(&self) -> bool {
        self.framed.is_between()
    }

    /// Done or an error has been given; nothing more will be.
    pub fn ended(&self) -> bool {
        self.reader.ended
    }

    /// The usage that has been reported so far.
    pub fn usage(&self) -> Option<&Usage> {
        self.reader.answer.usage.as_ref()
    }

    /// How many frames and pieces had no place in the answer.
    pub fn ignored(&self) -> u64 {
        self.reader.answer.ignored
    }
}

impl Reader {
    fn frame(&mut self, frame: Frame<'_>, sink: Sink<'_>) {
        if let Err(fault) = self.read(frame, sink) {
            self.unreadable(&fault, sink);
        }
    }

    /// A frame that the end of the body cut: if it can't be read it says only that the stream ended early.
    fn last_frame(&mut self, frame: Frame<'_>, sink: Sink<'_>) {
        if self.read(frame, sink).is_err() {
            self.answer.ignored += 1;
        }
    }

    /// Reads a frame, and learns by it what the next may look like.
    fn read(&mut self, frame: Frame<'_>, sink: Sink<'_>) -> Result<(), Fault> {
        let ignored = self.answer.ignored;
        let mut seen = Seen::default();
        let said = self.read_in_full(frame, &mut |event| {
            seen.look(event);
            sink(event);
        })?;
        match said {
            Says::Nothing => {}
            Says::Words if ignored == self.answer.ignored && !self.answer.finished() => {
                self.again.learn(frame, &seen, self.spec.meant);
            }
            _ => self.again.forget(),
        }
        Ok(())
    }

    /// Reads a frame that these bytes begin with, if it is the one before but for its text; gives its length.
    fn read_again(&mut self, bytes: &[u8], sink: Sink<'_>) -> Option<usize> {
        if self.ended {
            return None;
        }
        let (told, text, length) = self.again.read(bytes)?;
        let at = self.answer.lane(told.candidate);
        let more = if told.arguments {
            More {
                arguments: Some(text),
                ..More::default()
            }
        } else {
            More {
                text: Some(text),
                ..More::default()
            }
        };
        self.answer.say(at, told.piece, more, sink);
        if !self.answer.lanes[at].pieces[told.piece].open {
            self.again.forget();
        }
        Some(length)
    }

    fn read_in_full(&mut self, frame: Frame<'_>, sink: Sink<'_>) -> Result<Says, Fault> {
        let data = frame.data.trim_ascii();
        if self.ended || data.is_empty() {
            return Ok(Says::Nothing);
        }
        if self.spec.end == Some(data) {
            self.conclude(sink);
            return Ok(Says::More);
        }
        let decoded = (self.spec.decode)(frame.event, frame.data)?;
        let says = Says::of(&decoded);
        match decoded {
            Decoded::Event(_, event) if event.error.is_some() => {
                if let Some(usage) = &event.usage {
                    self.answer.report(usage);
                }
                let error = event.error.map(|error| *error).unwrap_or_default();
                self.fail(settle_error(error, IN_STREAM, &[]), sink);
            }
            Decoded::Event(holds, event) => {
                expand(&mut self.answer, holds, *event, self.spec.serial, sink);
                if holds.has(EventKind::Done) {
                    self.conclude(sink);
                }
            }
            Decoded::Fragment(fragment) => {
                assemble(&mut self.answer, *fragment, self.whole_calls, sink);
            }
            Decoded::Ignored => self.answer.ignored += 1,
        }
        Ok(says)
    }

    /// The body has ended: that is a good end only after a finish, or if this form has no other way to say so.
    fn close(&mut self, sink: Sink<'_>) {
        if self.ended {
            return;
        }
        if self.answer.finished() || !(self.has_finish || self.has_done) {
            return self.conclude(sink);
        }
        let early = "the provider's stream ended early";
        self.fail(upstream_bad(early.to_owned()), sink);
    }

    fn conclude(&mut self, sink: Sink<'_>) {
        match self.answer.conclude(sink) {
            Ok(()) => self.ended = true,
            Err(error) => self.fail(*error, sink),
        }
    }

    fn unreadable(&mut self, fault: &Fault, sink: Sink<'_>) {
        let message = format!("the provider's stream can't be read: {fault}");
        self.fail(upstream_bad(message), sink);
    }

    fn fail(&mut self, error: Error<'_>, sink: Sink<'_>) {
        if self.ended {
            return;
        }
        self.ended = true;
        sink(&Event {
            error: Some(Box::new(error)),
            ..event(EventKind::Error)
        });
    }
}

impl Take for Reading<'_, '_> {
    fn frame(&mut self, frame: Frame<'_>) {
        self.reader.frame(frame, self.sink);
    }

    fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        self.reader.read_again(bytes, self.sink)
    }
}

impl Says {
    fn of(decoded: &Decoded<'_>) -> Self {
        let usage = match decoded {
            Decoded::Ignored => return Self::Nothing,
            Decoded::Fragment(fragment) => fragment.usage.is_some(),
            Decoded::Event(_, event) => {
                let response = event.response.as_ref();
                event.usage.is_some() || response.is_some_and(|response| response.usage.is_some())
            }
        };
        if usage { Self::More } else { Self::Words }
    }
}

fn upstream_bad(message: String) -> Error<'static> {
    Error {
        kind: ErrorKind::UpstreamBad,
        message: Some(message.into()),
        ..Error::default()
    }
}
