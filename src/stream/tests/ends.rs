//! How streams end, and what is known before.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::lines::{LINES, MUTE};
use super::{read, read_every_way, tell};
use crate::stream::Decoder;
use crate::table::StreamSpec;

#[test]
fn a_stream_that_does_not_end_well_is_an_error() {
    let early = "error upstream_bad: the provider's stream ended early";
    let table: &[(&'static StreamSpec, &str, &[&str])] = &[
        (&CHUNKS, "", &[early]),
        (
            &CHUNKS,
            "data: {\"id\":\"r\",\"picks\":[{\"text\":\"a\"}]}\n\n",
            &["start r/", "open 0 text", "delta 0 \"a\"", early],
        ),
        // The cut frame is no fault of its own.
        (
            &LINES,
            "{\"text\":\"a\"}\n{\"text\":",
            &["start /", "open 0 text", "delta 0 \"a\"", early],
        ),
        (
            &BLOCKS,
            "event: begin\ndata: {\"id\":\"r\"}\n\n",
            &["start r/", early],
        ),
        (
            &CHUNKS,
            "{\"error\":\n\"bare\"}\n",
            &["error overloaded: bare"],
        ),
        (
            &CHUNKS,
            "data: {\"id\":\"r\",\"error\":\"busy\"}\n\ndata: {\"id\":\"r\",\"picks\":[{\"text\":\"a\"}]}\n\ndata: [END]\n\n",
            &["error overloaded: busy"],
        ),
        (
            &LINES,
            "{\"why\":\"error\"}\n",
            &[
                "start /",
                "error upstream_bad: the provider ended the answer with an error",
            ],
        ),
        // Where nothing can say that the answer is whole, the end of the body does.
        (
            &MUTE,
            "{\"text\":\"a\"}\n",
            &[
                "start /",
                "open 0 text",
                "delta 0 \"a\"",
                "close 0",
                "finish stop",
                "done",
            ],
        ),
        // An end mark without a finish is an end that the provider meant.
        (
            &CHUNKS,
            "data: [END]\n\n",
            &["start /", "finish stop", "done"],
        ),
    ];
    for (spec, text, expected) in table {
        assert_eq!(read_every_way(spec, text), *expected, "{text}");
    }
    let unreadable = read(&CHUNKS, &[b"data: {nonsense\n\ndata: [END]\n\n"]);
    assert_eq!(unreadable.len(), 1);
    assert!(unreadable[0].starts_with("error upstream_bad: the provider's stream can't be read"));
    let mut told = Vec::new();
    let mut decoder = Decoder::new(&LINES).with_limit(4);
    decoder.push(b"{\"text\":\"a\"}\n", &mut |event| told.push(tell(event)));
    assert_eq!(
        told,
        [
            "error upstream_bad: the provider's stream can't be read: a frame of the stream has more than 4 bytes"
        ]
    );
}

#[test]
fn usage_is_known_while_the_stream_runs_and_what_is_ignored_is_counted() {
    let mut decoder = Decoder::new(&BLOCKS);
    decoder.push(
        b"event: begin\ndata: {\"used\":{\"in\":5}}\n\nevent: ping\ndata: {}\n\nevent: new\ndata: {}\n\n",
        &mut |_| {},
    );
    assert_eq!(decoder.usage().and_then(|usage| usage.input), Some(5));
    assert_eq!(decoder.ignored(), 2);
}
