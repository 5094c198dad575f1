//! A frame that is the one before but for its text.
//!
//! Most frames of a stream are: what stands around the text was read once and is compared from then on. Which part such
//! a frame speaks of, and that it says nothing else, was seen when the frame before was read, so this knows no dialect.
//! Values that count for nothing may differ as well, which are those of the names that the dialect's table doesn't list.

use std::borrow::Cow;

use crate::canonical::{Event, EventKind};
use crate::wire::read::Reader;

use super::framing::Frame;
use super::text::string_end;

/// Bytes around a text that are kept.
const ROOM: usize = 4 << 10;
/// How many values may differ, the text among them.
const MOST_GAPS: usize = 8;

/// What the frame before looked like.
#[derive(Debug, Default)]
pub(super) struct Again {
    known: bool,
    off: bool,
    /// All that stands around gaps, one after the other.
    around: Vec<u8>,
    gaps: Vec<Gap>,
    told: Told,
}

/// What may differ, and how much of what stands around comes before it.
#[derive(Debug, Clone, Copy)]
struct Gap {
    what: What,
    behind: usize,
}

/// Where such a thing is in a frame.
struct Span {
    what: What,
    start: usize,
    length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The text, between its quotes.
    Text,
    /// Another string, between its quotes.
    String,
    /// A whole number.
    Digits,
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

    /// Keeps what this frame looks like, if another one with another text can be told by it. `meant`: the names of the
    /// outermost members that count.
    pub(super) fn learn(&mut self, frame: Frame<'_>, seen: &Seen, meant: &[&str]) {
        self.known = false;
        let (Some(told), Some((address, length)), 1) = (seen.told, seen.text, seen.events) else {
            return;
        };
        let raw = frame.raw;
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
        let text = Span {
            what: What::Text,
            start,
            length,
        };
        self.told = told;
        self.known = self.cut(frame, text, meant).is_some();
    }

    /// Takes the gaps out of a frame. Nothing, if it isn't clear where they are.
    fn cut(&mut self, frame: Frame<'_>, text: Span, meant: &[&str]) -> Option<()> {
        let mut spans = vec![text];
        idle(frame, meant, &mut spans)?;
        spans.sort_unstable_by_key(|span| span.start);
        self.gaps.clear();
        self.around.clear();
        let mut at = 0;
        for Span {
            what,
            start,
            length,
        } in spans
        {
            self.around.extend_from_slice(frame.raw.get(at..start)?);
            at = start + length;
            let behind = self.around.len();
            self.gaps.push(Gap { what, behind });
        }
        self.around.extend_from_slice(frame.raw.get(at..)?);
        Some(())
    }

    /// What a frame says that these bytes begin with, and how long it is; nothing, if it isn't the one before.
    pub(super) fn read<'b>(&self, bytes: &'b [u8]) -> Option<(Told, Cow<'b, str>, usize)> {
        if !self.known {
            return None;
        }
        let mut text = None;
        let (mut at, mut from) = (0, 0);
        for gap in &self.gaps {
            let around = &self.around[from..gap.behind];
            let rest = bytes[at..].strip_prefix(around)?;
            at += around.len();
            from = gap.behind;
            at += match gap.what {
                What::Text => {
                    let (length, escaped) = string_end(rest)?;
                    text = Some((at, length, escaped));
                    length
                }
                What::String => {
                    let (length, _) = string_end(rest)?;
                    std::str::from_utf8(&rest[..length]).ok()?;
                    length
                }
                What::Digits => digits(rest)?,
            };
        }
        let around = &self.around[from..];
        bytes[at..].starts_with(around).then_some(())?;
        let (start, length, escaped) = text.filter(|(_, length, _)| *length > 0)?;
        let text = if escaped {
            // With its quotes it is a value of its own.
            let value = &bytes[start - 1..=start + length];
            Cow::Owned(serde_json::from_slice(value).ok()?)
        } else {
            Cow::Borrowed(std::str::from_utf8(&bytes[start..start + length]).ok()?)
        };
        Some((self.told, text, at + around.len()))
    }
}

/// Where a part of these bytes begins in them; nothing, if it isn't one.
fn within(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let start = part.as_ptr().addr().checked_sub(bytes.as_ptr().addr())?;
    (start + part.len() <= bytes.len()).then_some(start)
}

/// Adds a frame's members that don't count and are strings or whole numbers. Of more than are kept the others are
/// compared.
fn idle(frame: Frame<'_>, meant: &[&str], spans: &mut Vec<Span>) -> Option<()> {
    let mut reader = Reader::new(frame.data);
    reader.open_object().ok()?;
    let mut begun = false;
    while let Some(name) = reader.next_key(&mut begun).ok()? {
        let value = reader.passed().ok()?.as_bytes();
        let start = within(frame.raw, value)?;
        if meant.contains(&&*name) || spans.len() == MOST_GAPS {
            continue;
        }
        let (what, start, length) = match value {
            [b'"', text @ .., b'"'] => (What::String, start + 1, text.len()),
            number if digits(number) == Some(number.len()) => (What::Digits, start, number.len()),
            _ => continue,
        };
        spans.push(Span {
            what,
            start,
            length,
        });
    }
    Some(())
}

/// How many digits a whole number has that stands here.
fn digits(bytes: &[u8]) -> Option<usize> {
    let count = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let sound = count == 1 || count > 1 && bytes[0] != b'0';
    sound.then_some(count)
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
