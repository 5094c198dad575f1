//! Which frames are known by the one before.

use std::borrow::Cow;

use crate::canonical::{Event, EventKind};
use crate::stream::again::{Again, Seen};
use crate::stream::framing::Frame;

const MEANT: &[&str] = &["say", "kind"];

/// What the second frame says, if it is known by the first.
fn known(first: &str, second: &[u8]) -> Option<String> {
    let data = first.trim_start_matches("data: ").trim_end();
    let start = data.find("text").expect("a text");
    let event = Event {
        event: EventKind::Delta,
        index: Some(0),
        text: Some(Cow::Borrowed(&data[start..start + "text".len()])),
        ..Event::default()
    };
    let mut seen = Seen::default();
    seen.look(&event);
    let frame = Frame {
        event: None,
        data,
        raw: first.as_bytes(),
    };
    let mut again = Again::default();
    again.learn(frame, &seen, MEANT);
    let rest = [second, b"and more"].concat();
    let (_, text, length) = again.read(&rest)?;
    assert_eq!(length, second.len(), "{first}");
    Some(text.into_owned())
}

#[test]
fn what_counts_for_nothing_may_differ() {
    let says = |start: &str, end: &str| format!("data: {{{start}\"say\":\"text\"{end}}}\n\n");
    let table: &[(&str, &str, &str, &str, bool)] = &[
        // What stands before and behind the text, in the first frame and in the second.
        ("", "", "", "", true),
        (r#""a":"x","#, "", r#""a":"longer","#, "", true),
        (r#""a":"x","#, "", r#""a":"","#, "", true),
        (r#""a":"x","#, "", r#""a":"\"","say":"","#, "", false),
        (r#""a":"x","#, "", r#""a":"\"\\","#, "", true),
        (
            r#""a":1,"#,
            r#","p":"x""#,
            r#""a":23,"#,
            r#","p":"y""#,
            true,
        ),
        (r#""a": 1 ,"#, "", r#""a": 0 ,"#, "", true),
        (r#""a":0,"#, "", r#""a":9223372036854775808,"#, "", true),
        // Not the same type, or no whole number.
        (r#""a":1,"#, "", r#""a":"1","#, "", false),
        (r#""a":1,"#, "", r#""a":1.5,"#, "", false),
        (r#""a":1,"#, "", r#""a":01,"#, "", false),
        (r#""a":1,"#, "", r#""a":,"#, "", false),
        (r#""a":1,"#, "", r#""a":-1,"#, "", false),
        (r#""a":1.5,"#, "", r#""a":1.6,"#, "", false),
        (r#""a":-1,"#, "", r#""a":-2,"#, "", false),
        (r#""a":null,"#, "", r#""a":"x","#, "", false),
        (r#""a":true,"#, "", r#""a":false,"#, "", false),
        // What counts, another name, and what isn't outermost.
        (r#""kind":"x","#, "", r#""kind":"y","#, "", false),
        (r#""kind":1,"#, "", r#""kind":2,"#, "", false),
        (r#""a":"x","#, "", r#""b":"x","#, "", false),
        (r#""a":{"b":"x"},"#, "", r#""a":{"b":"y"},"#, "", false),
        (r#""a":["x"],"#, "", r#""a":["y"],"#, "", false),
        ("", r#","p":"x""#, "", r#","p":"x","q":1"#, false),
        ("", r#","p":"x""#, "", "", false),
    ];
    for (before, behind, then_before, then_behind, is_known) in table {
        let first = says(before, behind);
        let second = says(then_before, then_behind).replace("text", "next");
        let found = known(&first, second.as_bytes());
        assert_eq!(
            found.as_deref() == Some("next"),
            *is_known,
            "{first}{second}"
        );
        assert!(found.is_none() || *is_known, "{first}{second}");
    }
}

#[test]
fn only_so_many_values_may_differ() {
    let says = |value: usize, count: usize| {
        let members: String = (0..count).map(|at| format!("\"{at}\":{value},")).collect();
        format!("data: {{{members}\"say\":\"text\"}}\n\n")
    };
    for (count, is_known) in [(7, true), (8, false)] {
        let found = known(&says(1, count), says(2, count).as_bytes());
        assert_eq!(found.is_some(), is_known, "{count}");
    }
}

#[test]
fn values_that_differ_are_text() {
    let mut second = b"data: {\"a\":\"x\",\"say\":\"text\"}\n\n".to_vec();
    let first = String::from_utf8(second.clone()).expect("text");
    let at = second
        .iter()
        .position(|&byte| byte == b'x')
        .expect("a place");
    for (byte, is_known) in [(b'y', true), (0xFF, false), (b'\n', false)] {
        second[at] = byte;
        assert_eq!(known(&first, &second).is_some(), is_known, "{byte}");
    }
}
