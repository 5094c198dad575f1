//! JSON in: the scalar types that generated wire structs are made of.
//!
//! A wire value is read once and by its JSON type; which variant of a union it is gets decided afterwards, so nothing
//! is parsed twice. `null` is absent everywhere. Text is borrowed from the input where JSON allows it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapDeserializer;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::error::Fault;

pub use super::mixed::{Elements, List, Mixed, Never, OnlyObjects};
pub use super::noting::Noting;

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
pub fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Fault> {
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        Err(error) => Err(explain::<T>(body, &error)),
    }
}

/// Parses a message that is known to be text.
pub fn parse_str<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Fault> {
    // Texts in it need no second look.
    serde_json::from_str(body).map_err(|error| explain::<T>(body.as_bytes(), &error))
}

/// Reads once more to learn where the error lies; costs nothing while there is none.
#[cold]
fn explain<'a, T: Deserialize<'a>>(body: &'a [u8], error: &serde_json::Error) -> Fault {
    if error.is_syntax() || error.is_eof() {
        return Fault::new(format!("the body is not valid JSON: {error}"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => Fault::new(format!("the body is not valid JSON: {error}")),
        Err(located) => {
            let text = located.inner().to_string();
            let text = without_value(&text);
            let place = located.path().to_string();
            let fault = Fault::new(text);
            if place == "." { fault } else { fault.at(place) }
        }
    }
}

/// What was expected and what kind of value is there. The value itself is left out: it may be part of a conversation,
/// and faults of replies are logged.
fn without_value(text: &str) -> String {
    let text = match text.rsplit_once(" at line ") {
        Some((text, _)) => text,
        None => text,
    };
    let Some((found, expected)) = text.rsplit_once(", expected ") else {
        return text.to_owned();
    };
    let kind = found
        .strip_prefix("invalid type: ")
        .or_else(|| found.strip_prefix("invalid value: "));
    let kind = kind.and_then(|kind| kind.split(['"', '`']).next());
    match kind.map(str::trim) {
        None => format!("expected {expected}"),
        Some("sequence") => format!("expected {expected}, found list"),
        Some("map") => format!("expected {expected}, found object"),
        Some(kind) => format!("expected {expected}, found {kind}"),
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

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
            type Value = Text<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(TextVisitor(PhantomData))
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

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberVisitor;
        impl Visitor<'_> for NumberVisitor {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number::Whole(number))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(i64::try_from(number).map_or(Number::Real(number as f64), Number::Whole))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number::Real(number))
            }
        }
        deserializer.deserialize_any(NumberVisitor)
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

/// JSON that nobody looks into.
#[derive(Debug, Clone, Copy)]
pub struct Json<'a>(pub &'a str);

impl<'a> Json<'a> {
    /// The JSON text; `null` is absent.
    pub fn take_json(&mut self) -> Option<&'a str> {
        (self.0 != "null").then_some(self.0)
    }

    /// It is something: not empty, not false, and none of these.
    pub fn says(&self, absent: &[&str]) -> bool {
        let plain = self.0.split_ascii_whitespace().collect::<String>();
        !["null", "false", "\"\"", "[]", "{}"].contains(&plain.as_str())
            && !absent.contains(&plain.as_str())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'de RawValue>::deserialize(deserializer).map(|raw| Json(raw.get()))
    }
}

/// A value that is looked into and also kept as it came.
///
/// It may be of a form that nobody described and yet have properties of the described ones, with other things in them.
/// So one that can't be read is a fault only for whoever looks further into it than at its properties one by one.
#[derive(Debug)]
pub struct Whole<'a, T> {
    /// As it came.
    pub json: &'a str,
    /// What is in it.
    pub value: T,
    /// What of it can't be read.
    pub fault: Option<Fault>,
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Whole<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        let json = raw.get();
        let (value, fault) = match serde_json::from_str(json) {
            Ok(value) => (value, None),
            Err(_) => match readable(json) {
                Some(value) => (value, Some(located::<T>(json))),
                None => (nested(json)?, None),
            },
        };
        Ok(Whole { json, value, fault })
    }
}

/// An object of those properties that can be read.
#[cold]
fn readable<'de, T: Deserialize<'de>>(json: &'de str) -> Option<T> {
    let properties: HashMap<Cow<'de, str>, &'de RawValue> = serde_json::from_str(json).ok()?;
    let object = |properties: Vec<(String, &'de RawValue)>| {
        T::deserialize(MapDeserializer::<_, serde_json::Error>::new(
            properties.into_iter(),
        ))
    };
    let properties = properties
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value));
    let readable = properties.filter(|property| object(vec![property.clone()]).is_ok());
    object(readable.collect()).ok()
}

#[cold]
fn located<'de, T: Deserialize<'de>>(json: &'de str) -> Fault {
    let mut reader = serde_json::Deserializer::from_str(json);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => Fault::new("can't be read"),
        Err(located) => {
            let fault = Fault::new(without_value(&located.inner().to_string()));
            match located.path().to_string() {
                place if place == "." => fault,
                place => fault.at(place),
            }
        }
    }
}

pub(super) fn nested<'de, T: Deserialize<'de>, E: de::Error>(json: &'de str) -> Result<T, E> {
    serde_json::from_str(json).map_err(|error| {
        let mut reader = serde_json::Deserializer::from_str(json);
        match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Err(located) if located.path().to_string() != "." => E::custom(format_args!(
                "{}: {}",
                located.path(),
                bare(located.inner())
            )),
            _ => E::custom(bare(&error)),
        }
    })
}

fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
