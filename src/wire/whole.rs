//! JSON in: values that are kept as they came.

use std::borrow::Cow;

use crate::error::Fault;

use super::read::{Error, Reader, Wire};

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

impl<'de> Wire<'de> for Json<'de> {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        *slot = Some(Json(reader.passed()?));
        Ok(())
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

impl<'de, T: Wire<'de>> Wire<'de> for Whole<'de, T> {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        let start = reader.start();
        let (value, fault) = match T::read(reader) {
            Ok(value) => (value, None),
            Err(Error::Syntax) => return Err(Error::Syntax),
            Err(error) => {
                reader.rewind(start);
                match (readable(reader.passed()?), error) {
                    (Some(value), Error::Fault(fault)) => (value, Some(*fault)),
                    (Some(value), _) => (value, Some(Fault::new("can't be read"))),
                    (None, error) => return Err(error),
                }
            }
        };
        *slot = Some(Whole {
            json: reader.since(start),
            value,
            fault,
        });
        Ok(())
    }
}

/// An object of those properties that can be read; of two with one name the last counts.
#[cold]
fn readable<'de, T: Wire<'de>>(json: &'de str) -> Option<T> {
    let mut reader = Reader::new(json);
    let mut places: Vec<(Cow<'de, str>, usize)> = Vec::new();
    let mut repeated = Vec::new();
    let mut begun = false;
    reader.open_object().ok()?;
    while let Some(key) = reader.next_key(&mut begun).ok()? {
        let place = reader.place();
        reader.skip().ok()?;
        match places.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => repeated.push(std::mem::replace(known, place)),
            None => places.push((key, place)),
        }
    }
    let without = |left_out: Vec<usize>| {
        let mut reader = Reader::new(json);
        reader.left_out = left_out;
        T::read(&mut reader).ok()
    };
    let places: Vec<usize> = places.into_iter().map(|(_, place)| place).collect();
    let alone = |place: &usize| {
        let others = places.iter().filter(|other| *other != place);
        others.chain(&repeated).copied().collect()
    };
    let bad = places
        .iter()
        .filter(|place| without(alone(place)).is_none());
    without(bad.chain(&repeated).copied().collect())
}
