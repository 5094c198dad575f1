//! Replies: what a dialect leaves unsaid because everyone knows.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::no_arguments;
use crate::canonical::{
    Candidate, ChatResponse, EmbedResponse, FinishReason, Part, PartKind, Usage, call_id,
};
use crate::codec::hash;

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

/// Fills a whole reply.
pub fn response(response: &mut ChatResponse<'_>, known: &Known<'_>) {
    head(response, known);
    for candidate in &mut response.candidates {
        calls(candidate, &response.id);
        let mut parts = candidate.parts.iter();
        let has_calls = parts.any(|part| part.kind == PartKind::ToolCall);
        // A whole reply has ended, whether or not it says why.
        let finish = candidate.finish.unwrap_or(FinishReason::Stop);
        candidate.finish = Some(promoted(finish, has_calls));
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

/// Fills a reply that holds vectors.
pub fn embed(response: &mut EmbedResponse<'_>, known: &Known<'_>) {
    if response.id.is_empty() {
        response.id = Cow::Owned(format!("{}{}", known.new_id, fresh()));
    }
    if response.model.is_empty() {
        response.model = Cow::Owned(known.model.to_owned());
    }
    if let Some(usage) = &mut response.usage {
        total(usage);
    }
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
            part.id = Some(Cow::Owned(call_id(response, nth)));
        }
        no_arguments(part);
    }
}

/// Letters and digits that nobody has seen before: unlike in this process by the count, unlike in others by the seed.
fn fresh() -> String {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let seed = SEED.hash_one(count);
    hash::exact(&format!("{seed}/{count}/{}", now().as_nanos()), REPLY_ID)
}

fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

const REPLY_ID: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(ids, [call_id("1", 0), "own".to_owned(), call_id("1", 2)]);
        assert_eq!(candidate.parts[0].arguments.as_deref(), Some("{}"));
        assert_eq!(candidate.finish, Some(FinishReason::ToolCalls));
    }
}
