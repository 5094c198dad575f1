//! Tagged frames to events: a frame names the events that it holds, and yields those whose fields are there.
//!
//! Tolerant: a delta of a part that was never opened opens it, a second open or close says nothing new, and what
//! only the last frame of a part tells is told as if it had come in a delta.

use crate::canonical::{Event, EventKind, Part, PartKind};
use crate::table::Holds;

use super::answer::Answer;
use super::decoder::Sink;
use super::piece::{Key, More, Piece};

/// Takes a frame. With `serial` the dialect has one part open at a time.
pub(super) fn expand(
    answer: &mut Answer,
    holds: Holds,
    mut event: Event<'_>,
    serial: bool,
    sink: Sink<'_>,
) {
    let response = event.response.take();
    let mut finish = event.finish;
    if let Some(response) = &response {
        finish = finish.or_else(|| response.candidates.first()?.finish);
        if let Some(usage) = &response.usage {
            answer.report(usage);
        }
    }
    if let Some(usage) = &event.usage {
        answer.report(usage);
    }
    if !answer.started {
        answer.start(response.map(|boxed| *boxed).unwrap_or_default(), sink);
    }
    let at = answer.lane(event.candidate);
    if holds.has(EventKind::Open) {
        open(answer, at, &mut event, serial, sink);
    }
    if holds.has(EventKind::Delta) {
        delta(answer, at, &mut event, sink);
    }
    if holds.has(EventKind::Close) {
        close(answer, at, event.part.take(), &event, sink);
    }
    if let Some(reason) = finish.filter(|_| holds.has(EventKind::Finish)) {
        answer.finish(at, reason, event.stop_text.as_deref());
    }
}

fn open(answer: &mut Answer, at: usize, event: &mut Event<'_>, serial: bool, sink: Sink<'_>) {
    let part = event.part.take().map(|part| *part);
    let Some(head) = part.or_else(|| event.kind.map(of_kind)) else {
        return;
    };
    if head.kind == PartKind::ToolCall && head.name.is_none() {
        answer.ignored += 1;
        return;
    }
    let key = key(event, head.kind);
    let pieces = &answer.lanes[at].pieces;
    let again = |piece: &Piece| piece.open && piece.key == key && piece.kind == head.kind;
    if key != Key::None && pieces.iter().any(again) {
        return;
    }
    if let Some(piece) = pieces
        .iter()
        .rposition(|piece| key != Key::None && piece.key == key)
    {
        answer.close(at, piece, sink);
    }
    if serial || answer.self_closing {
        answer.close_where(at, |piece| piece.open, sink);
    }
    answer.open(at, key, head, sink);
}

fn delta(answer: &mut Answer, at: usize, event: &mut Event<'_>, sink: Sink<'_>) {
    let more = More {
        text: event.text.take().filter(|text| !text.is_empty()),
        arguments: event.arguments.take().filter(|text| !text.is_empty()),
        signature: event.signature.take(),
        logprobs: std::mem::take(&mut event.logprobs),
    };
    if more.text.is_none() && more.arguments.is_none() && more.signature.is_none() {
        return;
    }
    let kind = event.kind.unwrap_or(match (&more.arguments, &more.text) {
        (Some(_), _) => PartKind::ToolCall,
        (None, Some(_)) => of_last(answer, at, event),
        (None, None) => PartKind::Thinking,
    });
    let key = key(event, kind);
    let signature_only = more.text.is_none() && more.arguments.is_none();
    let found = find(&answer.lanes[at].pieces, key, |piece| {
        signature_only || piece.kind == kind
    });
    let piece = match found {
        Some(piece) => piece,
        None if !may_open(&answer.lanes[at].pieces, key, kind) => {
            answer.ignored += 1;
            return;
        }
        None => {
            let same = |piece: &Piece| key != Key::None && piece.key == key;
            if let Some(piece) = answer.lanes[at].pieces.iter().rposition(same) {
                answer.close(at, piece, sink);
            }
            if answer.self_closing {
                answer.close_where(at, |piece| piece.kind != PartKind::ToolCall, sink);
            }
            let head = event
                .part
                .take()
                .map_or_else(|| of_kind(kind), |part| *part);
            answer.open(at, key, head, sink)
        }
    };
    answer.say(at, piece, more, sink);
}

/// Whether a delta without an open part may open one. Not where a part of this key has been closed, as it is too late;
/// nor where one is open that can't be continued by this; and a call can't begin with its arguments.
fn may_open(pieces: &[Piece], key: Key, kind: PartKind) -> bool {
    let last = pieces.iter().rfind(|piece| piece.key == key);
    let another = last.filter(|_| key != Key::None);
    is_text(kind) && another.is_none_or(|piece| piece.open && is_text(piece.kind))
}

fn is_text(kind: PartKind) -> bool {
    matches!(
        kind,
        PartKind::Text | PartKind::Thinking | PartKind::Refusal
    )
}

fn close(
    answer: &mut Answer,
    at: usize,
    part: Option<Box<Part<'_>>>,
    event: &Event<'_>,
    sink: Sink<'_>,
) {
    let kind = event.kind.or(part.as_ref().map(|part| part.kind));
    let pieces = &answer.lanes[at].pieces;
    let found = match (event.index, event.ordinal, kind) {
        (None, Some(wanted), None) => pieces.iter().rposition(|piece| {
            piece.open && matches!(piece.key, Key::Ordinal { ordinal, .. } if ordinal == wanted)
        }),
        _ => find(pieces, key(event, kind.unwrap_or(PartKind::Text)), |_| true),
    };
    let Some(piece) = found else {
        return;
    };
    if let Some(part) = part {
        let state = &answer.lanes[at].pieces[piece];
        let (said, signed) = (state.said, state.signed);
        let fresh = |text: &_| !said && !str::is_empty(text);
        let more = More {
            text: part.text.filter(|text| fresh(text)),
            arguments: part.arguments.filter(|text| fresh(text)),
            signature: part.signature.filter(|_| !signed),
            ..More::default()
        };
        if more.text.is_some() || more.arguments.is_some() || more.signature.is_some() {
            answer.say(at, piece, more, sink);
        }
    }
    answer.close(at, piece, sink);
}

/// The open part that this key means; without a key the last one that was opened, if `fits` says so.
fn find(pieces: &[Piece], key: Key, fits: impl Fn(&Piece) -> bool) -> Option<usize> {
    match key {
        Key::None => {
            let last = pieces.iter().rposition(|piece| piece.open)?;
            fits(&pieces[last]).then_some(last)
        }
        key => pieces
            .iter()
            .rposition(|piece| piece.open && piece.key == key && fits(piece)),
    }
}

fn key(event: &Event<'_>, kind: PartKind) -> Key {
    match (event.index, event.ordinal) {
        (Some(index), _) => Key::Index {
            index,
            inner: event.inner,
        },
        (None, Some(ordinal)) => Key::Ordinal {
            call: kind == PartKind::ToolCall,
            ordinal,
        },
        (None, None) => Key::None,
    }
}

/// The kind of the text of a frame that doesn't say: that of the open part, if it has text.
fn of_last(answer: &Answer, at: usize, event: &Event<'_>) -> PartKind {
    let pieces = &answer.lanes[at].pieces;
    let found = find(pieces, key(event, PartKind::Text), |piece| {
        piece.kind != PartKind::ToolCall
    });
    found.map_or(PartKind::Text, |piece| pieces[piece].kind)
}

fn of_kind<'a>(kind: PartKind) -> Part<'a> {
    Part {
        kind,
        ..Part::default()
    }
}
