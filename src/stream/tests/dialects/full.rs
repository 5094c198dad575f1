//! Tagged events whose ends repeat what was said; several frames for one event, content and calls counted apart.

use super::*;
use crate::canonical::Event;
use crate::table::{Decoded, Framing, Marks, StreamSpec};

const CALL: Kinds = kinds(&[PartKind::ToolCall]);
const CONTENT: Kinds = kinds(&[PartKind::Text, PartKind::Thinking]);

pub static FULL: StreamSpec = StreamSpec {
    media_type: "text/event-stream",
    framing: Framing::Events,
    when: None,
    serial: false,
    end: None,
    frames: &[
        frame(
            &[EventKind::Start],
            Some("created"),
            FrameEncode::Event(start),
        ),
        frame(
            &[EventKind::Start],
            Some("running"),
            FrameEncode::Event(start),
        ),
        of(CALL, &[EventKind::Open], "call"),
        of(CONTENT, &[EventKind::Open], "content"),
        of(CALL, &[EventKind::Delta], "args"),
        of(CONTENT, &[EventKind::Delta], "text"),
        of(CALL, &[EventKind::Close], "call-end"),
        of(CONTENT, &[EventKind::Close], "content-end"),
        frame(END, Some("complete"), FrameEncode::Event(complete)),
        frame(END, Some("incomplete"), FrameEncode::Event(incomplete)),
    ],
    pieces: kinds(&[PartKind::Text, PartKind::Thinking, PartKind::ToolCall]),
    signs: Kinds::NONE,
    holds: kinds(&[PartKind::Text, PartKind::Thinking, PartKind::ToolCall]),
    meant: MEANT,
    marks: Marks {
        errors: &[],
        usage: &["\"used\""],
    },
    error_status: |error| error.kind.status(),
    decode,
};

const END: &[EventKind] = &[EventKind::Finish, EventKind::Usage, EventKind::Done];

const fn of(kinds: Kinds, list: &[EventKind], name: &'static str) -> Frame {
    Frame {
        kinds,
        ..frame(list, Some(name), FrameEncode::Event(part))
    }
}

fn decode<'a>(event: Option<&str>, data: &'a str) -> Result<Decoded<'a>, Fault> {
    let value = parse(data)?;
    let kinds: &[EventKind] = match event {
        Some("created" | "running") => &[EventKind::Start],
        Some("call" | "content") => &[EventKind::Open],
        Some("args" | "text") => &[EventKind::Delta],
        Some("call-end" | "content-end") => &[EventKind::Close],
        Some("complete" | "incomplete") => END,
        _ => return Ok(Decoded::Ignored),
    };
    let event = Event {
        response: kinds.contains(&EventKind::Start).then(|| {
            Box::new(ChatResponse {
                id: string(&value, "id").unwrap_or_default(),
                model: string(&value, "model").unwrap_or_default(),
                ..ChatResponse::default()
            })
        }),
        ordinal: value.get("at").and_then(serde_json::Value::as_i64),
        kind: matches!(event, Some("args")).then_some(PartKind::ToolCall),
        part: value.get("part").map(|part| Box::new(read_whole(part))),
        text: said(data, &value, "text"),
        arguments: said(data, &value, "args"),
        finish: reason(&value, "why"),
        usage: usage(&value, "used"),
        ..Event::default()
    };
    Ok(Decoded::Event(holds(kinds), Box::new(event)))
}

fn start(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    bytes(&answer(
        event.response.as_ref().ok_or(Fault::new("response"))?,
    ))
}

fn part(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    bytes(&object([
        ("at", event.ordinal.into()),
        ("part", event.part.as_deref().map(whole).into()),
        ("text", event.text.as_deref().into()),
        ("args", event.arguments.as_deref().into()),
    ]))
}

fn complete(event: &Event<'_>, encoding: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    match event.finish {
        Some(FinishReason::Length) => Ok(Vec::new()),
        _ => ended(event, encoding),
    }
}

fn incomplete(event: &Event<'_>, encoding: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    match event.finish {
        Some(FinishReason::Length) => ended(event, encoding),
        _ => Ok(Vec::new()),
    }
}

fn ended(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let response = event.response.as_ref().ok_or(Fault::new("response"))?;
    bytes(&object([
        ("why", event.finish.map(FinishReason::name).into()),
        ("used", used(event.usage.as_ref())),
        ("answer", answer(response)),
    ]))
}
