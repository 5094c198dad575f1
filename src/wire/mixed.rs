//! JSON in: lists, and values of several JSON types.

use std::borrow::Cow;

use super::read::{Error, Number, Reader, Text, Wire};

/// A list; one bare element is a list of one, as protobuf's JSON has it. Elements that are `null` are left out. `RAW`:
/// an element may be anything.
#[derive(Debug)]
pub struct List<T, const RAW: bool = false>(pub Vec<T>);

impl<'de, T: Wire<'de>, const RAW: bool> Wire<'de> for List<T, RAW> {
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        let first = reader.peek()?;
        if first == b'[' {
            return elements(&mut slot.insert(List(Vec::new())).0, reader);
        }
        let start = reader.start();
        let one = match first {
            _ if RAW => T::read(reader)?,
            b'{' => T::read(reader)?,
            b'"' => match T::read(reader) {
                Ok(one) => one,
                Err(Error::Syntax) => return Err(Error::Syntax),
                Err(_) => {
                    reader.rewind(start);
                    return Err(reader.mistaken("a list"));
                }
            },
            _ => return Err(reader.mistaken("a list")),
        };
        *slot = Some(List(vec![one]));
        Ok(())
    }
}

fn elements<'de, T: Wire<'de>>(list: &mut Vec<T>, reader: &mut Reader<'de>) -> Result<(), Error> {
    reader.open_list()?;
    let (mut begun, mut index) = (false, 0);
    while reader.next_element(&mut begun)? {
        let mut element = None;
        let read = reader.property(&mut element);
        read.map_err(|error| error.at_index(index))?;
        if let Some(element) = element {
            if list.capacity() == 0 && size_of::<T>() > LARGE {
                list.reserve_exact(1);
            }
            list.push(element);
        }
        index += 1;
    }
    Ok(())
}

/// Elements larger than this often come alone: room for four of them would be asked for in vain.
const LARGE: usize = 200;

/// A type that nothing is of.
#[derive(Debug)]
pub enum Never {}

impl<'de> Wire<'de> for Never {
    const NEVER: bool = true;

    fn read_into(_: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        Err(reader.mistaken("nothing"))
    }
}

/// A value of several JSON types. `RAW`: its objects or lists are kept as they came. `SCALARS` says which scalars it
/// may be: 1 text, 2 number, 4 boolean.
#[derive(Debug)]
pub enum Mixed<'a, L, O, const RAW: bool, const SCALARS: u8> {
    /// A string.
    Text(Text<'a>),
    /// A number.
    Number(Number),
    /// A boolean.
    Flag(bool),
    /// A list.
    List(L),
    /// An object, or whatever is kept as it came.
    Object(O),
}

impl<'a, L, O, const RAW: bool, const SCALARS: u8> Mixed<'a, L, O, RAW, SCALARS> {
    /// The text, or a number as text.
    pub fn take_text(&mut self) -> Option<Cow<'a, str>> {
        match self {
            Mixed::Text(text) => text.take_text(),
            Mixed::Number(number) => number.take_text(),
            _ => None,
        }
    }
    /// The text.
    pub fn as_text(&self) -> Option<&str> {
        if let Mixed::Text(text) = self {
            Some(&text.0)
        } else {
            None
        }
    }
    /// The number, also one written as text.
    pub fn take_integer(&mut self) -> Option<i64> {
        match self {
            Mixed::Number(number) => number.take_integer(),
            Mixed::Text(text) => text.take_integer(),
            _ => None,
        }
    }
    /// The number, also one written as text.
    pub fn take_number(&mut self) -> Option<f64> {
        match self {
            Mixed::Number(number) => number.take_number(),
            Mixed::Text(text) => text.take_number(),
            _ => None,
        }
    }
    /// The boolean.
    pub fn take_flag(&mut self) -> Option<bool> {
        if let Mixed::Flag(flag) = self {
            Some(*flag)
        } else {
            None
        }
    }
}

impl<'de, L: Wire<'de>, O: Wire<'de>, const RAW: bool, const SCALARS: u8> Wire<'de>
    for Mixed<'de, L, O, RAW, SCALARS>
{
    fn read_into(slot: &mut Option<Self>, reader: &mut Reader<'de>) -> Result<(), Error> {
        let value = match reader.peek()? {
            b'"' if SCALARS & 1 != 0 => Mixed::Text(Text(reader.string()?)),
            b'-' | b'0'..=b'9' if SCALARS & 2 != 0 => Mixed::Number(Number::read(reader)?),
            b't' | b'f' if SCALARS & 4 != 0 => Mixed::Flag(reader.flag()?),
            b'[' if !L::NEVER => Mixed::List(L::read(reader)?),
            b'{' if !O::NEVER => Mixed::Object(O::read(reader)?),
            // One bare element is a list of one.
            b'{' if !L::NEVER && !RAW => Mixed::List(L::read(reader)?),
            _ if RAW && !O::NEVER => Mixed::Object(O::read(reader)?),
            _ => return Err(reader.mistaken(&expected(SCALARS, L::NEVER, O::NEVER))),
        };
        *slot = Some(value);
        Ok(())
    }
}

#[cold]
fn expected(scalars: u8, no_list: bool, no_object: bool) -> String {
    let words = [
        (scalars & 1 != 0, "a string"),
        (scalars & 2 != 0, "a number"),
        (scalars & 4 != 0, "a boolean"),
        (!no_list, "a list"),
        (!no_object, "an object"),
    ];
    let admitted = words.iter().filter(|(admitted, _)| *admitted);
    let words: Vec<&str> = admitted.map(|(_, word)| *word).collect();
    words.join(" or ")
}
