//! What an encoder needs besides the value, and what it reports.

use std::borrow::Cow;

use super::Edit;
use crate::codec::hash;

const PLACE_ID: usize = 24;

/// What an encoder needs besides the value, and what it reports.
#[derive(Debug)]
pub struct Encoding<'e> {
    /// Edits of the provider that apply to this request; empty towards clients.
    pub edits: &'e [&'static Edit],
    /// Optional constants are written: true but for fragments that continue a part.
    pub head: bool,
    /// An open frame is written: required texts that a delta brings are written empty.
    pub open: bool,
    /// Id of the answer that is written, of which ids of what is in it are made.
    pub answer: String,
    /// Place of the part that is written in the whole answer.
    pub place: i64,
    /// How many frames of the stream have been written.
    pub sequence: u64,
    /// What could not be said as it was.
    pub losses: Vec<Loss>,
    pub(super) is_request: bool,
    pub(super) bounds: Vec<(u16, f64)>,
}

impl<'e> Encoding<'e> {
    /// For whole messages, with these edits.
    pub fn new(edits: &'e [&'static Edit]) -> Self {
        Self {
            edits,
            head: true,
            open: false,
            answer: String::new(),
            place: 0,
            sequence: 0,
            losses: Vec::new(),
            is_request: false,
            bounds: Vec::new(),
        }
    }

    /// JSON of an id for what stands in this place of the answer: the same wherever it is written.
    pub fn place_id(&self, prefix: &str, place: Option<i64>) -> String {
        let place = place.unwrap_or(self.place);
        let id = hash::exact(&format!("{}/{place}", self.answer), PLACE_ID);
        format!("\"{prefix}{id}\"")
    }
}

/// Something that could not be said as it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    /// The canonical field, as the ledger names it: `top_k`, `reasoning.effort`.
    pub field: Cow<'static, str>,
    /// What happened to it.
    pub what: LossKind,
}

/// What happened to a value that had no exact place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossKind {
    /// Left out.
    Dropped,
    /// Written as the nearest thing.
    Nearest,
}
