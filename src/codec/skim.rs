//! One look over a JSON object, byte by byte and without building anything: where two of its members stand, and which
//! words of a lexicon occur.
//!
//! Only the outermost object is checked, and of the rest that brackets match and strings end: whoever passes the text on
//! needs no more. What is odd is not judged here but left to a reader that takes its time.

use std::ops::Range;

use memchr::memmem;

use crate::scan::{clean, stop};

use super::lexicon::{Lexicon, Spot, Words};

/// What there is to see of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skimmed {
    /// Between the quotes of the named text, if it is a member.
    pub text: Option<Range<usize>>,
    /// The switch, if it is a member and not null.
    pub switch: Option<bool>,
    /// Words that occur, or may.
    pub words: Words,
}

/// Which members are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// The one that is a text.
    pub text: Option<&'w str>,
    /// The one that is true or false.
    pub switch: Option<&'w str>,
}

/// Looks over an object; `None` if anything about it isn't plain: text that isn't JSON, a wanted member that comes twice
/// or in another form, a name with escapes, more nesting than is usual.
pub fn skim(text: &[u8], wanted: Wanted<'_>, lexicon: &Lexicon) -> Option<Skimmed> {
    skim_if(text, wanted, lexicon, |_| true)
}

/// The same, but given up as soon as the named text turns out to be one for which it isn't worth it.
pub fn skim_if(
    text: &[u8],
    wanted: Wanted<'_>,
    lexicon: &Lexicon,
    is_worth: impl Fn(&str) -> bool,
) -> Option<Skimmed> {
    let mut skim = Skim {
        text,
        at: 0,
        lexicon,
        words: Words::default(),
    };
    skim.object(wanted, |place| {
        str::from_utf8(&text[place]).is_ok_and(&is_worth)
    })
}

struct Skim<'s> {
    text: &'s [u8],
    at: usize,
    lexicon: &'s Lexicon,
    words: Words,
}

/// A string without its quotes.
struct Quoted {
    place: Range<usize>,
    escaped: bool,
}

/// An escape takes up to so many bytes for one.
const ESCAPE: usize = 6;
/// As many levels as a word has bits.
const DEEPEST: u32 = 64;

impl<'s> Skim<'s> {
    fn object(
        &mut self,
        wanted: Wanted<'_>,
        is_worth: impl Fn(Range<usize>) -> bool,
    ) -> Option<Skimmed> {
        let (mut named, mut switch) = (None, None);
        let mut first = true;
        self.space();
        self.take(b'{')?;
        loop {
            self.space();
            if self.peek() == Some(b'}') && first {
                break;
            }
            let name = self.name()?;
            self.space();
            if wanted.text.is_some_and(|wanted| name == wanted.as_bytes()) {
                let value = self.plain_text()?;
                if !is_worth(value.clone()) || named.replace(value).is_some() {
                    return None;
                }
            } else if wanted
                .switch
                .is_some_and(|wanted| name == wanted.as_bytes())
            {
                let value = self.flag()?;
                if switch.replace(value).is_some() {
                    return None;
                }
            } else {
                self.value()?;
            }
            first = false;
            self.space();
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => break,
                _ => return None,
            }
        }
        self.at += 1;
        self.space();
        (self.at == self.text.len()).then_some(Skimmed {
            text: named,
            switch: switch.flatten(),
            words: self.words,
        })
    }

    /// A member's name, up to its value. A name with escapes could be any.
    fn name(&mut self) -> Option<&'s [u8]> {
        let quoted = self.quoted()?;
        if quoted.escaped {
            return None;
        }
        self.space();
        self.take(b':')?;
        let text = self.text;
        self.note(&quoted, Spot::Top);
        Some(&text[quoted.place])
    }

    fn plain_text(&mut self) -> Option<Range<usize>> {
        let quoted = self.quoted()?;
        self.note(&quoted, Spot::Value);
        let text = &self.text[quoted.place.clone()];
        let plain = !quoted.escaped && !text.is_empty() && clean(text) == text.len();
        plain.then_some(quoted.place)
    }

    fn flag(&mut self) -> Option<Option<bool>> {
        let rest = &self.text[self.at..];
        let known: [(&[u8], _); 3] = [
            (b"true", Some(true)),
            (b"false", Some(false)),
            (b"null", None),
        ];
        let (text, flag) = known.into_iter().find(|(text, _)| rest.starts_with(text))?;
        self.at += text.len();
        Some(flag)
    }

    /// One value, whatever it is.
    fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => {
                let quoted = self.quoted()?;
                self.note(&quoted, Spot::Value);
            }
            b'{' | b'[' => self.nested()?,
            _ => {
                let start = self.at;
                while !matches!(self.peek()?, b',' | b'}' | b' ' | b'\t' | b'\n' | b'\r') {
                    self.scalar()?;
                }
                (self.at > start).then_some(())?;
            }
        }
        Some(())
    }

    /// A byte of a number, or of a word such as `null`.
    fn scalar(&mut self) -> Option<()> {
        let byte = self.peek()?;
        let known = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        known.then(|| self.at += 1)
    }

    /// A list or an object, with all that is in it.
    fn nested(&mut self) -> Option<()> {
        // One bit a level: whether it is an object.
        let (mut kinds, mut depth) = (0_u64, 0_u32);
        loop {
            match self.peek()? {
                b'"' => {
                    let quoted = self.quoted()?;
                    self.space();
                    let spot = match self.peek() {
                        Some(b':') => Spot::Below,
                        _ => Spot::Value,
                    };
                    self.note(&quoted, spot);
                    continue;
                }
                open @ (b'{' | b'[') => {
                    (depth < DEEPEST).then_some(())?;
                    kinds = kinds << 1 | u64::from(open == b'{');
                    depth += 1;
                }
                close @ (b'}' | b']') => {
                    (kinds & 1 == u64::from(close == b'}')).then_some(())?;
                    kinds >>= 1;
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return Some(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Notes a word, and one that may be hidden behind escapes.
    #[inline(always)]
    fn note(&mut self, quoted: &Quoted, spot: Spot) {
        let (from, length) = (&self.text[quoted.place.start..], quoted.place.len());
        if quoted.escaped {
            self.note_hidden(&from[..length]);
        } else if let Some(number) = self.lexicon.number(from, length, spot) {
            self.words.add(number);
        }
    }

    #[cold]
    fn note_hidden(&mut self, text: &[u8]) {
        let longest = self.lexicon.longest() * ESCAPE;
        let hides = |sign: &[u8]| memmem::find(text, sign).is_some();
        if text.len() <= longest && (hides(br"\u") || hides(br"\/")) {
            self.words = Words::ALL;
        }
    }

    /// A string. Names are many and mostly short, so what it takes to find their ends stands where they are read.
    #[inline(always)]
    fn quoted(&mut self) -> Option<Quoted> {
        self.take(b'"')?;
        let start = self.at;
        let end = stop(self.text, start)?;
        if self.text[end] == b'"' {
            self.at = end + 1;
            let place = start..end;
            let escaped = false;
            return Some(Quoted { place, escaped });
        }
        self.at = end;
        self.rest(start)
    }

    /// The rest of a string with a backslash.
    #[inline(never)]
    fn rest(&mut self, start: usize) -> Option<Quoted> {
        let mut escaped = false;
        loop {
            self.at = stop(self.text, self.at)?;
            if self.text[self.at] == b'"' {
                break;
            }
            escaped = true;
            self.at += 2;
        }
        let place = start..self.at;
        self.at += 1;
        Some(Quoted { place, escaped })
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
#[path = "skim_tests.rs"]
mod tests;
