//! What a provider can't be sent, in words of the conversation: which part of which message, or which tool.
//!
//! Callers spell messages differently, so they are counted by who speaks.

use serde_json::Value;

use crate::canonical::{Item, Part, PartKind, Role, Tool};
use crate::error::Fault;

/// A provider that is asked is called by its id.
pub fn by_provider(mut fault: Fault, id: &str) -> Fault {
    let named = format!("provider {id}");
    fault.what = fault.what.replacen("this provider", &named, 1).into();
    fault
}

/// A fault in one of these items says which part it is about; any other fault stays as it is.
pub(super) fn in_items(fault: Fault, items: &[Item<'_>]) -> Fault {
    let Some((at, inner)) = fault.within("items") else {
        return fault;
    };
    let Some(item) = items.get(at) else {
        return fault;
    };
    let said = match inner.within("parts") {
        Some((nth, inner)) => item.part.parts.get(nth).map(|part| thing(part, &inner)),
        None => Some(thing(&item.part, &inner)),
    };
    let said = said.unwrap_or_else(|| noun(item.part.kind).to_owned());
    part(&said, &inner.what, items[..=at].iter().map(Opening::of))
}

/// This kind of part is refused, at the end of what was said so far.
pub(super) fn kind(
    kind: PartKind,
    reason: &str,
    so_far: impl DoubleEndedIterator<Item = Opening>,
) -> Fault {
    part(noun(kind), reason, so_far)
}

/// A tool that only its vendor runs.
pub(super) fn hosted(tool: &Tool<'_>, at: usize) -> Fault {
    let raw = tool.raw.as_ref().map(|raw| raw.value.as_ref());
    let name = raw.and_then(type_of).unwrap_or_default();
    let what = format!(
        "a hosted tool runs only at its vendor, and '{name}' isn't one of this provider; leave it out"
    );
    Fault::new(what).at_index(at).at("tools")
}

/// What is counted of an item: who speaks, and whether a turn begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    role: Role,
    opens: bool,
}

impl Opening {
    pub(super) fn of(item: &Item<'_>) -> Self {
        Self {
            role: item.role,
            opens: item.opens,
        }
    }
}

/// In words what a part is.
pub(super) fn noun(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Text => "text",
        PartKind::Image => "an image",
        PartKind::Audio => "audio",
        PartKind::File => "a file",
        PartKind::ToolCall => "a tool call",
        PartKind::ToolResult => "a tool result",
        PartKind::Thinking => "thinking",
        PartKind::Refusal => "a refusal",
        PartKind::Other => "a part of an unknown kind, or of another vendor",
    }
}

fn part(said: &str, reason: &str, so_far: impl DoubleEndedIterator<Item = Opening>) -> Fault {
    let place = place(so_far);
    let what = format!("{said} {place} can't be sent to this provider: {reason}");
    Fault::new(what).at("messages")
}

/// The part, or what it is about it.
fn thing(part: &Part<'_>, inner: &Fault) -> String {
    let noun = noun(part.kind);
    let place = inner.place();
    match place.rsplit('.').next().unwrap_or_default() {
        _ if part.source.is_none() => match place.rsplit('.').next() {
            Some(field) if !field.is_empty() => format!("{field} of {noun}"),
            _ => noun.to_owned(),
        },
        "url" => format!("{noun} by its address"),
        "id" => format!("{noun} by its id"),
        "text" => format!("{noun} as text"),
        _ => noun.to_owned(),
    }
}

fn place(so_far: impl DoubleEndedIterator<Item = Opening>) -> String {
    let mut so_far = so_far.rev().peekable();
    let Some(&Opening { role, .. }) = so_far.peek() else {
        return String::new();
    };
    let mut count = 0;
    while let Some(said) = so_far.next() {
        let before = so_far.peek().map(|before| before.role);
        if said.role == role && (said.opens || before != Some(role)) {
            count += 1;
        }
    }
    match role {
        Role::System => "in the system prompt".to_owned(),
        Role::User => format!("in the user's message {count}"),
        Role::Assistant => format!("in the assistant's message {count}"),
        Role::Tool => format!("in tool result {count}"),
    }
}

/// What vendors call a tool of theirs: its type, else the only key.
fn type_of(raw: &str) -> Option<String> {
    let value: Value = serde_json::from_str(raw).ok()?;
    let said = value.get("type").and_then(Value::as_str);
    let key = || Some(value.as_object()?.keys().next()?.as_str());
    said.or_else(key).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Source;
    use crate::wire::Sealed;

    fn item(role: Role, opens: bool, part: Part<'static>) -> Item<'static> {
        Item {
            opens,
            ..Item::alone(role, part)
        }
    }

    fn image() -> Part<'static> {
        Part {
            kind: PartKind::Image,
            source: Some(Source::default()),
            ..Part::default()
        }
    }

    #[test]
    fn parts() {
        let result = Part {
            kind: PartKind::ToolResult,
            parts: vec![image()],
            ..Part::default()
        };
        let items = [
            item(Role::System, true, Part::of_text("s")),
            item(Role::User, true, Part::of_text("u")),
            item(Role::User, false, image()),
            item(Role::Assistant, true, Part::of_text("a")),
            item(Role::Tool, true, result),
            item(Role::User, false, image()),
        ];
        let url = || Fault::new("no links").at("source.url");
        let cases = [
            (
                url().at_index(2).at("items"),
                "messages: an image by its address in the user's message 1 can't be sent to provider acme: no links",
            ),
            (
                url().at_index(5).at("items"),
                "messages: an image by its address in the user's message 2 can't be sent to provider acme: no links",
            ),
            (
                url().at_index(0).at("parts").at_index(4).at("items"),
                "messages: an image by its address in tool result 1 can't be sent to provider acme: no links",
            ),
            (
                Fault::new("no marks")
                    .at("part.cache")
                    .at_index(0)
                    .at("items"),
                "messages: cache of text in the system prompt can't be sent to provider acme: no marks",
            ),
            (Fault::new("none").at("seed"), "seed: none"),
        ];
        for (fault, expected) in cases {
            let told = by_provider(in_items(fault, &items), "acme");
            assert_eq!(told.to_string(), expected);
        }
    }

    #[test]
    fn tools() {
        for (raw, name) in [
            (r#"{"type":"search_1","name":"search"}"#, "search_1"),
            (r#"{"lookUp":{}}"#, "lookUp"),
        ] {
            let tool = Tool {
                raw: Some(Sealed {
                    origin: "own",
                    value: raw.into(),
                }),
                ..Tool::default()
            };
            let expected = format!(
                "tools[4]: a hosted tool runs only at its vendor, and '{name}' isn't one of this provider; leave it out"
            );
            assert_eq!(hosted(&tool, 4).to_string(), expected);
        }
    }
}
