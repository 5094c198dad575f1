//! What two forms of one conversation have in common, and what one of them lacks.

use gateway::canonical::*;
use gateway::table::{Chat, Loss};

/// Who says what, as far as every dialect keeps it: texts, calls and results in their order, word by word, for several
/// texts of one turn may be joined.
pub fn said(request: &ChatRequest<'_>, chat: &Chat) -> Vec<String> {
    let mut said = Vec::new();
    for item in &request.items {
        let part = &item.part;
        match part.kind {
            PartKind::Thinking | PartKind::Other => {}
            PartKind::ToolCall => {
                let name = part.name.as_deref().unwrap_or_default();
                let name = chat
                    .tool_name
                    .map_or(name.to_owned(), |charset| charset.replace(name));
                said.push(format!("{name}({})", arguments(part)));
            }
            PartKind::ToolResult => {
                let texts = part.parts.iter().filter_map(|p| p.text.as_deref());
                said.extend(texts.map(result));
            }
            PartKind::Text | PartKind::Refusal => {
                said.extend(part.text.as_deref().map(str::to_owned))
            }
            // Where media stand among texts is not kept everywhere; that they are there is asked of every kind.
            PartKind::Image | PartKind::Audio | PartKind::File => {}
        }
    }
    let words = said.join(" ");
    words.split_whitespace().map(str::to_owned).collect()
}

/// A result's text; an object of nothing but its `output` is another form of it.
fn result(text: &str) -> String {
    let object: Option<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(text).ok();
    let output = object
        .filter(|object| object.len() == 1)
        .and_then(|mut object| object.remove("output"));
    match output {
        Some(serde_json::Value::String(output)) => output,
        _ => text.to_owned(),
    }
}

/// A call, its arguments without the spaces between them but in their order.
pub fn call(part: &Part<'_>) -> String {
    let name = part.name.as_deref().unwrap_or_default();
    format!("{name}({})", arguments(part))
}

/// JSON objects without the spaces in between; anything else as an object that holds it.
pub fn arguments(part: &Part<'_>) -> String {
    let text = part.arguments.as_deref().unwrap_or("{}").trim();
    if part.free {
        return text.to_owned();
    }
    match serde_json::from_str::<&serde_json::value::RawValue>(text) {
        _ if text.is_empty() || text == "null" => "{}".to_owned(),
        Ok(json) if json.get().starts_with('{') => tight(json.get()),
        _ => "_raw".to_owned(),
    }
}

/// JSON without the spaces between its tokens, in its own order.
pub fn tight(json: &str) -> String {
    let (mut out, mut text, mut escaped) = (String::new(), false, false);
    for c in json.chars() {
        if text || !c.is_ascii_whitespace() {
            out.push(c);
        }
        text = if c == '"' && !escaped { !text } else { text };
        escaped = text && c == '\\' && !escaped;
    }
    out
}

/// What a request says and its other form doesn't, though no loss names it.
pub fn unnamed(before: &ChatRequest<'_>, after: &ChatRequest<'_>, losses: &[Loss]) -> Vec<String> {
    let named = |name: &str| losses.iter().any(|loss| loss.field.contains(name));
    let lacks = settings(before).into_iter().zip(settings(after));
    let settings = lacks
        .filter(|((_, before), (_, after))| *before && !*after)
        .map(|((name, _), _)| name);
    let kinds = [
        PartKind::Image,
        PartKind::Audio,
        PartKind::File,
        PartKind::ToolCall,
        PartKind::ToolResult,
        PartKind::Thinking,
        PartKind::Other,
    ];
    let fewer = kinds
        .into_iter()
        .filter(|kind| count(before, *kind) > count(after, *kind));
    let signed = |request: &ChatRequest<'_>| {
        request
            .items
            .iter()
            .filter(|item| item.part.signature.is_some())
            .count()
    };
    let unsigned = (signed(before) > signed(after)).then_some("signature");
    let lost = settings.chain(fewer.map(PartKind::name)).chain(unsigned);
    let also = |name: &'static str| match name {
        "file" => "source.text",
        "response_format" => "json",
        name => name,
    };
    lost.filter(|name| !named(name) && !named(also(name)))
        .map(str::to_owned)
        .collect()
}

/// Parts of a kind that say something, those in results included.
fn count(request: &ChatRequest<'_>, kind: PartKind) -> usize {
    let parts = request.items.iter().map(|item| &item.part);
    let all = parts.flat_map(|part| std::iter::once(part).chain(&part.parts));
    let says = |part: &&Part<'_>| {
        let text = part.text.as_deref().unwrap_or_default();
        kind != PartKind::Thinking || !text.trim().is_empty()
    };
    all.filter(|part| part.kind == kind).filter(says).count()
}

fn settings(request: &ChatRequest<'_>) -> [(&'static str, bool); 19] {
    let format = request.response_format.as_ref().map(|format| format.kind);
    [
        ("temperature", request.temperature.is_some()),
        ("top_p", request.top_p.is_some()),
        ("top_k", request.top_k.is_some_and(|k| k > 0)),
        ("max_tokens", request.max_tokens.is_some()),
        ("stop", !request.stop.is_empty()),
        ("seed", request.seed.is_some()),
        (
            "presence_penalty",
            request.presence_penalty.is_some_and(|p| p != 0.0),
        ),
        (
            "frequency_penalty",
            request.frequency_penalty.is_some_and(|p| p != 0.0),
        ),
        ("logprobs", request.logprobs),
        ("logit_bias", request.logit_bias.is_some()),
        (
            "response_format",
            format.is_some_and(|kind| kind != ResponseFormatKind::Text),
        ),
        ("tool", !request.tools.is_empty()),
        (
            "reasoning",
            request
                .reasoning
                .as_ref()
                .is_some_and(|r| r.effort.is_some() || r.budget.is_some_and(|b| b >= 0)),
        ),
        ("metadata", request.metadata.is_some()),
        ("user", request.user.is_some()),
        ("service_tier", request.service_tier.is_some()),
        ("prediction", request.prediction.is_some()),
        ("store", request.store.is_some()),
        ("safety", request.safety.is_some()),
    ]
}
