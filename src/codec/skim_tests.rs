use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

const WORDS: [(Spot, &str); 6] = [
    (Spot::Top, "user"),
    (Spot::Below, "user"),
    (Spot::Value, "user"),
    (Spot::Top, "n"),
    (Spot::Below, "a_longer_name"),
    (Spot::Value, "thinking"),
];
const WANTED: Wanted<'_> = Wanted {
    text: Some("model"),
    switch: Some("stream"),
};

fn look(json: &str) -> Option<Skimmed> {
    skim(json.as_bytes(), WANTED, &Lexicon::new(&WORDS))
}

#[test]
fn members_and_words_are_seen() {
    for (json, model, stream, words) in [
        ("{}", None, None, &[][..]),
        (" {\t}\r\n", None, None, &[]),
        (r#"{"model":"a/b"}"#, Some("a/b"), None, &[]),
        (
            r#" { "n" : -1.5e+3 , "model" : "é" , "stream" : true } "#,
            Some("é"),
            Some(true),
            &[3],
        ),
        (r#"{"stream":false,"user":null}"#, None, Some(false), &[0]),
        (r#"{"stream":null,"user":"user"}"#, None, None, &[0, 2]),
        (
            r#"{"m":[{"user" : {"model":"x","stream":1}},"thinking",["a_longer_name"]],"model":"m"}"#,
            Some("m"),
            None,
            &[1, 5],
        ),
        (
            r#"{"m":{"a_longer_name":"}]\"{","x":[]},"k":"\\"}"#,
            None,
            None,
            &[4],
        ),
        (
            r#"{"k":"a text of more than three times eight letters, with \"quotes\""}"#,
            None,
            None,
            &[],
        ),
    ] {
        let seen = look(json).unwrap_or_else(|| panic!("{json} is plain"));
        assert_eq!(seen.text.map(|place| &json[place]), model, "{json}");
        assert_eq!(seen.switch, stream, "{json}");
        assert_eq!(seen.words, Words::of(words), "{json}");
    }
}

#[test]
fn escapes_may_hide_any_word() {
    for (json, hides) in [
        (r#"{"m":{"us\u0065r":1}}"#, true),
        (r#"{"m":["th\u0069nking"]}"#, true),
        (r#"{"m":"th\u0069nking"}"#, true),
        (r#"{"m":"a\/b"}"#, true),
        (r#"{"m":"a\nb"}"#, false),
        (
            r#"{"m":"\u0061 text that is much longer than any word could be, be it written with escapes or not, is none"}"#,
            false,
        ),
    ] {
        let seen = look(json).unwrap_or_else(|| panic!("{json} is plain"));
        assert_eq!(seen.words == Words::ALL, hides, "{json}");
    }
}

#[test]
fn what_is_odd_is_left_to_others() {
    let deep = |depth: usize| format!("{{\"m\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(look(&deep(64)).is_some());
    for json in [
        "",
        "null",
        "[]",
        "\"model\"",
        "{",
        "{\"model\"",
        "{\"model\":",
        "{\"model\":\"",
        "{\"model\":\"a",
        "{\"model\":\"a\"",
        "{\"model\":\"a\\",
        "{\"model\":\"a\\\"}",
        "{\"model\":\"a\"}}",
        "{\"model\":\"a\"} x",
        "{\"model\":\"a\",}",
        "{,\"model\":\"a\"}",
        "{\"model\" \"a\"}",
        "{\"model\":\"\"}",
        "{\"model\":\"a\\u0062\"}",
        "{\"model\":\"a\nb\"}",
        "{\"model\":1}",
        "{\"model\":null}",
        "{\"model\":[\"a\"]}",
        "{\"model\":\"a\",\"model\":\"b\"}",
        "{\"mod\\u0065l\":\"a\"}",
        "{\"model\":\"a\",\"mod\\u0065l\":\"b\"}",
        "{\"stream\":1}",
        "{\"stream\":\"true\"}",
        "{\"stream\":truex}",
        "{\"stream\":true,\"stream\":false}",
        "{\"stream\":null,\"stream\":true}",
        "{\"x\":}",
        "{\"x\":,\"y\":1}",
        "{\"x\":1 2}",
        "{\"x\":a:b}",
        "{\"x\":[}",
        "{\"x\":[1,{\"y\":2]}}",
        "{\"x\":[1,2}",
        "{x:1}",
        "{'x':1}",
        "\u{feff}{\"model\":\"a\"}",
        &deep(65),
        &deep(100_000),
    ] {
        assert_eq!(look(json), None, "{}", &json[..json.len().min(60)]);
    }
}

/// What a reader says of the same text: its words, model and stream, unless it is odd.
fn read(json: &Map<String, Value>) -> Option<(Option<String>, Option<bool>, BTreeSet<u8>)> {
    let mut words = BTreeSet::new();
    for (name, value) in json {
        note(name, Spot::Top, &mut words);
        walk(value, &mut words);
    }
    let model = match json.get("model") {
        None => None,
        Some(Value::String(model)) if !model.is_empty() => Some(model.clone()),
        Some(_) => return None,
    };
    let stream = match json.get("stream") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(stream)) => Some(*stream),
        Some(_) => return None,
    };
    Some((model, stream, words))
}

fn note(text: &str, spot: Spot, words: &mut BTreeSet<u8>) {
    let numbered = WORDS.iter().zip(0..);
    let same = numbered.filter(|((at, word), _)| *at == spot && *word == text);
    words.extend(same.map(|(_, number): (_, u8)| number));
}

fn walk(value: &Value, words: &mut BTreeSet<u8>) {
    match value {
        Value::String(text) => note(text, Spot::Value, words),
        Value::Array(list) => list.iter().for_each(|value| walk(value, words)),
        Value::Object(members) => {
            for (name, value) in members {
                note(name, Spot::Below, words);
                walk(value, words);
            }
        }
        _ => {}
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "user|n|thinking|a_longer_name|model|stream",
        "[a-z\"\\\\{}\\[\\]:, \n\u{e9}\u{1f600}]{0,40}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((text(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Whatever is seen is what a reader reads, and what is plain is seen.
    #[test]
    fn looking_is_as_good_as_reading(members in proptest::collection::vec((text(), value()), 0..8), pretty: bool) {
        let object: Map<String, Value> = members.into_iter().collect();
        let written = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) };
        let json = written.unwrap_or_default();
        let seen = look(&json);
        let escaped = |text: &String| text.contains(['"', '\\', '\n']);
        let odd = object.keys().any(escaped) || object.get("model").and_then(Value::as_str).is_some_and(|model| escaped(&model.to_owned()));
        match (seen, read(&object).filter(|_| !odd)) {
            (Some(seen), Some((model, stream, words))) => {
                prop_assert_eq!(seen.text.map(|place| json[place].to_owned()), model);
                prop_assert_eq!(seen.switch, stream);
                let words: Vec<u8> = words.into_iter().collect();
                // A backslash of its own before a `u` is taken for an escape that may hide any word.
                let hidden = json.contains(r"\\u") && seen.words == Words::ALL;
                prop_assert!(hidden || seen.words == Words::of(&words), "{}", json);
            }
            (seen, read) => prop_assert!(seen.is_none() && read.is_none(), "{} {:?} {:?}", json, seen, read),
        }
    }

    /// A text that was cut or has a byte changed is seen as a reader reads it, or not at all.
    #[test]
    fn broken_texts_are_not_misread(members in proptest::collection::vec((text(), value()), 0..5), at: prop::sample::Index, byte in "[\"\\\\{}\\[\\],: a0]") {
        let object: Map<String, Value> = members.into_iter().collect();
        let json = serde_json::to_string(&object).unwrap_or_default();
        let place = (0..=at.index(json.len())).rev().find(|at| json.is_char_boundary(*at)).unwrap_or(0);
        prop_assert_eq!(look(&json[..place]), None);
        let next = json[place..].chars().next().map_or(place, |c| place + c.len_utf8());
        let changed = format!("{}{byte}{}", &json[..place], &json[next..]);
        let (Some(seen), Ok(object)) = (look(&changed), serde_json::from_str::<Map<String, Value>>(&changed)) else {
            return Ok(());
        };
        let Some((model, stream, words)) = read(&object) else {
            return Err(TestCaseError::fail(changed));
        };
        prop_assert_eq!(seen.text.map(|place| changed[place].to_owned()), model);
        prop_assert_eq!(seen.switch, stream);
        let words: Vec<u8> = words.into_iter().collect();
        // A name that comes twice is read once.
        prop_assert!(seen.words.hold(&Words::of(&words)), "{}", changed);
    }
}

#[test]
fn only_what_is_named_has_to_be_unicode() {
    let look = |json: &[u8]| skim(json, WANTED, &Lexicon::new(&WORDS));
    let seen = look(b"{\"model\":\"a/b\",\"x\":\"\xff\xfe\"}").expect("a plain object");
    assert_eq!(seen.text, Some(10..13));
    assert_eq!(look(b"{\"model\":\"a/\xff\"}"), None);
}
