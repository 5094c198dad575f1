//! Canonical events to bytes, by the table of one dialect's stream.
//!
//! The writer can only be driven in legal order: start; open, deltas and close of each part; finish of each candidate;
//! usage; done, or an error at any time. Whoever drives it otherwise gets a fault and nothing is written, so no
//! ill-formed stream leaves here.

use crate::canonical::{ChatResponse, Error, Event, EventKind, Part, PartKind};
use crate::error::Fault;
use crate::table::{FrameEncode, Holds, Loss, LossKind, StreamSpec};

use super::frames::Frames;
use super::run::Run;
use super::slot::{Slot, Stage, admit};
use super::slots::Slots;
use super::split::Said;

/// What every frame may repeat, where the provider doesn't give it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Id of the answer.
    pub id: String,
    /// Id of the provider.
    pub provider: Option<String>,
    /// The model's name.
    pub model: String,
    /// Seconds since 1970.
    pub created: i64,
}

/// Writes a stream.
#[derive(Debug)]
pub struct Writer {
    pub(super) frames: Frames,
    /// The answer as far as it has come; parts are in it once they are written, if any frame may want them.
    pub(super) answer: ChatResponse<'static>,
    pub(super) parts: Slots,
    pub(super) phase: Phase,
    /// Some frame may bind what has been accumulated.
    pub(super) keep: bool,
    /// The dialect can hold several candidates.
    many: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Fresh,
    Running,
    Ended,
}

impl Writer {
    /// For streams of this form. With `include_usage` the frames that must be asked for are written.
    pub fn new(spec: &'static StreamSpec, head: Head, include_usage: bool) -> Self {
        Self {
            frames: Frames::new(spec, include_usage),
            answer: ChatResponse {
                id: head.id.into(),
                provider: head.provider.map(Into::into),
                model: head.model.into(),
                created: head.created,
                ..ChatResponse::default()
            },
            parts: Slots::default(),
            phase: Phase::Fresh,
            keep: spec.frames.iter().any(|frame| {
                matches!(frame.encode, FrameEncode::Event(_)) && ends_something(frame.holds)
            }),
            many: false,
        }
    }

    /// The dialect can hold several candidates; otherwise all but the first are dropped.
    pub fn with_candidates(mut self, many: bool) -> Self {
        self.many = many;
        self
    }

    /// Writes every frame in full, also one that looks like the one before: the same comes of it, which tests see by
    /// this.
    pub fn in_full(mut self) -> Self {
        self.frames.run = Run::off();
        self
    }

    /// Writes one event.
    pub fn write(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        match (event.event, self.phase) {
            (_, Phase::Ended) => return Err(order("nothing follows the end")),
            (EventKind::Error, _) => {
                let none = Error::default();
                let error = event.error.as_deref().unwrap_or(&none);
                return self.fail(error, out).map(|_| ());
            }
            (EventKind::Start, Phase::Fresh) => return self.start(event, out),
            (EventKind::Start, _) => return Err(order("there is one start")),
            (_, Phase::Fresh) => return Err(order("a stream begins with its start")),
            _ => {}
        }
        if event.candidate != 0 && !self.many {
            self.frames.lose(Loss {
                field: "candidates".into(),
                what: LossKind::Dropped,
            });
            return Ok(());
        }
        match event.event {
            EventKind::Open => self.open(event, out),
            EventKind::Delta => self.delta(event, out),
            EventKind::Close => self.close(event, out),
            EventKind::Finish => self.finish(event, out),
            EventKind::Usage => self.usage(event.usage.as_ref(), out),
            EventKind::Done => self.end(out),
            EventKind::Start | EventKind::Error => Ok(()),
        }
    }

    /// Writes an error and ends the stream. False if the dialect has no frame for errors: then the end must not look
    /// like a good one.
    pub fn fail(&mut self, error: &Error<'_>, out: &mut Vec<u8>) -> Result<bool, Fault> {
        if self.phase == Phase::Ended {
            return Err(order("nothing follows the end"));
        }
        self.phase = Phase::Ended;
        let told = self.frames.error(error, &self.answer, out)?;
        if told {
            self.frames.end(true, out);
        }
        Ok(told)
    }

    /// Writes something that says nothing, so that the connection isn't taken for dead.
    pub fn keep_alive(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        match self.phase {
            Phase::Fresh => self.frames.keep_alive(false, out),
            Phase::Running => self.frames.keep_alive(true, out),
            Phase::Ended => Ok(()),
        }
    }

    /// What could not be said as it was, each field once.
    pub fn losses(&self) -> &[Loss] {
        &self.frames.losses
    }

    /// Done or an error has been written; nothing more can be.
    pub fn ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    fn start(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if let Some(response) = &event.response {
            self.answer.update_head(response);
            self.answer.usage.clone_from(&response.usage);
        }
        self.phase = Phase::Running;
        self.frames.start(&mut self.answer, out)
    }

    fn open(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let index = event.index.ok_or_else(|| order("a part has an index"))?;
        if self.parts.find(event.candidate, index).is_some() {
            return Err(order("a part is opened once"));
        }
        let lane = self.parts.lane(event.candidate);
        if self.parts.lanes[lane].finish.is_some() {
            return Err(order("no part is opened after the finish"));
        }
        let mut part = match &event.part {
            Some(part) => part.to_static(),
            None => Part {
                kind: event.kind.ok_or_else(|| order("a part has a kind"))?,
                ..Part::default()
            },
        };
        let kind = part.kind;
        let stage = admit(&mut part, &mut self.frames);
        let lane = &mut self.parts.lanes[lane];
        lane.calls |= part.kind == PartKind::ToolCall && stage != Stage::Dropped;
        lane.answers |= kind == PartKind::Text;
        lane.refuses |= kind != part.kind;
        let slot = Slot::new(event.candidate, index, stage, part);
        self.parts.slots.push(slot);
        self.parts.pump(&mut self.frames, out)
    }

    fn delta(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let slot = self.opened(event)?;
        let slot = &mut self.parts.slots[slot];
        if slot.stage == Stage::Dropped {
            return Ok(());
        }
        let call = slot.part.kind == PartKind::ToolCall;
        if event.text.is_some() && call || event.arguments.is_some() && !call {
            return Err(order("a delta is of its part's kind"));
        }
        let (frames, keep) = (&mut self.frames, self.keep);
        if event.text.is_some() || event.arguments.is_some() || !event.logprobs.is_empty() {
            let said = Said {
                text: event.text.as_deref(),
                arguments: event.arguments.as_deref(),
                signature: None,
                logprobs: &event.logprobs,
            };
            slot.say(said, keep, frames, out)?;
        }
        if event.signature.is_some() {
            let said = Said {
                signature: event.signature.as_ref(),
                ..Said::default()
            };
            slot.say(said, keep, frames, out)?;
        }
        Ok(())
    }

    fn close(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let slot = self.opened(event)?;
        let slot = &mut self.parts.slots[slot];
        slot.closed = true;
        if slot.stage == Stage::Open {
            slot.close(&mut self.frames, out)?;
        }
        self.parts.pump(&mut self.frames, out)
    }

    fn opened(&self, event: &Event<'_>) -> Result<usize, Fault> {
        let found = event
            .index
            .and_then(|index| self.parts.find(event.candidate, index));
        found
            .filter(|slot| !self.parts.slots[*slot].closed)
            .ok_or_else(|| order("a delta or close is of an open part"))
    }
}

fn ends_something(holds: Holds) -> bool {
    let ends = [
        EventKind::Close,
        EventKind::Finish,
        EventKind::Usage,
        EventKind::Done,
    ];
    ends.into_iter().any(|kind| holds.has(kind))
}

pub(super) fn order(law: &'static str) -> Fault {
    Fault::new(format!("the stream is driven in the wrong order: {law}"))
}
