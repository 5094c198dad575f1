//! Newline-delimited JSON: a value a line; blank lines keep the connection alive.

use crate::error::Fault;

use super::framing::{Frame, TakeFrame, text, within};

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
        while let Some(found) = newline(&bytes[start + self.searched..]) {
            let end = start + self.searched + found;
            within(end - start, limit)?;
            give(&bytes[start..end], take);
            start = end + 1;
            self.searched = 0;
        }
        self.searched = bytes.len() - start;
        Ok(start)
    }

    /// Gives a last line without its newline.
    pub(super) fn end(&mut self, rest: &[u8], take: TakeFrame<'_>) {
        give(rest, take);
    }
}

fn newline(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

fn give(line: &[u8], take: TakeFrame<'_>) {
    let line = line.trim_ascii();
    if !line.is_empty() {
        take(Frame {
            event: None,
            data: &text(line),
        });
    }
}
