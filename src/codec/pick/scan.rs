//! Steps over JSON text, looking at nothing closely.

use wide::u8x16;

use crate::scan::stop;

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
        let mut within = Within {
            depth: 1,
            in_text: false,
        };
        loop {
            let rest = self.json.get(self.at..).filter(|rest| !rest.is_empty())?;
            let block = rest.first_chunk().copied().unwrap_or_else(|| {
                let mut block = [0; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                block
            });
            self.at += match within.pass(block) {
                Passed::End(place) => {
                    self.at += place + 1;
                    return Some(());
                }
                Passed::Escape(place) => place + 2,
                Passed::All => BLOCK,
            };
        }
    }
}

/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// Where it is between brackets and quotes.
struct Within {
    depth: usize,
    in_text: bool,
}

/// What there was in a block.
enum Passed {
    /// Nothing that ends it.
    All,
    /// A backslash there, with what it stands before; what follows wasn't looked at.
    Escape(usize),
    /// The last bracket.
    End(usize),
}

impl Within {
    #[inline(always)]
    fn pass(&mut self, block: [u8; BLOCK]) -> Passed {
        let block = u8x16::new(block);
        let is = |byte: u8| block.simd_eq(u8x16::splat(byte));
        // Both kinds of brackets are the same but for one bit.
        let low = block | u8x16::splat(b' ');
        let closing = low.simd_eq(u8x16::splat(b'}'));
        let brackets = (low.simd_eq(u8x16::splat(b'{')) | closing).to_bitmask();
        let quotes = is(b'"').to_bitmask();
        let escapes = is(b'\\').to_bitmask();
        if brackets | escapes != 0 {
            return self.pass_closely(quotes, escapes, brackets, closing.to_bitmask());
        }
        let folded = (quotes ^ quotes >> 8) as u8;
        self.in_text ^= folded.count_ones() & 1 != 0;
        Passed::All
    }

    /// The same of a block with more than quotes in it; one bit for each byte.
    fn pass_closely(&mut self, quotes: u32, escapes: u32, brackets: u32, closing: u32) -> Passed {
        let end = (escapes.trailing_zeros() as usize).min(BLOCK);
        // What stands before the first backslash.
        let seen = (1_u32 << end) - 1;
        // One bit for each byte behind an odd number of quotes.
        let mut text = quotes & seen;
        for shift in [1, 2, 4, 8] {
            text ^= text << shift;
        }
        if self.in_text {
            text = !text;
        }
        let mut brackets = brackets & seen & !text;
        while brackets != 0 {
            let place = brackets.trailing_zeros() as usize;
            match (closing >> place & 1, self.depth) {
                (0, _) => self.depth += 1,
                (_, 1) => return Passed::End(place),
                _ => self.depth -= 1,
            }
            brackets &= brackets - 1;
        }
        if let Some(last) = end.checked_sub(1) {
            self.in_text = text >> last & 1 != 0;
        }
        match end {
            BLOCK => Passed::All,
            escape => Passed::Escape(escape),
        }
    }
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
                    let cut = &json.as_bytes()[..text.len() - 1];
                    let mut scan = Scan { json: cut, at: 0 };
                    assert_eq!(scan.skip(), None, "{json}");
                }
            }
        }
    }

    #[test]
    fn objects_end_at_the_bracket_that_began_them() {
        let insides = [
            r#""a":"}","b":[{"c":"{"}]"#,
            r#""a":"\\","b":"\"}","c":[[]]"#,
            r#""a":"]\\\"}","\"":{"\\":"\\\\"},"d":"[\"""#,
            r#""a\\":{},"b":"{{{{[[[[","c":"\u007d}","d":[{"e":[]}]"#,
        ];
        for inside in insides {
            for before in 0..40 {
                for after in 0..20 {
                    let (x, y) = ("x".repeat(before), "y".repeat(after));
                    let json = format!(r#"{{"x":"{x}",{inside},"y":"{y}"}}"#);
                    let text = format!("{json}]}}{json}");
                    let skipped = |json: &str| {
                        let json = json.as_bytes();
                        let mut scan = Scan { json, at: 0 };
                        scan.skip().map(<[u8]>::len)
                    };
                    assert_eq!(skipped(&text), Some(json.len()), "{text}");
                    assert_eq!(skipped(&json[..json.len() - 1]), None, "{json}");
                }
            }
        }
    }
}
