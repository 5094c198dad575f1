//! All parts of the answer that is written, and in which order they come onto the wire.

use crate::canonical::{ChatResponse, FinishReason, PartKind};
use crate::error::Fault;

use super::frames::Frames;
use super::parts::family;
use super::slot::{Slot, Stage};
use super::split::Place;

/// The parts of the answer.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) slots: Vec<Slot>,
    pub(super) lanes: Vec<Lane>,
}

/// A candidate under way.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) candidate: i64,
    /// Parts on the wire, and how many of each family.
    placed: i64,
    ordinals: [i64; PartKind::ALL.len()],
    pub(super) calls: bool,
    /// It says something besides refusals.
    pub(super) answers: bool,
    /// A refusal of it has become text.
    pub(super) refuses: bool,
    pub(super) finish: Option<(FinishReason, Option<String>)>,
    /// A frame that holds finish and usage waits for the usage.
    pub(super) held: bool,
}

impl Slots {
    /// Where this candidate is; it is made if it is new.
    pub(super) fn lane(&mut self, candidate: i64) -> usize {
        let mut known = self.lanes.iter();
        let found = known.position(|lane| lane.candidate == candidate);
        found.unwrap_or_else(|| {
            self.lanes.push(Lane {
                candidate,
                ..Lane::default()
            });
            self.lanes.len() - 1
        })
    }

    /// Where the part with this index is.
    pub(super) fn find(&self, candidate: i64, index: i64) -> Option<usize> {
        let wanted = |slot: &Slot| (slot.candidate, slot.index) == (candidate, index);
        self.slots.iter().rposition(wanted)
    }

    /// Every candidate that has begun has finished.
    pub(super) fn finished(&self) -> bool {
        self.lanes.iter().all(|lane| lane.finish.is_some())
    }

    /// Writes what may be written now: in a serial dialect one part at a time, in the order of their coming.
    pub(super) fn pump(&mut self, frames: &mut Frames, out: &mut Vec<u8>) -> Result<(), Fault> {
        let open = |slot: &Slot| slot.stage == Stage::Open;
        while !(frames.spec.serial && self.slots.iter().any(open)) {
            let ready = |slot: &Slot| match slot.stage {
                Stage::Waiting => true,
                Stage::Whole => slot.closed,
                _ => false,
            };
            let Some(next) = self.slots.iter().position(ready) else {
                break;
            };
            let place = self.place(next, frames);
            let slot = &mut self.slots[next];
            if slot.stage == Stage::Whole {
                if !slot.write_whole(place, frames, out)? {
                    self.unplace(place, frames);
                }
                continue;
            }
            slot.open(place, frames, out)?;
            if slot.closed {
                slot.close(frames, out)?;
            }
        }
        Ok(())
    }

    /// Brings the answer up to how its candidates have finished, and with `parts` to what has been written.
    pub(super) fn gather(&mut self, answer: &mut ChatResponse<'static>, parts: bool) {
        for lane in &self.lanes {
            let finish = lane.finish.as_ref();
            let candidate = answer.candidate_mut(lane.candidate);
            candidate.finish = finish.map(|(reason, _)| *reason);
            candidate.stop_text = finish.and_then(|(_, text)| text.clone()).map(Into::into);
        }
        let written = |slot: &&mut Slot| parts && slot.stage == Stage::Written;
        for slot in self.slots.iter_mut().filter(written) {
            slot.stage = Stage::Gathered;
            let candidate = answer.candidate_mut(slot.candidate);
            slot.part.index = slot.placed();
            candidate.parts.push(std::mem::take(&mut slot.part));
        }
    }

    /// Gives a part its place on the wire.
    fn place(&mut self, slot: usize, frames: &Frames) -> Place {
        let (candidate, kind) = (self.slots[slot].candidate, self.slots[slot].part.kind);
        let lane = self.lane(candidate);
        let lane = &mut self.lanes[lane];
        let ordinal = &mut lane.ordinals[family(frames.spec, kind)];
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
    /// Takes back a place that wasn't used.
    fn unplace(&mut self, place: Place, frames: &Frames) {
        let lane = self.lane(place.candidate);
        let lane = &mut self.lanes[lane];
        lane.placed -= 1;
        lane.ordinals[family(frames.spec, place.kind)] -= 1;
    }
}
