//! Canonical events to bytes, by the table of one dialect's stream.
//!
//! The writer can only be driven in legal order: start; open, deltas and close of each part; finish of each candidate;
//! usage; done, or an error at any time. Whoever drives it otherwise gets a fault and nothing is written, so no
//! ill-formed stream leaves here.

use crate::canonical::{
    ChatResponse, Error, Event, EventKind, FinishReason, Part, PartKind, Usage,
};
use crate::error::Fault;
use crate::table::{FrameEncode, Holds, Loss, LossKind, StreamSpec};

use super::frames::{Frames, LastWords, family};
use super::slots::{Slot, Stage, dropped};
use super::split::{Place, Said};

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
    frames: Frames,
    /// The answer as far as it has come; parts are in it once they are written, if any frame may want them.
    answer: ChatResponse<'static>,
    slots: Vec<Slot>,
    lanes: Vec<Lane>,
    phase: Phase,
    /// Some frame may bind what has been accumulated.
    keep: bool,
    /// The dialect can hold several candidates.
    many: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Fresh,
    Running,
    Ended,
}

/// A candidate under way.
#[derive(Debug, Default)]
struct Lane {
    candidate: i64,
    /// Parts on the wire, and how many of each family.
    placed: i64,
    ordinals: [i64; PartKind::ALL.len()],
    calls: bool,
    finish: Option<(FinishReason, Option<String>)>,
    /// A frame that holds finish and usage waits for the usage.
    held: bool,
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
            slots: Vec::new(),
            lanes: Vec::new(),
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
        let told = self.frames.error(error, out)?;
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
        if self.find(event.candidate, index).is_some() {
            return Err(order("a part is opened once"));
        }
        let lane = self.lane(event.candidate);
        if self.lanes[lane].finish.is_some() {
            return Err(order("no part is opened after the finish"));
        }
        let mut part = match &event.part {
            Some(part) => part.to_static(),
            None => Part {
                kind: event.kind.ok_or_else(|| order("a part has a kind"))?,
                ..Part::default()
            },
        };
        let stage = self.stage(&mut part);
        self.lanes[lane].calls |= part.kind == PartKind::ToolCall && stage != Stage::Dropped;
        self.slots
            .push(Slot::new(event.candidate, index, stage, part));
        self.pump(out)
    }

    /// What becomes of a part. A refusal that has no place of its own is text.
    fn stage(&mut self, part: &mut Part<'static>) -> Stage {
        let spec = self.frames.spec;
        if part.kind == PartKind::Refusal
            && !spec.holds.has(PartKind::Refusal)
            && spec.holds.has(PartKind::Text)
        {
            part.kind = PartKind::Text;
            self.frames.lose(Loss {
                field: PartKind::Refusal.name().into(),
                what: LossKind::Nearest,
            });
        }
        if !spec.holds.has(part.kind) {
            self.frames.lose(dropped(part.kind));
            Stage::Dropped
        } else if spec.pieces.has(part.kind) {
            Stage::Waiting
        } else {
            Stage::Whole
        }
    }

    fn delta(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let slot = self.opened(event)?;
        let slot = &mut self.slots[slot];
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
        let slot = &mut self.slots[slot];
        slot.closed = true;
        if slot.stage == Stage::Open {
            slot.close(&mut self.frames, out)?;
        }
        self.pump(out)
    }

    fn finish(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let reason = event.finish.ok_or_else(|| order("a finish has a reason"))?;
        let of_it = |slot: &Slot| slot.candidate == event.candidate;
        if self.slots.iter().any(|slot| of_it(slot) && !slot.closed) {
            return Err(order("the finish follows the close of every part"));
        }
        let at = self.lane(event.candidate);
        let lane = &mut self.lanes[at];
        if lane.finish.is_some() {
            return Err(order("a candidate finishes once"));
        }
        let reason = match reason {
            FinishReason::Stop if lane.calls => FinishReason::ToolCalls,
            reason => reason,
        };
        lane.finish = Some((reason, event.stop_text.as_deref().map(str::to_owned)));
        lane.held = true;
        self.gather();
        let bare = |holds: Holds| {
            finishes(holds) && !holds.has(EventKind::Usage) && !holds.has(EventKind::Done)
        };
        self.last_words(at, bare, out)
    }

    fn usage(&mut self, usage: Option<&Usage>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if let Some(usage) = usage {
            self.answer.usage.get_or_insert_default().update(usage);
        }
        if self.lanes.iter().all(|lane| lane.finish.is_some()) {
            self.release(out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.lanes.is_empty() || self.lanes.iter().any(|lane| lane.finish.is_none()) {
            return Err(order("the end follows the finish of every candidate"));
        }
        self.phase = Phase::Ended;
        self.release(out)?;
        let known = self.answer.usage.is_some();
        let rest = |holds: Holds| {
            let bare = !holds.has(EventKind::Finish) && !holds.has(EventKind::Start);
            holds.has(EventKind::Done) || known && bare && holds.has(EventKind::Usage)
        };
        self.last_words(0, rest, out)?;
        self.frames.end(false, out);
        Ok(())
    }

    /// Writes the frames that waited for the usage.
    fn release(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let both = |holds: Holds| {
            finishes(holds) && holds.has(EventKind::Usage) && !holds.has(EventKind::Done)
        };
        for lane in 0..self.lanes.len() {
            if std::mem::take(&mut self.lanes[lane].held) {
                self.last_words(lane, both, out)?;
            }
        }
        Ok(())
    }

    fn last_words(
        &mut self,
        lane: usize,
        which: impl Fn(Holds) -> bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let lane = &self.lanes[lane];
        let finish = lane.finish.as_ref();
        let words = LastWords {
            candidate: lane.candidate,
            finish: finish.map(|(reason, stop_text)| (*reason, stop_text.as_deref())),
        };
        self.frames.finish(which, words, &mut self.answer, out)
    }

    /// Writes what may be written now: in a serial dialect one part at a time, in the order of their coming.
    fn pump(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let serial = self.frames.spec.serial;
        while !(serial && self.slots.iter().any(|slot| slot.stage == Stage::Open)) {
            let ready = |slot: &Slot| match slot.stage {
                Stage::Waiting => true,
                Stage::Whole => slot.closed,
                _ => false,
            };
            let Some(next) = self.slots.iter().position(ready) else {
                break;
            };
            let place = self.place(next);
            let slot = &mut self.slots[next];
            if slot.stage == Stage::Whole {
                slot.write_whole(place, &mut self.frames, out)?;
                continue;
            }
            slot.open(place, &mut self.frames, out)?;
            if slot.closed {
                slot.close(&mut self.frames, out)?;
            }
        }
        Ok(())
    }

    /// Gives a part its place on the wire.
    fn place(&mut self, slot: usize) -> Place {
        let (candidate, kind) = (self.slots[slot].candidate, self.slots[slot].part.kind);
        let lane = self.lane(candidate);
        let lane = &mut self.lanes[lane];
        let ordinal = &mut lane.ordinals[family(self.frames.spec, kind)];
        let place = Place {
            candidate,
            index: lane.placed,
            ordinal: *ordinal,
            kind,
        };
        lane.placed += 1;
        *ordinal += 1;
        place
    }

    /// Brings the answer up to what has been written.
    fn gather(&mut self) {
        for lane in &self.lanes {
            let finish = lane.finish.as_ref();
            let candidate = self.answer.candidate_mut(lane.candidate);
            candidate.finish = finish.map(|(reason, _)| *reason);
            candidate.stop_text = finish.and_then(|(_, text)| text.clone()).map(Into::into);
        }
        let written = |slot: &&mut Slot| slot.stage == Stage::Written;
        for slot in self.slots.iter_mut().filter(written).filter(|_| self.keep) {
            slot.stage = Stage::Gathered;
            let candidate = self.answer.candidate_mut(slot.candidate);
            candidate.parts.push(std::mem::take(&mut slot.part));
        }
    }

    fn opened(&self, event: &Event<'_>) -> Result<usize, Fault> {
        let found = event
            .index
            .and_then(|index| self.find(event.candidate, index));
        found
            .filter(|slot| !self.slots[*slot].closed)
            .ok_or_else(|| order("a delta or close is of an open part"))
    }

    fn find(&self, candidate: i64, index: i64) -> Option<usize> {
        let wanted = |slot: &Slot| (slot.candidate, slot.index) == (candidate, index);
        self.slots.iter().rposition(wanted)
    }

    fn lane(&mut self, candidate: i64) -> usize {
        let found = self
            .lanes
            .iter()
            .position(|lane| lane.candidate == candidate);
        found.unwrap_or_else(|| {
            self.lanes.push(Lane {
                candidate,
                ..Lane::default()
            });
            self.lanes.len() - 1
        })
    }
}

fn finishes(holds: Holds) -> bool {
    holds.has(EventKind::Finish)
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

fn order(law: &'static str) -> Fault {
    Fault::new(format!("the stream is driven in the wrong order: {law}"))
}
