//! Laws over streams that nobody thought of.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::LINES;
use super::framing::read;
use crate::canonical::{Accumulator, ChatResponse, PartKind};
use crate::stream::{Decoder, Ending, Head, Transcoder, Writer};
use crate::table::{Framing, StreamSpec};

proptest! {
    #[test]
    fn frames_of_any_bytes_are_the_same_however_they_are_cut(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..20),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let bytes = words.concat();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut rest = &bytes[..];
        for cut in cuts {
            let (piece, behind) = rest.split_at(cut - (bytes.len() - rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        pieces.push(rest);
        for framing in [Framing::Events, Framing::Lines, Framing::Array] {
            prop_assert_eq!(read(framing, &pieces), read(framing, &[&bytes]), "{:?}", framing);
        }
    }

    #[test]
    fn any_fragments_become_a_well_formed_stream_that_says_the_same(
        fragments in prop::collection::vec(fragment(), 0..12),
    ) {
        let mut input = String::new();
        for fragment in &fragments {
            input.push_str(&format!("data: {fragment}\n\n"));
        }
        input.push_str("data: [END]\n\n");
        let said = Said::of(&accumulate(&CHUNKS, &input));
        for to in [&CHUNKS, &BLOCKS, &FULL, &LINES] {
            let mut transcoder = Transcoder::new(
                Decoder::new(&CHUNKS).with_id("h"),
                Writer::new(to, Head::default(), true),
            );
            let mut out = Vec::new();
            transcoder.push(input.as_bytes(), &mut out);
            prop_assert_eq!(transcoder.ending(), &Ending::Complete);
            let out = String::from_utf8(out).unwrap();
            let mut expected = said.clone();
            if std::ptr::eq(to, &LINES) {
                expected.thinking.clear();
            }
            prop_assert_eq!(Said::of(&accumulate(to, &out)), expected, "{}\n{}", input, out);
        }
    }
}

const WORDS: &[&[u8]] = &[
    b"data",
    b"data: ",
    b"data:",
    b"event: x",
    b": comment",
    b"id: 1",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\r\n\r\n",
    b"{",
    b"}",
    b"{\"a\":\"}\"}",
    b"[",
    b"]",
    b",",
    b"\"",
    b"\\",
    b" ",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"\xA9",
    b"x",
];

/// What an answer says, without where one part ends and the next begins.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    text: String,
    thinking: String,
    calls: BTreeMap<String, Value>,
    finish: Option<&'static str>,
}

impl Said {
    fn of(answer: &ChatResponse<'_>) -> Self {
        let parts = || {
            answer
                .candidates
                .iter()
                .flat_map(|candidate| &candidate.parts)
        };
        let text = |kind| {
            let texts = parts().filter(|part| part.kind == kind);
            texts.filter_map(|part| part.text.as_deref()).collect()
        };
        let calls = parts()
            .filter(|part| part.kind == PartKind::ToolCall)
            .map(|part| {
                let arguments = part.arguments.as_deref().unwrap_or_default();
                (
                    part.id.as_deref().unwrap_or_default().to_owned(),
                    serde_json::from_str(arguments).unwrap_or(Value::Null),
                )
            });
        let calls: BTreeMap<_, _> = calls.collect();
        let finish = answer
            .candidates
            .first()
            .and_then(|candidate| candidate.finish);
        // A stop after calls is written as what it is.
        let finish = finish.map(|reason| reason.name());
        let finish = finish.map(|name| {
            if name == "stop" && !calls.is_empty() {
                "tool_calls"
            } else {
                name
            }
        });
        Self {
            text: text(PartKind::Text),
            thinking: text(PartKind::Thinking),
            calls,
            finish,
        }
    }
}

fn accumulate(spec: &'static StreamSpec, input: &str) -> ChatResponse<'static> {
    let mut accumulator = Accumulator::new();
    let mut decoder = Decoder::new(spec).with_id("h");
    decoder.push(input.as_bytes(), &mut |event| accumulator.push(event));
    decoder.end(&mut |event| accumulator.push(event));
    accumulator.into_response().unwrap()
}

/// A fragment with any mixture of text, thinking, calls and finish. Arguments come in two halves, so that calls are
/// interleaved and cut off; what is never completed is completed by no one.
fn fragment() -> impl Strategy<Value = Value> {
    let call = (0..3_i64, 0..2_u8).prop_map(|(at, half)| match half {
        0 => json!({"at": at, "id": format!("c{at}"), "name": "f", "args": format!("{{\"n\":{at}}}")}),
        _ => json!({"at": at + 3, "id": format!("c{}", at + 3), "name": "g", "args": ""}),
    });
    (
        prop::option::of("[ab\n]{0,3}"),
        prop::option::of("[yz]{0,2}"),
        prop::collection::vec(call, 0..3),
        prop::option::weighted(0.2, prop::sample::select(&["stop", "length"][..])),
    )
        .prop_map(|(text, think, calls, why)| {
            let mut pick = json!({});
            if let Some(text) = text {
                pick["text"] = text.into();
            }
            if let Some(think) = think {
                pick["think"] = think.into();
            }
            if !calls.is_empty() {
                pick["calls"] = calls.into();
            }
            if let Some(why) = why {
                pick["why"] = why.into();
            }
            json!({"id": "r", "model": "m", "picks": [pick]})
        })
}
