//! Bytes to events.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::{ARRAY, LINES};
use super::read_every_way;
use crate::canonical::{
    Accumulator, Candidate, ChatResponse, FinishReason, Part, PartKind, Role, Usage, call_id,
};
use crate::stream::Decoder;
use crate::table::StreamSpec;
use crate::wire::Sealed;

#[test]
fn streams_give_the_same_events_wherever_they_are_cut() {
    let made_up = format!("open 1 tool_call {} f", call_id("", 0));
    let first = format!("open 0 tool_call {} f", call_id("", 0));
    let next = format!("open 1 tool_call {} g", call_id("", 1));
    let second = format!("open 2 tool_call {} g", call_id("", 1));
    let table: &[(&str, &'static StreamSpec, &str, &[&str])] = &[
        (
            "blocks",
            &BLOCKS,
            concat!(
                "event: begin\ndata: {\"id\":\"r\",\"model\":\"m\",\"used\":{\"in\":5,\"out\":1}}\n\n",
                "event: ping\ndata: {}\n\n: comment\n\n",
                "event: open\ndata: {\"at\":0,\"block\":{\"kind\":\"thinking\",\"text\":\"\"}}\n\n",
                "event: more\ndata: {\"at\":0,\"kind\":\"thinking\",\"text\":\"hm €\"}\n\n",
                "event: more\ndata: {\"at\":0,\"kind\":\"thinking\",\"sig\":\"S\"}\n\n",
                "event: close\ndata: {\"at\":0}\n\n",
                "event: open\ndata: {\"at\":1,\"block\":{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\",\"args\":\"{}\"}}\n\n",
                "event: close\ndata: {\"at\":1}\n\n",
                "event: outcome\ndata: {\"why\":\"tool_calls\",\"used\":{\"out\":9}}\n\n",
                "event: over\ndata: {}\n\n",
                "data: [DONE]\n\n",
            ),
            &[
                "start r/m",
                "open 0 thinking",
                "delta 0 \"hm €\"",
                "delta 0 ~S",
                "close 0",
                "open 1 tool_call c f",
                "delta 1 {}",
                "close 1",
                "finish tool_calls",
                "usage 5+9",
                "done",
            ],
        ),
        (
            "blocks that can't be continued, and a call that nobody named",
            &BLOCKS,
            concat!(
                "event: begin\ndata: {\"id\":\"r\"}\n\n",
                "event: open\ndata: {\"at\":0,\"block\":{\"kind\":\"other\",\"raw\":\"R\"}}\n\n",
                "event: more\ndata: {\"at\":0,\"kind\":\"tool_call\",\"args\":\"{}\"}\n\n",
                "event: close\ndata: {\"at\":0}\n\n",
                "event: more\ndata: {\"at\":0,\"kind\":\"text\",\"text\":\"late\"}\n\n",
                "event: open\ndata: {\"at\":1,\"block\":{\"kind\":\"tool_call\",\"id\":\"c\"}}\n\n",
                "event: more\ndata: {\"at\":1,\"kind\":\"tool_call\",\"args\":\"{}\"}\n\n",
                "event: close\ndata: {\"at\":1}\n\n",
                "event: more\ndata: {\"at\":2,\"kind\":\"text\",\"text\":\"unopened\"}\n\n",
                "event: outcome\ndata: {\"why\":\"stop\"}\n\n",
            ),
            &[
                "start r/",
                "open 0 other",
                "close 0",
                "open 1 text",
                "delta 1 \"unopened\"",
                "close 1",
                "finish stop",
                "done",
            ],
        ),
        (
            "chunks, with calls interleaved, and a finish before the last of them",
            &CHUNKS,
            concat!(
                "data: {\"picks\":[]}\n\n",
                "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"text\":\"\",\"role\":\"assistant\"}]}\n\n",
                "data: {\"id\":\"r\",\"picks\":[{\"think\":\"a\"}]}\n\n",
                "data: {\"id\":\"r\",\"picks\":[{\"text\":\"b\"}]}\n\n",
                "data: {\"id\":\"r\",\"picks\":[{\"sig\":\"S\"}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"id\":\"x\",\"name\":\"f\",\"args\":\"\"},{\"at\":1,\"id\":\"y\",\"name\":\"g\",\"args\":\"{\"}]}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"args\":\"{\\\"a\\\"\"}],\"why\":\"tool_calls\"}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":1,\"args\":\"}\"}]}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"name\":\"f\",\"args\":\":1}\"}],\"why\":\"stop\"}]}\n\n",
                "data: {\"picks\":[{\"why\":\"length\"}],\"used\":{\"in\":1,\"out\":2}}\n\n",
                "data: [END]\n\n",
            ),
            &[
                "start r/m",
                "open 0 thinking",
                "delta 0 \"a\"",
                "close 0",
                "open 1 text",
                "delta 1 \"b\"",
                "delta 1 ~S",
                "close 1",
                "open 2 tool_call x f",
                "open 3 tool_call y g",
                "delta 3 {",
                "delta 2 {\"a\"",
                "delta 3 }",
                "close 3",
                "delta 2 :1}",
                "close 2",
                "finish stop",
                "usage 1+2",
                "done",
            ],
        ),
        (
            "chunks that count no calls",
            &CHUNKS,
            concat!(
                "data: {\"id\":\"r\",\"picks\":[{\"calls\":[{\"id\":\"x\",\"name\":\"f\",\"args\":\"{}\"}]}]}\n\n",
                "data: {\"id\":\"r\",\"picks\":[{\"calls\":[{\"id\":\"y\",\"name\":\"g\",\"args\":\"{\"}]}]}\n\n",
                "data: {\"id\":\"r\",\"picks\":[{\"calls\":[{\"args\":\"}\"}],\"why\":\"stop\"}]}\n\n",
            ),
            &[
                "start r/",
                "open 0 tool_call x f",
                "delta 0 {}",
                "close 0",
                "open 1 tool_call y g",
                "delta 1 {",
                "delta 1 }",
                "close 1",
                "finish stop",
                "done",
            ],
        ),
        (
            "chunks that count each call as the first, and give no ids",
            &CHUNKS,
            concat!(
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"name\":\"f\",\"args\":\"{}\"}]}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"name\":\"g\",\"args\":\"{}\"}]}]}\n\n",
                "data: {\"picks\":[{\"why\":\"stop\"}]}\n\n",
            ),
            &[
                "start /",
                &first,
                "delta 0 {}",
                "close 0",
                &next,
                "delta 1 {}",
                "close 1",
                "finish stop",
                "done",
            ],
        ),
        (
            "chunks of two candidates, one place for all calls",
            &CHUNKS,
            concat!(
                "data: {\"id\":\"r\",\"picks\":[{\"n\":1,\"text\":\"b\"},{\"n\":0,\"text\":\"a\"}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"id\":\"x\",\"name\":\"f\",\"args\":\"null\"}]}]}\n\n",
                "data: {\"picks\":[{\"calls\":[{\"at\":0,\"id\":\"y\",\"name\":\"g\"}],\"why\":\"stop\"},{\"n\":1,\"why\":\"length\"}]}\n\n",
                "data: [END]\n\n",
            ),
            &[
                "start r/",
                "open #1 0 text",
                "delta #1 0 \"b\"",
                "open 0 text",
                "delta 0 \"a\"",
                "close 0",
                "open 1 tool_call x f",
                "delta 1 null",
                "close 1",
                "open 2 tool_call y g",
                "close #1 0",
                "finish #1 length",
                "delta 2 {}",
                "close 2",
                "finish stop",
                "done",
            ],
        ),
        (
            "lines, whole calls without ids, a finish in every line",
            &LINES,
            concat!(
                "{\"model\":\"m\",\"text\":\"a\",\"why\":\"stop\"}\n\n",
                "{\"model\":\"m\",\"text\":\"b\",\"why\":\"stop\"}\n",
                "{\"calls\":[{\"name\":\"f\",\"args\":{\"x\":{}}},{\"name\":\"g\"}]}\n",
                "{\"calls\":[{}]}\n",
                "{\"text\":\"\",\"why\":\"length\",\"used\":{\"in\":1}}",
            ),
            &[
                "start /m",
                "open 0 text",
                "delta 0 \"a\"",
                "delta 0 \"b\"",
                "close 0",
                &made_up,
                "delta 1 {\"x\":{}}",
                "close 1",
                &second,
                "delta 2 {}",
                "close 2",
                "finish length",
                "usage 1+-",
                "done",
            ],
        ),
        (
            "an array",
            &ARRAY,
            "[{\"text\":\"a]\"}\n,\n{\"text\":\"}\",\"why\":\"stop\"}]",
            &[
                "start /",
                "open 0 text",
                "delta 0 \"a]\"",
                "delta 0 \"}\"",
                "close 0",
                "finish stop",
                "done",
            ],
        ),
        (
            "two families of parts, an end that tells what no delta told",
            &FULL,
            concat!(
                "event: running\ndata: {\"id\":\"r\",\"model\":\"m\"}\n\n",
                "event: text\ndata: {\"text\":\"never opened\"}\n\n",
                "event: content\ndata: {\"at\":0,\"part\":{\"kind\":\"thinking\"}}\n\n",
                "event: call\ndata: {\"at\":0,\"part\":{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\"}}\n\n",
                "event: text\ndata: {\"at\":0,\"text\":\"t\"}\n\n",
                "event: args\ndata: {\"at\":0,\"args\":\"{\"}\n\n",
                "event: content-end\ndata: {\"at\":0,\"part\":{\"kind\":\"thinking\",\"text\":\"t\",\"sig\":\"S\"}}\n\n",
                "event: args\ndata: {\"at\":0,\"args\":\"}\"}\n\n",
                "event: call-end\ndata: {\"at\":0}\n\n",
                "event: call-end\ndata: {\"at\":0}\n\n",
                "event: args\ndata: {\"at\":0,\"args\":\"late\"}\n\n",
                "event: complete\ndata: {\"why\":\"stop\"}\n\n",
            ),
            &[
                "start r/m",
                "open 0 text",
                "delta 0 \"never opened\"",
                "open 1 thinking",
                "open 2 tool_call c f",
                "delta 1 \"t\"",
                "delta 2 {",
                "delta 1 ~S",
                "close 1",
                "delta 2 }",
                "close 2",
                "close 0",
                "finish stop",
                "done",
            ],
        ),
    ];
    for (name, spec, text, expected) in table {
        assert_eq!(read_every_way(spec, text), *expected, "{name}");
    }
}

#[test]
fn a_stream_put_together_is_the_whole_answer() {
    let part = |kind, text: &'static str| Part {
        kind,
        text: Some(text.into()),
        ..Part::default()
    };
    let whole = ChatResponse {
        id: "r".into(),
        model: "m".into(),
        candidates: vec![Candidate {
            role: Some(Role::Assistant),
            parts: vec![
                Part {
                    signature: Some(Sealed {
                        origin: "test",
                        value: "S".into(),
                    }),
                    ..part(PartKind::Thinking, "hm")
                },
                part(PartKind::Text, "ab"),
                Part {
                    kind: PartKind::ToolCall,
                    id: Some("c".into()),
                    name: Some("f".into()),
                    arguments: Some("{\"x\":1}".into()),
                    ..Part::default()
                },
            ],
            finish: Some(FinishReason::ToolCalls),
            ..Candidate::default()
        }],
        usage: Some(Usage {
            input: Some(1),
            output: Some(2),
            total: Some(3),
            ..Usage::default()
        }),
        ..ChatResponse::default()
    };
    let stream = concat!(
        "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"think\":\"h\"}],\"used\":{\"in\":1}}\n\n",
        "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"think\":\"m\"}]}\n\n",
        "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"sig\":\"S\"}]}\n\n",
        "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"text\":\"a\"}]}\n\n",
        "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"text\":\"b\"}]}\n\n",
        "data: {\"picks\":[{\"calls\":[{\"at\":0,\"id\":\"c\",\"name\":\"f\",\"args\":\"{\\\"x\\\"\"}]}]}\n\n",
        "data: {\"picks\":[{\"calls\":[{\"at\":0,\"args\":\":1}\"}],\"why\":\"tool_calls\"}],\"used\":{\"out\":2}}\n\n",
    );
    let mut accumulator = Accumulator::new();
    let mut decoder = Decoder::new(&CHUNKS);
    decoder.push(stream.as_bytes(), &mut |event| accumulator.push(event));
    decoder.end(&mut |event| accumulator.push(event));
    assert_eq!(accumulator.into_response(), Ok(whole));
}
