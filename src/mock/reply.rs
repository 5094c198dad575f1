//! The reply to a conversation: the same for the same conversation, in every dialect.
//!
//! It repeats what was said last, or calls the tools that it is told to. Usage counts words.

use crate::canonical::{
    Candidate, ChatRequest, ChatResponse, FinishReason, Part, PartKind, ReasoningEffort,
    ResponseFormatKind, Role, Tool, ToolChoiceMode, ToolKind, Usage, call_id,
};
use crate::codec::hash;

use crate::wire::{Raw, Sealed};

use super::sample;
use super::words::{self, Wish};

/// When every reply and every model is from: the first second of 2025.
pub(super) const CREATED: i64 = 1_735_689_600;
/// What an echo begins with.
const ECHO: &str = "echo: ";
/// What thinking begins with.
const THOUGHT: &str = "thought: ";
/// What thinking is signed with: base64, as signatures are.
const SIGNATURE: &str = "bW9jayBzaWduYXR1cmU=";
const NO_ARGUMENTS: &str = "{}";
const ID: usize = 24;

/// The reply to this request; `new_id` is what ids begin with, and thinking is signed as of `dialect`.
pub(super) fn to(
    request: &ChatRequest<'_>,
    new_id: &str,
    dialect: &'static str,
) -> ChatResponse<'static> {
    let id = format!("{new_id}{}", id(request));
    let said = words::said(request);
    let calls = calls(request, &said);
    let (mut parts, finish) = match calls.is_empty() {
        false => {
            let calls = calls.iter().enumerate();
            let parts = calls.map(|(nth, wish)| call(wish, call_id(&id, nth)));
            (parts.collect(), FinishReason::ToolCalls)
        }
        true => echo(request, &said),
    };
    let thought = thought(request, &said, dialect);
    let reasoning = thought.as_ref().map(words::in_part);
    parts.splice(0..0, thought);
    let output = parts.iter().map(words::in_part).sum();
    let input = words::in_request(request);
    ChatResponse {
        id: id.into(),
        model: request.model.clone().into_owned().into(),
        created: CREATED,
        candidates: vec![Candidate {
            role: Some(Role::Assistant),
            parts,
            finish: Some(finish),
            ..Candidate::default()
        }],
        usage: Some(Usage {
            input: Some(input),
            output: Some(output),
            reasoning,
            total: Some(input + output),
            ..Usage::default()
        }),
        ..ChatResponse::default()
    }
}

/// Letters and digits that stand for the conversation.
fn id(request: &ChatRequest<'_>) -> String {
    let mut text = request.model.clone().into_owned();
    for item in &request.items {
        let part = &item.part;
        let results = part.parts.iter().filter_map(|part| part.text.as_ref());
        let own = [&part.text, &part.name, &part.arguments, &part.id];
        for piece in own.into_iter().flatten().chain(results) {
            // A border that no text has, so that moving a word changes the id.
            text.push('\0');
            text.push_str(piece);
        }
    }
    hash::exact(&text, ID)
}

/// The calls to answer with: those that the text asks for, or if one is required, the first that may be made.
/// A result is answered with text, so that no conversation calls for ever.
fn calls<'t>(request: &'t ChatRequest<'_>, said: &'t str) -> Vec<Wish<'t>> {
    let choice = request.tool_choice.as_ref();
    let mode = choice.map_or(ToolChoiceMode::Auto, |choice| choice.mode);
    if mode == ToolChoiceMode::None || !words::results(request).is_empty() {
        return Vec::new();
    }
    let open = |tool: &&Tool<'_>| {
        let name = tool.name.as_deref();
        let allowed = choice.is_none_or(|choice| {
            choice.names.is_empty() || choice.names.iter().any(|named| Some(&**named) == name)
        });
        tool.kind == ToolKind::Function && allowed
    };
    let tools: Vec<_> = request.tools.iter().filter(open).collect();
    let mut calls = words::wishes(said);
    calls.retain(|wish| {
        tools
            .iter()
            .any(|tool| tool.name.as_deref() == Some(wish.name))
    });
    let named = choice.is_some_and(|choice| !choice.names.is_empty());
    let must = calls.is_empty() && (mode == ToolChoiceMode::Required || named);
    calls.extend(tools.first().filter(|_| must).and_then(|tool| {
        Some(Wish {
            name: tool.name.as_deref()?,
            arguments: match tool.schema.as_ref().map(|s| sample::of(&s.0, said)) {
                Some(object) if object.is_object() => object.to_string().into(),
                _ => NO_ARGUMENTS.into(),
            },
        })
    }));
    if choice.is_some_and(|choice| !choice.parallel) {
        calls.truncate(1);
    }
    calls
}

/// What is thought first, if thinking is asked for.
fn thought(request: &ChatRequest<'_>, said: &str, dialect: &'static str) -> Option<Part<'static>> {
    let reasoning = request.reasoning.as_ref()?;
    let asked = match (reasoning.effort, reasoning.budget) {
        (Some(effort), _) => effort != ReasoningEffort::None,
        (None, Some(budget)) => budget > 0,
        (None, None) => reasoning.show == Some(true),
    };
    (asked && reasoning.show != Some(false)).then(|| Part {
        kind: PartKind::Thinking,
        text: Some(format!("{THOUGHT}{said}").into()),
        signature: Some(Sealed {
            origin: dialect,
            value: SIGNATURE.into(),
        }),
        ..Part::default()
    })
}

/// What fits a schema, or any JSON.
fn formatted(schema: Option<&Raw<'_>>, said: &str) -> String {
    match schema {
        Some(schema) => sample::of(&schema.0, said).to_string(),
        None => serde_json::json!({ "echo": said }).to_string(),
    }
}

fn call(wish: &Wish<'_>, id: String) -> Part<'static> {
    Part {
        kind: PartKind::ToolCall,
        id: Some(id.into()),
        name: Some(wish.name.to_owned().into()),
        arguments: Some(wish.arguments.clone().into_owned().into()),
        ..Part::default()
    }
}

fn echo(request: &ChatRequest<'_>, said: &str) -> (Vec<Part<'static>>, FinishReason) {
    let format = request.response_format.as_ref();
    let is_text = format.is_none_or(|format| format.kind == ResponseFormatKind::Text);
    let text = match is_text {
        true => format!("{ECHO}{said}"),
        false => formatted(format.and_then(|format| format.schema.as_ref()), said),
    };
    let kept = words::first(&text, request.max_tokens.unwrap_or(i64::MAX));
    let finish = match kept.len() == text.len() {
        true => FinishReason::Stop,
        false => FinishReason::Length,
    };
    (vec![Part::of_text(kept.to_owned())], finish)
}
