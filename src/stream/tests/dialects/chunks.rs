//! Fragments with an end mark: calls in pieces told by ordinal, usage on request.

use serde_json::{Value, json};

use super::*;
use crate::canonical::{Candidate, Event, Role};
use crate::table::{Decoded, Framing, Marks, StreamSpec};

pub static CHUNKS: StreamSpec = StreamSpec {
    media_type: "text/event-stream",
    framing: Framing::Events,
    when: None,
    serial: false,
    end: Some("[END]"),
    frames: &[
        frame(&[EventKind::Start], None, FrameEncode::Fragment(chunk)),
        frame(&[EventKind::Delta], None, FrameEncode::Fragment(chunk)),
        frame(&[EventKind::Finish], None, FrameEncode::Fragment(chunk)),
        Frame {
            if_usage: true,
            ..frame(&[EventKind::Usage], None, FrameEncode::Fragment(chunk))
        },
        frame(&[EventKind::Error], None, FrameEncode::Event(encode_error)),
    ],
    pieces: kinds(&[PartKind::Text, PartKind::ToolCall, PartKind::Thinking]),
    signs: Kinds::NONE,
    holds: kinds(&[PartKind::Text, PartKind::ToolCall, PartKind::Thinking]),
    meant: MEANT,
    marks: Marks {
        errors: &["\"error\""],
        usage: &["\"used\""],
    },
    error_status: |error| error.kind.status(),
    decode,
};

fn decode<'a>(_: Option<&str>, data: &'a str) -> Result<Decoded<'a>, Fault> {
    let value = parse(data)?;
    if value.get("error").is_some() {
        let event = Event {
            error: error(&value),
            ..Event::default()
        };
        return Ok(Decoded::Event(holds(&[EventKind::Error]), Box::new(event)));
    }
    let picks = value.get("picks").and_then(Value::as_array);
    Ok(Decoded::Fragment(Box::new(ChatResponse {
        id: string(&value, "id").unwrap_or_default(),
        model: string(&value, "model").unwrap_or_default(),
        candidates: picks
            .into_iter()
            .flatten()
            .map(|value| pick(data, value))
            .collect(),
        usage: usage(&value, "used"),
        ..ChatResponse::default()
    })))
}

fn pick<'a>(data: &'a str, value: &Value) -> Candidate<'a> {
    let text = |key, kind| {
        let text = said(data, value, key)?;
        Some(Part {
            kind,
            text: Some(text),
            ..Part::default()
        })
    };
    let call = |call: &Value| Part {
        kind: PartKind::ToolCall,
        ordinal: call.get("at").and_then(Value::as_i64),
        id: string(call, "id"),
        name: string(call, "name"),
        arguments: said(data, call, "args"),
        ..Part::default()
    };
    let mut parts: Vec<_> = text("think", PartKind::Thinking).into_iter().collect();
    parts.extend(text("text", PartKind::Text));
    // A signature that comes with no text, as some providers send it last.
    parts.extend(sealed(value, "sig").map(|signature| Part {
        text: Some("".into()),
        signature: Some(signature),
        ..Part::default()
    }));
    let calls = value.get("calls").and_then(Value::as_array);
    parts.extend(calls.into_iter().flatten().map(call));
    Candidate {
        index: value.get("n").and_then(Value::as_i64).unwrap_or(0),
        parts,
        finish: reason(value, "why"),
        ..Candidate::default()
    }
}

fn chunk(response: &ChatResponse<'_>, encoding: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let picks: Vec<_> = response
        .candidates
        .iter()
        .map(|c| write_pick(c, encoding))
        .collect();
    bytes(&object([
        ("id", response.id.as_ref().into()),
        ("model", response.model.as_ref().into()),
        ("picks", picks.into()),
        ("used", used(response.usage.as_ref())),
    ]))
}

fn write_pick(candidate: &Candidate<'_>, encoding: &Encoding<'_>) -> Value {
    let mut pick = json!({"n": candidate.index});
    if candidate.role == Some(Role::Assistant) {
        pick["role"] = "assistant".into();
    }
    for part in &candidate.parts {
        match part.kind {
            PartKind::ToolCall => {
                pick["calls"] = json!([object([
                    ("at", part.ordinal.into()),
                    ("id", part.id.as_deref().into()),
                    ("type", encoding.head.then_some("call").into()),
                    ("name", part.name.as_deref().into()),
                    ("args", part.arguments.as_deref().into()),
                ])]);
            }
            PartKind::Thinking => pick["think"] = part.text.as_deref().into(),
            _ => pick["text"] = part.text.as_deref().into(),
        }
    }
    if let Some(reason) = candidate.finish {
        pick["why"] = reason.name().into();
    }
    pick
}
