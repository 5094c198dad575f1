//! Where in JSON text a fault lies: from the line and column that a parser tells to the names that lead there.

use std::fmt::Write;

use crate::codec::splice::unquoted;

/// What leads to a value, one step from its container.
enum Step {
    /// The name of a member, as it stands between its quotes; `None` before the first.
    Member(Option<(usize, usize)>),
    /// The number of an element.
    Element(usize),
}

/// The path to what was being read when the parser had come to this place, as in `messages[0].content`; empty for the
/// outermost value. Lines and columns count from 1, columns in bytes, as `serde_json` has them.
pub fn path(json: &str, line: usize, column: usize) -> String {
    let mut out = String::new();
    for step in steps(json, offset(json, line, column)) {
        match step {
            Step::Member(Some((start, end))) => {
                if !out.is_empty() {
                    out.push('.');
                }
                let quoted = json.get(start..end).unwrap_or_default();
                out.push_str(&unquoted(quoted).unwrap_or_default());
            }
            Step::Member(None) => {}
            Step::Element(index) => {
                // Writing to text doesn't fail.
                let _ = write!(out, "[{index}]");
            }
        }
    }
    out
}

/// How many bytes had been read.
fn offset(json: &str, line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match json[start..].find('\n') {
            Some(end) => start += end + 1,
            None => break,
        }
    }
    json.len().min(start + column)
}

/// The containers that are open at this place, and where each of them is. The text is JSON as far as it was read.
fn steps(json: &str, end: usize) -> Vec<Step> {
    let bytes = &json.as_bytes()[..end];
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => steps.push(Step::Member(None)),
            // An element is only where something is.
            b'[' => steps.push(Step::Element(0)),
            b'}' | b']' => {
                steps.pop();
            }
            b',' => match steps.last_mut() {
                Some(Step::Element(index)) => *index += 1,
                Some(step) => *step = Step::Member(None),
                None => {}
            },
            b'"' => {
                let Some(end) = string_end(bytes, at) else {
                    break;
                };
                if let Some(Step::Member(name @ None)) = steps.last_mut() {
                    *name = Some((at, end));
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    // A list that has only been opened is itself what was being read.
    if bytes.last() == Some(&b'[') {
        steps.pop();
    }
    steps
}

/// Behind the closing quote of the string that begins here, if it has been read.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Outer {
        name: Option<String>,
        list: Option<Vec<Inner>>,
        map: Option<BTreeMap<String, Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Inner {
        size: u8,
        tags: Option<Vec<String>>,
    }

    #[test]
    fn the_place_that_the_parser_tells_leads_to_the_field() {
        let table = [
            (r#"{"name": 1}"#, "name"),
            (r#"{"name": {"a": 1}}"#, "name"),
            (r#"{"name": ["a"]}"#, "name"),
            (r#"{"name": true, "list": []}"#, "name"),
            (r#"{"list": {}}"#, "list"),
            (r#"{"list": "x"}"#, "list"),
            (r#"{"list": [{"size": 1}, {"size": 1000}]}"#, "list[1].size"),
            (r#"{"list": [{"size": 1}, {}]}"#, "list[1]"),
            (r#"{"list": [{"size": 1}, 7]}"#, "list[1]"),
            (
                "{\"list\":\n  [\n{\"size\": 1,\n \"tags\": [\"ä\\\"]\", null]}]}",
                "list[0].tags[1]",
            ),
            (
                r#"{"map": {"a": {"size": 1}, "b": {"size": []}}}"#,
                "map.b.size",
            ),
            (r#"{"map": {"a.\"b": {"size": -1}}}"#, "map.a.\"b.size"),
            (r#"{"other": {"size": []}, "name": 3}"#, "name"),
            ("7", ""),
            (r#"[{"size": 2}]"#, ""),
        ];
        for (json, expected) in table {
            let error = serde_json::from_str::<Outer>(json).expect_err(json);
            let place = path(json, error.line(), error.column());
            assert_eq!(place, expected, "{json}: {error}");
        }
    }

    #[test]
    fn no_place_and_no_text_is_too_odd() {
        for json in [
            "",
            "{",
            "[",
            "\"",
            "\"\\",
            "}}",
            "{\"a",
            "[,,]",
            "{\"a\":\"\\",
        ] {
            for line in 0..3 {
                for column in 0..12 {
                    let _ = path(json, line, column);
                }
            }
        }
    }
}
