//! Writes the frames that hold a part's head, more of it, or its end.
//!
//! Of several frames that hold a delta the first that fits is written, of any other event all that fit.

use std::borrow::Cow;

use crate::canonical::{Event, EventKind, Part, PartKind};
use crate::error::Fault;
use crate::table::{Frame, FrameEncode, Holds, Kinds, StreamSpec};

use super::answer::event;
use super::frames::Frames;
use super::split::{Place, Said};

impl Frames {
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
        if head.is_none() && self.continue_run(place, said, free, out) {
            return Ok(true);
        }
        let start = out.len();
        let written = self.delta_in_full(place, said, free, head, out)?;
        if written && head.is_none() {
            self.learn_run(place, said, free, &out[start..]);
        }
        Ok(written)
    }

    /// The same, whatever was written before.
    pub(super) fn delta_in_full(
        &mut self,
        place: Place,
        said: Said<'_>,
        free: bool,
        head: Option<&Part<'static>>,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let spec = self.spec;
        for frame in spec.frames {
            let fits = frame.holds.has(EventKind::Delta) && speaks_of(frame, place.kind);
            if !fits || !self.wanted(frame) {
                continue;
            }
            let bytes = match &frame.encode {
                FrameEncode::Event(encode) => {
                    let event = Event {
                        text: said.text.map(Cow::Borrowed),
                        arguments: said.arguments.map(Cow::Borrowed),
                        free,
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
            if !speaks_of(frame, place.kind) {
                return Ok(false);
            }
            match &frame.encode {
                FrameEncode::Event(encode) => {
                    let event = event.get_or_insert_with(|| Event {
                        part: Some(Box::new(Part {
                            index: Some(place.index),
                            ..part.clone()
                        })),
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
            .find(|frame| frame.holds.has(holds) && speaks_of(frame, kind))
    };
    let frame = speaks(EventKind::Open).or_else(|| speaks(EventKind::Delta));
    let shared = frame.filter(|frame| matches!(frame.encode, FrameEncode::Event(_)));
    let first = shared.and_then(|frame| PartKind::ALL.iter().find(|kind| speaks_of(frame, **kind)));
    *first.unwrap_or(&kind) as usize
}

/// Whether a frame can speak of this kind: one that speaks of no kind by name can stand beside any.
fn speaks_of(frame: &Frame, kind: PartKind) -> bool {
    frame.kinds == Kinds::NONE || frame.kinds.has(kind)
}
