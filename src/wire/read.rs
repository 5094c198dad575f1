//! JSON in: the scalar types that generated wire structs are made of.
//!
//! A wire value is read once and by its JSON type; which variant of a union it is gets decided afterwards, so nothing
//! is parsed twice. `null` is absent everywhere. Text is borrowed from the input where JSON allows it.

use std::borrow::Cow;
use std::fmt::Display;

use serde::de::IgnoredAny;

use crate::error::Fault;

pub use super::mixed::{List, Mixed, Never};
pub use super::noting::note;
pub use super::reader::{Error, Reader};
pub use super::whole::{Json, Whole};

/// A type of wire value.
pub trait Wire<'de>: Sized {
    /// Whether no value is of this type.
    const NEVER: bool = false;

    /// Reads a value into its place.
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error>;

    /// Reads a value.
    fn read(reader: &mut Reader<'de>) -> Result<Self, Error> {
        let mut slot = None;
        Self::read_into(&mut slot, reader)?;
        slot.ok_or(Error::Syntax)
    }
}

impl<'de> Reader<'de> {
    /// The value of a property; `null` is absent.
    pub fn property<T: Wire<'de>>(&mut self, slot: &mut Option<T>) -> Result<(), Error> {
        if slot.is_some() {
            return Err(Error::Twice);
        }
        if self.null()? {
            return Ok(());
        }
        T::read_into(slot, self)
    }
}

/// How a message is read: what a client sends is held to the spec, what a provider sends is read leniently.
#[derive(Debug)]
pub struct Reading {
    strict: bool,
    /// Values that the spec doesn't know and that were skipped.
    pub unknown: u32,
}

impl Reading {
    /// For what clients send.
    pub fn strict() -> Self {
        Self {
            strict: true,
            unknown: 0,
        }
    }

    /// For what providers send.
    pub fn lenient() -> Self {
        Self {
            strict: false,
            unknown: 0,
        }
    }

    /// An empty text is said on purpose by a client and means nothing from a provider.
    pub fn keeps_empty(&self) -> bool {
        self.strict
    }

    /// What must be there is asked for.
    pub fn demands(&self) -> bool {
        self.strict
    }

    /// A value that the spec doesn't know: a fault of a client, skipped in what a provider sends.
    pub fn unknown(&mut self, expected: &'static str) -> Result<(), Fault> {
        if self.strict {
            return Err(Fault::new(expected));
        }
        self.unknown += 1;
        Ok(())
    }
}

/// Parses a message; a fault names the field.
pub fn parse<'a, T: Wire<'a>>(body: &'a [u8]) -> Result<T, Fault> {
    match std::str::from_utf8(body) {
        Ok(body) => parse_str(body),
        Err(error) => Err(no_json(body, &error)),
    }
}

/// Parses a message that is known to be text.
pub fn parse_str<'a, T: Wire<'a>>(body: &'a str) -> Result<T, Fault> {
    whole(body).map_err(|error| match error {
        Error::Fault(fault) => *fault,
        Error::Syntax | Error::Twice => no_json(body.as_bytes(), &"it is too deep"),
    })
}

fn whole<'a, T: Wire<'a>>(text: &'a str) -> Result<T, Error> {
    let mut reader = Reader::new(text);
    let value = T::read(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads once more to learn what is wrong and in which line; costs nothing while nothing is. `other`: what it is if the
/// second reader has no complaint.
#[cold]
fn no_json(body: &[u8], other: &dyn Display) -> Fault {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(_) => Fault::new(format!("the body is not valid JSON: {other}")),
        Err(error) => Fault::new(format!("the body is not valid JSON: {error}")),
    }
}

/// A string.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text itself, leaving an empty one.
    pub fn take_text(&mut self) -> Option<Cow<'a, str>> {
        Some(std::mem::take(&mut self.0))
    }
    /// The text.
    pub fn as_text(&self) -> Option<&str> {
        Some(&self.0)
    }
    /// A number written as text.
    pub fn take_integer(&mut self) -> Option<i64> {
        self.0.trim().parse().ok()
    }
    /// A number written as text.
    pub fn take_number(&mut self) -> Option<f64> {
        self.0.trim().parse().ok()
    }
}

impl<'de> Wire<'de> for Text<'de> {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        if reader.peek()? != b'"' {
            return Err(reader.mistaken("a string"));
        }
        *slot = Some(Text(reader.string()?));
        Ok(())
    }
}

/// A number; whole numbers stay exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// Any other.
    Real(f64),
}

impl Number {
    /// As a whole number, if it is one: some vendors write counts as `12.0`.
    pub fn take_integer(&mut self) -> Option<i64> {
        match *self {
            Number::Whole(number) => Some(number),
            Number::Real(number) if number.is_finite() => Some(number as i64),
            Number::Real(_) => None,
        }
    }
    /// As any number.
    pub fn take_number(&mut self) -> Option<f64> {
        match *self {
            Number::Whole(number) => Some(number as f64),
            Number::Real(number) => Some(number),
        }
    }
    /// As text.
    pub fn take_text<'a>(&mut self) -> Option<Cow<'a, str>> {
        Some(Cow::Owned(match *self {
            Number::Whole(number) => number.to_string(),
            Number::Real(number) => number.to_string(),
        }))
    }
}

impl<'de> Wire<'de> for Number {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        if !matches!(reader.peek()?, b'-' | b'0'..=b'9') {
            return Err(reader.mistaken("a number"));
        }
        let text = reader.number()?;
        let whole = text.parse().ok().filter(|_| text != "-0");
        let real = || text.parse().ok().filter(|real: &f64| real.is_finite());
        let number = whole
            .map(Number::Whole)
            .or_else(|| real().map(Number::Real));
        *slot = Some(number.ok_or(Error::Syntax)?);
        Ok(())
    }
}

impl<'de> Wire<'de> for bool {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        *slot = Some(reader.flag()?);
        Ok(())
    }
}

impl<'de> Wire<'de> for IgnoredAny {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        reader.skip()?;
        *slot = Some(IgnoredAny);
        Ok(())
    }
}

/// A value that may be a boolean.
pub trait Flag {
    /// The boolean.
    fn flag(&mut self) -> Option<bool>;
}

impl Flag for bool {
    fn flag(&mut self) -> Option<bool> {
        Some(*self)
    }
}

impl<L, O, const RAW: bool, const SCALARS: u8> Flag for Mixed<'_, L, O, RAW, SCALARS> {
    fn flag(&mut self) -> Option<bool> {
        self.take_flag()
    }
}

/// The boolean of a value that may be one.
pub fn flag(wire: &mut impl Flag) -> Option<bool> {
    wire.flag()
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
