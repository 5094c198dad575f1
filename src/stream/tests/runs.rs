//! Frames that are known by the one before say what they say when they are read and written in full.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::{ARRAY, LINES};
use crate::stream::{Decoder, Head, Transcoder, Writer};
use crate::table::{Framing, StreamSpec};

/// Texts as they stand in JSON, most of them so that one frame is like the one before.
const TEXTS: &[&str] = &[
    "plain",
    "two",
    "",
    "three",
    " ",
    r"\n",
    r#"a \"quoted\" \\ word"#,
    r"\u00e9\ud83d\ude00",
    r"\u2028",
    "ä€😀\u{2028}\u{2029}\u{85}",
    "\u{7f}",
    r"half \ud83d",
    "after a fault",
];

/// The same without the text that no reader takes.
fn sound() -> Vec<&'static str> {
    TEXTS
        .iter()
        .copied()
        .filter(|text| !text.contains("half"))
        .collect()
}

fn chunk(text: &str) -> String {
    format!(r#"{{"id":"r","model":"m","picks":[{{"text":"{text}"}}]}}"#)
}

fn events(frames: impl IntoIterator<Item = String>) -> String {
    frames
        .into_iter()
        .map(|frame| format!("data: {frame}\n\n"))
        .collect()
}

fn blocks(texts: &[&str]) -> String {
    let more = texts.iter().map(|text| {
        format!("event: more\ndata: {{\"at\":0,\"kind\":\"text\",\"text\":\"{text}\"}}\n\n")
    });
    let mut all = "event: begin\ndata: {\"id\":\"r\",\"model\":\"m\"}\n\n".to_owned();
    all.push_str("event: open\ndata: {\"at\":0,\"block\":{\"kind\":\"text\",\"text\":\"\"}}\n\n");
    all.extend(more);
    all.push_str("event: close\ndata: {\"at\":0}\n\n");
    all.push_str("event: outcome\ndata: {\"why\":\"stop\",\"used\":{\"in\":3,\"out\":4}}\n\n");
    all.push_str("event: over\ndata: {}\n\n");
    all
}

fn calls() -> String {
    let call = |args: &str| {
        format!(r#"{{"id":"r","model":"m","picks":[{{"calls":[{{"at":0,"args":"{args}"}}]}}]}}"#)
    };
    let head =
        r#"{"id":"r","model":"m","picks":[{"calls":[{"at":0,"id":"c","name":"f","args":""}]}]}"#;
    let pieces = [
        r#"{\"x\":"#,
        "[",
        "1,",
        "2,",
        r#"{\"y\":\"}]\"}"#,
        ",3",
        "]",
        "}",
        "}",
        "x",
    ];
    events(std::iter::once(head.to_owned()).chain(pieces.map(call)))
}

fn lines(texts: &[&str]) -> String {
    let line = |text: &&str| format!("{{\"model\":\"m\",\"text\":\"{text}\"}}\n");
    texts.iter().map(line).collect()
}

/// Chunks in which values differ that count for nothing.
fn padded(texts: &[&str]) -> String {
    const PADDING: &[&str] = &[
        "\"xyz\"", "\"\"", r#""\"}""#, "\"é\"", "7", "null", "\"xy\"",
    ];
    let frames = texts.iter().enumerate().map(|(at, text)| {
        let number = 8 + at;
        let id = "i".repeat(number);
        let padding = PADDING[at % PADDING.len()];
        let told = format!(r#"{{"number":{number},"id":"{id}","picks":[{{"text":"{text}"}}]"#);
        format!(r#"{told},"real":{at}.5,"p":{padding},"list":[{at}]}}"#)
    });
    events(frames)
}

/// Streams of all framings, with what may stand between and within frames.
fn streams() -> Vec<(&'static StreamSpec, String)> {
    let sound = sound();
    let plain = events(sound.iter().map(|text| chunk(text)));
    let doubled = chunk("x").replace("}]", "},{\"text\":\"y\"}]");
    let used =
        |n: usize| chunk("w").replace("\"picks\"", &format!("\"used\":{{\"in\":{n}}},\"picks\""));
    let finished = chunk("f").replace("}]", ",\"why\":\"stop\"}]");
    vec![
        (&CHUNKS, plain.clone() + "data: [END]\n\n"),
        (&CHUNKS, plain.clone()),
        (&CHUNKS, events(TEXTS.iter().map(|text| chunk(text)))),
        (&CHUNKS, plain.replace("data: ", ": note\nid: 1\ndata: ")),
        (&CHUNKS, plain.replace("{\"id\"", "\ndata: {\"id\"")),
        (&CHUNKS, plain.replace(",\"model\"", "\ndata: ,\"model\"")),
        (&CHUNKS, events((0..4).map(|_| doubled.clone()))),
        (&CHUNKS, events((0..4).map(used))),
        (&CHUNKS, events((0..4).map(|_| finished.clone())) + &plain),
        (&CHUNKS, padded(&sound)),
        (&CHUNKS, padded(&["a"; 5])),
        (&CHUNKS, padded(&["a"; 5]).replace(r#""list""#, r#""used""#)),
        (&CHUNKS, calls() + "data: [END]\n\n"),
        (&CHUNKS, calls() + &plain + &calls()),
        (&BLOCKS, blocks(&sound)),
        (&BLOCKS, blocks(TEXTS)),
        (&FULL, blocks(&sound)),
        (&LINES, lines(&sound)),
        (&LINES, lines(&sound).replace('\n', "\r\n")),
        (
            &ARRAY,
            format!("[{}]", lines(&sound).trim().replace('\n', ",\n")),
        ),
    ]
}

#[test]
fn what_is_known_by_the_frame_before_says_the_same_wherever_it_is_cut() {
    for (from, text) in streams() {
        let endings: &[&str] = match from.framing {
            Framing::Events => &["\n", "\r", "\r\n"],
            Framing::Lines | Framing::Array => &["\n"],
        };
        for ending in endings {
            let text = text.replace('\n', ending);
            for to in [&CHUNKS, &BLOCKS, &FULL, &LINES, &ARRAY] {
                let bytes = text.as_bytes();
                let expected = run(from, to, &[bytes], true);
                assert_eq!(run(from, to, &[bytes], false), expected, "{text}");
                // What is read is the same whoever writes it.
                let cuts = if std::ptr::eq(to, &BLOCKS) {
                    bytes.len()
                } else {
                    0
                };
                for cut in 0..cuts {
                    let (head, tail) = bytes.split_at(cut);
                    let cut_in_two = run(from, to, &[head, tail], false);
                    assert_eq!(cut_in_two, expected, "{text} cut at {cut}");
                }
                let single: Vec<_> = bytes.chunks(1).collect();
                assert_eq!(run(from, to, &single, false), expected, "{text}");
            }
        }
    }
}

#[test]
fn broken_utf8_is_told_as_it_is_anywhere() {
    let mut text = events((0..4).map(|_| chunk("plain"))).into_bytes();
    let at = text.len() - 10;
    text[at] = 0xFF;
    let expected = run(&CHUNKS, &BLOCKS, &[&text], true);
    assert_eq!(run(&CHUNKS, &BLOCKS, &[&text], false), expected);
    assert!(expected.contains('\u{FFFD}'), "{expected}");
}

fn run(from: &'static StreamSpec, to: &'static StreamSpec, pieces: &[&[u8]], full: bool) -> String {
    let mut decoder = Decoder::new(from).with_id("h");
    let mut writer = Writer::new(to, Head::default(), true);
    if full {
        (decoder, writer) = (decoder.in_full(), writer.in_full());
    }
    let mut transcoder = Transcoder::new(decoder, writer);
    let mut out = Vec::new();
    for piece in pieces {
        transcoder.push(piece, &mut out);
    }
    transcoder.end(&mut out);
    let out = String::from_utf8(out).unwrap();
    let (usage, ignored) = (transcoder.usage(), transcoder.ignored());
    format!(
        "{out}\n{:?} {usage:?} {ignored} {:?} {}",
        transcoder.ending(),
        transcoder.losses(),
        transcoder.saw_token()
    )
}
