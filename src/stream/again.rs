//! A frame that is the one before but for its text.
//!
//! Most frames of a stream are: what stands around the text was read once and is compared from then on. Which part such
//! a frame speaks of, and that it says nothing else, was seen when the frame before was read, so this knows no dialect.

use std::borrow::Cow;

use crate::canonical::{Event, EventKind};

use super::text::string_end;

/// Bytes around a text that are kept.
const ROOM: usize = 4 << 10;

/// What the frame before looked like.
#[derive(Debug, Default)]
pub(super) struct Again {
    known: bool,
    off: bool,
    /// All up to the text, with the quote before it.
    before: Vec<u8>,
    /// All from the quote behind it.
    after: Vec<u8>,
    told: Told,
}

/// What a frame told, if that is a piece of a part and nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) candidate: i64,
    /// Place of the part in its candidate.
    pub(super) piece: usize,
    /// It brings arguments.
    pub(super) arguments: bool,
}

/// What is seen of the events of one frame.
#[derive(Debug, Default)]
pub(super) struct Seen {
    events: usize,
    told: Option<Told>,
    /// Where the text lies, if it lies in the frame as it is.
    text: Option<(usize, usize)>,
}

impl Again {
    /// Every frame is read in full.
    pub(super) fn off() -> Self {
        Self {
            off: true,
            ..Self::default()
        }
    }

    /// Forgets it.
    pub(super) fn forget(&mut self) {
        self.known = false;
    }

    /// Keeps what this frame looks like, if another one with another text can be told by it.
    pub(super) fn learn(&mut self, raw: &[u8], seen: &Seen) {
        self.known = false;
        let (Some(told), Some((address, length)), 1) = (seen.told, seen.text, seen.events) else {
            return;
        };
        let Some(start) = address.checked_sub(raw.as_ptr().addr()) else {
            return;
        };
        if start == 0 || start + length >= raw.len() {
            return;
        }
        let (before, rest) = raw.split_at(start);
        let whole = matches!(string_end(rest), Some((end, false)) if end == length);
        let short = raw.len() - length <= ROOM;
        if self.off || length == 0 || !whole || !short || !before.ends_with(b"\"") {
            return;
        }
        self.before.clear();
        self.before.extend_from_slice(before);
        self.after.clear();
        self.after.extend_from_slice(&rest[length..]);
        self.told = told;
        self.known = true;
    }

    /// What a frame says that these bytes begin with, and how long it is; nothing, if it isn't the one before.
    pub(super) fn read<'b>(&self, bytes: &'b [u8]) -> Option<(Told, Cow<'b, str>, usize)> {
        if !self.known {
            return None;
        }
        let rest = bytes.strip_prefix(self.before.as_slice())?;
        let (length, escaped) = string_end(rest)?;
        if length == 0 || !rest[length..].starts_with(&self.after) {
            return None;
        }
        let start = self.before.len();
        let text = if escaped {
            // With its quotes it is a value of its own.
            let value = &bytes[start - 1..=start + length];
            Cow::Owned(serde_json::from_slice(value).ok()?)
        } else {
            Cow::Borrowed(std::str::from_utf8(&rest[..length]).ok()?)
        };
        Some((self.told, text, start + length + self.after.len()))
    }
}

impl Seen {
    /// Looks at an event of the frame.
    pub(super) fn look(&mut self, event: &Event<'_>) {
        self.events += 1;
        let (text, arguments) = (&event.text, &event.arguments);
        let said = match (text, arguments) {
            (Some(said), None) | (None, Some(said)) => said,
            _ => return,
        };
        let bare = event.signature.is_none() && event.logprobs.is_empty();
        let piece = event.index.and_then(|index| usize::try_from(index).ok());
        let Some(piece) = piece.filter(|_| bare && event.event == EventKind::Delta) else {
            return;
        };
        self.told = Some(Told {
            candidate: event.candidate,
            piece,
            arguments: arguments.is_some(),
        });
        if let Cow::Borrowed(said) = said {
            self.text = Some((said.as_ptr().addr(), said.len()));
        }
    }
}
