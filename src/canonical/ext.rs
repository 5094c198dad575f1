//! What the generated types can do besides holding fields.

use std::borrow::Cow;

use crate::codec::data_url::Medium;

use super::{
    Candidate, ChatRequest, ChatResponse, FinishReason, Item, Part, PartKind, Reasoning, Role,
    Source, SourceKind,
};

impl<'a> Part<'a> {
    /// A text part.
    pub fn of_text(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            kind: PartKind::Text,
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// Appends the part, or the parts that it stands for: a wire element may hold several.
    pub fn spread_into(self, parts: &mut Vec<Part<'a>>) {
        if self.kind == PartKind::Text && self.text.is_none() {
            parts.extend(self.parts);
        } else {
            parts.push(self);
        }
    }

    /// Nothing but its text could say something, and that is only space.
    pub fn is_blank(&self) -> bool {
        let text = self.text.as_deref().unwrap_or_default();
        let sealed = self.signature.is_some() || self.redacted.is_some();
        // The first letter tells; to trim would look at the other end as well.
        !sealed && text.chars().all(char::is_whitespace)
    }
}

impl<'a> Item<'a> {
    /// A turn of one part.
    pub fn alone(role: Role, part: Part<'a>) -> Self {
        Self {
            role,
            part,
            opens: true,
            name: None,
        }
    }
}

impl ChatRequest<'_> {
    /// The assistant's last turn calls tools, and no thinking in it is signed by this dialect. Some vendors then refuse
    /// to go on thinking.
    pub fn has_unsigned_calls(&self, origin: &str) -> bool {
        let back = self.items.iter().rev();
        let mut last = back
            .skip_while(|item| item.role != Role::Assistant)
            .take_while(|item| item.role == Role::Assistant);
        let is_signed = |part: &Part<'_>| {
            let seals = [&part.signature, &part.redacted];
            part.kind == PartKind::Thinking
                && seals
                    .into_iter()
                    .flatten()
                    .any(|seal| seal.origin == origin)
        };
        last.clone()
            .any(|item| item.part.kind == PartKind::ToolCall)
            && !last.any(|item| is_signed(&item.part))
    }
}

impl ChatRequest<'_> {
    /// The last turn is the assistant's, and nothing in it waits for a tool: it is to be continued.
    pub fn ends_with_assistant(&self) -> bool {
        let back = self.items.iter().rev();
        let mut last = back
            .take_while(|item| item.role == Role::Assistant)
            .peekable();
        let waits = |kind| matches!(kind, PartKind::ToolCall | PartKind::Other);
        last.peek().is_some() && !last.any(|item| waits(item.part.kind))
    }
}

impl Reasoning {
    /// It asks for nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl ChatResponse<'_> {
    /// There is something in it that an answer has.
    pub fn says_something(&self) -> bool {
        let says =
            |candidate: &Candidate<'_>| !candidate.parts.is_empty() || candidate.finish.is_some();
        self.candidates.iter().any(says)
    }

    /// The provider failed while it answered: what came is no answer.
    pub fn failed(&self) -> bool {
        self.candidates
            .iter()
            .any(|candidate| candidate.finish == Some(FinishReason::Error))
    }
}

impl<'a> Medium<'a> for Source<'a> {
    fn of_data(media_type: Option<Cow<'a, str>>, data: Cow<'a, str>) -> Self {
        Self {
            kind: SourceKind::Data,
            media_type,
            data: Some(data),
            ..Self::default()
        }
    }

    fn of_url(url: Cow<'a, str>) -> Self {
        Self {
            kind: SourceKind::Url,
            url: Some(url),
            ..Self::default()
        }
    }

    fn data(&self) -> Option<(Option<&str>, &str)> {
        let data = self
            .data
            .as_deref()
            .filter(|_| self.kind == SourceKind::Data)?;
        Some((self.media_type.as_deref(), data))
    }

    fn url(&self) -> Option<&str> {
        self.url.as_deref().filter(|_| self.kind == SourceKind::Url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::data_url;
    use crate::wire::Sealed;

    #[test]
    fn unsigned_calls() {
        let sealed = |origin| {
            Some(Sealed {
                origin,
                value: "s".into(),
            })
        };
        let thinking = |origin| Part {
            kind: PartKind::Thinking,
            signature: sealed(origin),
            ..Part::default()
        };
        let redacted = Part {
            kind: PartKind::Thinking,
            redacted: sealed("own"),
            ..Part::default()
        };
        let call = || Part {
            kind: PartKind::ToolCall,
            ..Part::default()
        };
        let result = || {
            Item::alone(
                Role::Tool,
                Part {
                    kind: PartKind::ToolResult,
                    ..Part::default()
                },
            )
        };
        let says = |part| Item::alone(Role::Assistant, part);
        let cases = [
            (vec![], false),
            (vec![says(call()), result()], true),
            (vec![says(thinking("own")), says(call()), result()], false),
            (vec![says(redacted), says(call()), result()], false),
            (vec![says(thinking("other")), says(call()), result()], true),
            (vec![says(Part::of_text("x")), result()], false),
            (
                vec![
                    says(thinking("own")),
                    says(call()),
                    result(),
                    says(call()),
                    result(),
                ],
                true,
            ),
            (
                vec![says(call()), result(), says(Part::of_text("done"))],
                false,
            ),
        ];
        for (items, expected) in cases {
            let request = ChatRequest {
                items,
                ..ChatRequest::default()
            };
            assert_eq!(
                request.has_unsigned_calls("own"),
                expected,
                "{:?}",
                request.items
            );
        }
    }

    #[test]
    fn sources_are_data_urls() {
        for text in ["data:image/png;base64,AA==", "https://x.example/a.png"] {
            let source: Source<'_> = data_url::decode(text.into());
            assert_eq!(data_url::encode(&source).as_deref(), Some(text));
        }
        let file = Source {
            kind: SourceKind::Text,
            text: Some("a".into()),
            ..Source::default()
        };
        assert_eq!(data_url::encode(&file), None);
    }
}
