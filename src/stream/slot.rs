//! A part under way, as the writer of a stream sees it.
//!
//! One that may not be written yet collects what is said of it: because another one is open in a serial dialect,
//! or because its kind is only sent whole.

use std::borrow::Cow;

use crate::canonical::{Part, PartKind};
use crate::error::Fault;
use crate::table::{Loss, LossKind};
use crate::wire::Sealed;

use super::frames::Frames;
use super::split::{Place, Said};

/// A part under way.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) candidate: i64,
    pub(super) index: i64,
    pub(super) stage: Stage,
    /// The caller has closed it.
    pub(super) closed: bool,
    /// The head; when the part is written or closed, all of it.
    pub(super) part: Part<'static>,
    /// Its place on the wire, once it is there.
    place: Option<Place>,
    /// Text or arguments, if they are kept.
    kept: String,
    signature: Option<Sealed<'static>>,
    /// The head has been written.
    headed: bool,
}

/// How far a part has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The dialect has no place for it.
    Dropped,
    /// It comes onto the wire when it is whole.
    Whole,
    /// It comes onto the wire when no other part is open.
    Waiting,
    /// It is on the wire.
    Open,
    /// All of it has been written.
    Written,
    /// All of it has been written, and the part is in the whole answer.
    Gathered,
}

impl Slot {
    pub(super) fn new(candidate: i64, index: i64, stage: Stage, mut part: Part<'static>) -> Self {
        // What deltas bring may also come with the head; it is written after it.
        let kept = part.text.take().or(part.arguments.take());
        Self {
            candidate,
            index,
            stage,
            closed: false,
            part,
            place: None,
            kept: kept.unwrap_or_default().into_owned(),
            signature: None,
            headed: false,
        }
    }

    /// Its place among all parts on the wire.
    pub(super) fn placed(&self) -> Option<i64> {
        self.place.map(|place| place.index)
    }

    /// Puts the head onto the wire, and what has been kept.
    pub(super) fn open(
        &mut self,
        place: Place,
        frames: &mut Frames,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        self.stage = Stage::Open;
        self.place = Some(place);
        self.headed = frames.open(place, &self.part, true, out)?;
        if !self.kept.is_empty() {
            let kept = std::mem::take(&mut self.kept);
            let written = self.write(said(self.part.kind, &kept), frames, out);
            self.kept = kept;
            written?;
        }
        if let Some(signature) = self.signature.take() {
            let said = Said {
                signature: Some(&signature),
                ..Said::default()
            };
            self.sign(said, frames, out);
            self.signature = Some(signature);
        }
        Ok(())
    }

    /// Takes more of the part, and writes it if it is on the wire. With `keep` it is kept for the part's end.
    pub(super) fn say(
        &mut self,
        said: Said<'_>,
        keep: bool,
        frames: &mut Frames,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let open = self.stage == Stage::Open;
        if keep || !open {
            let text = said.text.or(said.arguments).unwrap_or_default();
            self.kept.push_str(text);
            if let Some(signature) = said.signature {
                self.signature = Some(signature.to_static());
            }
        }
        match said.signature {
            _ if !open => Ok(()),
            Some(_) => {
                self.sign(said, frames, out);
                Ok(())
            }
            None => self.write(said, frames, out),
        }
    }

    /// Ends the part on the wire.
    pub(super) fn close(&mut self, frames: &mut Frames, out: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(place) = self.place else {
            return Ok(());
        };
        if !self.headed && speaks(&self.part) {
            self.write(Said::default(), frames, out)?;
        }
        self.complete();
        self.stage = Stage::Written;
        frames.close(place, &self.part, out).map(|_| ())
    }

    /// Writes a part that is only sent whole. False if it can't be said: the dialect may have parts of this kind and
    /// yet no place for this one, that is another dialect's own.
    pub(super) fn write_whole(
        &mut self,
        place: Place,
        frames: &mut Frames,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        self.complete();
        let said = match self.say_whole(place, frames, out) {
            Err(_) if self.part.kind != PartKind::ToolCall => false,
            said => said?,
        };
        if said {
            self.stage = Stage::Written;
            self.place = Some(place);
            frames.close(place, &self.part, out)?;
        } else {
            self.stage = Stage::Dropped;
            frames.lose(dropped(self.part.kind));
        }
        Ok(said)
    }

    /// Writes all of a part in the frame that opens such parts, or else as one delta.
    fn say_whole(
        &self,
        place: Place,
        frames: &mut Frames,
        out: &mut Vec<u8>,
    ) -> Result<bool, Fault> {
        let said = Said {
            text: self.part.text.as_deref(),
            arguments: self.part.arguments.as_deref(),
            signature: self.part.signature.as_ref(),
            logprobs: &[],
        };
        Ok(frames.open(place, &self.part, false, out)?
            || frames.delta(place, said, self.part.free, Some(&self.part), out)?)
    }

    /// Makes the head the whole part.
    fn complete(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        if self.part.kind == PartKind::ToolCall {
            self.part.arguments = Some(Cow::Owned(kept));
        } else if !kept.is_empty() {
            self.part.text = Some(Cow::Owned(kept));
        }
        if self.signature.is_some() {
            self.part.signature = self.signature.take();
        }
    }

    fn write(
        &mut self,
        said: Said<'_>,
        frames: &mut Frames,
        out: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let Some(place) = self.place else {
            return Ok(());
        };
        let head = Some(&self.part).filter(|_| !self.headed);
        let written = frames.delta(place, said, self.part.free, head, out)?;
        self.headed |= written;
        if !written {
            frames.lose(dropped(self.part.kind));
        }
        Ok(())
    }

    /// Writes a signature, where a delta can carry it; another dialect's is lost.
    fn sign(&mut self, said: Said<'_>, frames: &mut Frames, out: &mut Vec<u8>) {
        let Some(place) = self.place.filter(|_| frames.spec.signs.has(self.part.kind)) else {
            return;
        };
        let head = Some(&self.part).filter(|_| !self.headed);
        match frames.delta(place, said, self.part.free, head, out) {
            Ok(true) => self.headed = true,
            Ok(false) | Err(_) => frames.lose(Loss {
                field: "signature".into(),
                what: LossKind::Dropped,
            }),
        }
    }
}

/// What becomes of a part. A refusal that has no place of its own is text.
pub(super) fn admit(part: &mut Part<'static>, frames: &mut Frames) -> Stage {
    let spec = frames.spec;
    let refusal = part.kind == PartKind::Refusal && !spec.holds.has(PartKind::Refusal);
    if refusal && spec.holds.has(PartKind::Text) {
        part.kind = PartKind::Text;
        frames.lose(Loss {
            field: PartKind::Refusal.name().into(),
            what: LossKind::Nearest,
        });
    }
    if !spec.holds.has(part.kind) {
        frames.lose(dropped(part.kind));
        Stage::Dropped
    } else if spec.pieces.has(part.kind) {
        Stage::Waiting
    } else {
        Stage::Whole
    }
}

/// A part of this kind could not be said.
fn dropped(kind: PartKind) -> Loss {
    Loss {
        field: kind.name().into(),
        what: LossKind::Dropped,
    }
}

fn said(kind: PartKind, text: &str) -> Said<'_> {
    let text = Some(text);
    if kind == PartKind::ToolCall {
        return Said {
            arguments: text,
            ..Said::default()
        };
    }
    Said {
        text,
        ..Said::default()
    }
}

/// Whether a head says something by itself.
fn speaks(head: &Part<'_>) -> bool {
    head.kind == PartKind::ToolCall
        || head.signature.is_some()
        || head.redacted.is_some()
        || head.source.is_some()
        || head.raw.is_some()
}
