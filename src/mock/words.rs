//! What stands in a conversation: its words, and what its texts ask for.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::value::RawValue;

use crate::canonical::{ChatRequest, EmbedInput, Item, Part, PartKind, Role};
use crate::env;

/// What asks for a call, before the tool's name.
const CALL: &str = "call:";

/// What asks for an error instead of an answer, before its status.
const FAIL: &str = "fail:";
/// What asks for a stream to break in the middle, before the status of its error, or `off`.
const BREAK: &str = "break:";
/// What asks for time between the pieces of a stream, before how much.
const SLOW: &str = "slow:";

/// A call that a text asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wish<'t> {
    pub(super) name: &'t str,
    /// A JSON object.
    pub(super) arguments: Cow<'t, str>,
}

/// How a text asks to be answered, other than well.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manner {
    /// With an error of this status.
    pub(super) fail: Option<u16>,
    /// As a stream that ends in its middle.
    pub(super) broken: Option<Break>,
    /// With so much time between the pieces of a stream.
    pub(super) slow: Option<Duration>,
}

/// How a stream ends in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// With an error of this status.
    Error(u16),
    /// With nothing.
    Off,
}

/// How a text asks to be answered: `fail:429`, `break:500`, `break:off`, `slow:50ms`.
pub(super) fn manner(text: &str) -> Manner {
    let mut manner = Manner::default();
    for word in text.split_whitespace() {
        if let Some(status) = word.strip_prefix(FAIL) {
            manner.fail = error_status(status).or(manner.fail);
        } else if let Some(how) = word.strip_prefix(BREAK) {
            manner.broken = match how {
                "off" => Some(Break::Off),
                status => error_status(status).map(Break::Error).or(manner.broken),
            };
        } else if let Some(time) = word.strip_prefix(SLOW) {
            manner.slow = env::duration(time).ok().or(manner.slow);
        }
    }
    manner
}

fn error_status(text: &str) -> Option<u16> {
    let status = text.parse().ok();
    status.filter(|status| (400..600).contains(status))
}

/// The calls that a text asks for: `call:NAME` or `call:NAME {json}`, any number of them.
pub(super) fn wishes(text: &str) -> Vec<Wish<'_>> {
    let ends = |c: char| c.is_whitespace() || c == '{';
    let asked = text.match_indices(CALL).map(|(at, _)| {
        let rest = &text[at + CALL.len()..];
        let (name, rest) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        Wish {
            name,
            arguments: object(rest.trim_start()).unwrap_or("{}").into(),
        }
    });
    asked.filter(|wish| !wish.name.is_empty()).collect()
}

/// The JSON object that a text begins with.
fn object(text: &str) -> Option<&str> {
    if !text.starts_with('{') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    Some(values.next()?.ok()?.get())
}

/// What tools gave, if nothing has been said since.
pub(super) fn results<'r>(request: &'r ChatRequest<'_>) -> Vec<&'r Part<'r>> {
    let back = request.items.iter().rev().map(|item| &item.part);
    let mut results: Vec<_> = back
        .take_while(|part| part.kind == PartKind::ToolResult)
        .collect();
    results.reverse();
    results
}

/// What the user said last, or what tools gave since. Other things than text are named.
pub(super) fn said(request: &ChatRequest<'_>) -> String {
    let results = results(request);
    match results.is_empty() {
        true => shown(user(request).into_iter()),
        false => shown(results.into_iter().flat_map(|result| &result.parts)),
    }
}

/// The user's last turn.
fn user<'r>(request: &'r ChatRequest<'_>) -> Vec<&'r Part<'r>> {
    let by_user = |item: &&Item<'_>| item.role == Role::User;
    let back = request.items.iter().rev();
    let mut parts = Vec::new();
    for item in back.skip_while(|item| !by_user(item)).take_while(by_user) {
        parts.push(&item.part);
        if item.opens {
            break;
        }
    }
    parts.reverse();
    parts
}

fn shown<'r>(parts: impl Iterator<Item = &'r Part<'r>>) -> String {
    let words = parts.map(|part| match &part.text {
        Some(text) => Cow::Borrowed(text.as_ref()),
        None => Cow::Owned(format!("[{}]", part.kind.name())),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// How many words a request has.
pub(super) fn in_request(request: &ChatRequest<'_>) -> i64 {
    request.items.iter().map(|item| in_part(&item.part)).sum()
}

/// How many words an input has; ids of tokens are words of one list.
pub(super) fn in_input(input: &EmbedInput<'_>) -> i64 {
    let ids = input.tokens.iter().map(|ids| ids.0.split(',').count());
    let ids: usize = ids.sum();
    let words: i64 = input.parts.iter().map(in_part).sum();
    words.saturating_add(i64::try_from(ids).unwrap_or(i64::MAX))
}

/// How many words a part has.
pub(super) fn in_part(part: &Part<'_>) -> i64 {
    let texts = [&part.text, &part.name, &part.arguments];
    let own: i64 = texts.into_iter().flatten().map(|text| in_text(text)).sum();
    own + part.parts.iter().map(in_part).sum::<i64>()
}

fn in_text(text: &str) -> i64 {
    i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX)
}

/// The first words of a text, with the space between them.
pub(super) fn first(text: &str, count: i64) -> &str {
    let mut left = count;
    let mut within = false;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            within = false;
        } else if !within {
            if left <= 0 {
                return text[..at].trim_end();
            }
            within = true;
            left -= 1;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_ask_for_calls() {
        for (text, expected) in [
            ("hello", vec![]),
            ("call: x", vec![]),
            ("please call:f", vec![("f", "{}")]),
            (
                "call:f {\"a\": {\"b\": 1}} now",
                vec![("f", "{\"a\": {\"b\": 1}}")],
            ),
            ("call:f{\"a\":1}", vec![("f", "{\"a\":1}")]),
            ("call:f {broken", vec![("f", "{}")]),
            ("call:f call:g {}", vec![("f", "{}"), ("g", "{}")]),
        ] {
            let wishes = wishes(text);
            let wishes: Vec<_> = wishes
                .iter()
                .map(|wish| (wish.name, &*wish.arguments))
                .collect();
            assert_eq!(wishes, expected, "{text}");
        }
    }

    #[test]
    fn texts_ask_for_manners() {
        let none = Manner::default;
        let second = Some(Duration::from_secs(1));
        for (text, expected) in [
            ("hello fail", none()),
            (
                "fail:429 please",
                Manner {
                    fail: Some(429),
                    ..none()
                },
            ),
            ("fail:200 fail:x failing:429", none()),
            (
                "break:off",
                Manner {
                    broken: Some(Break::Off),
                    ..none()
                },
            ),
            (
                "break:503 slow:1s",
                Manner {
                    broken: Some(Break::Error(503)),
                    slow: second,
                    ..none()
                },
            ),
            ("break:often slow:soon", none()),
        ] {
            assert_eq!(manner(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_cut_between_words() {
        for (count, expected) in [
            (0, ""),
            (1, "a"),
            (2, "a  bé"),
            (3, "a  bé c"),
            (9, "a  bé c"),
        ] {
            assert_eq!(first("a  bé c", count), expected);
        }
    }
}
