//! Events to bytes.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::{ARRAY, LINES, MUTE};
use crate::canonical::{
    ChatResponse, Error, Event, EventKind, FinishReason, Part, PartKind, Usage,
};
use crate::error::Fault;
use crate::stream::{Head, Writer};
use crate::table::{Loss, LossKind, StreamSpec};
use crate::wire::Sealed;

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

#[test]
fn driven_in_the_wrong_order_it_writes_nothing() {
    let part = || open(0, text_part());
    let stop = || finish(FinishReason::Stop);
    let done = || event(EventKind::Done);
    let table: &[&[Event<'_>]] = &[
        &[part()],
        &[done()],
        &[start(), start()],
        &[start(), done()],
        &[start(), text(0, "a")],
        &[start(), close(0)],
        &[start(), part(), part()],
        &[start(), part(), args(0, "{}")],
        &[start(), open(0, call("c")), text(0, "a")],
        &[start(), part(), stop()],
        &[start(), part(), close(0), close(0)],
        &[start(), part(), close(0), text(0, "a")],
        &[start(), stop(), stop()],
        &[start(), stop(), part()],
        &[start(), part(), close(0), done()],
        &[start(), stop(), done(), done()],
        &[start(), stop(), done(), event(EventKind::Error)],
        &[event(EventKind::Error), start()],
        &[start(), event(EventKind::Open)],
        &[start(), event(EventKind::Finish)],
    ];
    for spec in [&CHUNKS, &BLOCKS, &LINES, &FULL] {
        for steps in table {
            let mut writer = Writer::new(spec, head(), true);
            let mut out = Vec::new();
            let (last, legal) = steps.split_last().unwrap();
            for event in legal {
                writer.write(event, &mut out).unwrap();
            }
            let before = out.len();
            let refused = writer.write(last, &mut out);
            assert!(refused.is_err(), "{steps:?}");
            assert_eq!(out.len(), before, "{steps:?}");
        }
    }
}

#[test]
fn what_has_no_place_is_told_once() {
    let mut writer = Writer::new(&LINES, head(), false);
    let steps = [
        start(),
        open(0, thinking()),
        close(0),
        open(1, thinking()),
        close(1),
        open(2, refusal()),
        text(2, "no"),
        close(2),
        Event {
            candidate: 1,
            ..open(0, text_part())
        },
        Event {
            candidate: 1,
            ..text(0, "x")
        },
        finish(FinishReason::Stop),
    ];
    let out = run(&mut writer, &steps).unwrap();
    assert_eq!(out, "{\"model\":\"m\",\"text\":\"no\"}\n");
    let told: Vec<_> = writer
        .losses()
        .iter()
        .map(|loss| (&*loss.field, loss.what))
        .collect();
    assert_eq!(
        told,
        [
            ("thinking", LossKind::Dropped),
            ("refusal", LossKind::Nearest),
            ("candidates", LossKind::Dropped)
        ]
    );
    let _: &[Loss] = writer.losses();
}

#[test]
fn usage_that_was_not_asked_for_is_not_written() {
    let steps = [
        start(),
        finish(FinishReason::Stop),
        usage(),
        event(EventKind::Done),
    ];
    for (asked, written) in [(false, 0), (true, 1)] {
        let out = run(&mut Writer::new(&CHUNKS, head(), asked), &steps).unwrap();
        assert_eq!(out.matches("\"used\"").count(), written, "{out}");
    }
}

#[test]
fn several_candidates_are_written_where_they_can_be() {
    let of = |candidate, event| Event { candidate, ..event };
    let steps = [
        start(),
        open(0, text_part()),
        of(1, open(0, call("c"))),
        of(1, args(0, "{}")),
        of(1, close(0)),
        close(0),
        of(1, finish(FinishReason::Stop)),
        finish(FinishReason::Stop),
        event(EventKind::Done),
    ];
    let mut writer = Writer::new(&CHUNKS, head(), false).with_candidates(true);
    let out = run(&mut writer, &steps).unwrap();
    assert!(
        out.contains("{\"n\":1,\"calls\":[{\"at\":0,\"id\":\"c\""),
        "{out}"
    );
    assert!(out.contains("{\"n\":1,\"why\":\"tool_calls\"}"), "{out}");
    assert!(out.contains("{\"n\":0,\"why\":\"stop\"}"), "{out}");
}

#[test]
fn errors_and_keep_alives_are_in_the_dialects_own_form() {
    let begun = "event: begin\ndata: {\"id\":\"h\",\"model\":\"hm\"}\n\n";
    let busy = "event: error\ndata: {\"error\":\"busy\"}\n\n";
    let table: &[(&'static StreamSpec, &str, &str, bool)] = &[
        (
            &BLOCKS,
            &format!(": keep-alive\n\n{begun}event: ping\ndata: {{\"ping\":1}}\n\n"),
            busy,
            true,
        ),
        (&LINES, "", "{\"error\":\"busy\"}\n", true),
        (&ARRAY, "", "[{\"error\":\"busy\"}]", true),
        (&MUTE, "", "", false),
    ];
    for (spec, alive, expected, told) in table {
        let mut writer = Writer::new(spec, head(), false);
        let mut out = Vec::new();
        writer.keep_alive(&mut out).unwrap();
        writer.write(&event(EventKind::Start), &mut out).unwrap();
        writer.keep_alive(&mut out).unwrap();
        assert_eq!(String::from_utf8(std::mem::take(&mut out)).unwrap(), *alive);
        let error = Error {
            message: Some("busy".into()),
            ..Error::default()
        };
        assert_eq!(writer.fail(&error, &mut out), Ok(*told));
        writer.keep_alive(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), *expected);
    }
}

type Case<'t> = (
    &'t str,
    &'static StreamSpec,
    &'t [(Event<'static>, &'t str)],
);

fn run(writer: &mut Writer, steps: &[Event<'_>]) -> Result<String, Fault> {
    let mut out = Vec::new();
    for event in steps {
        writer.write(event, &mut out)?;
    }
    Ok(String::from_utf8(out).unwrap())
}

fn head() -> Head {
    Head {
        id: "h".to_owned(),
        model: "hm".to_owned(),
        ..Head::default()
    }
}

fn event(kind: EventKind) -> Event<'static> {
    Event {
        event: kind,
        ..Event::default()
    }
}

fn start() -> Event<'static> {
    Event {
        response: Some(Box::new(ChatResponse {
            id: "r".into(),
            model: "m".into(),
            ..ChatResponse::default()
        })),
        ..event(EventKind::Start)
    }
}

fn open(index: i64, part: Part<'static>) -> Event<'static> {
    Event {
        index: Some(index),
        part: Some(Box::new(part)),
        ..event(EventKind::Open)
    }
}

fn delta(index: i64) -> Event<'static> {
    Event {
        index: Some(index),
        ..event(EventKind::Delta)
    }
}

fn text(index: i64, text: &'static str) -> Event<'static> {
    Event {
        text: Some(text.into()),
        ..delta(index)
    }
}

fn args(index: i64, arguments: &'static str) -> Event<'static> {
    Event {
        arguments: Some(arguments.into()),
        ..delta(index)
    }
}

fn seal(value: &'static str) -> Option<Sealed<'static>> {
    Some(Sealed {
        origin: "test",
        value: value.into(),
    })
}

fn sign(index: i64) -> Event<'static> {
    Event {
        signature: seal("S"),
        ..delta(index)
    }
}

fn close(index: i64) -> Event<'static> {
    Event {
        index: Some(index),
        ..event(EventKind::Close)
    }
}

fn finish(reason: FinishReason) -> Event<'static> {
    Event {
        finish: Some(reason),
        ..event(EventKind::Finish)
    }
}

fn usage() -> Event<'static> {
    Event {
        usage: Some(Usage {
            input: Some(1),
            output: Some(2),
            ..Usage::default()
        }),
        ..event(EventKind::Usage)
    }
}

fn of_kind(kind: PartKind) -> Part<'static> {
    Part {
        kind,
        ..Part::default()
    }
}

fn text_part() -> Part<'static> {
    of_kind(PartKind::Text)
}

fn thinking() -> Part<'static> {
    of_kind(PartKind::Thinking)
}

fn refusal() -> Part<'static> {
    of_kind(PartKind::Refusal)
}

fn call(id: &'static str) -> Part<'static> {
    Part {
        id: Some(id.into()),
        name: Some("f".into()),
        ..of_kind(PartKind::ToolCall)
    }
}

fn other() -> Part<'static> {
    Part {
        raw: seal("R"),
        ..of_kind(PartKind::Other)
    }
}
