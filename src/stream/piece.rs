//! A part under way, as the reader of a stream sees it, and what the provider calls it by.

use std::borrow::Cow;

use crate::canonical::{Event, EventKind, FinishReason, Logprob, PartKind};
use crate::wire::Sealed;

use super::answer::event;
use super::scan::Scan;

/// A candidate under way.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) candidate: i64,
    pub(super) pieces: Vec<Piece>,
    pub(super) calls: usize,
    pub(super) finish: Option<(FinishReason, Option<String>)>,
    /// Something was said after the finish, so a later finish counts.
    pub(super) stale: bool,
}

/// A part under way.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) kind: PartKind,
    pub(super) key: Key,
    /// Its id, unless it was made up here.
    pub(super) id: Option<String>,
    pub(super) open: bool,
    /// Text or arguments have come.
    pub(super) said: bool,
    pub(super) signed: bool,
    /// The arguments are free text.
    pub(super) free: bool,
    pub(super) scan: Scan,
}

/// What the provider calls a part by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Nothing.
    None,
    /// Its place among all elements, and within the one that it is in.
    Index { index: i64, inner: i64 },
    /// Its place among the calls, or among the other parts.
    Ordinal { call: bool, ordinal: i64 },
}

/// More of a part.
#[derive(Debug, Default)]
pub(super) struct More<'a> {
    pub(super) text: Option<Cow<'a, str>>,
    pub(super) arguments: Option<Cow<'a, str>>,
    pub(super) signature: Option<Sealed<'a>>,
    pub(super) logprobs: Vec<Logprob<'a>>,
}

impl Lane {
    pub(super) fn event<'e>(&self, kind: EventKind, piece: usize) -> Event<'e> {
        Event {
            candidate: self.candidate,
            index: i64::try_from(piece).ok(),
            kind: Some(self.pieces[piece].kind),
            ..event(kind)
        }
    }
}
