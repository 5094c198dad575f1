//! How a writer ends: finish, usage, done, and the frames that wait for one another.

use crate::canonical::nearest::refused;
use crate::canonical::{Event, EventKind, FinishReason, Usage};
use crate::error::Fault;
use crate::table::Holds;

use super::frames::LastWords;
use super::slot::Slot;
use super::writer::{Phase, Writer, order};

impl Writer {
    pub(super) fn finish(&mut self, event: &Event<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let reason = event.finish.ok_or_else(|| order("a finish has a reason"))?;
        let of_it = |slot: &Slot| slot.candidate == event.candidate;
        if self
            .parts
            .slots
            .iter()
            .any(|slot| of_it(slot) && !slot.closed)
        {
            return Err(order("the finish follows the close of every part"));
        }
        let at = self.parts.lane(event.candidate);
        let lane = &mut self.parts.lanes[at];
        if lane.finish.is_some() {
            return Err(order("a candidate finishes once"));
        }
        let reason = match reason {
            FinishReason::Stop if lane.calls => FinishReason::ToolCalls,
            reason => refused(reason, lane.refuses && !lane.answers),
        };
        lane.finish = Some((reason, event.stop_text.as_deref().map(str::to_owned)));
        lane.held = true;
        self.parts.gather(&mut self.answer, self.keep);
        let bare = |holds: Holds| {
            finishes(holds) && !holds.has(EventKind::Usage) && !holds.has(EventKind::Done)
        };
        self.last_words(at, bare, out)
    }

    pub(super) fn usage(&mut self, usage: Option<&Usage>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if let Some(usage) = usage {
            self.answer.usage.get_or_insert_default().update(usage);
        }
        if self.parts.finished() {
            self.release(out)?;
        }
        Ok(())
    }

    pub(super) fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        if self.parts.lanes.is_empty() || !self.parts.finished() {
            return Err(order("the end follows the finish of every candidate"));
        }
        self.release(out)?;
        let known = self.answer.usage.is_some();
        let rest = |holds: Holds| {
            let bare = !holds.has(EventKind::Finish) && !holds.has(EventKind::Start);
            holds.has(EventKind::Done) || known && bare && holds.has(EventKind::Usage)
        };
        self.last_words(0, rest, out)?;
        self.phase = Phase::Ended;
        self.frames.end(false, out);
        Ok(())
    }

    /// Writes the frames that waited for the usage.
    fn release(&mut self, out: &mut Vec<u8>) -> Result<(), Fault> {
        let both = |holds: Holds| {
            finishes(holds) && holds.has(EventKind::Usage) && !holds.has(EventKind::Done)
        };
        for lane in 0..self.parts.lanes.len() {
            if std::mem::take(&mut self.parts.lanes[lane].held) {
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
        let lane = &self.parts.lanes[lane];
        let finish = lane.finish.as_ref();
        let words = LastWords {
            candidate: lane.candidate,
            finish: finish.map(|(reason, stop_text)| (*reason, stop_text.as_deref())),
        };
        self.frames.finish(which, words, &mut self.answer, out)
    }
}

fn finishes(holds: Holds) -> bool {
    holds.has(EventKind::Finish)
}
