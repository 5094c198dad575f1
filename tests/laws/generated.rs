//! Generated conversations: what is made fit for a provider can be written, is valid, and reads back as it was.

use std::borrow::Cow;

use gateway::canonical::*;
use gateway::dialect::prepare;
use gateway::generated::providers::PROVIDERS;
use gateway::table::Encoding;
use gateway::wire::Raw;
use hyper::HeaderMap;
use proptest::prelude::*;

use crate::recorded::{decode, encode, text};
use crate::schema;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_conversation_reaches_every_provider(request in request()) {
        for provider in PROVIDERS {
            let endpoint = provider.generate.as_ref().expect("a provider that chats");
            let chat = endpoint.dialect.chat.expect("a dialect that chats");
            let mut fit = request.clone();
            let Ok(prepared) = prepare(&mut fit, provider, endpoint.dialect) else { continue };
            let mut encoding = Encoding::new(&prepared.edits);
            let written = (chat.encode_request)(&fit, &mut encoding);
            prop_assert!(written.is_ok(), "{}: {:?}", provider.id, written);
            // A provider's quirks leave its dialect: what is valid and reads back is what the dialect itself writes.
            let plain = encode(chat, &fit).expect("written before");
            schema::holds(&schema::request(endpoint.dialect.name), &plain, provider.id);
            let headers = HeaderMap::new();
            let read = decode(chat, &plain, &headers);
            prop_assert!(read.is_ok(), "{}: {:?}\n{}", provider.id, read.err(), text(&plain));
            prop_assert_eq!(said(&fit), said(&read.expect("checked")), "{}\n{}", provider.id, text(&plain));
        }
    }
}

/// Who says what, as far as every dialect keeps it: system text, texts, calls and results in their order.
fn said(request: &ChatRequest<'_>) -> Vec<String> {
    let mut said = Vec::new();
    for item in &request.items {
        let part = &item.part;
        let words = match part.kind {
            PartKind::ToolCall => format!(
                "{}({})",
                part.name.as_deref().unwrap_or_default(),
                compact(part.arguments.as_deref())
            ),
            PartKind::ToolResult => part
                .parts
                .iter()
                .filter_map(|p| p.text.as_deref())
                .collect(),
            PartKind::Text => part.text.as_deref().unwrap_or_default().to_owned(),
            kind => kind.name().to_owned(),
        };
        if part.kind != PartKind::Thinking && !words.is_empty() {
            said.push(words);
        }
    }
    // Several texts of one turn may be joined: words are compared, not their borders.
    said.join(" ")
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn compact(json: Option<&str>) -> String {
    serde_json::from_str::<serde_json::Value>(json.unwrap_or("{}"))
        .map(|value| value.to_string())
        .unwrap_or_default()
}

pub fn request() -> impl Strategy<Value = ChatRequest<'static>> {
    let sampling = (
        proptest::option::of(0.0..2.0f64),
        proptest::option::of(0.0..1.0f64),
        proptest::option::of(1..100i64),
        proptest::option::of(1..5000i64),
        proptest::collection::vec("[a-z]{1,4}", 0..3),
        proptest::option::of(any::<i32>()),
    );
    let model = prop::sample::select(vec![
        "m",
        "gpt-5.4",
        "o3",
        "claude-3-5-sonnet",
        "claude-opus-4-6",
        "gemini-2.5-pro",
        "gemini-3-pro",
        "command-a",
        "qwen3",
    ]);
    (
        model,
        proptest::option::of("[a-z ]{1,20}"),
        proptest::collection::vec(turn(), 1..5),
        sampling,
        any::<bool>(),
        proptest::option::of(0..7usize),
    )
        .prop_map(
            |(
                model,
                system,
                turns,
                (temperature, top_p, top_k, max_tokens, stop, seed),
                tools,
                effort,
            )| {
                let mut items: Vec<Item<'static>> = Vec::new();
                if let Some(system) = system {
                    items.push(item(Role::System, words(system)));
                }
                for (i, (user, call)) in turns.into_iter().enumerate() {
                    items.push(item(Role::User, words(user)));
                    items.push(item(Role::Assistant, words(format!("answer {i}"))));
                    if let Some((name, argument, result)) = call {
                        let id = format!("call_{i}");
                        let part = Part {
                            kind: PartKind::ToolCall,
                            id: Some(Cow::Owned(id.clone())),
                            name: Some(Cow::Owned(name.clone())),
                            arguments: Some(Cow::Owned(format!("{{\"x\":{argument:?}}}"))),
                            ..Part::default()
                        };
                        items.push(Item {
                            role: Role::Assistant,
                            part,
                            opens: false,
                            name: None,
                        });
                        let part = Part {
                            kind: PartKind::ToolResult,
                            id: Some(Cow::Owned(id)),
                            name: Some(Cow::Owned(name)),
                            parts: vec![words(result)],
                            ..Part::default()
                        };
                        items.push(item(Role::Tool, part));
                    }
                }
                items.push(item(Role::User, words("go on".to_owned())));
                let tools = if tools {
                    vec![tool("look_up"), tool("send")]
                } else {
                    Vec::new()
                };
                ChatRequest {
                    model: Cow::Borrowed(model),
                    items,
                    tools,
                    temperature,
                    top_p,
                    top_k,
                    max_tokens,
                    stop: stop.into_iter().map(Cow::Owned).collect(),
                    seed: seed.map(i64::from),
                    reasoning: effort.map(|i| Reasoning {
                        effort: Some(ReasoningEffort::ALL[i]),
                        ..Reasoning::default()
                    }),
                    ..ChatRequest::default()
                }
            },
        )
}

type Turned = (String, Option<(String, String, String)>);

fn turn() -> impl Strategy<Value = Turned> {
    let call = ("[a-z_]{1,8}", "[a-zA-Z \"é]{0,8}", "[a-z]{1,10}");
    ("[a-zA-Zé\"\\\\ ]{0,12}[a-z]", proptest::option::of(call))
}

fn item(role: Role, part: Part<'static>) -> Item<'static> {
    Item {
        role,
        part,
        opens: true,
        name: None,
    }
}

fn words(text: String) -> Part<'static> {
    Part {
        text: Some(Cow::Owned(text)),
        ..Part::default()
    }
}

fn tool(name: &'static str) -> Tool<'static> {
    let schema = r#"{"type":"object","properties":{"x":{"type":"string"}}}"#;
    Tool {
        name: Some(Cow::Borrowed(name)),
        description: Some(Cow::Borrowed("does it")),
        schema: Some(Raw(Cow::Borrowed(schema))),
        ..Tool::default()
    }
}
