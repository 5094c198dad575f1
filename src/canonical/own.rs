//! Copies of canonical values that outlive the buffer they were read from.

use std::borrow::Cow;

use crate::wire::Sealed;

use super::{Candidate, ChatResponse, Error, Logprob, Part, PartKind, Source};

impl Sealed<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> Sealed<'static> {
        Sealed {
            origin: self.origin,
            value: Cow::Owned(self.value.to_string()),
        }
    }
}

impl Part<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> Part<'static> {
        Part {
            kind: self.kind,
            cache: self.cache.clone(),
            signature: self.signature.as_ref().map(Sealed::to_static),
            index: self.index,
            ordinal: self.ordinal,
            text: own(&self.text),
            citations: self.citations.as_ref().map(Sealed::to_static),
            source: self.source.as_ref().map(Source::to_static),
            detail: self.detail,
            name: own(&self.name),
            id: own(&self.id),
            arguments: own(&self.arguments),
            free: self.free,
            parts: self.parts.iter().map(Part::to_static).collect(),
            is_error: self.is_error,
            redacted: self.redacted.as_ref().map(Sealed::to_static),
            raw: self.raw.as_ref().map(Sealed::to_static),
            needed: self.needed,
        }
    }

    /// A copy without what deltas bring: text, arguments, and but for calls the signature.
    pub fn head(&self) -> Part<'_> {
        Part {
            kind: self.kind,
            cache: self.cache.clone(),
            signature: self
                .signature
                .clone()
                .filter(|_| self.kind == PartKind::ToolCall),
            index: self.index,
            ordinal: self.ordinal,
            text: None,
            citations: self.citations.clone(),
            source: self.source.clone(),
            detail: self.detail,
            name: self.name.as_deref().map(Cow::Borrowed),
            id: self.id.as_deref().map(Cow::Borrowed),
            arguments: None,
            free: self.free,
            parts: self.parts.clone(),
            is_error: self.is_error,
            redacted: self.redacted.clone(),
            raw: self.raw.clone(),
            needed: self.needed,
        }
    }
}

impl Source<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> Source<'static> {
        Source {
            kind: self.kind,
            media_type: own(&self.media_type),
            data: own(&self.data),
            text: own(&self.text),
            url: own(&self.url),
            id: self.id.as_ref().map(Sealed::to_static),
        }
    }
}

impl Logprob<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> Logprob<'static> {
        Logprob {
            token: own(&self.token),
            logprob: self.logprob,
            bytes: self.bytes.clone(),
            top: self.top.iter().map(Logprob::to_static).collect(),
        }
    }
}

impl Candidate<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> Candidate<'static> {
        Candidate {
            index: self.index,
            role: self.role,
            parts: self.parts.iter().map(Part::to_static).collect(),
            finish: self.finish,
            stop_text: own(&self.stop_text),
            logprobs: self.logprobs.iter().map(Logprob::to_static).collect(),
        }
    }
}

impl ChatResponse<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> ChatResponse<'static> {
        ChatResponse {
            id: Cow::Owned(self.id.to_string()),
            provider: own(&self.provider),
            model: Cow::Owned(self.model.to_string()),
            created: self.created,
            candidates: self.candidates.iter().map(Candidate::to_static).collect(),
            usage: self.usage.clone(),
            service_tier: self.service_tier,
        }
    }
}

impl Error<'_> {
    /// A copy that borrows nothing.
    pub fn to_static(&self) -> Error<'static> {
        Error {
            kind: self.kind,
            status: self.status,
            message: own(&self.message),
            code: own(&self.code),
            param: own(&self.param),
            retry_after: self.retry_after,
            request_id: own(&self.request_id),
        }
    }
}

fn own(text: &Option<Cow<'_, str>>) -> Option<Cow<'static, str>> {
    text.as_ref().map(|text| Cow::Owned(text.to_string()))
}
