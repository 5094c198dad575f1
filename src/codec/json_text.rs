//! `json`: JSON kept as text, and what becomes of a text where an object must stand.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::de::IgnoredAny;

/// An object for a place that takes nothing else.
///
/// An object is passed on as it is, nothing (`""`, `null`) is `{}`. Anything else is kept under `_raw`: JSON as JSON,
/// a text that isn't JSON as a string. So a model's broken arguments can be shown to it again.
pub fn to_object(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(SPACE);
    if text.is_empty() || text == "null" {
        Cow::Borrowed("{}")
    } else if !is_json(text) {
        Cow::Owned(format!(r#"{{"_raw":{}}}"#, quote(text)))
    } else if text.starts_with('{') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!(r#"{{"_raw":{text}}}"#))
    }
}

/// Whether the text is one JSON object.
pub fn is_object(text: &str) -> bool {
    text.trim_start_matches(SPACE).starts_with('{') && is_json(text)
}

/// The text as a JSON string.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // Writing to a String never fails.
            '\0'..'\x20' => drop(write!(quoted, "\\u{:04x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

/// JSON without space between its tokens, keys in their order: the one form that is safe in a frame of one line.
pub fn compact(json: &str) -> Cow<'_, str> {
    let mut in_string = false;
    let mut escaped = false;
    let mut keep = |byte: u8| {
        let kept = in_string || !SPACE.contains(&char::from(byte));
        in_string ^= byte == b'"' && !escaped;
        escaped = in_string && byte == b'\\' && !escaped;
        kept
    };
    let Some(first) = json.bytes().position(|byte| !keep(byte)) else {
        return Cow::Borrowed(json);
    };
    let mut text = String::with_capacity(json.len());
    text.push_str(&json[..first]);
    let mut start = first + 1;
    for (place, byte) in json.bytes().enumerate().skip(start) {
        if !keep(byte) {
            text.push_str(&json[start..place]);
            start = place + 1;
        }
    }
    text.push_str(&json[start..]);
    Cow::Owned(text)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// What JSON takes for space; Unicode knows more.
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn objects() {
        let cases = [
            ("", "{}"),
            (" \n", "{}"),
            ("null", "{}"),
            (r#"{"b":1, "a":2}"#, r#"{"b":1, "a":2}"#),
            (" {} ", "{}"),
            ("[1, 2]", r#"{"_raw":[1, 2]}"#),
            ("42", r#"{"_raw":42}"#),
            (r#""x""#, r#"{"_raw":"x"}"#),
            (r#"{"a":"#, r#"{"_raw":"{\"a\":"}"#),
            ("{} {}", r#"{"_raw":"{} {}"}"#),
            ("line\n\u{1}\\", r#"{"_raw":"line\n\u0001\\"}"#),
            ("\u{a0}{}", "{\"_raw\":\"\u{a0}{}\"}"),
        ];
        for (text, object) in cases {
            assert_eq!(to_object(text), object, "{text}");
            assert!(is_object(&to_object(text)), "{text}");
        }
    }

    #[test]
    fn which_is_an_object() {
        for (text, expected) in [
            ("{}", true),
            (" {\"a\":[]} ", true),
            ("[]", false),
            ("{", false),
            ("{}x", false),
            ("", false),
        ] {
            assert_eq!(is_object(text), expected, "{text}");
        }
    }

    #[test]
    fn compacted() {
        let cases = [
            ("{}", "{}"),
            ("{ \"a b\" : [ 1 ,\r\n\t2 ] }\n", r#"{"a b":[1,2]}"#),
            (
                r#"{"a": "x \" y \\", "b": " "}"#,
                r#"{"a":"x \" y \\","b":" "}"#,
            ),
            (r#""\\" "#, r#""\\""#),
        ];
        for (json, expected) in cases {
            assert_eq!(compact(json), expected, "{json}");
        }
        assert!(matches!(compact(r#"{"a b":" "}"#), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_text_gives_an_object(text in "[\\PC\\x00-\\x20]{0,20}") {
            prop_assert!(is_object(&to_object(&text)), "{}", to_object(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&quote(&text)).ok(), Some(text));
        }

        #[test]
        fn compact_means_the_same(keys in prop::collection::vec("[\\PC\"\\\\ ]{0,6}", 0..5)) {
            let value: Value = keys.iter().map(|key| (key.clone(), Value::from(vec![key.clone()]))).collect::<serde_json::Map<_, _>>().into();
            let pretty = serde_json::to_string_pretty(&value).unwrap_or_default();
            prop_assert_eq!(compact(&pretty), value.to_string());
        }
    }
}
