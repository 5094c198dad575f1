//! Named tests of a conversation, for `when` in a provider's quirks.

use super::{ChatRequest, PartKind, Role};

/// The last turn of the assistant calls tools, and none of its thinking was signed by this dialect: a provider that
/// wants its own signed thinking back would refuse the request while thinking is on.
pub fn unsigned_calls(request: &ChatRequest<'_>, origin: &str) -> bool {
    let last = request.items.iter().rev().skip_while(|item| item.role != Role::Assistant);
    let turn: Vec<_> = last.take_while(|item| item.role == Role::Assistant).collect();
    let calls = turn.iter().any(|item| item.part.kind == PartKind::ToolCall);
    let signed = turn.iter().filter(|item| item.part.kind == PartKind::Thinking).any(|item| {
        let seals = [&item.part.signature, &item.part.redacted];
        seals.iter().any(|seal| seal.as_ref().is_some_and(|seal| seal.origin == origin))
    });
    calls && !signed
}
