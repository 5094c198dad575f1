//! Bytes to frames.

use crate::stream::framing::{Frame, Framed};
use crate::table::Framing;

type Frames<'t> = &'t [(&'t str, &'t str)];

const EVENTS: &[(&str, Frames<'_>)] = &[
    ("data: a\n\ndata: b\n\n", &[("", "a"), ("", "b")]),
    ("data: a\r\n\r\ndata:b\r\n\r\n", &[("", "a"), ("", "b")]),
    ("data: a\r\rdata: b\r\r", &[("", "a"), ("", "b")]),
    (
        "event: x\r\ndata: 1\r\ndata: 2\r\ndata:\r\n\r\n",
        &[("x", "1\n2\n")],
    ),
    (
        ": ping\n\n: again\r\nid: 3\nretry: 9\ndata:  a\n: in between\nid: 4\n\n",
        &[("", " a")],
    ),
    ("event: x\n\ndata: a\n\n", &[("", "a")]),
    (
        "data: 1\ndata: 2\n\ndata: 3\ndata: 4\n\n",
        &[("", "1\n2"), ("", "3\n4")],
    ),
    ("event:\ndata\n\n", &[("", "")]),
    ("\u{FEFF}data: ä€😀\n\n", &[("", "ä€😀")]),
    ("\n\r\n\rdata: a\n\n\n\r\n", &[("", "a")]),
    (
        "event: x\ndata: a\n\nevent: y\ndata: last",
        &[("x", "a"), ("y", "last")],
    ),
    ("data: a\n\ndata: last\r\n", &[("", "a"), ("", "last")]),
    ("unknown: field\nnocolon\ndata: a\n\n", &[("", "a")]),
    (
        "\n{\n  \"error\": {\"message\": \"data: }\"}\n}\n",
        &[("", "{\n  \"error\": {\"message\": \"data: }\"}\n}")],
    ),
    ("[{\"a\":1}]", &[("", "[{\"a\":1}]")]),
    ("{\"cut\":", &[]),
    ("", &[]),
];

const LINES: &[(&str, Frames<'_>)] = &[
    (
        "{\"a\":1}\n{\"b\":2}\n",
        &[("", "{\"a\":1}"), ("", "{\"b\":2}")],
    ),
    (
        "\n\r\n{\"a\":1}\r\n  \n{\"b\":\"€\"}",
        &[("", "{\"a\":1}"), ("", "{\"b\":\"€\"}")],
    ),
    ("\n \n", &[]),
];

const ARRAY: &[(&str, Frames<'_>)] = &[
    (
        "[{\"a\":1},\n{\"b\":\"]}\"}]",
        &[("", "{\"a\":1}"), ("", "{\"b\":\"]}\"}")],
    ),
    (
        "[{\n \"a\": [{\"x\": \"\\\"}\"}]\n}\n,\r\n{}\n]\n",
        &[("", "{\n \"a\": [{\"x\": \"\\\"}\"}]\n}"), ("", "{}")],
    ),
    ("[]", &[]),
    ("{\"error\": 1}", &[("", "{\"error\": 1}")]),
    ("[{\"a\":1},{\"cut", &[("", "{\"a\":1}")]),
];

#[test]
fn frames_are_the_same_wherever_the_bytes_are_cut() {
    for (framing, table) in [
        (Framing::Events, EVENTS),
        (Framing::Lines, LINES),
        (Framing::Array, ARRAY),
    ] {
        for (bytes, expected) in table {
            let expected: Vec<_> = expected
                .iter()
                .map(|(event, data)| ((*event).to_owned(), (*data).to_owned()))
                .collect();
            for cut in 0..=bytes.len() {
                let (head, tail) = bytes.as_bytes().split_at(cut);
                let frames = read(framing, &[head, tail]).unwrap();
                assert_eq!(frames, expected, "{framing:?} {bytes:?} cut at {cut}");
            }
            let single: Vec<&[u8]> = bytes.as_bytes().chunks(1).collect();
            let frames = read(framing, &single).unwrap();
            assert_eq!(frames, expected, "{framing:?} {bytes:?} byte by byte");
        }
    }
}

#[test]
fn an_event_is_given_as_soon_as_its_blank_line_begins() {
    let mut framed = Framed::new(Framing::Events, 100);
    let mut seen = Vec::new();
    for piece in ["data: a\r", "\n\r", "\ndata: b\r\n\r"] {
        framed
            .push(piece.as_bytes(), &mut |frame: Frame<'_>| {
                seen.push(frame.data.to_owned())
            })
            .unwrap();
        seen.push("|".to_owned());
    }
    assert_eq!(seen, ["|", "a", "|", "b", "|"]);
}

#[test]
fn a_frame_in_one_piece_is_not_copied() {
    let table = [
        (Framing::Events, "data: {\"a\":1}\n\n", 6),
        (Framing::Lines, "{\"a\":1}\n", 0),
        (Framing::Array, "[{\"a\":1}", 1),
    ];
    for (framing, bytes, offset) in table {
        let mut place = None;
        Framed::new(framing, 100)
            .push(bytes.as_bytes(), &mut |frame: Frame<'_>| {
                place = Some(frame.data.as_ptr())
            })
            .unwrap();
        assert_eq!(place, Some(bytes[offset..].as_ptr()), "{framing:?}");
    }
}

#[test]
fn a_frame_beyond_the_limit_is_a_fault() {
    let table = [
        (Framing::Events, "data: 0123456789\n\n"),
        (Framing::Events, ": 0123456789012\n\n"),
        (Framing::Events, "{\"a\":\"0123456789\"}"),
        (Framing::Lines, "{\"a\":\"0123456789\"}\n"),
        (Framing::Array, "[{\"a\":\"0123456789\"}]"),
    ];
    for (framing, bytes) in table {
        for cut in 0..=bytes.len() {
            let (head, tail) = bytes.as_bytes().split_at(cut);
            let mut framed = Framed::new(framing, 12);
            let pushed = framed
                .push(head, &mut |_: Frame<'_>| panic!("{bytes:?}"))
                .and_then(|()| framed.push(tail, &mut |_: Frame<'_>| panic!("{bytes:?}")));
            assert!(pushed.is_err(), "{framing:?} {bytes:?} cut at {cut}");
        }
    }
}

#[test]
fn broken_utf8_is_replaced_and_never_panics() {
    let frames = read(Framing::Events, &[b"data: a\xFF", b"b\n\n"]).unwrap();
    assert_eq!(frames, [(String::new(), "a\u{FFFD}b".to_owned())]);
}

pub fn read(
    framing: Framing,
    pieces: &[&[u8]],
) -> Result<Vec<(String, String)>, crate::error::Fault> {
    let mut frames = Vec::new();
    let mut framed = Framed::new(framing, 1000);
    let mut take = |frame: Frame<'_>| {
        frames.push((
            frame.event.unwrap_or_default().to_owned(),
            frame.data.to_owned(),
        ));
    };
    for piece in pieces {
        framed.push(piece, &mut take)?;
    }
    framed.end(&mut take);
    Ok(frames)
}
