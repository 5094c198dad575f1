//! Chooses the frames that hold an event, and writes them.
//!
//! Here are those of the whole answer; those of its parts are next door. All frames that hold an event and fit it are
//! written. Knows no order of events: the writer does.

use std::borrow::Cow;

use crate::canonical::{ChatResponse, Error, Event, EventKind, FinishReason};
use crate::error::Fault;
use crate::table::{Encoding, Frame, FrameEncode, Holds, Loss, StreamSpec};

use super::answer::event;
use super::emit::Emitter;
use super::run::Run;
use super::split::Splitter;

/// Writes frames.
#[derive(Debug)]
pub(super) struct Frames {
    pub(super) spec: &'static StreamSpec,
    emitter: Emitter,
    pub(super) splitter: Splitter,
    pub(super) encoding: Encoding<'static>,
    include_usage: bool,
    pub(super) run: Run,
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
            run: Run::default(),
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
        self.encoding.answer = answer.id.to_string();
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

    /// Writes an error, in every frame that holds one. Says whether the dialect has any.
    pub(super) fn error(
        &mut self,
        error: &Error<'_>,
        answer: &ChatResponse<'static>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let mut head = ChatResponse::default();
        head.update_head(answer);
        let mut error = error.clone();
        // There are dialects whose errors repeat the status, which a stream doesn't have.
        error.status = Some(i64::from((self.spec.error_status)(&error)));
        let event = Event {
            response: Some(Box::new(head)),
            error: Some(Box::new(error)),
            finish: Some(FinishReason::Error),
            ..event(EventKind::Error)
        };
        self.each(
            |holds| holds.has(EventKind::Error),
            |this, frame| match &frame.encode {
                FrameEncode::Event(encode) => {
                    let bytes = encode(&event, &mut this.encoding);
                    this.emit(frame, bytes, out)
                }
                FrameEncode::Fragment(_) => Ok(false),
            },
        )
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

    /// Runs `write` for each frame that `which` picks, and says whether any of them was written.
    pub(super) fn each(
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

    pub(super) fn wanted(&self, frame: &Frame) -> bool {
        self.include_usage || !frame.if_usage
    }

    /// Writes a frame's bytes, if the frame fits the event.
    pub(super) fn emit(
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
            self.encoding.sequence += 1;
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

/// The first of the events that a frame at an answer's end holds.
fn first(holds: Holds) -> EventKind {
    let kinds = [EventKind::Finish, EventKind::Usage];
    let held = kinds.into_iter().find(|kind| holds.has(*kind));
    held.unwrap_or(EventKind::Done)
}
