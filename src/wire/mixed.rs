//! JSON in: lists, and values of several JSON types.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::read::{Number, Text, nested};

/// A list; one bare element is a list of one, as protobuf's JSON has it. Elements that are `null` are left out.
#[derive(Debug)]
pub struct List<T, const RAW: bool = false>(pub Vec<T>);

impl<'de, T: Deserialize<'de>, const RAW: bool> Deserialize<'de> for List<T, RAW> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if RAW {
            let raw = <&'de RawValue>::deserialize(deserializer)?.get();
            if !raw.starts_with('[') {
                return Ok(List(vec![nested(raw)?]));
            }
            let list: Vec<Option<T>> = nested(raw)?;
            return Ok(List(list.into_iter().flatten().collect()));
        }
        deserializer
            .deserialize_any(ListVisitor(PhantomData))
            .map(List)
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
        while let Some(element) = seq.next_element::<Option<T>>()? {
            list.extend(element);
        }
        Ok(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(de::value::MapAccessDeserializer::new(map)).map(|one| vec![one])
    }
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Vec<T>, E> {
        let one = T::deserialize(de::value::BorrowedStrDeserializer::<E>::new(text));
        one.map(|one| vec![one])
            .map_err(|_| E::invalid_type(de::Unexpected::Str(text), &self))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        let one = T::deserialize(de::value::StrDeserializer::<E>::new(text));
        one.map(|one| vec![one])
            .map_err(|_| E::invalid_type(de::Unexpected::Str(text), &self))
    }
}

/// What can be read from a list that is already open.
pub trait Elements<'de>: Deserialize<'de> {
    /// Reads the elements.
    fn elements<A: SeqAccess<'de>>(seq: A) -> Result<Self, A::Error>;
}

impl<'de, T: Deserialize<'de>, const RAW: bool> Elements<'de> for List<T, RAW> {
    fn elements<A: SeqAccess<'de>>(seq: A) -> Result<Self, A::Error> {
        ListVisitor(PhantomData).visit_seq(seq).map(List)
    }
}

impl<'de> Elements<'de> for Never {
    fn elements<A: SeqAccess<'de>>(_: A) -> Result<Self, A::Error> {
        Err(de::Error::custom("a list is not expected here"))
    }
}

/// No value at all: the place of a type that a union doesn't have.
#[derive(Debug)]
pub enum Never {}

impl<'de> Deserialize<'de> for Never {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom(
            "a value of this type is not expected here",
        ))
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

impl<'de: 'a, 'a, L, O, const RAW: bool, const SCALARS: u8> Deserialize<'de>
    for Mixed<'a, L, O, RAW, SCALARS>
where
    L: Elements<'de>,
    O: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if RAW {
            let raw = <&'de RawValue>::deserialize(deserializer)?.get();
            return match raw.as_bytes().first() {
                Some(b'"') if SCALARS & 1 != 0 => nested(raw).map(Mixed::Text),
                Some(b't' | b'f') if SCALARS & 4 != 0 => nested(raw).map(Mixed::Flag),
                Some(b'-' | b'0'..=b'9') if SCALARS & 2 != 0 => nested(raw).map(Mixed::Number),
                Some(b'[') if !is_never::<L>() => nested(raw).map(Mixed::List),
                _ => nested(raw).map(Mixed::Object),
            };
        }
        deserializer
            .deserialize_any(MixedVisitor::<L, O, SCALARS>(PhantomData))
            .map(Into::into)
    }
}

fn is_never<T>() -> bool {
    std::any::type_name::<T>() == std::any::type_name::<Never>()
}

/// What a visitor finds: a `Mixed` without the lifetime and flags that it need not know.
enum Found<'de, L, O> {
    Text(Cow<'de, str>),
    Number(Number),
    Flag(bool),
    List(L),
    Object(O),
}

impl<'de: 'a, 'a, L, O, const RAW: bool, const SCALARS: u8> From<Found<'de, L, O>>
    for Mixed<'a, L, O, RAW, SCALARS>
{
    fn from(found: Found<'de, L, O>) -> Self {
        match found {
            Found::Text(text) => Mixed::Text(Text(text)),
            Found::Number(number) => Mixed::Number(number),
            Found::Flag(flag) => Mixed::Flag(flag),
            Found::List(list) => Mixed::List(list),
            Found::Object(object) => Mixed::Object(object),
        }
    }
}

struct MixedVisitor<L, O, const SCALARS: u8>(PhantomData<(L, O)>);

impl<'de, L: Elements<'de>, O: Deserialize<'de>, const SCALARS: u8> MixedVisitor<L, O, SCALARS> {
    fn scalar<E: de::Error>(
        &self,
        bit: u8,
        found: Found<'de, L, O>,
        unexpected: de::Unexpected<'_>,
    ) -> Result<Found<'de, L, O>, E> {
        if SCALARS & bit == 0 {
            return Err(E::invalid_type(unexpected, self));
        }
        Ok(found)
    }
}

impl<'de, L: Elements<'de>, O: Deserialize<'de>, const SCALARS: u8> Visitor<'de>
    for MixedVisitor<L, O, SCALARS>
{
    type Value = Found<'de, L, O>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (SCALARS & 1 != 0, "a string"),
            (SCALARS & 2 != 0, "a number"),
            (SCALARS & 4 != 0, "a boolean"),
            (!is_never::<L>(), "a list"),
            (!is_never::<O>(), "an object"),
        ];
        let words: Vec<&str> = words
            .iter()
            .filter(|(admitted, _)| *admitted)
            .map(|(_, word)| *word)
            .collect();
        f.write_str(&words.join(" or "))
    }
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        self.scalar(
            1,
            Found::Text(Cow::Borrowed(text)),
            de::Unexpected::Str("…"),
        )
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.scalar(
            1,
            Found::Text(Cow::Owned(text.to_owned())),
            de::Unexpected::Str("…"),
        )
    }
    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
        self.scalar(4, Found::Flag(flag), de::Unexpected::Bool(flag))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        self.scalar(
            2,
            Found::Number(Number::Whole(number)),
            de::Unexpected::Signed(number),
        )
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        let found = i64::try_from(number).map_or(Number::Real(number as f64), Number::Whole);
        self.scalar(2, Found::Number(found), de::Unexpected::Unsigned(number))
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        self.scalar(
            2,
            Found::Number(Number::Real(number)),
            de::Unexpected::Float(number),
        )
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        if is_never::<L>() {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &self));
        }
        L::elements(seq).map(Found::List)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        if !is_never::<O>() {
            return O::deserialize(de::value::MapAccessDeserializer::new(map)).map(Found::Object);
        }
        if is_never::<L>() {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        }
        // One bare element is a list of one.
        L::deserialize(de::value::MapAccessDeserializer::new(map)).map(Found::List)
    }
}

/// A deserializer that takes a struct from an object alone: left to itself, serde would take it from a list too.
pub struct OnlyObjects<D>(pub D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for OnlyObjects<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
