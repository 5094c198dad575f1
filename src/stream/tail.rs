//! The last frames of a stream as they came, so that its end can be read without having read what came before.
//!
//! Knows where frames end and nothing of what they say. What is kept is bounded: older frames go first.

use memchr::{memchr, memrchr, memrchr2};

use crate::table::Framing;

/// Bytes that are kept before anything is dropped, unless the frames are long.
const ROOM: usize = 8192;
/// Frames that are kept at least: a stream ends in one that tells why, one that tells the usage, one that says that it
/// was the last, and there may be others between them.
const FRAMES: usize = 6;
/// Bytes that are kept at least: frames that keep a connection alive are many and short.
const LEAST: usize = 1024;
/// Of frames as long as this together only the last few are kept.
const MOST: usize = 64 * 1024;
/// How many that are.
const FEW: usize = 4;
/// The field of an event that holds what it says.
const DATA: &[u8] = b"data";

/// The last frames of a stream.
#[derive(Debug)]
pub(super) struct Tail {
    framing: Framing,
    /// Begins with a frame.
    bytes: Vec<u8>,
    /// When it is longer than this, older frames are dropped.
    room: usize,
}

impl Tail {
    pub(super) fn new(framing: Framing) -> Self {
        Self {
            framing,
            bytes: Vec::new(),
            room: ROOM,
        }
    }

    /// Takes more bytes and gives where they are; nothing if they only keep the connection alive.
    pub(super) fn push(&mut self, data: &[u8]) -> Option<usize> {
        if self.is_silence(data) {
            return None;
        }
        if self.bytes.len() + data.len() > self.room {
            self.trim();
        }
        if self.bytes.capacity() == 0 {
            self.bytes.reserve_exact(ROOM);
        }
        let at = self.bytes.len();
        self.bytes.extend_from_slice(data);
        Some(at)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How much room it takes.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.bytes.capacity()
    }

    /// Everything, which is forgotten here.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.room = ROOM;
        std::mem::take(&mut self.bytes)
    }

    /// No frame has begun that hasn't ended.
    pub(super) fn is_between(&self) -> bool {
        let blank_line = || {
            let bytes = &self.bytes;
            bytes.ends_with(b"\n\n") || bytes.ends_with(b"\n\r\n") || bytes.ends_with(b"\r\r")
        };
        match self.framing {
            _ if self.bytes.is_empty() => true,
            Framing::Lines => self.bytes.ends_with(b"\n"),
            _ => blank_line(),
        }
    }

    /// Where the last frames begin; comments don't count.
    pub(super) fn last(&self, count: usize) -> usize {
        self.last_before(self.bytes.len(), count)
    }

    /// The same, as if nothing had come after this place.
    pub(super) fn last_before(&self, place: usize, count: usize) -> usize {
        let (mut end, mut found) = (place, 0);
        while end > 0 {
            let Some(last) = self.bytes[..end].iter().rposition(|byte| !is_break(*byte)) else {
                return 0;
            };
            end = match self.framing {
                Framing::Events => begin_of_event(&self.bytes[..=last]),
                _ => memrchr(b'\n', &self.bytes[..last]).map_or(0, |at| at + 1),
            };
            found += usize::from(self.bytes[end] != b':');
            if found == count {
                return end;
            }
        }
        0
    }

    /// The end of the first line from here on that should hold a value and doesn't end like one.
    pub(super) fn cut_value(&self, from: usize, ends: impl Fn(u8) -> bool) -> Option<usize> {
        let bytes = &self.bytes;
        let mut begin = memrchr(b'\n', &bytes[..from]).map_or(0, |at| at + 1);
        let mut at = from;
        while let Some(found) = memchr(b'\n', &bytes[at..]) {
            let end = at + found;
            let line = bytes[begin..end].trim_ascii_end();
            let whole = line.last().is_none_or(|last| ends(*last));
            let holds = self.framing == Framing::Lines || line.starts_with(DATA);
            if !whole && holds {
                return Some(end);
            }
            // An empty line holds nothing, and most that do are followed by one.
            begin = end + 1;
            while bytes.get(begin) == Some(&b'\n') {
                begin += 1;
            }
            at = begin;
            if at == bytes.len() {
                break;
            }
        }
        None
    }

    /// Blank lines, or a comment, where a frame may begin.
    fn is_silence(&self, data: &[u8]) -> bool {
        let comment = match data.first() {
            Some(b':') => self.framing == Framing::Events,
            Some(byte) if is_break(*byte) => false,
            _ => return false,
        };
        let text = data.trim_ascii_end();
        let one_line =
            comment && text.len() < data.len() && !text.iter().any(|byte| is_break(*byte));
        (text.is_empty() || one_line) && self.is_between()
    }

    fn trim(&mut self) {
        let least = self.bytes.len().saturating_sub(LEAST);
        let mut start = self.last(FRAMES).min(self.last_before(least, 1));
        if self.bytes.len() - start > MOST {
            start = self.last(FEW);
        }
        self.bytes.drain(..start);
        self.room = ROOM.max(2 * self.bytes.len());
        if self.bytes.capacity() > 2 * self.room {
            self.bytes.shrink_to(self.room);
        }
    }
}

/// Where the event begins of which this is the end, without the line breaks behind it: after a blank line.
fn begin_of_event(bytes: &[u8]) -> usize {
    let mut end = bytes.len();
    while let Some(at) = memrchr2(b'\n', b'\r', &bytes[..end]) {
        end = match bytes[..=at].ends_with(b"\r\n") {
            true => at - 1,
            false => at,
        };
        if end == 0 || is_break(bytes[end - 1]) {
            return at + 1;
        }
    }
    0
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}
