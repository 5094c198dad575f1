//! Events to drive a writer with.

use crate::canonical::{ChatResponse, Event, EventKind, FinishReason, Part, PartKind, Usage};
use crate::stream::Head;
use crate::wire::Sealed;

pub fn head() -> Head {
    Head {
        id: "h".to_owned(),
        model: "hm".to_owned(),
        ..Head::default()
    }
}

pub fn event(kind: EventKind) -> Event<'static> {
    Event {
        event: kind,
        ..Event::default()
    }
}

pub fn start() -> Event<'static> {
    Event {
        response: Some(Box::new(ChatResponse {
            id: "r".into(),
            model: "m".into(),
            ..ChatResponse::default()
        })),
        ..event(EventKind::Start)
    }
}

pub fn open(index: i64, part: Part<'static>) -> Event<'static> {
    Event {
        index: Some(index),
        part: Some(Box::new(part)),
        ..event(EventKind::Open)
    }
}

pub fn delta(index: i64) -> Event<'static> {
    Event {
        index: Some(index),
        ..event(EventKind::Delta)
    }
}

pub fn text(index: i64, text: &'static str) -> Event<'static> {
    Event {
        text: Some(text.into()),
        ..delta(index)
    }
}

pub fn args(index: i64, arguments: &'static str) -> Event<'static> {
    Event {
        arguments: Some(arguments.into()),
        ..delta(index)
    }
}

pub fn seal(value: &'static str) -> Option<Sealed<'static>> {
    Some(Sealed {
        origin: "test",
        value: value.into(),
    })
}

pub fn sign(index: i64) -> Event<'static> {
    Event {
        signature: seal("S"),
        ..delta(index)
    }
}

pub fn close(index: i64) -> Event<'static> {
    Event {
        index: Some(index),
        ..event(EventKind::Close)
    }
}

pub fn finish(reason: FinishReason) -> Event<'static> {
    Event {
        finish: Some(reason),
        ..event(EventKind::Finish)
    }
}

pub fn usage() -> Event<'static> {
    Event {
        usage: Some(Usage {
            input: Some(1),
            output: Some(2),
            ..Usage::default()
        }),
        ..event(EventKind::Usage)
    }
}

pub fn of_kind(kind: PartKind) -> Part<'static> {
    Part {
        kind,
        ..Part::default()
    }
}

pub fn text_part() -> Part<'static> {
    of_kind(PartKind::Text)
}

pub fn thinking() -> Part<'static> {
    of_kind(PartKind::Thinking)
}

pub fn refusal() -> Part<'static> {
    of_kind(PartKind::Refusal)
}

pub fn call(id: &'static str) -> Part<'static> {
    Part {
        id: Some(id.into()),
        name: Some("f".into()),
        ..of_kind(PartKind::ToolCall)
    }
}

pub fn other() -> Part<'static> {
    Part {
        raw: seal("R"),
        ..of_kind(PartKind::Other)
    }
}
