//! What is missing is made up: ids and names from the other half of a pair, the facts about a reply that a dialect
//! leaves unsaid.
//!
//! Everything but the id and the date of a reply is the same for the same input.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::codec::hash;

use super::{
    Candidate, ChatRequest, ChatResponse, FinishReason, Item, Part, PartKind, Reasoning, Usage,
};

/// What is known about a reply besides what it says.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// What its id begins with.
    pub new_id: &'k str,
    /// The model that was asked for.
    pub model: &'k str,
    /// Id of the provider that was asked.
    pub provider: &'static str,
}

/// Fills a request: ids of calls and results, names of results, arguments. Numbers that mean "none" are none.
pub fn request(request: &mut ChatRequest<'_>) {
    pairs(&mut request.items);
    request.top_k = request.top_k.filter(|&top_k| top_k > 0);
    if let Some(reasoning) = &mut request.reasoning {
        reasoning.budget = reasoning.budget.filter(|&budget| budget >= 0);
    }
    request
        .reasoning
        .take_if(|reasoning| Reasoning::is_empty(reasoning));
}

/// Fills a whole reply.
pub fn response(response: &mut ChatResponse<'_>, known: &Known<'_>) {
    head(response, known);
    for candidate in &mut response.candidates {
        calls(candidate, &response.id);
        candidate.finish = candidate.finish.map(|finish| {
            promoted(
                finish,
                candidate
                    .parts
                    .iter()
                    .any(|part| part.kind == PartKind::ToolCall),
            )
        });
    }
    if let Some(usage) = &mut response.usage {
        total(usage);
    }
}

/// Fills what a reply says about itself: also what the start of a streamed one does.
pub fn head(response: &mut ChatResponse<'_>, known: &Known<'_>) {
    if response.id.is_empty() {
        response.id = Cow::Owned(format!("{}{}", known.new_id, fresh()));
    }
    if response.model.is_empty() {
        response.model = Cow::Owned(known.model.to_owned());
    }
    if response.created == 0 {
        response.created = now().as_secs() as i64;
    }
    if response.provider.is_none() {
        response.provider = Some(Cow::Borrowed(known.provider));
    }
}

/// The id of a call that came without one: the nth (from 0) of its candidate.
pub fn call_id(response: &str, candidate: i64, nth: usize) -> String {
    made_up(&format!("{response}/{candidate}/{nth}"))
}

/// Why a candidate ended, where the dialect says `stop` although tools were called. No other reason changes.
pub fn promoted(finish: FinishReason, has_calls: bool) -> FinishReason {
    match finish {
        FinishReason::Stop if has_calls => FinishReason::ToolCalls,
        finish => finish,
    }
}

/// The sum, unless it is there or nothing is known.
pub fn total(usage: &mut Usage) {
    if usage.total.is_none() && (usage.input.is_some() || usage.output.is_some()) {
        let (input, output) = (usage.input.unwrap_or(0), usage.output.unwrap_or(0));
        usage.total = Some(input.saturating_add(output));
    }
}

fn calls(candidate: &mut Candidate<'_>, response: &str) {
    let is_call = |part: &&mut Part<'_>| part.kind == PartKind::ToolCall;
    for (nth, part) in candidate.parts.iter_mut().filter(is_call).enumerate() {
        if part.id.is_none() {
            part.id = Some(Cow::Owned(call_id(response, candidate.index, nth)));
        }
        no_arguments(part);
    }
}

/// A call that no result has answered yet, as far as the items were read.
struct Open<'a> {
    id: Option<Cow<'a, str>>,
    name: Option<Cow<'a, str>>,
    answered: bool,
}

fn pairs(items: &mut [Item<'_>]) {
    let mut calls: Vec<Open<'_>> = Vec::new();
    for item in items {
        let part = &mut item.part;
        match part.kind {
            PartKind::ToolCall => {
                if part.id.is_none() {
                    part.id = Some(Cow::Owned(made_up(&calls.len().to_string())));
                }
                no_arguments(part);
                calls.push(Open {
                    id: part.id.clone(),
                    name: part.name.clone(),
                    answered: false,
                });
            }
            PartKind::ToolResult => answer(part, &mut calls),
            _ => {}
        }
    }
}

fn answer<'a>(result: &mut Part<'a>, calls: &mut [Open<'a>]) {
    let call = match &result.id {
        // The nearest: some clients count ids anew each turn.
        Some(_) => calls.iter_mut().rev().find(|call| call.id == result.id),
        None => calls
            .iter_mut()
            .find(|call| !call.answered && (result.name.is_none() || call.name == result.name)),
    };
    let Some(call) = call else {
        return;
    };
    call.answered = true;
    if result.id.is_none() {
        result.id = call.id.clone();
    }
    if result.name.is_none() {
        result.name = call.name.clone();
    }
}

fn no_arguments(call: &mut Part<'_>) {
    if call.arguments.is_none() {
        call.arguments = Some(Cow::Borrowed(if call.free { "" } else { "{}" }));
    }
}

fn made_up(place: &str) -> String {
    format!("call_{}", hash::exact(place, CALL_ID))
}

/// Letters and digits that nobody has seen before: unlike in this process by the count, unlike in others by the seed.
fn fresh() -> String {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let seed = SEED.hash_one(count);
    hash::exact(&format!("{seed}/{count}/{}", now().as_nanos()), REPLY_ID)
}

fn now() -> std::time::Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

const CALL_ID: usize = 16;
const REPLY_ID: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{ReasoningEffort, Role};

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
            // nothing fits
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

    const KNOWN: Known<'_> = Known {
        new_id: "reply-",
        model: "m",
        provider: "p",
    };

    #[test]
    fn heads() {
        let mut made = ChatResponse::default();
        head(&mut made, &KNOWN);
        assert!(
            made.id.starts_with("reply-") && made.id.len() == 6 + REPLY_ID,
            "{}",
            made.id
        );
        assert!(made.created > 1_700_000_000);
        assert_eq!(
            (made.model.as_ref(), made.provider.as_deref()),
            ("m", Some("p"))
        );
        let mut other = ChatResponse::default();
        head(&mut other, &KNOWN);
        assert_ne!(made.id, other.id);

        let said = ChatResponse {
            id: "1".into(),
            model: "n".into(),
            created: 5,
            ..ChatResponse::default()
        };
        let mut kept = said.clone();
        head(&mut kept, &KNOWN);
        assert_eq!(
            kept,
            ChatResponse {
                provider: Some("p".into()),
                ..said
            }
        );
    }

    #[test]
    fn promotion() {
        for &finish in FinishReason::ALL {
            let expected = if finish == FinishReason::Stop {
                FinishReason::ToolCalls
            } else {
                finish
            };
            assert_eq!(promoted(finish, true), expected);
            assert_eq!(promoted(finish, false), finish);
        }
    }

    #[test]
    fn totals() {
        for (input, output, said, expected) in [
            (Some(3), Some(4), None, Some(7)),
            (Some(3), None, None, Some(3)),
            (None, None, None, None),
            (Some(3), Some(4), Some(9), Some(9)),
            (Some(i64::MAX), Some(1), None, Some(i64::MAX)),
        ] {
            let mut usage = Usage {
                input,
                output,
                total: said,
                ..Usage::default()
            };
            total(&mut usage);
            assert_eq!(usage.total, expected, "{input:?} + {output:?}");
        }
    }

    #[test]
    fn a_whole_reply() {
        let call = |id: Option<&'static str>| Part {
            kind: PartKind::ToolCall,
            id: id.map(Cow::Borrowed),
            ..Part::default()
        };
        let parts = vec![
            call(None),
            Part::of_text("x"),
            call(Some("own")),
            call(None),
        ];
        let candidate = Candidate {
            parts,
            finish: Some(FinishReason::Stop),
            ..Candidate::default()
        };
        let mut reply = ChatResponse {
            id: "1".into(),
            candidates: vec![candidate],
            ..ChatResponse::default()
        };
        response(&mut reply, &KNOWN);
        let [candidate] = &reply.candidates[..] else {
            panic!("one candidate")
        };
        let ids: Vec<_> = candidate
            .parts
            .iter()
            .filter_map(|part| part.id.clone())
            .collect();
        assert_eq!(
            ids,
            [call_id("1", 0, 0), "own".to_owned(), call_id("1", 0, 2)]
        );
        assert_eq!(candidate.parts[0].arguments.as_deref(), Some("{}"));
        assert_eq!(candidate.finish, Some(FinishReason::ToolCalls));
    }
}
