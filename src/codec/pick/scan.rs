//! Steps over JSON text, looking at nothing closely.

use crate::codec::stop::stop;

/// A place in a text.
pub(super) struct Scan<'j> {
    pub(super) json: &'j [u8],
    pub(super) at: usize,
}

impl<'j> Scan<'j> {
    /// The next byte that isn't space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.json.get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
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
        self.leave(0)?;
        let json: &'j [u8] = self.json;
        Some(&json[start..self.at])
    }

    /// Steps over a value, or to behind the end of so many that it is in.
    pub(super) fn leave(&mut self, mut depth: usize) -> Option<()> {
        loop {
            let byte = *self.json.get(self.at)?;
            match KINDS[usize::from(byte)] {
                Kind::Other => {}
                Kind::Quote => {
                    self.at += 1;
                    self.text()?;
                    if depth == 0 {
                        return Some(());
                    }
                    continue;
                }
                Kind::Open => depth += 1,
                Kind::Close if depth > 1 => depth -= 1,
                Kind::Close => {
                    self.at += depth;
                    return Some(());
                }
                Kind::Between if depth == 0 => return Some(()),
                Kind::Between => {}
            }
            self.at += 1;
        }
    }
}

/// What a byte is outside of strings.
#[derive(Clone, Copy)]
enum Kind {
    Other,
    Quote,
    Open,
    Close,
    /// It ends a number or a word.
    Between,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    kinds[b'"' as usize] = Kind::Quote;
    kinds[b'{' as usize] = Kind::Open;
    kinds[b'[' as usize] = Kind::Open;
    kinds[b'}' as usize] = Kind::Close;
    kinds[b']' as usize] = Kind::Close;
    kinds[b',' as usize] = Kind::Between;
    kinds[b' ' as usize] = Kind::Between;
    kinds[b'\t' as usize] = Kind::Between;
    kinds[b'\n' as usize] = Kind::Between;
    kinds[b'\r' as usize] = Kind::Between;
    kinds
};

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
