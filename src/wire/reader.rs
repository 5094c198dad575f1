//! JSON in: a cursor on a text. Whoever reads says what type of value it wants; nothing is looked at twice.
//!
//! Errors carry the place with them while they travel up. What is wrong with a text that isn't JSON is found out
//! afterwards, by a parser that counts lines.

use std::borrow::Cow;

use crate::error::Fault;

use super::number;

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
    #[inline]
    pub(super) fn peek(&mut self) -> Result<u8, Error> {
        match self.byte() {
            Some(byte) if byte > b' ' => Ok(byte),
            _ => self.peek_after_space(),
        }
    }

    fn peek_after_space(&mut self) -> Result<u8, Error> {
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
            if self.byte() != Some(b'"') {
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

    /// The cursor is then on what goes on.
    #[inline]
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
    #[inline]
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

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    #[inline]
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// From here to the cursor, which is never within a character where this is asked.
    pub(super) fn slice(&self, start: usize) -> &'de str {
        self.text.get(start..self.at).unwrap_or_default()
    }
}
