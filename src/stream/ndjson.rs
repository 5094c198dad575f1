//! Newline-delimited JSON: a value a line; blank lines keep the connection alive.

use memchr::memchr;

use crate::error::Fault;

use super::framing::{Frame, TakeFrame, known, text, within};

/// Cuts lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Bytes of the unfinished line that hold no newline.
    searched: usize,
}

impl Lines {
    /// Gives the lines that end in these bytes, and how many bytes aren't needed any more.
    pub(super) fn parse(
        &mut self,
        bytes: &[u8],
        limit: usize,
        take: TakeFrame<'_>,
    ) -> Result<usize, Fault> {
        let mut start = 0;
        loop {
            if let Some(length) = known(bytes, start, self.searched, limit, take) {
                start += length;
                self.searched = 0;
                continue;
            }
            let Some(found) = memchr(b'\n', &bytes[start + self.searched..]) else {
                self.searched = bytes.len() - start;
                return Ok(start);
            };
            let end = start + self.searched + found;
            within(end - start, limit)?;
            give(&bytes[start..end], &bytes[start..=end], take);
            start = end + 1;
            self.searched = 0;
        }
    }

    /// Gives a last line without its newline.
    pub(super) fn end(&mut self, rest: &[u8], take: TakeFrame<'_>) {
        give(rest, &[], take);
    }
}

fn give(line: &[u8], raw: &[u8], take: TakeFrame<'_>) {
    let line = line.trim_ascii();
    if !line.is_empty() {
        take.frame(Frame {
            event: None,
            data: &text(line),
            raw,
        });
    }
}
