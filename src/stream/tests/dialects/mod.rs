//! Four made-up dialects, written by hand in the shape that the compiler makes.

pub mod blocks;
pub mod chunks;
pub mod full;
pub mod lines;

use serde_json::{Map, Value};

use crate::canonical::{
    ChatResponse, Error, ErrorKind, EventKind, FinishReason, Part, PartKind, Usage,
};
use crate::error::Fault;
use crate::table::{Encoding, Frame, FrameEncode, Holds, Kinds};
use crate::wire::Sealed;

pub const fn kinds(list: &[PartKind]) -> Kinds {
    let mut kinds = Kinds::NONE;
    let mut at = 0;
    while at < list.len() {
        kinds = kinds.with(list[at]);
        at += 1;
    }
    kinds
}

pub const fn holds(list: &[EventKind]) -> Holds {
    let mut holds = Holds(0);
    let mut at = 0;
    while at < list.len() {
        holds = holds.with(list[at]);
        at += 1;
    }
    holds
}

pub const fn frame(list: &[EventKind], name: Option<&'static str>, encode: FrameEncode) -> Frame {
    Frame {
        holds: holds(list),
        if_usage: false,
        name,
        kinds: Kinds::NONE,
        encode,
    }
}

pub fn parse(data: &str) -> Result<Value, Fault> {
    serde_json::from_str(data).map_err(|error| Fault::new(error.to_string()))
}

pub fn bytes(value: &Value) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(value).map_err(|error| Fault::new(error.to_string()))
}

/// An object without its nulls.
pub fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let there = entries.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(
        there
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

pub fn string<'a>(value: &Value, key: &str) -> Option<std::borrow::Cow<'a, str>> {
    Some(value.get(key)?.as_str()?.to_owned().into())
}

/// A member's text as a reader gives it that borrows what it can.
pub fn said<'a>(data: &'a str, value: &Value, key: &str) -> Option<std::borrow::Cow<'a, str>> {
    let text = string(value, key)?;
    let head = format!("\"{key}\":\"");
    let found = data.find(&format!("{head}{text}\""));
    Some(found.map_or(text.clone(), |at| {
        let start = at + head.len();
        data[start..start + text.len()].into()
    }))
}

/// The names of members that `decode` of any of these dialects looks at in each frame.
pub const MEANT: &[&str] = &[
    "at", "kind", "part", "block", "text", "args", "sig", "why", "used", "error", "picks", "calls",
];

pub fn sealed<'a>(value: &Value, key: &str) -> Option<Sealed<'a>> {
    let value = string(value, key)?;
    Some(Sealed {
        origin: "test",
        value,
    })
}

pub fn reason(value: &Value, key: &str) -> Option<FinishReason> {
    let name = value.get(key)?.as_str()?;
    FinishReason::ALL
        .iter()
        .find(|reason| reason.name() == name)
        .copied()
}

pub fn kind(name: &str) -> Option<PartKind> {
    PartKind::ALL
        .iter()
        .find(|kind| kind.name() == name)
        .copied()
}

pub fn usage(value: &Value, key: &str) -> Option<Usage> {
    let used = value.get(key).filter(|used| used.is_object())?;
    Some(Usage {
        input: used.get("in").and_then(Value::as_i64),
        output: used.get("out").and_then(Value::as_i64),
        ..Usage::default()
    })
}

pub fn used(usage: Option<&Usage>) -> Value {
    let Some(usage) = usage else {
        return Value::Null;
    };
    object([("in", usage.input.into()), ("out", usage.output.into())])
}

pub fn error<'a>(value: &Value) -> Option<Box<Error<'a>>> {
    value.get("error").map(|error| {
        Box::new(Error {
            kind: ErrorKind::Overloaded,
            message: error.as_str().map(|text| text.to_owned().into()),
            ..Error::default()
        })
    })
}

pub fn encode_error(
    event: &crate::canonical::Event<'_>,
    _: &mut Encoding<'_>,
) -> Result<Vec<u8>, Fault> {
    let message = event
        .error
        .as_ref()
        .and_then(|error| error.message.as_deref());
    bytes(&object([("error", message.unwrap_or("error").into())]))
}

/// A part as all these dialects write it where it stands whole.
pub fn whole(part: &Part<'_>) -> Value {
    object([
        ("kind", part.kind.name().into()),
        ("id", part.id.as_deref().into()),
        ("name", part.name.as_deref().into()),
        ("text", part.text.as_deref().into()),
        ("args", part.arguments.as_deref().into()),
        (
            "sig",
            part.signature.as_ref().map(|s| s.value.as_ref()).into(),
        ),
        ("raw", part.raw.as_ref().map(|s| s.value.as_ref()).into()),
    ])
}

pub fn read_whole<'a>(value: &Value) -> Part<'a> {
    Part {
        kind: value["kind"]
            .as_str()
            .and_then(kind)
            .unwrap_or(PartKind::Other),
        id: string(value, "id"),
        name: string(value, "name"),
        text: string(value, "text"),
        arguments: string(value, "args"),
        signature: sealed(value, "sig"),
        raw: sealed(value, "raw"),
        ..Part::default()
    }
}

/// The answer as a value, for frames that bind it.
pub fn answer(response: &ChatResponse<'_>) -> Value {
    let parts = response
        .candidates
        .iter()
        .flat_map(|candidate| &candidate.parts);
    object([
        ("id", response.id.as_ref().into()),
        ("model", response.model.as_ref().into()),
        ("parts", parts.map(whole).collect()),
        ("used", used(response.usage.as_ref())),
    ])
}
