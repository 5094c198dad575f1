//! What becomes of the members that are picked.

use crate::scan::clean;

use super::Wanted;

/// Takes what is picked, in its order.
pub(super) trait Taken<'j>: Clone {
    /// An object begins.
    fn open(&mut self);
    /// A member of the object that began last, whose value follows.
    fn name(&mut self, wanted: &Wanted);
    /// A value as it stands; `None` if it can't be taken.
    fn value(&mut self, wanted: &Wanted, json: &'j [u8]) -> Option<()>;
    /// The object that began last ends.
    fn close(&mut self);
}

/// An object with nothing else in it.
#[derive(Clone)]
pub(super) struct Object(pub(super) Vec<u8>);

/// What tells of a usage mostly fits.
const ROOM: usize = 512;

impl Object {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(ROOM))
    }
}

impl<'j> Taken<'j> for Object {
    fn open(&mut self) {
        self.0.push(b'{');
    }

    fn name(&mut self, wanted: &Wanted) {
        if self.0.last() != Some(&b'{') {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(wanted.name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn value(&mut self, _: &Wanted, json: &'j [u8]) -> Option<()> {
        self.0.extend_from_slice(json);
        Some(())
    }

    fn close(&mut self) {
        self.0.push(b'}');
    }
}

/// A value that means what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plain<'j> {
    /// There is none.
    #[default]
    Absent,
    /// A text that isn't empty, without escapes.
    Text(&'j str),
    /// A whole number.
    Number(i64),
}

impl<'j> Plain<'j> {
    fn of(json: &'j [u8]) -> Option<Self> {
        match json {
            [b'"', text @ .., b'"'] if !text.is_empty() => {
                let is_plain = clean(text) == text.len();
                let text = str::from_utf8(text).ok().filter(|_| is_plain)?;
                Some(Self::Text(text))
            }
            [b'0'] => Some(Self::Number(0)),
            [b'1'..=b'9', ..] if json.len() <= MOST_DIGITS => {
                let sum = |sum: i64, digit: &u8| {
                    let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
                    Some(sum * 10 + digit)
                };
                json.iter().try_fold(0, sum).map(Self::Number)
            }
            _ => None,
        }
    }
}

/// A number of so many digits has less than 63 bits.
const MOST_DIGITS: usize = 18;

/// Values in the places that they are wanted in. One that isn't plain, or comes twice, isn't taken.
#[derive(Clone)]
pub(super) struct Values<'j, const N: usize>(pub(super) [Plain<'j>; N]);

impl<'j, const N: usize> Taken<'j> for Values<'j, N> {
    fn open(&mut self) {}

    fn name(&mut self, _: &Wanted) {}

    fn value(&mut self, wanted: &Wanted, json: &'j [u8]) -> Option<()> {
        let place = self.0.get_mut(wanted.place?)?;
        let is_free = matches!(place, Plain::Absent);
        *place = Plain::of(json)?;
        is_free.then_some(())
    }

    fn close(&mut self) {}
}
