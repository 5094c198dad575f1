//! Steps over JSON text, looking at nothing closely.

use wide::u8x16;

use crate::codec::stop::stop;

/// A place in a text.
pub(super) struct Scan<'j> {
    pub(super) json: &'j [u8],
    pub(super) at: usize,
}

impl<'j> Scan<'j> {
    /// The next byte that isn't space.
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Option<u8> {
        match *self.json.get(self.at)? {
            byte @ b'!'.. => Some(byte),
            _ => self.peek_after_space(),
        }
    }

    #[cold]
    fn peek_after_space(&mut self) -> Option<u8> {
        while matches!(self.json.get(self.at)?, b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        self.json.get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// A member's name, up to its value.
    pub(super) fn name(&mut self) -> Option<&'j [u8]> {
        self.take(b'"')?;
        let start = self.at;
        self.text()?;
        let json: &'j [u8] = self.json;
        let name = &json[start..self.at - 1];
        self.take(b':')?;
        self.peek()?;
        Some(name)
    }

    /// What is between two members, unless it was the last.
    pub(super) fn next_member(&mut self) -> Option<()> {
        match self.peek()? {
            b'}' => Some(()),
            _ => self.take(b','),
        }
    }

    /// Steps over the rest of a string.
    #[inline(always)]
    fn text(&mut self) -> Option<()> {
        self.at = stop(self.json, self.at)?;
        if self.json[self.at] != b'"' {
            return self.escaped_text();
        }
        self.at += 1;
        Some(())
    }

    /// The same from a backslash on.
    #[inline(never)]
    fn escaped_text(&mut self) -> Option<()> {
        while self.json[self.at] != b'"' {
            self.at = stop(self.json, self.at + 2)?;
        }
        self.at += 1;
        Some(())
    }

    /// Steps over a value, and gives it.
    pub(super) fn skip(&mut self) -> Option<&'j [u8]> {
        let start = self.at;
        match *self.json.get(start)? {
            b'"' => {
                self.at += 1;
                self.text()?;
            }
            b'{' | b'[' => {
                self.at += 1;
                self.leave()?;
            }
            _ => {
                let mut rest = self.json[start..].iter();
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | ..=b' ');
                self.at += rest.position(ends)?;
            }
        }
        let json: &'j [u8] = self.json;
        Some(&json[start..self.at])
    }

    /// Steps to behind the end of the object or list that it is in. Looks at what matters only: quotes, backslashes and
    /// brackets.
    pub(super) fn leave(&mut self) -> Option<()> {
        let (mut depth, mut in_text) = (1_usize, false);
        'blocks: loop {
            let rest = &self.json[self.at.min(self.json.len())..];
            let mut marks = match rest.first_chunk() {
                Some(block) => marks_in(*block),
                None if rest.is_empty() => return None,
                None => {
                    let mut block = [0; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    marks_in(block)
                }
            };
            while marks != 0 {
                let place = marks.trailing_zeros() as usize;
                marks &= marks - 1;
                match (rest[place], in_text) {
                    (b'"', _) => in_text = !in_text,
                    (b'\\', true) => {
                        // It and what it stands before.
                        self.at += place + 2;
                        continue 'blocks;
                    }
                    (b'{' | b'[', false) => depth += 1,
                    (b'}' | b']', false) if depth == 1 => {
                        self.at += place + 1;
                        return Some(());
                    }
                    (b'}' | b']', false) => depth -= 1,
                    _ => {}
                }
            }
            self.at += BLOCK;
        }
    }
}

/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// One bit for each quote, backslash and bracket.
#[inline(always)]
fn marks_in(block: [u8; BLOCK]) -> u32 {
    let block = u8x16::new(block);
    let is = |byte: u8| block.simd_eq(u8x16::splat(byte));
    // Both kinds of brackets are the same but for one bit, which makes a backslash a bar.
    let low = block | u8x16::splat(b' ');
    let is_low = |byte: u8| low.simd_eq(u8x16::splat(byte));
    (is(b'"') | is(b'\\') | is_low(b'{') | is_low(b'}')).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_at_the_quote_that_is_not_escaped() {
        for length in 0..50 {
            for ending in ["", "\\\\", "\\\"", "\\\\\\\"", "\\\"\\\\"] {
                for rest in ["", ",\"x\":1"] {
                    let text = format!("\"{}{ending}\"", "x".repeat(length));
                    let json = format!("{text}{rest}");
                    let mut scan = Scan {
                        json: json.as_bytes(),
                        at: 0,
                    };
                    assert_eq!(scan.skip(), Some(text.as_bytes()), "{json}");
                    let cut = json[..text.len() - 1].as_bytes();
                    let mut scan = Scan { json: cut, at: 0 };
                    assert_eq!(scan.skip(), None, "{json}");
                }
            }
        }
    }
}
