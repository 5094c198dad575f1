//! Events to bytes.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::{ARRAY, LINES};
use super::events::*;
use crate::canonical::{Event, EventKind, FinishReason};
use crate::stream::Writer;
use crate::table::StreamSpec;

#[test]
fn each_event_is_written_as_soon_as_its_frames_can_be() {
    let table: &[Case<'_>] = &[
        (
            "a call's head rides on its first arguments, usage comes last",
            &CHUNKS,
            &[
                (
                    start(),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"role\":\"assistant\"}]}\n\n",
                ),
                (open(0, text_part()), ""),
                (
                    text(0, "a"),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"text\":\"a\"}]}\n\n",
                ),
                (
                    text(0, "b"),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"text\":\"b\"}]}\n\n",
                ),
                (sign(0), ""),
                (close(0), ""),
                (open(1, call("c")), ""),
                (open(2, call("d")), ""),
                (
                    args(2, "{"),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"calls\":[{\"at\":1,\"id\":\"d\",\"type\":\"call\",\"name\":\"f\",\"args\":\"{\"}]}]}\n\n",
                ),
                (
                    args(2, "}"),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"calls\":[{\"at\":1,\"args\":\"}\"}]}]}\n\n",
                ),
                (
                    close(1),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"calls\":[{\"at\":0,\"id\":\"c\",\"type\":\"call\",\"name\":\"f\"}]}]}\n\n",
                ),
                (close(2), ""),
                (
                    finish(FinishReason::Stop),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[{\"n\":0,\"why\":\"tool_calls\"}]}\n\n",
                ),
                (usage(), ""),
                (
                    event(EventKind::Done),
                    "data: {\"id\":\"r\",\"model\":\"m\",\"picks\":[],\"used\":{\"in\":1,\"out\":2}}\n\ndata: [END]\n\n",
                ),
            ],
        ),
        (
            "one part at a time, finish held until the usage",
            &BLOCKS,
            &[
                (
                    start(),
                    "event: begin\ndata: {\"id\":\"r\",\"model\":\"m\"}\n\n",
                ),
                (
                    open(0, call("c")),
                    "event: open\ndata: {\"at\":0,\"block\":{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\",\"args\":\"\"}}\n\n",
                ),
                (open(1, thinking()), ""),
                (text(1, "h"), ""),
                (
                    args(0, "{"),
                    "event: more\ndata: {\"at\":0,\"kind\":\"tool_call\",\"args\":\"{\"}\n\n",
                ),
                (text(1, "m"), ""),
                (sign(1), ""),
                (open(2, other()), ""),
                (close(2), ""),
                (
                    args(0, "}"),
                    "event: more\ndata: {\"at\":0,\"kind\":\"tool_call\",\"args\":\"}\"}\n\n",
                ),
                (
                    close(0),
                    concat!(
                        "event: close\ndata: {\"at\":0}\n\n",
                        "event: open\ndata: {\"at\":1,\"block\":{\"kind\":\"thinking\",\"text\":\"\"}}\n\n",
                        "event: more\ndata: {\"at\":1,\"kind\":\"thinking\",\"text\":\"hm\"}\n\n",
                        "event: more\ndata: {\"at\":1,\"kind\":\"thinking\",\"sig\":\"S\"}\n\n",
                    ),
                ),
                (
                    text(1, "!"),
                    "event: more\ndata: {\"at\":1,\"kind\":\"thinking\",\"text\":\"!\"}\n\n",
                ),
                (
                    close(1),
                    concat!(
                        "event: close\ndata: {\"at\":1}\n\n",
                        "event: open\ndata: {\"at\":2,\"block\":{\"kind\":\"other\",\"raw\":\"R\"}}\n\n",
                        "event: close\ndata: {\"at\":2}\n\n",
                    ),
                ),
                (finish(FinishReason::Length), ""),
                (
                    usage(),
                    "event: outcome\ndata: {\"why\":\"length\",\"used\":{\"in\":1,\"out\":2}}\n\n",
                ),
                (event(EventKind::Done), "event: over\ndata: {}\n\n"),
            ],
        ),
        (
            "no usage came: the finish is held until the end",
            &BLOCKS,
            &[
                (
                    start(),
                    "event: begin\ndata: {\"id\":\"r\",\"model\":\"m\"}\n\n",
                ),
                (finish(FinishReason::Stop), ""),
                (
                    event(EventKind::Done),
                    "event: outcome\ndata: {\"why\":\"stop\"}\n\nevent: over\ndata: {}\n\n",
                ),
            ],
        ),
        (
            "calls are sent whole, thinking not at all",
            &LINES,
            &[
                (start(), ""),
                (open(0, thinking()), ""),
                (text(0, "h"), ""),
                (close(0), ""),
                (open(1, call("c")), ""),
                (args(1, "{\n\"x\":"), ""),
                (open(2, text_part()), ""),
                (text(2, "a"), "{\"model\":\"m\",\"text\":\"a\"}\n"),
                (args(1, "1}"), ""),
                (
                    close(1),
                    "{\"model\":\"m\",\"calls\":[{\"id\":\"c\",\"name\":\"f\",\"args\":{\"x\":1}}]}\n",
                ),
                (close(2), ""),
                (finish(FinishReason::Stop), ""),
                (
                    usage(),
                    "{\"model\":\"m\",\"used\":{\"in\":1,\"out\":2},\"why\":\"tool_calls\"}\n",
                ),
                (event(EventKind::Done), ""),
            ],
        ),
        (
            "an array",
            &ARRAY,
            &[
                (start(), ""),
                (open(0, text_part()), ""),
                (text(0, "a"), "[{\"model\":\"m\",\"text\":\"a\"}"),
                (close(0), ""),
                (finish(FinishReason::Stop), ""),
                (
                    event(EventKind::Done),
                    ",\n{\"model\":\"m\",\"why\":\"stop\"}]",
                ),
            ],
        ),
        (
            "ends that repeat what was said, families counted apart, frames that don't fit left out",
            &FULL,
            &[
                (
                    start(),
                    "event: created\ndata: {\"id\":\"r\",\"model\":\"m\",\"parts\":[]}\n\nevent: running\ndata: {\"id\":\"r\",\"model\":\"m\",\"parts\":[]}\n\n",
                ),
                (
                    open(0, thinking()),
                    "event: content\ndata: {\"at\":0,\"part\":{\"kind\":\"thinking\"}}\n\n",
                ),
                (
                    open(1, call("c")),
                    "event: call\ndata: {\"at\":0,\"part\":{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\"}}\n\n",
                ),
                (
                    open(2, refusal()),
                    "event: content\ndata: {\"at\":1,\"part\":{\"kind\":\"text\"}}\n\n",
                ),
                (
                    text(2, "n"),
                    "event: text\ndata: {\"at\":1,\"text\":\"n\"}\n\n",
                ),
                (
                    text(0, "h"),
                    "event: text\ndata: {\"at\":0,\"text\":\"h\"}\n\n",
                ),
                (sign(0), ""),
                (
                    text(2, "o"),
                    "event: text\ndata: {\"at\":1,\"text\":\"o\"}\n\n",
                ),
                (
                    close(0),
                    "event: content-end\ndata: {\"at\":0,\"part\":{\"kind\":\"thinking\",\"text\":\"h\",\"sig\":\"S\"}}\n\n",
                ),
                (
                    args(1, "{}"),
                    "event: args\ndata: {\"at\":0,\"args\":\"{}\"}\n\n",
                ),
                (
                    close(1),
                    "event: call-end\ndata: {\"at\":0,\"part\":{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\",\"args\":\"{}\"}}\n\n",
                ),
                (
                    close(2),
                    "event: content-end\ndata: {\"at\":1,\"part\":{\"kind\":\"text\",\"text\":\"no\"}}\n\n",
                ),
                (finish(FinishReason::Length), ""),
                (usage(), ""),
                (
                    event(EventKind::Done),
                    concat!(
                        "event: incomplete\ndata: {\"why\":\"length\",\"used\":{\"in\":1,\"out\":2},\"answer\":{\"id\":\"r\",\"model\":\"m\",\"parts\":[",
                        "{\"kind\":\"thinking\",\"text\":\"h\",\"sig\":\"S\"},",
                        "{\"kind\":\"tool_call\",\"id\":\"c\",\"name\":\"f\",\"args\":\"{}\"},",
                        "{\"kind\":\"text\",\"text\":\"no\"}],\"used\":{\"in\":1,\"out\":2}}}\n\n",
                    ),
                ),
            ],
        ),
    ];
    for (name, spec, steps) in table {
        let mut writer = Writer::new(spec, head(), true);
        for (event, expected) in *steps {
            let mut out = Vec::new();
            writer.write(event, &mut out).unwrap();
            let kind = event.event.name();
            assert_eq!(String::from_utf8(out).unwrap(), *expected, "{name}: {kind}");
        }
        assert!(writer.ended(), "{name}");
    }
}

type Case<'t> = (
    &'t str,
    &'static StreamSpec,
    &'t [(Event<'static>, &'t str)],
);
