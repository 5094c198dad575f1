//! JSON in: strings. What needs no unescaping is borrowed.

use std::borrow::Cow;

use super::reader::{Error, Reader};
use crate::scan::clean;

impl<'de> Reader<'de> {
    /// A string; the cursor is on its quote.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        let start = self.at + 1;
        self.at = start + clean(&self.text.as_bytes()[start..]);
        if self.byte() != Some(b'"') {
            return self.escaped(start).map(Cow::Owned);
        }
        let text = self.slice(start);
        self.at += 1;
        Ok(Cow::Borrowed(text))
    }

    /// The rest of a string with escapes in it.
    fn escaped(&mut self, start: usize) -> Result<String, Error> {
        let mut text = self.slice(start).to_owned();
        loop {
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(Error::Syntax),
            }
            let run = self.at;
            self.at += clean(&self.text.as_bytes()[run..]);
            text.push_str(self.slice(run));
        }
        self.at += 1;
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, Error> {
        self.at += 2;
        let letter = self.text.as_bytes().get(self.at - 1);
        Ok(match letter.ok_or(Error::Syntax)? {
            letter @ (b'"' | b'\\' | b'/') => char::from(*letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(Error::Syntax),
        })
    }

    /// What follows `\u`; a surrogate wants its other half.
    fn code_point(&mut self) -> Result<char, Error> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or(Error::Syntax);
        }
        self.word("\\u")?;
        let second = self.hex()?;
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400);
        let point = low.map(|low| 0x10000 + ((first - 0xD800) << 10) + low);
        point.and_then(char::from_u32).ok_or(Error::Syntax)
    }

    pub(super) fn hex(&mut self) -> Result<u32, Error> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let digit = |value: u32, byte: &u8| Some(value << 4 | char::from(*byte).to_digit(16)?);
        let value = digits.and_then(|digits| digits.iter().try_fold(0, digit));
        self.at += 4;
        value.ok_or(Error::Syntax)
    }
}
