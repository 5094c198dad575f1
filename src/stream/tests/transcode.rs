//! Bytes of one dialect to bytes of another.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::{ARRAY, LINES, MUTE};
use super::read;
use crate::canonical::{Error, ErrorKind};
use crate::stream::{Decoder, Ending, Head, Transcoder, Writer};
use crate::table::StreamSpec;

/// Thinking, text, and two calls that come interleaved.
const ANSWER: &str = concat!(
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"role\":\"assistant\",\"text\":\"\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"think\":\"hm €\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"text\":\"a\\n\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"calls\":[{\"at\":0,\"id\":\"c\",\"name\":\"f\",\"args\":\"\"},{\"at\":1,\"id\":\"d\",\"name\":\"g\",\"args\":\"{\"}]}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"calls\":[{\"at\":0,\"args\":\"{\\\"x\\\":\"}]}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"calls\":[{\"at\":1,\"args\":\"}\"}]}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"calls\":[{\"at\":0,\"args\":\"1}\"}]}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"why\":\"stop\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[],\"used\":{\"in\":3,\"out\":4}}\n\n",
    "data: [END]\n\n",
);

const AS_BLOCKS: &str = concat!(
    "event: begin\ndata: {\"id\":\"r\",\"model\":\"m\"}\n\n",
    "event: open\ndata: {\"at\":0,\"block\":{\"kind\":\"thinking\",\"text\":\"\"}}\n\n",
    "event: more\ndata: {\"at\":0,\"kind\":\"thinking\",\"text\":\"hm €\"}\n\n",
    "event: close\ndata: {\"at\":0}\n\n",
    "event: open\ndata: {\"at\":1,\"block\":{\"kind\":\"text\",\"text\":\"\"}}\n\n",
    "event: more\ndata: {\"at\":1,\"kind\":\"text\",\"text\":\"a\\n\"}\n\n",
    "event: close\ndata: {\"at\":1}\n\n",
    "event: open\ndata: {\"at\":2,\"block\":{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\",\"args\":\"\"}}\n\n",
    "event: more\ndata: {\"at\":2,\"kind\":\"tool_call\",\"args\":\"{\\\"x\\\":\"}\n\n",
    "event: more\ndata: {\"at\":2,\"kind\":\"tool_call\",\"args\":\"1}\"}\n\n",
    "event: close\ndata: {\"at\":2}\n\n",
    "event: open\ndata: {\"at\":3,\"block\":{\"kind\":\"tool_call\",\"id\":\"d\",\"name\":\"g\",\"args\":\"\"}}\n\n",
    "event: more\ndata: {\"at\":3,\"kind\":\"tool_call\",\"args\":\"{}\"}\n\n",
    "event: close\ndata: {\"at\":3}\n\n",
    "event: outcome\ndata: {\"why\":\"tool_calls\",\"used\":{\"in\":3,\"out\":4}}\n\n",
    "event: over\ndata: {}\n\n",
);

const AS_LINES: &str = concat!(
    "{\"model\":\"m\",\"text\":\"a\\n\"}\n",
    "{\"model\":\"m\",\"calls\":[{\"id\":\"d\",\"name\":\"g\",\"args\":{}}]}\n",
    "{\"model\":\"m\",\"calls\":[{\"id\":\"c\",\"name\":\"f\",\"args\":{\"x\":1}}]}\n",
    "{\"model\":\"m\",\"used\":{\"in\":3,\"out\":4},\"why\":\"tool_calls\"}\n",
);

#[test]
fn an_answer_in_another_dialect_is_the_same_wherever_it_is_cut() {
    for (to, expected) in [(&BLOCKS, AS_BLOCKS), (&LINES, AS_LINES)] {
        for ending in ["\n", "\r", "\r\n"] {
            let input = ANSWER.replace('\n', ending);
            for cut in 0..=input.len() {
                let (head, tail) = input.as_bytes().split_at(cut);
                let mut transcoder = transcoder(&CHUNKS, to);
                let mut out = Vec::new();
                transcoder.push(head, &mut out);
                transcoder.push(tail, &mut out);
                transcoder.end(&mut out);
                assert_eq!(*transcoder.ending(), Ending::Complete);
                assert_eq!(String::from_utf8(out).unwrap(), expected, "cut at {cut}");
            }
        }
    }
}

#[test]
fn an_answer_survives_the_way_through_every_dialect_that_can_hold_it() {
    let straight = read(&CHUNKS, &[AS_CHUNKS_AGAIN.as_bytes()]);
    for by in [&BLOCKS, &FULL, &CHUNKS] {
        let there = run(&mut transcoder(&CHUNKS, by), &[AS_CHUNKS_AGAIN]);
        let back = run(&mut transcoder(by, &CHUNKS), &[&there]);
        assert_eq!(read(&CHUNKS, &[back.as_bytes()]), straight, "{there}");
    }
}

/// Not interleaved, so that the order of the events is the same in a serial dialect.
const AS_CHUNKS_AGAIN: &str = concat!(
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"think\":\"hm\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"text\":\"a\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"text\":\"b\"}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"calls\":[{\"at\":0,\"id\":\"c\",\"name\":\"f\",\"args\":\"{}\"}]}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"calls\":[{\"at\":1,\"id\":\"d\",\"name\":\"g\",\"args\":\"{}\"}]}]}\n\n",
    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"why\":\"tool_calls\"}],\"used\":{\"in\":3,\"out\":4}}\n\n",
    "data: [END]\n\n",
);

#[test]
fn nothing_waits_for_the_next_piece_of_text() {
    let mut transcoder = transcoder(&LINES, &BLOCKS);
    let mut seen = Vec::new();
    for (piece, expected) in [
        ("{\"text\":\"a\"}\n", "begin open more"),
        ("{\"text\":\"b\"}\n", "more"),
        (
            "{\"calls\":[{\"name\":\"f\",\"args\":{}}]}\n",
            "close open more close",
        ),
        ("{\"why\":\"stop\",\"used\":{}}\n", ""),
        ("", "outcome over"),
    ] {
        let mut out = Vec::new();
        assert_eq!(transcoder.saw_token(), !seen.is_empty());
        if piece.is_empty() {
            transcoder.end(&mut out);
        } else {
            transcoder.push(piece.as_bytes(), &mut out);
        }
        let out = String::from_utf8(out).unwrap();
        let names: Vec<_> = out
            .lines()
            .filter_map(|line| line.strip_prefix("event: "))
            .collect();
        assert_eq!(names.join(" "), expected, "{piece}");
        seen.push(out);
    }
}

#[test]
fn a_stream_that_fails_tells_the_client_once() {
    let piece = "{\"text\":\"a\"}\n";
    let early = "the provider's stream ended early";
    let timeout = Error {
        kind: ErrorKind::Timeout,
        message: Some("too slow".into()),
        ..Error::default()
    };
    // Ended early, failed from outside, an error in the stream; towards dialects that have and have no error frame.
    for (to, told) in [(&BLOCKS, true), (&ARRAY, true), (&MUTE, false)] {
        for (what, message) in [("end", early), ("fail", "too slow"), ("error", "busy")] {
            let mut transcoder = transcoder(&LINES, to);
            let mut out = Vec::new();
            transcoder.push(piece.as_bytes(), &mut out);
            match what {
                "end" => transcoder.end(&mut out),
                "fail" => transcoder.fail(&timeout, &mut out),
                _ => transcoder.push(b"{\"error\":\"busy\"}\n", &mut out),
            }
            let length = out.len();
            transcoder.push(piece.as_bytes(), &mut out);
            transcoder.fail(&timeout, &mut out);
            transcoder.keep_alive(&mut out);
            transcoder.end(&mut out);
            assert_eq!(out.len(), length, "{what}");
            let out = String::from_utf8(out).unwrap();
            assert_eq!(
                out.matches(message).count(),
                usize::from(told),
                "{what}: {out}"
            );
            let Ending::Failed { error, told: said } = transcoder.ending() else {
                panic!("{what}");
            };
            assert_eq!((error.message.as_deref(), *said), (Some(message), told));
        }
    }
}

#[test]
fn an_answer_that_cannot_be_written_is_an_error_of_the_gateway() {
    // The arguments of a whole call are an object there, and these are none.
    let input = "data: {\"id\":\"r\",\"picks\":[{\"calls\":[{\"at\":0,\"name\":\"f\",\"args\":\"{]\"}]}]}\n\n";
    let mut transcoder = transcoder(&CHUNKS, &LINES);
    let out = run(&mut transcoder, &[input, "data: [END]\n\n"]);
    assert_eq!(
        out.matches("the answer can't be written").count(),
        1,
        "{out}"
    );
    let Ending::Failed { error, told: true } = transcoder.ending() else {
        panic!("{:?}", transcoder.ending());
    };
    assert_eq!(error.kind, ErrorKind::Internal);
}

#[test]
fn usage_and_losses_are_known_afterwards() {
    let mut transcoder = transcoder(&CHUNKS, &LINES);
    run(&mut transcoder, &[ANSWER]);
    let usage = transcoder.usage().map(|usage| (usage.input, usage.output));
    assert_eq!(usage, Some((Some(3), Some(4))));
    let lost: Vec<_> = transcoder
        .losses()
        .iter()
        .map(|loss| &*loss.field)
        .collect();
    assert_eq!(lost, ["thinking"]);
    assert_eq!(transcoder.ignored(), 0);
}

fn transcoder(from: &'static StreamSpec, to: &'static StreamSpec) -> Transcoder {
    let head = Head {
        id: "h".to_owned(),
        ..Head::default()
    };
    let decoder = Decoder::new(from).with_id(&head.id);
    Transcoder::new(decoder, Writer::new(to, head, true))
}

fn run(transcoder: &mut Transcoder, pieces: &[&str]) -> String {
    let mut out = Vec::new();
    for piece in pieces {
        transcoder.push(piece.as_bytes(), &mut out);
    }
    transcoder.end(&mut out);
    String::from_utf8(out).unwrap()
}
