//! JSON in: names of an object's properties that nobody reads, so that their sender can be told.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};

use super::read::Text;

/// More names than this help nobody.
const MOST: usize = 32;
/// A longer name is cut.
const LONGEST: usize = 64;

/// A deserializer that takes a struct from an object alone, and notes the names that the struct has no field for.
pub struct Noting<'n, D>(pub D, pub &'n mut Vec<String>);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Noting<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Noted {
            inner: visitor,
            fields,
            unknown: self.1,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A visitor or a map, and what notes its names.
struct Noted<'n, T> {
    inner: T,
    fields: &'static [&'static str],
    unknown: &'n mut Vec<String>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Noted<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Noted {
            inner: map,
            fields: self.fields,
            unknown: self.unknown,
        })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Noted<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(Text(name)) = self.inner.next_key_seed(PhantomData::<Text<'de>>)? {
            if self.fields.contains(&name.as_ref()) {
                let name: de::value::CowStrDeserializer<'_, A::Error> = name.into_deserializer();
                return seed.deserialize(name).map(Some);
            }
            // A null is absent.
            if self.inner.next_value::<Option<de::IgnoredAny>>()?.is_some() {
                note(&name, self.unknown);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

/// The name comes from outside and may end in a header: nothing but a plain word is kept.
fn note(name: &str, unknown: &mut Vec<String>) {
    if unknown.len() < MOST {
        let plain = |c: char| {
            let fits = c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            if fits { c } else { '?' }
        };
        unknown.push(name.chars().take(LONGEST).map(plain).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize)]
    #[serde(remote = "Self")]
    struct Known<'a> {
        #[serde(borrow, default)]
        text: Option<Text<'a>>,
        #[serde(default, rename = "twoWords", alias = "two_words")]
        two_words: Option<bool>,
    }

    fn noted(json: &str) -> (Option<String>, Option<bool>, Vec<String>) {
        let mut unknown = Vec::new();
        let mut reader = serde_json::Deserializer::from_str(json);
        let known = Known::deserialize(Noting(&mut reader, &mut unknown)).unwrap_or_default();
        let text = known.text.map(|text| text.0.into_owned());
        (text, known.two_words, unknown)
    }

    #[test]
    fn names_without_a_field() {
        let read = noted(r#"{"a b\n":{"text":1},"text":"é","two_words":true,"x-1":0,"y":null}"#);
        assert_eq!(
            read,
            (
                Some("é".to_owned()),
                Some(true),
                vec!["a?b?".to_owned(), "x-1".to_owned()]
            )
        );
    }

    #[test]
    fn not_without_end() {
        let many: Vec<String> = (0..100).map(|i| format!("\"{i:0>99}\":0")).collect();
        let (_, _, unknown) = noted(&format!("{{{}}}", many.join(",")));
        assert_eq!(unknown.len(), MOST);
        assert!(unknown.iter().all(|name| name.len() == LONGEST));
    }
}
