//! What is told of a stream that only passes is what is told of one that is read.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::lines::LINES;
use crate::canonical::{Event, EventKind};
use crate::stream::{Decoder, Watcher};
use crate::table::{Framing, StreamSpec};

/// What is told of a stream.
#[derive(Debug, Default, PartialEq)]
struct Told {
    token: bool,
    usage: Option<(Option<i64>, Option<i64>)>,
    /// The provider's own error, or that it can't be read.
    error: Option<String>,
    /// The error that has to be told for it.
    end: Option<String>,
}

/// Compares all that is told of a stream in these pieces.
pub fn assert_same(spec: &'static StreamSpec, pieces: &[&[u8]]) {
    let text = String::from_utf8_lossy(&pieces.concat()).into_owned();
    assert_eq!(watched(spec, pieces), read(spec, pieces), "{text:?}");
}

fn read(spec: &'static StreamSpec, pieces: &[&[u8]]) -> Told {
    let mut told = Told::default();
    let mut decoder = Decoder::new(spec);
    for piece in pieces {
        decoder.push(piece, &mut |event| match event.event {
            EventKind::Delta => told.token = true,
            EventKind::Error => told.error = message(event),
            _ => {}
        });
    }
    if told.error.is_none() {
        decoder.end(&mut |event| told.end = message(event));
    }
    let usage = decoder.usage();
    told.usage = usage.map(|usage| (usage.input, usage.output));
    told
}

fn watched(spec: &'static StreamSpec, pieces: &[&[u8]]) -> Told {
    let mut watcher = Watcher::new(spec);
    for piece in pieces {
        watcher.push(piece);
    }
    let end = watcher.end().and_then(|error| error.message);
    let error = watcher.error().and_then(|error| error.message.as_deref());
    Told {
        token: watcher.token(),
        usage: watcher.usage().map(|usage| (usage.input, usage.output)),
        error: error.map(str::to_owned),
        end: end.map(|message| message.into_owned()),
    }
}

fn message(event: &Event<'_>) -> Option<String> {
    let message = event.error.as_ref()?.message.as_deref();
    Some(message.unwrap_or_default().to_owned())
}

/// The pieces of a stream of so many tokens.
fn stream<'s>(begin: &'s str, token: &'s str, count: usize, end: &[&'s str]) -> Vec<&'s [u8]> {
    let tokens = std::iter::repeat_n(token, count);
    let pieces = std::iter::once(begin)
        .chain(tokens)
        .chain(end.iter().copied());
    pieces.map(str::as_bytes).collect()
}

const BEGIN: &str =
    "event: begin\ndata: {\"id\":\"r\",\"model\":\"m\",\"used\":{\"in\":5,\"out\":1}}\n\n";
const MORE: &str =
    "event: more\ndata: {\"at\":0,\"kind\":\"text\",\"text\":\"a \\\"word\\\" in between\"}\n\n";
const CHUNK: &str = "data: {\"id\":\"r\",\"picks\":[{\"text\":\"a word in between\"}]}\n\n";
const LINE: &str = "{\"text\":\"a word in between\"}\n";

#[test]
fn long_streams_tell_how_they_end() {
    let out = "event: outcome\ndata: {\"why\":\"stop\",\"used\":{\"out\":9}}\n\n";
    let over = "event: over\ndata: {}\n\n";
    let finish = "data: {\"picks\":[{\"why\":\"stop\"}]}\n\n";
    let used = "data: {\"picks\":[],\"used\":{\"in\":3,\"out\":7}}\n\n";
    let ping = "event: ping\ndata: {}\n\n";
    let error = "data: {\"error\":\"busy\"}\n\n";
    let comments = ": still there\n\n".repeat(1000);
    let huge = format!(
        "data: {{\"picks\":[{{\"text\":\"{}\"}}]}}\n\n",
        "x".repeat(100_000)
    );
    let cases: &[(&'static StreamSpec, &str, &str, &[&str])] = &[
        (&BLOCKS, BEGIN, MORE, &[out, over]),
        (
            &BLOCKS,
            BEGIN,
            MORE,
            &[out, ping, ping, ping, ping, ping, ping, ping, ping, over],
        ),
        (&BLOCKS, BEGIN, MORE, &[out]),
        (&BLOCKS, BEGIN, MORE, &[over]),
        (&BLOCKS, BEGIN, MORE, &[]),
        (&BLOCKS, BEGIN, MORE, &["event: more\ndata: {\"at\":0"]),
        (
            &BLOCKS,
            BEGIN,
            MORE,
            &[
                "event: error\ndata: {\"error\":\"busy\"}\n\n",
                MORE,
                out,
                over,
            ],
        ),
        (&CHUNKS, CHUNK, CHUNK, &[finish, used, "data: [END]\n\n"]),
        (
            &CHUNKS,
            CHUNK,
            CHUNK,
            &[used, finish, CHUNK, CHUNK, CHUNK, finish],
        ),
        (&CHUNKS, CHUNK, CHUNK, &[finish, &comments, used]),
        (&CHUNKS, CHUNK, CHUNK, &[finish, ": still there\n\n"]),
        (&CHUNKS, CHUNK, CHUNK, &[finish]),
        (
            &CHUNKS,
            CHUNK,
            CHUNK,
            &["data: {\"picks\":[{\"why\":\"error\"}]}\n\n"],
        ),
        (&CHUNKS, CHUNK, CHUNK, &["data: [END]"]),
        (&CHUNKS, CHUNK, CHUNK, &[&huge, finish, used]),
        (&CHUNKS, CHUNK, CHUNK, &[&huge]),
        (&CHUNKS, CHUNK, CHUNK, &[error]),
        (
            &CHUNKS,
            CHUNK,
            CHUNK,
            &["data: {\"err", "or\":\"busy\"}\n\n", finish],
        ),
        (
            &CHUNKS,
            CHUNK,
            CHUNK,
            &["data: {\"error\":\"busy\"", "}\n", "\n", finish],
        ),
        (&CHUNKS, CHUNK, CHUNK, &["data: {\"error\":\"busy\"}"]),
        (&CHUNKS, CHUNK, CHUNK, &[error, &CHUNK.repeat(500), finish]),
        (&CHUNKS, CHUNK, CHUNK, &["<html>busy</html>\n\n", finish]),
        (
            &CHUNKS,
            CHUNK,
            CHUNK,
            &["data: busy\n\n", &CHUNK.repeat(500), finish],
        ),
        (
            &LINES,
            LINE,
            LINE,
            &["{\"why\":\"stop\",\"used\":{\"in\":3,\"out\":7}}\n"],
        ),
        (
            &LINES,
            LINE,
            LINE,
            &["\n", "{\"why\":\"stop\"}", "\n", "\n", "\n"],
        ),
        (&LINES, LINE, LINE, &["{\"why\":\"sto"]),
        (&LINES, LINE, LINE, &["{\"error\":\"busy\"}\n"]),
        (
            &LINES,
            LINE,
            LINE,
            &["no json\n", LINE, "{\"why\":\"stop\"}\n"],
        ),
    ];
    for (spec, begin, token, end) in cases {
        for count in [0, 1, 2, 5, 40, 200] {
            let pieces = stream(begin, token, count, end);
            assert_same(spec, &pieces);
            let text = pieces.concat();
            for size in [13, 1500, usize::MAX] {
                let pieces: Vec<&[u8]> = text.chunks(size).collect();
                assert_same(spec, &pieces);
            }
            if spec.framing == Framing::Events && count < 50 {
                let text = String::from_utf8(text).unwrap().replace('\n', "\r\n");
                assert_same(spec, &text.as_bytes().chunks(9).collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn a_caller_who_leaves_is_told_what_was_used_so_far() {
    let used = "data: {\"picks\":[{\"text\":\"a\"}],\"used\":{\"in\":3,\"out\":7}}\n\n";
    for count in [1, 3, 10] {
        let mut watcher = Watcher::new(&CHUNKS);
        for piece in stream(CHUNK, CHUNK, 100, &[used]) {
            watcher.push(piece);
        }
        for _ in 0..count {
            watcher.push(CHUNK.as_bytes());
        }
        watcher.push(b"data: {\"pi");
        watcher.settle();
        let usage = watcher.usage().map(|usage| (usage.input, usage.output));
        assert_eq!(usage, Some((Some(3), Some(7))), "{count} later");
        assert!(watcher.error().is_none());
    }
}

#[test]
fn little_is_kept_of_a_long_stream() {
    let long = format!(
        "data: {{\"picks\":[{{\"text\":\"{}\"}}]}}\n\n",
        "x".repeat(100_000)
    );
    for (pieces, most) in [
        (stream(CHUNK, CHUNK, 10_000, &[]), 8 << 10),
        (stream(CHUNK, ": still there\n\n", 10_000, &[]), 8 << 10),
        (stream(CHUNK, &CHUNK.repeat(150), 1000, &[]), 40 << 10),
        (stream(CHUNK, &long, 100, &[]), 2 << 20),
    ] {
        let mut watcher = Watcher::new(&CHUNKS);
        let mut kept = 0;
        for piece in &pieces {
            watcher.push(piece);
            kept = kept.max(watcher.kept());
        }
        assert!(kept <= most, "{kept} of {most}");
    }
}
