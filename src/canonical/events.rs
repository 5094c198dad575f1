//! A whole answer to the events that it would have been streamed as.
//!
//! Knows no dialect.

use std::borrow::Cow;

use super::{ChatResponse, Event, EventKind, FinishReason, Part, PartKind};

/// The events of a whole answer, each part in one delta.
pub fn events_of<'r>(response: &'r ChatResponse<'_>) -> Vec<Event<'r>> {
    events_in_pieces(response, usize::MAX)
}

/// The events of a whole answer, its texts cut into deltas of about this many bytes.
pub fn events_in_pieces<'r>(response: &'r ChatResponse<'_>, size: usize) -> Vec<Event<'r>> {
    let mut head = ChatResponse::default();
    head.update_head(response);
    let mut events = vec![Event {
        response: Some(Box::new(head)),
        ..event(EventKind::Start)
    }];
    for candidate in &response.candidates {
        let first = events.len();
        for (index, part) in (0..).zip(&candidate.parts) {
            part_events(candidate.index, index, part, size, &mut events);
        }
        // Which token is in which piece isn't known, so all of them go with the first.
        if let Some(delta) = events[first..]
            .iter_mut()
            .find(|event| event.text.is_some())
        {
            delta.logprobs.clone_from(&candidate.logprobs);
        }
        events.push(Event {
            candidate: candidate.index,
            finish: Some(candidate.finish.unwrap_or(FinishReason::Stop)),
            stop_text: candidate.stop_text.as_deref().map(Cow::Borrowed),
            ..event(EventKind::Finish)
        });
    }
    if let Some(usage) = &response.usage {
        events.push(Event {
            usage: Some(usage.clone()),
            ..event(EventKind::Usage)
        });
    }
    events.push(event(EventKind::Done));
    events
}

fn part_events<'r>(
    candidate: i64,
    index: i64,
    part: &'r Part<'_>,
    size: usize,
    events: &mut Vec<Event<'r>>,
) {
    let place = |kind| Event {
        candidate,
        index: Some(index),
        kind: Some(part.kind),
        ..event(kind)
    };
    events.push(Event {
        part: Some(Box::new(part.head())),
        ..place(EventKind::Open)
    });
    for text in pieces(part.text.as_deref(), size) {
        events.push(Event {
            text: Some(Cow::Borrowed(text)),
            ..place(EventKind::Delta)
        });
    }
    for arguments in pieces(part.arguments.as_deref(), size) {
        events.push(Event {
            arguments: Some(Cow::Borrowed(arguments)),
            ..place(EventKind::Delta)
        });
    }
    if part.kind != PartKind::ToolCall && part.signature.is_some() {
        events.push(Event {
            signature: part.signature.clone(),
            ..place(EventKind::Delta)
        });
    }
    events.push(place(EventKind::Close));
}

fn event<'r>(event: EventKind) -> Event<'r> {
    Event {
        event,
        ..Event::default()
    }
}

/// Cuts a text into pieces of at least `size` bytes; none of an empty one.
fn pieces(text: Option<&str>, size: usize) -> impl Iterator<Item = &str> {
    let mut rest = text.unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = size.clamp(1, rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(piece)
    })
}
