//! Fragments to events: a fragment is a partial answer, and nothing in it says where a part begins or ends.
//!
//! A part begins when the kind, the ordinal or the id changes. Calls may be interleaved: each is told by its
//! ordinal, and stays open until its arguments are whole.

use crate::canonical::{ChatResponse, Logprob, Part, PartKind};

use super::answer::Answer;
use super::decoder::Sink;
use super::piece::{Key, More, Piece};

/// Takes a fragment. With `whole_calls` a call comes in one fragment, as the dialect can't send it in pieces.
pub(super) fn assemble(
    answer: &mut Answer,
    fragment: ChatResponse<'_>,
    whole_calls: bool,
    sink: Sink<'_>,
) {
    if says_nothing(&fragment) {
        answer.ignored += 1;
        return;
    }
    let ChatResponse {
        id,
        provider,
        model,
        created,
        candidates,
        usage,
        service_tier,
    } = fragment;
    let head = ChatResponse {
        id,
        provider,
        model,
        created,
        service_tier,
        ..ChatResponse::default()
    };
    answer.start(head, sink);
    if let Some(usage) = &usage {
        answer.report(usage);
    }
    for candidate in candidates {
        let at = answer.lane(candidate.index);
        let mut logprobs = candidate.logprobs;
        let mut place = 0;
        for part in candidate.parts {
            match part.kind {
                PartKind::Text | PartKind::Thinking | PartKind::Refusal => {
                    text(answer, at, part, &mut logprobs, sink);
                }
                PartKind::ToolCall => {
                    call(answer, at, part, place, whole_calls, sink);
                    place += 1;
                }
                _ => whole(answer, at, part, sink),
            }
        }
        if let Some(reason) = candidate.finish {
            answer.finish(at, reason, candidate.stop_text.as_deref());
        }
    }
}

/// Some providers begin with a chunk about the prompt, before the answer has so much as an id.
fn says_nothing(fragment: &ChatResponse<'_>) -> bool {
    fragment.id.is_empty() && fragment.candidates.is_empty() && fragment.usage.is_none()
}

fn text<'a>(
    answer: &mut Answer,
    at: usize,
    mut part: Part<'a>,
    logprobs: &mut Vec<Logprob<'a>>,
    sink: Sink<'_>,
) {
    let more = More {
        text: part.text.take().filter(|text| !text.is_empty()),
        signature: part.signature.take(),
        arguments: None,
        logprobs: Vec::new(),
    };
    let bare = part.redacted.is_none() && part.citations.is_none();
    if bare && more.text.is_none() && more.signature.is_none() {
        return;
    }
    let last = answer.lanes[at].pieces.len().wrapping_sub(1);
    let current = answer.lanes[at].pieces.last().filter(|piece| piece.open);
    let continues = current.is_some_and(|piece| {
        // A signature without text belongs to what came before, whatever that was.
        let same = piece.kind == part.kind && same_place(piece, &part);
        part.redacted.is_none() && (same || more.text.is_none())
    });
    let piece = if continues {
        last
    } else {
        answer.close_where(at, |piece| piece.kind != PartKind::ToolCall, sink);
        let key = part.ordinal.map_or(Key::None, other);
        answer.open(at, key, part, sink)
    };
    let logprobs = match more.text {
        Some(_) => std::mem::take(logprobs),
        None => Vec::new(),
    };
    answer.say(at, piece, More { logprobs, ..more }, sink);
}

fn call(
    answer: &mut Answer,
    at: usize,
    mut part: Part<'_>,
    place: i64,
    whole: bool,
    sink: Sink<'_>,
) {
    part.id = part.id.filter(|id| !id.is_empty());
    part.name = part.name.filter(|name| !name.is_empty());
    let key = Key::Ordinal {
        call: true,
        ordinal: part.ordinal.unwrap_or(place),
    };
    let known = if whole {
        None
    } else {
        find(&answer.lanes[at].pieces, &part, key)
    };
    if let Some(piece) = known {
        let more = More {
            arguments: part.arguments.filter(|arguments| !arguments.is_empty()),
            signature: part.signature,
            ..More::default()
        };
        if more.arguments.is_some() || more.signature.is_some() {
            answer.say(at, piece, more, sink);
        }
        return;
    }
    answer.close_where(at, |piece| piece.kind != PartKind::ToolCall, sink);
    // Nobody could write a call without a name; it may be the empty end of one that came whole.
    if part.name.is_none() {
        answer.ignored += 1;
        return;
    }
    // Calls that are told by id alone may still be interleaved; another call in a known place replaces it.
    if part.ordinal.is_some() || part.id.is_none() {
        let pieces = &answer.lanes[at].pieces;
        if let Some(piece) = pieces.iter().rposition(|piece| piece.key == key) {
            answer.close(at, piece, sink);
        }
    }
    let arguments = part
        .arguments
        .take()
        .filter(|arguments| !arguments.is_empty());
    let piece = answer.open(at, key, part, sink);
    if arguments.is_some() {
        let more = More {
            arguments,
            ..More::default()
        };
        answer.say(at, piece, more, sink);
    }
    if whole {
        answer.close(at, piece, sink);
    }
}

/// The call that a fragment continues, if it continues one.
fn find(pieces: &[Piece], part: &Part<'_>, key: Key) -> Option<usize> {
    let id = part.id.as_deref();
    if part.ordinal.is_none() && id.is_some() {
        return pieces.iter().rposition(|piece| piece.id.as_deref() == id);
    }
    let found = pieces.iter().rposition(|piece| piece.key == key)?;
    let piece = &pieces[found];
    let same = match (id, &piece.id) {
        (Some(id), Some(known)) => id == known,
        _ => true,
    };
    // A name where none is due is the next call of a provider that counts each fragment from zero.
    let next = part.name.is_some() && id.is_none() && (!piece.open || part.ordinal.is_none());
    (same && !next).then_some(found)
}

/// A part that no fragment can continue.
fn whole(answer: &mut Answer, at: usize, part: Part<'_>, sink: Sink<'_>) {
    answer.close_where(at, |piece| piece.kind != PartKind::ToolCall, sink);
    let key = part.ordinal.map_or(Key::None, other);
    let piece = answer.open(at, key, part, sink);
    answer.close(at, piece, sink);
}

fn same_place(piece: &Piece, part: &Part<'_>) -> bool {
    part.ordinal
        .is_none_or(|ordinal| piece.key == other(ordinal))
        && part
            .id
            .as_deref()
            .is_none_or(|id| piece.id.as_deref() == Some(id))
}

fn other(ordinal: i64) -> Key {
    Key::Ordinal {
        call: false,
        ordinal,
    }
}
