//! A fragment a line, or an element of an array: calls come whole, finish and usage come together, no thinking.

use serde_json::{Value, json};

use super::*;
use crate::canonical::{Candidate, Event};
use crate::table::{Decoded, Framing, Marks, StreamSpec};

pub static LINES: StreamSpec = StreamSpec {
    media_type: "application/x-ndjson",
    framing: Framing::Lines,
    when: None,
    serial: false,
    end: None,
    frames: &[
        frame(&[EventKind::Delta], None, FrameEncode::Fragment(line)),
        frame(
            &[EventKind::Finish, EventKind::Usage],
            None,
            FrameEncode::Fragment(line),
        ),
        frame(&[EventKind::Error], None, FrameEncode::Event(encode_error)),
    ],
    pieces: kinds(&[PartKind::Text]),
    signs: Kinds::NONE,
    holds: kinds(&[PartKind::Text, PartKind::ToolCall]),
    meant: MEANT,
    marks: Marks {
        errors: &["\"error\""],
        usage: &["\"used\""],
    },
    error_status: |error| error.kind.status(),
    decode,
};

pub static ARRAY: StreamSpec = StreamSpec {
    media_type: "application/json",
    framing: Framing::Array,
    ..LINES
};

/// The same without a frame for errors.
pub static MUTE: StreamSpec = StreamSpec {
    frames: &[frame(
        &[EventKind::Delta],
        None,
        FrameEncode::Fragment(line),
    )],
    ..LINES
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
    let text = said(data, &value, "text").map(|text| Part {
        text: Some(text),
        ..Part::default()
    });
    let call = |call: &Value| Part {
        kind: PartKind::ToolCall,
        id: string(call, "id"),
        name: string(call, "name"),
        arguments: call.get("args").map(|args| args.to_string().into()),
        ..Part::default()
    };
    let calls = value.get("calls").and_then(Value::as_array);
    let calls = calls.into_iter().flatten().map(call);
    Ok(Decoded::Fragment(Box::new(ChatResponse {
        model: string(&value, "model").unwrap_or_default(),
        candidates: vec![Candidate {
            parts: text.into_iter().chain(calls).collect(),
            finish: reason(&value, "why"),
            ..Candidate::default()
        }],
        usage: usage(&value, "used"),
        ..ChatResponse::default()
    })))
}

fn line(response: &ChatResponse<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let mut line = object([
        ("model", response.model.as_ref().into()),
        ("used", used(response.usage.as_ref())),
    ]);
    for candidate in &response.candidates {
        for part in &candidate.parts {
            if part.kind == PartKind::ToolCall {
                let arguments = parse(part.arguments.as_deref().unwrap_or_default())?;
                line["calls"] = json!([object([
                    ("id", part.id.as_deref().into()),
                    ("name", part.name.as_deref().into()),
                    ("args", arguments),
                ])]);
            } else {
                line["text"] = part.text.as_deref().into();
            }
        }
        if let Some(reason) = candidate.finish {
            line["why"] = reason.name().into();
        }
    }
    bytes(&line)
}
