//! Tagged events, one block open at a time, finish and usage together.

use serde_json::Value;

use super::*;
use crate::canonical::Event;
use crate::table::{Decoded, Framing, Marks, StreamSpec};

pub static BLOCKS: StreamSpec = StreamSpec {
    media_type: "text/event-stream",
    framing: Framing::Events,
    when: None,
    serial: true,
    end: None,
    frames: &[
        frame(
            &[EventKind::Start],
            Some("begin"),
            FrameEncode::Event(begin),
        ),
        frame(&[EventKind::Open], Some("open"), FrameEncode::Event(open)),
        frame(&[EventKind::Delta], Some("more"), FrameEncode::Event(more)),
        frame(
            &[EventKind::Close],
            Some("close"),
            FrameEncode::Event(close),
        ),
        frame(
            &[EventKind::Finish, EventKind::Usage],
            Some("outcome"),
            FrameEncode::Event(outcome),
        ),
        frame(&[EventKind::Done], Some("over"), FrameEncode::Event(over)),
        frame(
            &[EventKind::Error],
            Some("error"),
            FrameEncode::Event(encode_error),
        ),
        frame(&[], Some("ping"), FrameEncode::Event(ping)),
    ],
    pieces: kinds(&[PartKind::Text, PartKind::ToolCall, PartKind::Thinking]),
    signs: kinds(&[PartKind::Thinking]),
    holds: kinds(&[
        PartKind::Text,
        PartKind::ToolCall,
        PartKind::Thinking,
        PartKind::Other,
    ]),
    meant: MEANT,
    marks: Marks {
        errors: &["error"],
        usage: &["\"used\""],
    },
    error_status: |error| error.kind.status(),
    decode,
};

fn decode<'a>(event: Option<&str>, data: &'a str) -> Result<Decoded<'a>, Fault> {
    let value = parse(data)?;
    let held = match event {
        Some("begin") => EventKind::Start,
        Some("open") => EventKind::Open,
        Some("more") => EventKind::Delta,
        Some("close") => EventKind::Close,
        Some("outcome") => EventKind::Finish,
        Some("over") => EventKind::Done,
        Some("error") => EventKind::Error,
        _ => return Ok(Decoded::Ignored),
    };
    let response = (held == EventKind::Start).then(|| {
        Box::new(ChatResponse {
            id: string(&value, "id").unwrap_or_default(),
            model: string(&value, "model").unwrap_or_default(),
            usage: usage(&value, "used"),
            ..ChatResponse::default()
        })
    });
    let event = Event {
        event: held,
        response,
        index: value.get("at").and_then(Value::as_i64),
        kind: value.get("kind").and_then(Value::as_str).and_then(kind),
        part: value.get("block").map(|block| Box::new(read_whole(block))),
        text: said(data, &value, "text"),
        arguments: said(data, &value, "args"),
        signature: sealed(&value, "sig"),
        finish: reason(&value, "why"),
        usage: usage(&value, "used"),
        error: error(&value),
        ..Event::default()
    };
    Ok(Decoded::Event(holds(&[held]), Box::new(event)))
}

fn begin(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let response = event.response.as_ref().ok_or(Fault::new("response"))?;
    bytes(&object([
        ("id", response.id.as_ref().into()),
        ("model", response.model.as_ref().into()),
        ("used", used(response.usage.as_ref())),
    ]))
}

fn open(event: &Event<'_>, encoding: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let part = event.part.as_ref().ok_or(Fault::new("part"))?;
    own(part.raw.as_ref())?;
    let mut block = whole(part);
    if encoding.open {
        let text = if part.kind == PartKind::ToolCall {
            "args"
        } else {
            "text"
        };
        block[text] = "".into();
    }
    bytes(&object([("at", event.index.into()), ("block", block)]))
}

fn more(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    own(event.signature.as_ref())?;
    bytes(&object([
        ("at", event.index.into()),
        ("kind", event.kind.map(PartKind::name).into()),
        ("text", event.text.as_deref().into()),
        ("args", event.arguments.as_deref().into()),
        (
            "sig",
            event.signature.as_ref().map(|s| s.value.as_ref()).into(),
        ),
    ]))
}

fn close(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    bytes(&object([("at", event.index.into())]))
}

fn outcome(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    bytes(&object([
        ("why", event.finish.map(FinishReason::name).into()),
        ("used", used(event.usage.as_ref())),
    ]))
}

fn over(_: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    bytes(&object([]))
}

fn ping(_: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    bytes(&object([("ping", 1.into())]))
}

/// What another dialect has sealed can't be written here.
fn own(value: Option<&Sealed<'_>>) -> Result<(), Fault> {
    match value {
        Some(value) if value.origin != "test" => Err(Fault::new("needs a value of its own")),
        _ => Ok(()),
    }
}
