//! What the spec's own providers make of requests that every one of them can be asked.

use regex_lite::Regex;

use super::*;
use crate::canonical::{Tool, ToolChoice, ToolChoiceMode};
use crate::generated::providers::PROVIDERS;
use crate::table::Encoding;
use crate::wire::Raw;

#[test]
fn patterns_compile() {
    let adjust = PROVIDERS.iter().flat_map(|provider| provider.adjust);
    for models in adjust.filter_map(|adjust| adjust.models) {
        assert!(Regex::new(models).is_ok(), "{models}");
    }
}

#[test]
fn everyone_is_asked() {
    let requests = [
        ("a word", vec![says(Role::User, "hi")]),
        (
            "reminded later",
            vec![
                says(Role::System, "s"),
                says(Role::User, "hi"),
                says(Role::System, "t"),
            ],
        ),
        ("tools", tool_loop(Some("1"), true)),
        ("tools, without ids", tool_loop(None, true)),
        ("tools, one unanswered", tool_loop(Some("1"), false)),
        (
            "an id that breaks every rule",
            tool_loop(
                Some("an id that no one's rules admit".repeat(9).leak()),
                true,
            ),
        ),
    ];
    for provider in PROVIDERS {
        for endpoint in [&provider.generate, &provider.generate_stream]
            .into_iter()
            .flatten()
        {
            let calls = !refuses_tools(provider);
            let cases = requests.clone().into_iter();
            for (case, items) in cases.filter(|(case, _)| {
                calls || !case.starts_with("tools") && !case.starts_with("an id")
            }) {
                let case = format!("{case}, to {}", provider.id);
                let mut request = ChatRequest {
                    model: "m".into(),
                    items,
                    tools: if calls { tools() } else { Vec::new() },
                    ..asked()
                };
                let prepared = prepare(&mut request, provider, endpoint.dialect);
                let prepared = prepared.unwrap_or_else(|fault| panic!("{case}: {fault}"));
                let mut encoding = Encoding::new(&prepared.edits);
                let Some(chat) = endpoint.dialect.chat else {
                    panic!("{case}: no chat")
                };
                let written = (chat.encode_request)(&request, &mut encoding);
                let written = written.unwrap_or_else(|fault| panic!("{case}: {fault}"));
                let body: Result<serde_json::Value, _> = serde_json::from_slice(&written.body);
                assert!(
                    body.is_ok(),
                    "{case}: {}",
                    String::from_utf8_lossy(&written.body)
                );
            }
        }
    }
}

fn refuses_tools(provider: &Provider) -> bool {
    let lost = provider.adjust.iter().flat_map(|adjust| adjust.lost);
    let refused = |(field, verdict): &(Field, Verdict)| {
        *field == Field::CHAT_REQUEST_TOOLS && matches!(verdict, Verdict::Refuse(_))
    };
    lost.into_iter().any(refused)
}

fn asked() -> ChatRequest<'static> {
    ChatRequest {
        top_k: Some(5),
        seed: Some(-7),
        tool_choice: Some(ToolChoice {
            mode: ToolChoiceMode::Auto,
            ..ToolChoice::default()
        }),
        max_tokens: Some(100),
        ..ChatRequest::default()
    }
}

fn tools() -> Vec<Tool<'static>> {
    let tool = |name: &'static str| Tool {
        name: Some(name.into()),
        schema: Some(Raw(r#"{"type":"object","properties":{}}"#.into())),
        ..Tool::default()
    };
    vec![tool("look.up"), tool("f")]
}

fn tool_loop(id: Option<&'static str>, answered: bool) -> Vec<Item<'static>> {
    let call = Part {
        id: id.map(Into::into),
        name: Some("look.up".into()),
        arguments: Some("{\"a\":1}".into()),
        ..part(PartKind::ToolCall)
    };
    let result = Part {
        id: id.map(Into::into),
        is_error: true,
        parts: vec![Part::of_text("no")],
        ..part(PartKind::ToolResult)
    };
    let mut items = vec![says(Role::User, "hi"), Item::alone(Role::Assistant, call)];
    if answered {
        items.push(Item::alone(Role::Tool, result));
    }
    items.push(says(Role::User, "and?"));
    items
}
