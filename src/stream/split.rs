//! Events to fragments: a partial answer that holds one event and what every fragment repeats.
//!
//! One answer is used again and again, so that a delta costs no allocation here.

use std::borrow::Cow;

use crate::canonical::{
    Candidate, ChatResponse, FinishReason, Logprob, Part, PartKind, Role, Usage,
};
use crate::wire::Sealed;

/// Where a part is, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) candidate: i64,
    /// Place among all parts of the candidate that are written.
    pub(super) index: i64,
    /// Place among those of its family of frames.
    pub(super) ordinal: i64,
    pub(super) kind: PartKind,
}

/// More of a part; one of the three.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said<'e> {
    pub(super) text: Option<&'e str>,
    pub(super) arguments: Option<&'e str>,
    pub(super) signature: Option<&'e Sealed<'e>>,
    pub(super) logprobs: &'e [Logprob<'e>],
}

/// Makes fragments.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    fragment: ChatResponse<'static>,
    /// The text of the last delta, kept for its room.
    room: String,
}

impl Splitter {
    /// Sets what every fragment repeats.
    pub(super) fn set_head(&mut self, answer: &ChatResponse<'static>) {
        self.fragment = ChatResponse {
            candidates: Vec::new(),
            usage: None,
            ..answer.clone()
        };
    }

    pub(super) fn start(&mut self) -> &ChatResponse<'static> {
        self.candidate(0).role = Some(Role::Assistant);
        &self.fragment
    }

    /// A fragment with more of a part; the first of a part has its head.
    pub(super) fn piece(
        &mut self,
        place: Place,
        said: Said<'_>,
        free: bool,
        head: Option<&Part<'static>>,
    ) -> &ChatResponse<'static> {
        let mut room = std::mem::take(&mut self.room);
        let candidate = self.candidate(place.candidate);
        if let Some(last) = candidate.parts.pop()
            && let Some(Cow::Owned(used)) = last.text.or(last.arguments)
        {
            room = used;
        }
        room.clear();
        room.push_str(said.text.or(said.arguments).unwrap_or_default());
        let mut part = head.cloned().unwrap_or_else(|| Part {
            kind: place.kind,
            free,
            ..Part::default()
        });
        part.index = Some(place.index);
        part.ordinal = Some(place.ordinal);
        if let Some(signature) = said.signature {
            part.signature = Some(signature.to_static());
        }
        if said.arguments.is_some() {
            part.arguments = Some(Cow::Owned(room));
        } else if said.text.is_some() {
            part.text = Some(Cow::Owned(room));
        }
        candidate.parts.push(part);
        candidate.logprobs.clear();
        candidate
            .logprobs
            .extend(said.logprobs.iter().map(Logprob::to_static));
        &self.fragment
    }

    /// A fragment with a finish, or with usage, or with both.
    pub(super) fn finish(
        &mut self,
        candidate: i64,
        finish: Option<(FinishReason, Option<&str>)>,
        usage: Option<&Usage>,
    ) -> &ChatResponse<'static> {
        self.fragment.candidates.clear();
        if let Some((reason, stop_text)) = finish {
            let candidate = self.candidate(candidate);
            candidate.finish = Some(reason);
            candidate.stop_text = stop_text.map(|text| Cow::Owned(text.to_owned()));
        }
        self.fragment.usage = usage.cloned();
        &self.fragment
    }

    /// The only candidate of the fragment; of an earlier fragment only the room for its part is left.
    fn candidate(&mut self, index: i64) -> &mut Candidate<'static> {
        self.fragment.usage = None;
        let candidates = &mut self.fragment.candidates;
        if candidates.is_empty() {
            candidates.push(Candidate::default());
        }
        let candidate = &mut candidates[0];
        candidate.index = index;
        candidate.role = None;
        candidate.finish = None;
        candidate.stop_text = None;
        candidate
    }
}
