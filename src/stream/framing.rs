//! Cuts a byte stream into frames, whatever pieces the network makes of it.
//!
//! Knows three framings and nothing of what the frames say.

use std::borrow::Cow;

use crate::error::Fault;
use crate::table::Framing;

use super::array::Array;
use super::ndjson::Lines;
use super::sse::Sse;

/// Bytes that are kept for the next frame that comes in pieces.
const ROOM: usize = 16 << 10;

/// One frame, as it lies in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'b> {
    /// Name of a server-sent event.
    pub event: Option<&'b str>,
    /// What it says.
    pub data: &'b str,
    /// All of its bytes; none where its end can't be told from the bytes alone.
    pub raw: &'b [u8],
}

/// Who takes the frames.
pub trait Take {
    /// One frame.
    fn frame(&mut self, frame: Frame<'_>);

    /// Takes the frame that these bytes begin with, if all of it is there and its form is known; gives its length.
    fn known(&mut self, bytes: &[u8]) -> Option<usize> {
        let _ = bytes;
        None
    }
}

impl<F: FnMut(Frame<'_>)> Take for F {
    fn frame(&mut self, frame: Frame<'_>) {
        self(frame);
    }
}

/// Who takes the frames.
pub type TakeFrame<'t> = &'t mut dyn Take;

/// Cuts a byte stream into frames. Bytes are copied only where a frame doesn't end in the piece in which it began.
#[derive(Debug)]
pub struct Framed {
    /// Bytes of a frame that hasn't ended.
    carry: Vec<u8>,
    parser: Parser,
    limit: usize,
}

#[derive(Debug)]
enum Parser {
    Events(Sse),
    Lines(Lines),
    Array(Array),
}

impl Framed {
    /// For this framing; a frame of more than `limit` bytes is a fault.
    pub fn new(framing: Framing, limit: usize) -> Self {
        Self {
            carry: Vec::new(),
            parser: match framing {
                Framing::Events => Parser::Events(Sse::default()),
                Framing::Lines => Parser::Lines(Lines::default()),
                Framing::Array => Parser::Array(Array::default()),
            },
            limit,
        }
    }

    /// No frame has begun that hasn't ended.
    pub fn is_between(&self) -> bool {
        self.carry.is_empty()
    }

    /// Takes the next bytes and gives each frame that they complete.
    pub fn push(&mut self, bytes: &[u8], take: TakeFrame<'_>) -> Result<(), Fault> {
        if self.carry.is_empty() {
            let used = self.parser.parse(bytes, self.limit, take)?;
            self.carry.extend_from_slice(&bytes[used..]);
        } else {
            self.carry.extend_from_slice(bytes);
            let used = self.parser.parse(&self.carry, self.limit, take)?;
            self.carry.drain(..used);
            if self.carry.is_empty() && self.carry.capacity() > ROOM {
                self.carry = Vec::new();
            }
        }
        within(self.carry.len(), self.limit)
    }

    /// The stream has ended: gives a last frame that lacks only its ending.
    pub fn end(&mut self, take: TakeFrame<'_>) {
        let rest = std::mem::take(&mut self.carry);
        match &mut self.parser {
            Parser::Events(sse) => sse.end(&rest, take),
            Parser::Lines(lines) => lines.end(&rest, take),
            Parser::Array(_) => {}
        }
    }
}

impl Parser {
    /// Gives the frames that end in these bytes, and how many bytes aren't needed any more.
    fn parse(&mut self, bytes: &[u8], limit: usize, take: TakeFrame<'_>) -> Result<usize, Fault> {
        match self {
            Self::Events(sse) => sse.parse(bytes, limit, take),
            Self::Lines(lines) => lines.parse(bytes, limit, take),
            Self::Array(array) => array.parse(bytes, limit, take),
        }
    }
}

/// Refuses a frame that is too large, whole or not.
pub(super) fn within(length: usize, limit: usize) -> Result<(), Fault> {
    if length <= limit {
        return Ok(());
    }
    Err(Fault::new(format!(
        "a frame of the stream has more than {limit} bytes"
    )))
}

/// Takes the frame that begins at `start`, if its form is known; gives its length. One that has been looked at for long,
/// and hasn't ended, isn't asked for again with each piece.
pub(super) fn known(
    bytes: &[u8],
    start: usize,
    searched: usize,
    limit: usize,
    take: TakeFrame<'_>,
) -> Option<usize> {
    if searched > ROOM {
        return None;
    }
    let end = start.saturating_add(limit).min(bytes.len());
    take.known(&bytes[start..end])
}

/// The text of a frame. Broken UTF-8 is replaced, as the standard of server-sent events asks.
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Almost all text is sound, and this check is the faster one.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}
