//! Server-sent events, as the HTML standard reads them, with two tolerances that real providers need: a last event
//! may lack its blank line, and a body that is a bare JSON document (an error, usually) is one event.

use std::ops::Range;

use memchr::memchr2;

use crate::error::Fault;

use super::framing::{Frame, TakeFrame, known, text, within};
use super::scan::Scan;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Cuts events.
#[derive(Debug, Default)]
pub(super) struct Sse {
    /// The byte order mark has been looked for.
    begun: bool,
    /// A field has been seen, so this is no bare document.
    fields: bool,
    /// The bare document, once it is known to be one.
    document: Option<Document>,
    /// The last line ended in CR at the end of a piece: an LF that follows belongs to it.
    skip_lf: bool,
    draft: Draft,
    /// Data of an event with several data lines.
    joined: Vec<u8>,
}

#[derive(Debug, Default)]
struct Document {
    scan: Scan,
    searched: usize,
    given: bool,
}

/// The event under way. All places count from its first byte.
#[derive(Debug, Default)]
struct Draft {
    /// Where the unfinished line begins.
    line: usize,
    /// Up to where it has been searched for its end.
    searched: usize,
    name: Option<Range<usize>>,
    data: Option<Range<usize>>,
    /// There are several data lines; their text is in `joined`.
    several: bool,
}

impl Sse {
    /// Gives the events that end in these bytes, and how many bytes aren't needed any more.
    pub(super) fn parse(
        &mut self,
        bytes: &[u8],
        limit: usize,
        take: TakeFrame<'_>,
    ) -> Result<usize, Fault> {
        let mut start = 0;
        if !self.begun {
            if bytes.len() < BOM.len() && BOM.starts_with(bytes) {
                return Ok(0);
            }
            self.begun = true;
            start = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        }
        // Where `known` was asked last.
        let mut asked = None;
        loop {
            self.skip_newline(bytes, &mut start);
            if asked != Some(start) {
                if let Some(length) = known(bytes, start, self.draft.searched, limit, take) {
                    start += length;
                    self.draft = Draft::default();
                    continue;
                }
                asked = Some(start);
            }
            if self.document.is_some() || self.is_document(&bytes[start..]) {
                return self.document(bytes, start, limit, take);
            }
            let from = start + self.draft.searched;
            let Some(found) = memchr2(b'\n', b'\r', &bytes[from..]) else {
                self.draft.searched = bytes.len() - start;
                return Ok(start);
            };
            let end = from + found;
            within(end - start, limit)?;
            let next = self.line_break(bytes, end);
            self.line(&bytes[start..end]);
            if end - start == self.draft.line {
                let closed = bytes[next - 1] == b'\n';
                let raw = if closed { &bytes[start..next] } else { &[] };
                self.dispatch(&bytes[start..end], raw, take);
                start = next;
            } else if self.draft.name.is_none() && self.draft.data.is_none() {
                start = next;
                self.draft = Draft::default();
            } else {
                self.draft.line = next - start;
                self.draft.searched = self.draft.line;
            }
        }
    }

    /// Gives a last event without its blank line.
    pub(super) fn end(&mut self, rest: &[u8], take: TakeFrame<'_>) {
        if self.begun && self.document.is_none() {
            self.line(rest);
            self.dispatch(rest, &[], take);
        }
    }

    /// Whether a bare JSON document begins here: no line of an event stream begins so.
    fn is_document(&mut self, bytes: &[u8]) -> bool {
        if self.fields || !matches!(bytes.first(), Some(b'{' | b'[')) {
            return false;
        }
        self.document = Some(Document::default());
        true
    }

    fn document(
        &mut self,
        bytes: &[u8],
        start: usize,
        limit: usize,
        take: TakeFrame<'_>,
    ) -> Result<usize, Fault> {
        let Some(document) = self.document.as_mut().filter(|document| !document.given) else {
            return Ok(bytes.len());
        };
        let Some(found) = document.scan.feed(&bytes[start + document.searched..]) else {
            document.searched = bytes.len() - start;
            return Ok(start);
        };
        let end = start + document.searched + found;
        within(end - start, limit)?;
        document.given = true;
        take.frame(Frame {
            event: None,
            data: &text(&bytes[start..end]),
            raw: &[],
        });
        Ok(bytes.len())
    }

    /// Skips the LF of a CRLF that was cut in two.
    fn skip_newline(&mut self, bytes: &[u8], start: &mut usize) {
        let Some(byte) = bytes.get(*start + self.draft.line).filter(|_| self.skip_lf) else {
            return;
        };
        self.skip_lf = false;
        if *byte != b'\n' {
            return;
        }
        if self.draft.line == 0 {
            *start += 1;
        } else {
            self.draft.line += 1;
            self.draft.searched = self.draft.line;
        }
    }

    /// Where the next line begins, if this one ends at `end`.
    fn line_break(&mut self, bytes: &[u8], end: usize) -> usize {
        match (bytes[end], bytes.get(end + 1)) {
            (b'\r', Some(b'\n')) => end + 2,
            (b'\r', None) => {
                self.skip_lf = true;
                end + 1
            }
            _ => end + 1,
        }
    }

    /// Reads the draft's last line: `event` ends where the line ends.
    fn line(&mut self, event: &[u8]) {
        let line = &event[self.draft.line..];
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = match colon {
            Some(colon) if line.get(colon + 1) == Some(&b' ') => (&line[..colon], colon + 2),
            Some(colon) => (&line[..colon], colon + 1),
            None => (line, line.len()),
        };
        let value = self.draft.line + value..event.len();
        match field {
            b"data" => self.data(event, value),
            b"event" => {
                self.fields = true;
                self.draft.name = Some(value);
            }
            // `id` and `retry` are for reconnecting, which no provider offers; an empty field is a comment.
            _ => {}
        }
    }

    fn data(&mut self, event: &[u8], value: Range<usize>) {
        self.fields = true;
        let Some(first) = &self.draft.data else {
            self.draft.data = Some(value);
            return;
        };
        if !self.draft.several {
            self.draft.several = true;
            self.joined.clear();
            self.joined.extend_from_slice(&event[first.clone()]);
        }
        self.joined.push(b'\n');
        self.joined.extend_from_slice(&event[value]);
    }

    fn dispatch(&mut self, event: &[u8], raw: &[u8], take: TakeFrame<'_>) {
        let draft = std::mem::take(&mut self.draft);
        let Some(data) = draft.data else {
            return;
        };
        let name = draft.name.map(|name| text(&event[name]));
        let data = if draft.several {
            text(&self.joined)
        } else {
            text(&event[data])
        };
        take.frame(Frame {
            event: name.as_deref().filter(|name| !name.is_empty()),
            data: &data,
            raw,
        });
    }
}
