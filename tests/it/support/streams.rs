//! The streams of the plain dialect: `{"text"}` after `{"text"}`, as lines or as server-sent events.

use std::borrow::Cow;

use gateway::canonical::*;
use gateway::error::Fault;
use gateway::table::*;
use serde_json::{Value, json};

/// As asked for, lines or events.
pub static STREAMS: [StreamSpec; 2] = [
    StreamSpec {
        when: Some(false),
        ..LINES
    },
    StreamSpec {
        media_type: "text/event-stream",
        framing: Framing::Events,
        end: Some("END"),
        when: Some(true),
        ..LINES
    },
];

/// Lines that can't say that something has failed.
pub static MUTE: [StreamSpec; 1] = [StreamSpec {
    frames: &[PIECE],
    ..LINES
}];

const LINES: StreamSpec = StreamSpec {
    media_type: "application/x-ndjson",
    framing: Framing::Lines,
    when: None,
    serial: false,
    end: None,
    frames: &[
        PIECE,
        frame(
            Holds(0).with(EventKind::Finish).with(EventKind::Usage),
            FrameEncode::Fragment(encode),
        ),
        frame(
            Holds(0).with(EventKind::Error),
            FrameEncode::Event(encode_error),
        ),
    ],
    pieces: TEXT,
    signs: Kinds::NONE,
    holds: TEXT,
    meant: &["text", "why", "used", "error"],
    marks: Marks {
        errors: &["\"error\""],
        usage: &["\"used\""],
    },
    error_status: |error| error.kind.status(),
    decode,
};

const TEXT: Kinds = Kinds::NONE.with(PartKind::Text);
const PIECE: Frame = frame(
    Holds(0).with(EventKind::Delta),
    FrameEncode::Fragment(encode),
);

const fn frame(holds: Holds, encode: FrameEncode) -> Frame {
    Frame {
        holds,
        if_usage: false,
        name: None,
        kinds: TEXT,
        encode,
    }
}

fn decode<'a>(_: Option<&str>, data: &'a str) -> Result<Decoded<'a>, Fault> {
    let value: Value = serde_json::from_str(data).map_err(|error| Fault::new(error.to_string()))?;
    let text = value["text"].as_str().map(|text| Part {
        text: Some(Cow::Owned(text.to_owned())),
        ..Part::default()
    });
    let usage = value["used"].as_i64().map(|used| Usage {
        output: Some(used),
        ..Usage::default()
    });
    Ok(Decoded::Fragment(Box::new(ChatResponse {
        candidates: vec![Candidate {
            parts: text.into_iter().collect(),
            finish: value["why"].as_str().map(|_| FinishReason::Stop),
            ..Candidate::default()
        }],
        usage,
        ..ChatResponse::default()
    })))
}

fn encode(response: &ChatResponse<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let mut line = json!({"model": response.model});
    for candidate in &response.candidates {
        for part in &candidate.parts {
            line["text"] = part.text.as_deref().into();
        }
        if let Some(reason) = candidate.finish {
            line["why"] = reason.name().into();
        }
    }
    Ok(line.to_string().into_bytes())
}

fn encode_error(event: &Event<'_>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let error = event
        .error
        .as_ref()
        .and_then(|error| error.message.as_deref());
    Ok(json!({"error": error}).to_string().into_bytes())
}
