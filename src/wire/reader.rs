//! JSON in: a cursor on a text. Whoever reads says what type of value it wants; nothing is looked at twice.
//!
//! Errors carry the place with them while they travel up. What is wrong with a text that isn't JSON is found out
//! afterwards, by a parser that counts lines.

use std::borrow::Cow;

use crate::error::Fault;

use super::number;
use super::scan::clean;

/// Deeper values are refused: the stack is finite.
const DEEPEST: u8 = 127;

/// Why a value can't be read.
#[derive(Debug)]
pub enum Error {
    /// The text isn't JSON.
    Syntax,
    /// The object has had this property already.
    Twice,
    /// The value isn't what it should be.
    Fault(Box<Fault>),
}

impl Error {
    /// Another type of value was expected.
    #[cold]
    pub(super) fn expected(what: &str, found: &str) -> Self {
        Self::of(format!("expected {what}, found {found}"))
    }

    #[cold]
    fn of(what: impl Into<Cow<'static, str>>) -> Self {
        Self::Fault(Box::new(Fault::new(what)))
    }

    /// The error lies in this property.
    #[cold]
    pub fn at(self, key: &str) -> Self {
        match self {
            Self::Syntax => Self::Syntax,
            Self::Twice => Self::of(format!("duplicate field `{key}`")),
            Self::Fault(fault) => Self::Fault(Box::new(fault.at(key.to_owned()))),
        }
    }

    #[cold]
    pub(super) fn at_index(self, index: usize) -> Self {
        match self {
            Self::Fault(fault) => Self::Fault(Box::new(fault.at_index(index))),
            error => error,
        }
    }
}

/// Where a value begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    at: usize,
    depth: u8,
}

/// A cursor on JSON text.
#[derive(Debug)]
pub struct Reader<'de> {
    pub(super) text: &'de str,
    pub(super) at: usize,
    depth: u8,
    /// Brackets around what is skipped.
    pub(super) around: Vec<u8>,
    /// Where values begin that count as absent.
    pub(super) left_out: Vec<usize>,
}

impl<'de> Reader<'de> {
    /// At the beginning of a text.
    pub fn new(text: &'de str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            around: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Nothing but space is left.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.space();
        match self.at == self.text.len() {
            true => Ok(()),
            false => Err(Error::Syntax),
        }
    }

    /// The first byte of the next value.
    pub(super) fn peek(&mut self) -> Result<u8, Error> {
        self.space();
        self.byte().ok_or(Error::Syntax)
    }

    /// Where the next value begins.
    pub(super) fn start(&mut self) -> Start {
        self.space();
        Start {
            at: self.at,
            depth: self.depth,
        }
    }

    /// How far the next value is from the beginning.
    pub(super) fn place(&mut self) -> usize {
        self.start().at
    }

    /// Goes back.
    pub(super) fn rewind(&mut self, start: Start) {
        self.at = start.at;
        self.depth = start.depth;
    }

    /// The text since then.
    pub(super) fn since(&self, start: Start) -> &'de str {
        self.slice(start.at)
    }

    /// What the next value is, as faults call it.
    #[cold]
    pub(super) fn mistaken(&mut self, expected: &str) -> Error {
        let found = match self.peek() {
            Ok(b'"') => "string",
            Ok(b'[') => "list",
            Ok(b'{') => "object",
            Ok(b't' | b'f') => "boolean",
            Ok(b'n') => "null",
            Ok(b'-' | b'0'..=b'9') => {
                let start = self.start();
                match self.skip() {
                    Ok(()) if number::is_whole(self.since(start)) => "integer",
                    Ok(()) => "floating point",
                    Err(error) => return error,
                }
            }
            _ => return Error::Syntax,
        };
        // A value of the wrong type that isn't JSON isn't JSON in the first place.
        match found == "string" && self.skip().is_err() {
            true => Error::Syntax,
            false => Error::expected(expected, found),
        }
    }

    /// Enters an object.
    pub fn open_object(&mut self) -> Result<(), Error> {
        if self.peek()? != b'{' {
            return Err(self.mistaken("an object"));
        }
        self.enter()
    }

    /// Enters a list.
    pub(super) fn open_list(&mut self) -> Result<(), Error> {
        if self.peek()? != b'[' {
            return Err(self.mistaken("a list"));
        }
        self.enter()
    }

    fn enter(&mut self) -> Result<(), Error> {
        if self.depth == DEEPEST {
            return Err(Error::Syntax);
        }
        self.at += 1;
        self.depth += 1;
        Ok(())
    }

    /// The next property's name; `None` at the end of the object. `begun`: there were others.
    pub fn next_key(&mut self, begun: &mut bool) -> Result<Option<Cow<'de, str>>, Error> {
        loop {
            if !self.goes_on(b'}', begun)? {
                return Ok(None);
            }
            if self.peek()? != b'"' {
                return Err(Error::Syntax);
            }
            let key = self.string()?;
            if self.peek()? != b':' {
                return Err(Error::Syntax);
            }
            self.at += 1;
            if self.left_out.is_empty() {
                return Ok(Some(key));
            }
            let start = self.start();
            if !self.left_out.contains(&start.at) {
                return Ok(Some(key));
            }
            self.skip()?;
        }
    }

    /// Whether the list that was entered has another element.
    pub(super) fn next_element(&mut self, begun: &mut bool) -> Result<bool, Error> {
        self.goes_on(b']', begun)
    }

    fn goes_on(&mut self, end: u8, begun: &mut bool) -> Result<bool, Error> {
        let next = self.peek()?;
        if next == end {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if std::mem::replace(begun, true) {
            if next != b',' {
                return Err(Error::Syntax);
            }
            self.at += 1;
            if self.peek()? == end {
                return Err(Error::Syntax);
            }
        }
        Ok(true)
    }

    /// Whether the next value is `null`, which is then behind.
    pub fn null(&mut self) -> Result<bool, Error> {
        if self.peek()? != b'n' {
            return Ok(false);
        }
        self.word("null")?;
        Ok(true)
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self) -> Result<bool, Error> {
        match self.peek()? {
            b't' => self.word("true").map(|()| true),
            b'f' => self.word("false").map(|()| false),
            _ => Err(self.mistaken("a boolean")),
        }
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), Error> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(Error::Syntax);
        }
        self.at += word.len();
        Ok(())
    }

    /// The text of a number; the cursor is on it.
    pub(super) fn number(&mut self) -> Result<&'de str, Error> {
        let start = self.at;
        self.at += number::length(&self.text.as_bytes()[start..]).ok_or(Error::Syntax)?;
        Ok(self.slice(start))
    }

    /// A string; the cursor is on its quote.
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        self.at += 1;
        let start = self.at;
        self.at += clean(&self.text.as_bytes()[start..]);
        if self.byte() == Some(b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        self.escaped(start).map(Cow::Owned)
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

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// From here to the cursor, which is never within a character where this is asked.
    fn slice(&self, start: usize) -> &'de str {
        self.text.get(start..self.at).unwrap_or_default()
    }
}
