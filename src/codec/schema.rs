//! `openapi-subset`: a schema in an older vocabulary, read as JSON Schema.
//!
//! Types come in lower case, `nullable` becomes a type or an alternative, whole numbers that were written as strings
//! become numbers. What need not change stays as it came, key order included.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::json_text::quote;

/// The schema as JSON Schema; `None` if it is one already, or is no schema at all.
pub fn from_subset(raw: &str) -> Option<String> {
    schema(raw, 0)
}

/// One schema. Deeper than any that a person wrote, it stays as it is: the stack is finite.
fn schema(raw: &str, depth: usize) -> Option<String> {
    if depth > DEEPEST || !raw.trim_start().starts_with('{') {
        return None;
    }
    let Object(entries) = serde_json::from_str(raw).ok()?;
    let nullable = entries
        .iter()
        .any(|(key, value)| key == "nullable" && value.get() == "true");
    let mut changed = false;
    let mut written = Vec::with_capacity(entries.len());
    for (key, value) in &entries {
        match keyword(key, value.get(), nullable, depth) {
            Change::Keep => written.push(entry(key, value.get())),
            Change::Leave => changed = true,
            Change::Write(value) => {
                changed = true;
                written.push(entry(key, &value));
            }
        }
    }
    changed.then(|| format!("{{{}}}", written.join(",")))
}

enum Change {
    Keep,
    Leave,
    Write(String),
}

impl From<Option<String>> for Change {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Keep, Self::Write)
    }
}

fn keyword(key: &str, value: &str, nullable: bool, depth: usize) -> Change {
    match key {
        "type" => kind(value, nullable),
        // OpenAPI's `nullable: false` is JSON Schema's silence.
        "nullable" => Change::Leave,
        "properties" | "$defs" | "definitions" => members(value, depth + 1).into(),
        "items" | "additionalProperties" => schema(value, depth + 1).into(),
        "anyOf" | "oneOf" | "allOf" | "prefixItems" => {
            let null = nullable && key != "allOf" && key != "prefixItems";
            alternatives(value, null, depth + 1).into()
        }
        "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" | "maxProperties" => {
            number(value).into()
        }
        _ => Change::Keep,
    }
}

/// A type's name. Names of either case are read; what isn't a single name stays.
fn kind(value: &str, nullable: bool) -> Change {
    let Ok(name) = serde_json::from_str::<String>(value) else {
        return Change::Keep;
    };
    let lower = name.to_ascii_lowercase();
    if lower == "type_unspecified" {
        Change::Leave
    } else if nullable && lower != "null" {
        Change::Write(format!(r#"[{},"null"]"#, quote(&lower)))
    } else if lower == name {
        Change::Keep
    } else {
        Change::Write(quote(&lower))
    }
}

fn members(raw: &str, depth: usize) -> Option<String> {
    let Object(entries) = serde_json::from_str(raw).ok()?;
    let read: Vec<_> = entries
        .iter()
        .map(|(_, value)| schema(value.get(), depth))
        .collect();
    read.iter().any(Option::is_some).then(|| {
        let written: Vec<_> = entries
            .iter()
            .zip(&read)
            .map(|((key, value), read)| entry(key, read.as_deref().unwrap_or(value.get())))
            .collect();
        format!("{{{}}}", written.join(","))
    })
}

fn alternatives(raw: &str, null: bool, depth: usize) -> Option<String> {
    let schemas: Vec<&RawValue> = serde_json::from_str(raw).ok()?;
    let read: Vec<_> = schemas.iter().map(|raw| schema(raw.get(), depth)).collect();
    (null || read.iter().any(Option::is_some)).then(|| {
        let mut written: Vec<_> = schemas
            .iter()
            .zip(&read)
            .map(|(raw, read)| read.as_deref().unwrap_or(raw.get()))
            .collect();
        if null {
            written.push(r#"{"type":"null"}"#);
        }
        format!("[{}]", written.join(","))
    })
}

/// JSON that was made from protocol buffers has 64-bit numbers as strings.
fn number(value: &str) -> Option<String> {
    let text: String = serde_json::from_str(value).ok()?;
    let number: u64 = text.parse().ok()?;
    Some(number.to_string())
}

fn entry(key: &str, value: &str) -> String {
    format!("{}:{value}", quote(key))
}

const DEEPEST: usize = 64;

/// An object's entries in their order.
struct Object<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries).map(Object)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read() {
        let cases = [
            (r#"{"type":"STRING"}"#, Some(r#"{"type":"string"}"#)),
            (r#"{"type":"string"}"#, None),
            (r#"{"type":["string","null"]}"#, None),
            (
                r#"{"type":"STRING","nullable":true}"#,
                Some(r#"{"type":["string","null"]}"#),
            ),
            (
                r#"{"nullable":true,"type":"integer"}"#,
                Some(r#"{"type":["integer","null"]}"#),
            ),
            (
                r#"{"type":"string","nullable":false}"#,
                Some(r#"{"type":"string"}"#),
            ),
            (
                r#"{"type":"TYPE_UNSPECIFIED","title":"x"}"#,
                Some(r#"{"title":"x"}"#),
            ),
            (
                r#"{"type":"OBJECT","properties":{"z":{"type":"NUMBER"},"type":{"type":"string"},"nullable":{"enum":["STRING"]}},"required":["z"]}"#,
                Some(
                    r#"{"type":"object","properties":{"z":{"type":"number"},"type":{"type":"string"},"nullable":{"enum":["STRING"]}},"required":["z"]}"#,
                ),
            ),
            (
                r#"{"type":"ARRAY","items":{"anyOf":[{"type":"INTEGER"},{"type":"string"}],"nullable":true},"maxItems":"3"}"#,
                Some(
                    r#"{"type":"array","items":{"anyOf":[{"type":"integer"},{"type":"string"},{"type":"null"}]},"maxItems":3}"#,
                ),
            ),
            (
                r#"{"type":"object","default":{"type":"STRING"}, "x":1}"#,
                None,
            ),
            (
                r#"{"type":"OBJECT","example":{"type":"STRING", "a":1.50}}"#,
                Some(r#"{"type":"object","example":{"type":"STRING", "a":1.50}}"#),
            ),
            (
                r#"{"additionalProperties":false,"type":"OBJECT"}"#,
                Some(r#"{"additionalProperties":false,"type":"object"}"#),
            ),
            ("true", None),
            ("{", None),
            ("", None),
        ];
        for (raw, expected) in cases {
            assert_eq!(from_subset(raw).as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn deep() {
        let depth = 100_000;
        let raw = format!(
            "{}{}",
            r#"{"items":"#.repeat(depth),
            "1".to_owned() + &"}".repeat(depth)
        );
        assert_eq!(from_subset(&raw), None);
    }

    #[test]
    fn twice_is_once() {
        let raw = r#"{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}"#;
        let read = from_subset(raw).unwrap_or_default();
        assert_eq!(from_subset(&read), None, "{read}");
    }
}
