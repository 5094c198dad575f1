//! Chooses the frames that hold an event, and writes them.
//!
//! Of several frames that hold a delta the first that fits is written, of any other event all that fit. Knows no
//! order of events: the writer does.

use std::borrow::Cow;

use crate::canonical::{ChatResponse, Error, Event, EventKind, FinishReason, Part, PartKind};
use crate::error::Fault;
use crate::table::{Encoding, Frame, FrameEncode, Holds, Loss, StreamSpec};

use super::answer::event;
use super::emit::Emitter;
use super::split::{Place, Said, Splitter};

/// Writes frames.
#[derive(Debug)]
pub(super) struct Frames {
    pub(super) spec: &'static StreamSpec,
    emitter: Emitter,
    splitter: Splitter,
    encoding: Encoding<'static>,
    include_usage: bool,
    /// What could not be said, each field once.
    pub(super) losses: Vec<Loss>,
}

impl Frames {
    pub(super) fn new(spec: &'static StreamSpec, include_usage: bool) -> Self {
        Self {
            spec,
            emitter: Emitter::new(spec.framing),
            splitter: Splitter::default(),
            encoding: Encoding::new(&[]),
            include_usage,
            losses: Vec::new(),
        }
    }

    /// Writes the start. What every frame repeats is known from here on.
    pub(super) fn start(
        &mut self,
        answer: &mut ChatResponse<'static>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.splitter.set_head(answer);
        let mut event = Event {
            response: Some(Box::new(std::mem::take(answer))),
            ..event(EventKind::Start)
        };
        let written = self.each(
            |holds| holds.has(EventKind::Start),
            |this, frame| match &frame.encode {
                FrameEncode::Event(encode) => {
                    let bytes = encode(&event, &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
                FrameEncode::Fragment(encode) => {
                    let bytes = encode(this.splitter.start(), &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
            },
        );
        if let Some(response) = event.response.take() {
            *answer = *response;
        }
        written.map(|_| ())
    }

    /// Writes a part's head; with `open` what deltas will bring is written empty. Says whether any frame did.
    pub(super) fn open(
        &mut self,
        place: Place,
        head: &Part<'static>,
        open: bool,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let opens = |holds: Holds| holds.has(EventKind::Open) && !holds.has(EventKind::Delta);
        self.encoding.open = open;
        let written = self.part(opens, place, EventKind::Open, head, out);
        self.encoding.open = false;
        written
    }

    /// Writes a part's end, in frames that hold nothing else of it.
    pub(super) fn close(
        &mut self,
        place: Place,
        part: &Part<'static>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let closes = |holds: Holds| {
            holds.has(EventKind::Close)
                && !holds.has(EventKind::Open)
                && !holds.has(EventKind::Delta)
        };
        self.part(closes, place, EventKind::Close, part, out)
    }

    /// Writes more of a part, with its head if that hasn't been written. Says whether a frame could.
    pub(super) fn delta(
        &mut self,
        place: Place,
        said: Said<'_>,
        free: bool,
        head: Option<&Part<'static>>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let spec = self.spec;
        for frame in spec.frames {
            let fits = frame.holds.has(EventKind::Delta) && frame.kinds.has(place.kind);
            if !fits || !self.wanted(frame) {
                continue;
            }
            let bytes = match &frame.encode {
                FrameEncode::Event(encode) => {
                    let event = Event {
                        text: said.text.map(Cow::Borrowed),
                        arguments: said.arguments.map(Cow::Borrowed),
                        signature: said.signature.cloned(),
                        logprobs: said.logprobs.to_vec(),
                        part: head.map(|head| Box::new(head.clone())),
                        ..place.event(EventKind::Delta)
                    };
                    encode(&event, &mut self.encoding)
                }
                FrameEncode::Fragment(encode) => {
                    self.encoding.head = head.is_some();
                    let fragment = self.splitter.piece(place, said, free, head);
                    let bytes = encode(fragment, &mut self.encoding);
                    self.encoding.head = true;
                    bytes
                }
            };
            if self.emit(frame, bytes, out)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes the frames that `which` picks, with what ends the answer.
    pub(super) fn finish(
        &mut self,
        which: impl Fn(Holds) -> bool,
        words: LastWords<'_>,
        answer: &mut ChatResponse<'static>,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let usage = answer.usage.clone();
        let stop_text = words.finish.and_then(|(_, stop_text)| stop_text);
        let mut event: Event<'static> = Event {
            response: Some(Box::new(std::mem::take(answer))),
            candidate: words.candidate,
            finish: words.finish.map(|(reason, _)| reason),
            stop_text: stop_text.map(|text| Cow::Owned(text.to_owned())),
            usage: usage.clone(),
            ..event(EventKind::Finish)
        };
        let written = self.each(which, |this, frame| {
            event.event = first(frame.holds);
            match &frame.encode {
                FrameEncode::Event(encode) => {
                    let bytes = encode(&event, &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
                FrameEncode::Fragment(encode) => {
                    let finish = words.finish.filter(|_| frame.holds.has(EventKind::Finish));
                    let usage = usage.as_ref().filter(|_| frame.holds.has(EventKind::Usage));
                    let fragment = this.splitter.finish(words.candidate, finish, usage);
                    let bytes = encode(fragment, &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
            }
        });
        if let Some(response) = event.response.take() {
            *answer = *response;
        }
        written.map(|_| ())
    }

    /// Writes an error. Says whether the dialect has a frame for it.
    pub(super) fn error(&mut self, error: &Error<'_>, out: &mut Vec<u8>) -> Result<bool, Fault> {
        let event = Event {
            error: Some(Box::new(error.clone())),
            finish: Some(FinishReason::Error),
            ..event(EventKind::Error)
        };
        let spec = self.spec;
        let holding = |frame: &&Frame| frame.holds.has(EventKind::Error);
        for frame in spec.frames.iter().filter(holding) {
            if let FrameEncode::Event(encode) = &frame.encode {
                let bytes = encode(&event, &mut self.encoding);
                if self.emit(frame, bytes, out)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Keeps the connection alive, by the dialect's own frame if it has one.
    pub(super) fn keep_alive(&mut self, own: bool, out: &mut Vec<u8>) -> Result<(), Fault> {
        let spec = self.spec;
        let found = spec
            .frames
            .iter()
            .find(|frame| frame.holds.is_empty() && own);
        let Some(frame) = found else {
            self.emitter.comment(out);
            return Ok(());
        };
        let bytes = match &frame.encode {
            FrameEncode::Event(encode) => encode(&Event::default(), &mut self.encoding),
            FrameEncode::Fragment(encode) => {
                encode(self.splitter.finish(0, None, None), &mut self.encoding)
            }
        };
        self.emit(frame, bytes, out).map(|_| ())
    }

    /// Writes what ends the stream.
    pub(super) fn end(&mut self, failed: bool, out: &mut Vec<u8>) {
        self.emitter.end(self.spec.end.filter(|_| !failed), out);
    }

    /// Notes something that could not be said.
    pub(super) fn lose(&mut self, loss: Loss) {
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }

    /// Writes a part's head or end in all frames that `which` picks.
    fn part(
        &mut self,
        which: impl Fn(Holds) -> bool,
        place: Place,
        kind: EventKind,
        part: &Part<'static>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let mut event = None;
        self.each(which, |this, frame| {
            if !frame.kinds.has(place.kind) {
                return Ok(false);
            }
            match &frame.encode {
                FrameEncode::Event(encode) => {
                    let event = event.get_or_insert_with(|| Event {
                        part: Some(Box::new(part.clone())),
                        ..place.event(kind)
                    });
                    let bytes = encode(event, &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
                FrameEncode::Fragment(encode) => {
                    let said = Said::default();
                    let fragment = this.splitter.piece(place, said, part.free, Some(part));
                    let bytes = encode(fragment, &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
            }
        })
    }

    /// Runs `write` for each frame that `which` picks, and says whether any of them was written.
    fn each(
        &mut self,
        which: impl Fn(Holds) -> bool,
        mut write: impl FnMut(&mut Self, &'static Frame) -> Result<bool, Fault>,
    ) -> Result<bool, Fault> {
        let mut written = false;
        for frame in self.spec.frames {
            if which(frame.holds) && self.wanted(frame) {
                written |= write(self, frame)?;
            }
        }
        Ok(written)
    }

    fn wanted(&self, frame: &Frame) -> bool {
        self.include_usage || !frame.if_usage
    }

    /// Writes a frame's bytes, if the frame fits the event.
    fn emit(
        &mut self,
        frame: &Frame,
        bytes: Result<Vec<u8>, Fault>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        for loss in std::mem::take(&mut self.encoding.losses) {
            self.lose(loss);
        }
        let bytes = bytes?;
        if !bytes.is_empty() {
            self.emitter.frame(frame.name, &bytes, out);
        }
        Ok(!bytes.is_empty())
    }
}

/// How a candidate ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct LastWords<'e> {
    pub(super) candidate: i64,
    pub(super) finish: Option<(FinishReason, Option<&'e str>)>,
}

impl Place {
    fn event<'e>(self, kind: EventKind) -> Event<'e> {
        Event {
            candidate: self.candidate,
            index: Some(self.index),
            ordinal: Some(self.ordinal),
            kind: Some(self.kind),
            ..event(kind)
        }
    }
}

/// Which other kinds are counted together with this one: the first kind of those that share its frame.
pub(super) fn family(spec: &StreamSpec, kind: PartKind) -> usize {
    let speaks = |holds: EventKind| {
        spec.frames
            .iter()
            .find(|frame| frame.holds.has(holds) && frame.kinds.has(kind))
    };
    let frame = speaks(EventKind::Open).or_else(|| speaks(EventKind::Delta));
    let shared = frame.filter(|frame| matches!(frame.encode, FrameEncode::Event(_)));
    let first = shared.and_then(|frame| PartKind::ALL.iter().find(|kind| frame.kinds.has(**kind)));
    *first.unwrap_or(&kind) as usize
}

/// The first of the events that a frame at an answer's end holds.
fn first(holds: Holds) -> EventKind {
    let kinds = [EventKind::Finish, EventKind::Usage];
    let held = kinds.into_iter().find(|kind| holds.has(*kind));
    held.unwrap_or(EventKind::Done)
}
