//! Requests: what a conversation leaves out because the other half of it says so.

use std::borrow::Cow;

use super::calls::{Call, Calls};
use super::no_arguments;
use crate::canonical::{ChatRequest, Item, Part, PartKind, Reasoning, ReasoningEffort};
use crate::codec::{alphabet, hash, magic};

/// Fills a request: ids of calls and results, names of results, arguments, media types. Numbers that mean "none" are
/// none.
pub fn request(request: &mut ChatRequest<'_>) {
    pairs(&mut request.items);
    request.signed_thinking |= thinks(request);
    media(request.items.iter_mut().map(|item| &mut item.part));
    request.top_k = request.top_k.filter(|&top_k| top_k > 0);
    if let Some(reasoning) = &mut request.reasoning {
        reasoning.budget = reasoning.budget.filter(|&budget| budget >= 0);
    }
    request
        .reasoning
        .take_if(|reasoning| Reasoning::is_empty(reasoning));
}

/// Thinking is asked for, or the conversation has some. Where nothing is kept it must be sent back.
fn thinks(request: &ChatRequest<'_>) -> bool {
    let asked = request.reasoning.as_ref().is_some_and(|reasoning| {
        reasoning.budget.is_some_and(|budget| budget > 0)
            || reasoning
                .effort
                .is_some_and(|effort| effort != ReasoningEffort::None)
    });
    let thought = |item: &Item<'_>| item.part.kind == PartKind::Thinking;
    asked || request.items.iter().any(thought)
}

/// Bytes are base64 as the standard has it, and without a name are told by how they begin; an image that looks like
/// none is taken for the commonest.
fn media<'p, 'a: 'p>(parts: impl Iterator<Item = &'p mut Part<'a>>) {
    for part in parts {
        media(part.parts.iter_mut());
        let Some(source) = &mut part.source else {
            continue;
        };
        if let Some(data) = &mut source.data {
            alphabet::standard(data);
        }
        if let (None, Some(data)) = (&source.media_type, &source.data) {
            let fallback = (part.kind == PartKind::Image).then_some("image/png");
            let told = magic::media_type(data).or(fallback);
            source.media_type = told.map(Cow::Borrowed);
        }
    }
}

fn pairs(items: &mut [Item<'_>]) {
    let mut calls = Calls::default();
    for item in items {
        let part = &mut item.part;
        match part.kind {
            PartKind::ToolCall => {
                let without_id = part.id.is_none();
                if without_id {
                    part.id = Some(Cow::Owned(made_up(&calls.said.len().to_string())));
                }
                no_arguments(part);
                calls.said.push(Call {
                    id: part.id.clone(),
                    name: part.name.clone(),
                    free: part.free,
                    without_id,
                    answered: false,
                });
            }
            PartKind::ToolResult => answer(part, &mut calls),
            _ => {}
        }
    }
}

fn answer<'a>(result: &mut Part<'a>, calls: &mut Calls<'a>) {
    let Some(call) = calls.of(result) else {
        return;
    };
    call.answered = true;
    result.id = call.id.clone();
    result.free = call.free;
    if result.name.is_none() {
        result.name = call.name.clone();
    }
}

fn made_up(place: &str) -> String {
    format!("call_{}", hash::exact(place, CALL_ID))
}

const CALL_ID: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Role;

    /// `c1:f` a call with id and name, `r1:f` a result; either may be missing.
    fn items(words: &'static str) -> Vec<Item<'static>> {
        let some = |text: &'static str| {
            Some(text)
                .filter(|text| !text.is_empty())
                .map(Cow::Borrowed)
        };
        let item = |word: &'static str| {
            let (kind, rest) = match word.split_at(1) {
                ("c", rest) => (PartKind::ToolCall, rest),
                (_, rest) => (PartKind::ToolResult, rest),
            };
            let (id, name) = rest.split_once(':').unwrap_or((rest, ""));
            Item::alone(
                Role::Tool,
                Part {
                    kind,
                    id: some(id),
                    name: some(name),
                    ..Part::default()
                },
            )
        };
        words.split_whitespace().map(item).collect()
    }

    /// The same, with `#n` for the id made up for the nth call.
    fn shape(items: &[Item<'_>]) -> String {
        let ids: Vec<_> = (0..items.len())
            .map(|nth| made_up(&nth.to_string()))
            .collect();
        let word = |item: &Item<'_>| {
            let letter = if item.part.kind == PartKind::ToolCall {
                "c"
            } else {
                "r"
            };
            let id = item.part.id.as_deref().unwrap_or_default();
            let id = ids
                .iter()
                .position(|known| known == id)
                .map_or(id.to_owned(), |nth| format!("#{nth}"));
            format!(
                "{letter}{id}:{}",
                item.part.name.as_deref().unwrap_or_default()
            )
        };
        items.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pairs_complete_each_other() {
        let cases = [
            // the result's name from its call
            ("c1:f r1", "c1:f r1:f"),
            ("c1:f c2:g r2 r1", "c1:f c2:g r2:g r1:f"),
            ("c1:f r1 c1:g r1", "c1:f r1:f c1:g r1:g"),
            ("c1:f r9", "c1:f r9:"),
            // ids, by name and order
            ("c:f r:f", "c#0:f r#0:f"),
            ("c:f c:g r:g r:f", "c#0:f c#1:g r#1:g r#0:f"),
            ("c:f c:f r:f r:f", "c#0:f c#1:f r#0:f r#1:f"),
            ("c:f r:f c:f r:f", "c#0:f r#0:f c#1:f r#1:f"),
            ("c:f r", "c#0:f r#0:f"),
            ("c7:f r:f", "c7:f r7:f"),
            ("c7:f c:g r7 r", "c7:f c#1:g r7:f r#1:g"),
            ("c:f r9:f", "c#0:f r#0:f"),
            ("c:f c:g r9:g r8:f", "c#0:f c#1:g r#1:g r#0:f"),
            // nothing fits
            ("c1:f r9:f", "c1:f r9:f"),
            ("r:f", "r:f"),
            ("c:f r:g", "c#0:f r:g"),
        ];
        for (words, expected) in cases {
            let mut filled = ChatRequest {
                items: items(words),
                ..ChatRequest::default()
            };
            request(&mut filled);
            assert_eq!(shape(&filled.items), expected, "{words}");
            let once = filled.clone();
            request(&mut filled);
            assert_eq!(filled, once, "{words}: twice is once");
        }
    }

    #[test]
    fn arguments() {
        let call = |arguments: Option<&'static str>, free| Part {
            kind: PartKind::ToolCall,
            arguments: arguments.map(Cow::Borrowed),
            free,
            ..Part::default()
        };
        for (part, expected) in [
            (call(None, false), "{}"),
            (call(None, true), ""),
            (call(Some("x"), false), "x"),
        ] {
            let items = vec![Item::alone(Role::Assistant, part)];
            let mut filled = ChatRequest {
                items,
                ..ChatRequest::default()
            };
            request(&mut filled);
            assert_eq!(filled.items[0].part.arguments.as_deref(), Some(expected));
        }
    }

    #[test]
    fn numbers_that_mean_none() {
        let asks = |effort, budget| {
            Some(Reasoning {
                effort,
                budget,
                show: None,
            })
        };
        let low = Some(ReasoningEffort::Low);
        for (top_k, expected) in [(-1, None), (0, None), (1, Some(1))] {
            let mut filled = ChatRequest {
                top_k: Some(top_k),
                ..ChatRequest::default()
            };
            request(&mut filled);
            assert_eq!(filled.top_k, expected);
        }
        for (reasoning, expected) in [
            (asks(None, Some(-1)), None),
            (asks(low, Some(-1)), asks(low, None)),
            (asks(None, Some(0)), asks(None, Some(0))),
        ] {
            let mut filled = ChatRequest {
                reasoning,
                ..ChatRequest::default()
            };
            request(&mut filled);
            assert_eq!(filled.reasoning, expected);
        }
    }
}
