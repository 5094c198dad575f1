//! Where a reply's body ends, and what of the bytes before that is its content.

use std::mem;

use hyper::HeaderMap;

use super::head::{self, Malformed};

/// What comes next of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Nothing.
    Done,
    /// So many bytes, the last.
    Length(u64),
    /// All until the connection ends.
    UntilClose,
    /// A digit of a chunk's size, or what follows the digits there were.
    Size {
        size: u64,
        digits: u8,
    },
    /// Blanks behind the size.
    Blank {
        size: u64,
        length: u16,
    },
    /// The rest of the line behind the size, which nobody needs.
    Extension {
        size: u64,
        length: u16,
    },
    /// The second byte of that line's end.
    SizeEnd(u64),
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The first, then the second byte of the line end behind a chunk.
    ChunkReturn,
    ChunkEnd,
    /// A trailer, or the line end that says there is none.
    AfterLast,
    LastEnd,
    Trailers,
    /// Nothing that could be told from what came.
    Broken(Malformed),
}

/// A size of 64 bits has no more.
const MOST_DIGITS: u8 = 16;
const LONGEST_EXTENSION: u16 = 4096;
const LONGEST_TRAILERS: usize = 16 * 1024;

/// What belongs to trailers.
#[derive(Debug, Default)]
pub(super) struct Trailers {
    unparsed: Vec<u8>,
    /// All of them.
    pub(super) fields: Option<HeaderMap>,
}

impl Framing {
    pub(super) const CHUNKED: Self = Self::Size { size: 0, digits: 0 };

    pub(super) fn length(length: u64) -> Self {
        match length {
            0 => Self::Done,
            length => Self::Length(length),
        }
    }

    /// The next piece of content of what was read, which is cut off from it together with all before.
    pub(super) fn next<'r>(
        &mut self,
        read: &mut &'r [u8],
        trailers: &mut Trailers,
    ) -> Option<&'r [u8]> {
        while !read.is_empty() {
            *self = match *self {
                Self::Done | Self::Broken(_) => return None,
                Self::UntilClose => return Some(mem::take(read)),
                Self::Length(left) => {
                    let content = cut(read, left);
                    *self = Self::length(left - content.len() as u64);
                    return Some(content);
                }
                Self::Chunk(left) => {
                    let content = cut(read, left);
                    *self = match left - content.len() as u64 {
                        0 => Self::ChunkReturn,
                        left => Self::Chunk(left),
                    };
                    return Some(content);
                }
                Self::CHUNKED if let Some((size, length)) = size_line(read) => {
                    *read = &read[length..];
                    match size {
                        0 => Self::AfterLast,
                        size => Self::Chunk(size),
                    }
                }
                Self::ChunkReturn if let Some(rest) = read.strip_prefix(b"\r\n") => {
                    *read = rest;
                    Self::CHUNKED
                }
                between => {
                    let (&byte, rest) = read.split_first()?;
                    *read = rest;
                    between.after(byte, trailers)
                }
            };
        }
        None
    }

    /// What comes after a byte that isn't content.
    fn after(self, byte: u8, trailers: &mut Trailers) -> Self {
        match (self, byte) {
            (Self::Size { size, digits: 1.. }, b'\r') => Self::SizeEnd(size),
            (Self::Size { size, digits: 1.. }, b' ' | b'\t') => Self::Blank { size, length: 0 },
            (Self::Size { size, digits: 1.. }, b';') => Self::Extension { size, length: 0 },
            (Self::Size { size, digits }, _) => match char::from(byte).to_digit(16) {
                Some(digit) if digits < MOST_DIGITS => Self::Size {
                    size: size << 4 | u64::from(digit),
                    digits: digits + 1,
                },
                _ => Self::Broken(Malformed("not a chunk's size")),
            },
            (Self::Blank { size, .. } | Self::Extension { size, .. }, b'\r') => Self::SizeEnd(size),
            (Self::Blank { size, length }, b' ' | b'\t') if length < LONGEST_EXTENSION => {
                Self::Blank {
                    size,
                    length: length + 1,
                }
            }
            (Self::Blank { size, length }, b';') => Self::Extension { size, length },
            (Self::Extension { size, length }, _)
                if byte != b'\n' && length < LONGEST_EXTENSION =>
            {
                Self::Extension {
                    size,
                    length: length + 1,
                }
            }
            (Self::SizeEnd(0), b'\n') => Self::AfterLast,
            (Self::SizeEnd(size), b'\n') => Self::Chunk(size),
            (Self::ChunkReturn, b'\r') => Self::ChunkEnd,
            (Self::ChunkEnd, b'\n') => Self::CHUNKED,
            (Self::AfterLast, b'\r') => Self::LastEnd,
            (Self::LastEnd, b'\n') => Self::Done,
            (Self::AfterLast | Self::Trailers, _) => trailers.push(byte),
            _ => Self::Broken(Malformed("a chunk doesn't end where it should")),
        }
    }
}

/// A chunk's size and how long its line is, if there is all of it and nothing else in it, as almost always.
fn size_line(read: &[u8]) -> Option<(u64, usize)> {
    let mut size = 0;
    for (at, &byte) in read.iter().enumerate().take(usize::from(MOST_DIGITS)) {
        if byte == b'\r' && at > 0 {
            return (read.get(at + 1) == Some(&b'\n')).then_some((size, at + 2));
        }
        size = size << 4 | u64::from(char::from(byte).to_digit(16)?);
    }
    None
}

impl Trailers {
    fn push(&mut self, byte: u8) -> Framing {
        if byte == b'\n' && self.unparsed.last() != Some(&b'\r') {
            return Framing::Broken(Malformed("a trailer doesn't end where it should"));
        }
        self.unparsed.push(byte);
        if self.unparsed.ends_with(b"\r\n\r\n") {
            return match head::trailers(&mem::take(&mut self.unparsed)) {
                Ok(fields) => {
                    self.fields = Some(fields);
                    Framing::Done
                }
                Err(malformed) => Framing::Broken(malformed),
            };
        }
        match self.unparsed.len() {
            ..LONGEST_TRAILERS => Framing::Trailers,
            _ => Framing::Broken(Malformed("the trailers are too long")),
        }
    }
}

fn cut<'r>(read: &mut &'r [u8], most: u64) -> &'r [u8] {
    let length = usize::try_from(most).map_or(read.len(), |most| most.min(read.len()));
    let (content, rest) = read.split_at(length);
    *read = rest;
    content
}
