//! Steps over JSON text, looking at nothing closely.

use memchr::memchr;

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
    fn text(&mut self) -> Option<()> {
        let start = self.at;
        loop {
            let quote = quote(self.json, self.at)?;
            self.at = quote + 1;
            // Only a quote behind a backslash may be part of the text.
            if quote == start || self.json[quote - 1] != b'\\' {
                return Some(());
            }
            let before = self.json[start..quote].iter().rev();
            let backslashes = before.take_while(|byte| **byte == b'\\').count();
            if backslashes % 2 == 0 {
                return Some(());
            }
        }
    }

    /// Steps over a value, and gives it.
    pub(super) fn skip(&mut self) -> Option<&'j [u8]> {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let byte = *self.json.get(self.at)?;
            match KINDS[usize::from(byte)] {
                Kind::Other => {}
                Kind::Quote => {
                    self.at += 1;
                    self.text()?;
                    if depth == 0 {
                        break;
                    }
                    continue;
                }
                Kind::Open => depth += 1,
                Kind::Close if depth > 1 => depth -= 1,
                Kind::Close => {
                    self.at += depth;
                    break;
                }
                Kind::Between if depth == 0 => break,
                Kind::Between => {}
            }
            self.at += 1;
        }
        let json: &'j [u8] = self.json;
        Some(&json[start..self.at])
    }
}

/// The next quote from here: names are short, and looked at eight bytes at a time; other texts may be long.
fn quote(text: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    const QUOTES: u64 = u64::from_ne_bytes([b'"'; 8]);
    for _ in 0..SHORT {
        let Some((eight, _)) = text.get(at..)?.split_first_chunk::<8>() else {
            break;
        };
        let eight = u64::from_le_bytes(*eight) ^ QUOTES;
        // The high bit of the first byte that is a quote, and maybe bits above it.
        let found = eight.wrapping_sub(ONES) & !eight & HIGHS;
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    Some(at + memchr(b'"', text.get(at..)?)?)
}

/// So many times eight bytes are a short text.
const SHORT: usize = 4;

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
