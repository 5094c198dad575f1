//! One JSON array that comes bit by bit: each element is a frame.
//!
//! Elements are objects. An object that stands alone, without an array around it, is a frame too: so errors come.

use crate::error::Fault;

use super::framing::{Frame, TakeFrame, known, text, within};
use super::scan::Scan;

/// Cuts elements.
#[derive(Debug, Default)]
pub(super) struct Array {
    /// The unfinished element.
    scan: Scan,
    /// How many of its bytes have been looked at; none means that no element has begun.
    searched: usize,
}

impl Array {
    /// Gives the elements that end in these bytes, and how many bytes aren't needed any more.
    pub(super) fn parse(
        &mut self,
        bytes: &[u8],
        limit: usize,
        take: TakeFrame<'_>,
    ) -> Result<usize, Fault> {
        let mut start = 0;
        loop {
            if self.searched == 0 {
                let Some(skipped) = bytes[start..].iter().position(|byte| *byte == b'{') else {
                    // Brackets, commas and blanks between elements.
                    return Ok(bytes.len());
                };
                start += skipped;
            }
            if let Some(length) = known(bytes, start, self.searched, limit, take) {
                start += length;
                *self = Self::default();
                continue;
            }
            let Some(found) = self.scan.feed(&bytes[start + self.searched..]) else {
                self.searched = bytes.len() - start;
                return Ok(start);
            };
            let end = start + self.searched + found;
            within(end - start, limit)?;
            take.frame(Frame {
                event: None,
                data: &text(&bytes[start..end]),
                raw: &bytes[start..end],
            });
            start = end;
            *self = Self::default();
        }
    }
}
