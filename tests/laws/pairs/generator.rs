//! Conversations as clients have them: texts, media, parallel calls and their results, thinking, settings. Everything in
//! them can be said by some dialect, and most by all.

use std::borrow::Cow;

use gateway::canonical::*;
use gateway::wire::Raw;
use proptest::prelude::*;
use proptest::sample::select;

/// Letters, and what JSON has to escape.
const WORDS: &str = "[a-zA-Zé\"\\\\\n ]{0,12}[a-z]";
/// The smallest image there is.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// Keys out of the alphabet's order, and spaces: both are to stay.
const SCHEMA: &str = r#"{"type": "object", "properties": {"z": {"type":"string"},"a":{"enum":[ 1, 2.50 ]}},"required":["z"]}"#;

/// A request in the hub's terms.
pub fn request() -> impl Strategy<Value = ChatRequest<'static>> {
    let turns = proptest::collection::vec(turn(), 1..4);
    let system = proptest::option::of(WORDS);
    (system, turns, settings(), tools()).prop_map(|(system, turns, settings, tools)| {
        let system = system
            .into_iter()
            .map(|text| Item::alone(Role::System, Part::of_text(text)));
        let turns = turns
            .into_iter()
            .enumerate()
            .flat_map(|(nth, turn)| turn.items(nth));
        let last = Item::alone(Role::User, Part::of_text("go on"));
        ChatRequest {
            model: Cow::Borrowed("some-model"),
            items: system.chain(turns).chain([last]).collect(),
            tool_choice: tools.1.filter(|_| !tools.0.is_empty()),
            tools: tools.0,
            ..settings
        }
    })
}

/// What a user says, and what the assistant does about it.
#[derive(Debug, Clone)]
struct Turn {
    asked: String,
    medium: Option<PartKind>,
    thought: Option<String>,
    answer: Option<String>,
    calls: Vec<(String, String, String, bool)>,
}

fn turn() -> impl Strategy<Value = Turn> {
    let medium = proptest::option::weighted(
        0.3,
        select(vec![PartKind::Image, PartKind::Audio, PartKind::File]),
    );
    let names = select(vec!["look_up", "send.it", "naïve tool", "a-b"]).prop_map(str::to_owned);
    let call = (names, WORDS, WORDS, proptest::bool::weighted(0.2));
    let calls = proptest::collection::vec(call, 0..3);
    (
        WORDS,
        medium,
        proptest::option::of(WORDS),
        proptest::option::of(WORDS),
        calls,
    )
        .prop_map(|(asked, medium, thought, answer, calls)| Turn {
            asked,
            medium,
            thought,
            answer,
            calls,
        })
}

impl Turn {
    fn items(self, nth: usize) -> Vec<Item<'static>> {
        let mut user = vec![Part::of_text(self.asked)];
        user.extend(self.medium.map(medium));
        let thought = self.thought.map(|text| Part {
            kind: PartKind::Thinking,
            ..Part::of_text(text)
        });
        let mut assistant: Vec<Part<'static>> = thought.into_iter().collect();
        let answer = self
            .answer
            .or_else(|| self.calls.is_empty().then(|| "yes".to_owned()));
        assistant.extend(answer.map(Part::of_text));
        let mut results = Vec::new();
        for (place, (name, argument, result, is_error)) in self.calls.into_iter().enumerate() {
            let id: Cow<'static, str> = format!("call_{nth}_{place}").into();
            let arguments = serde_json::to_string(&argument).unwrap_or_default();
            assistant.push(Part {
                kind: PartKind::ToolCall,
                id: Some(id.clone()),
                name: Some(name.clone().into()),
                arguments: Some(
                    format!("{{\"z\":{arguments},\"a\":[1.50,{{\"y\":null,\"b\":true}}]}}").into(),
                ),
                ..Part::default()
            });
            results.push(vec![Part {
                kind: PartKind::ToolResult,
                id: Some(id),
                name: Some(name.into()),
                parts: vec![Part::of_text(result)],
                is_error,
                ..Part::default()
            }]);
        }
        let said = [of(Role::User, user), of(Role::Assistant, assistant)];
        let results = results.into_iter().map(|parts| of(Role::Tool, parts));
        said.into_iter().chain(results).flatten().collect()
    }
}

/// The items of one turn.
fn of(role: Role, parts: Vec<Part<'static>>) -> Vec<Item<'static>> {
    let item = |(place, part)| Item {
        role,
        part,
        opens: place == 0,
        name: None,
    };
    parts.into_iter().enumerate().map(item).collect()
}

fn medium(kind: PartKind) -> Part<'static> {
    let (media_type, data) = match kind {
        PartKind::Image => ("image/png", PNG),
        PartKind::Audio => ("audio/wav", "UklGRgAAAABXQVZFZm10IA=="),
        _ => ("application/pdf", "JVBERi0xLjcK"),
    };
    Part {
        kind,
        source: Some(Source {
            kind: SourceKind::Data,
            media_type: Some(media_type.into()),
            data: Some(data.into()),
            ..Source::default()
        }),
        name: (kind == PartKind::File).then(|| "a.pdf".into()),
        ..Part::default()
    }
}

fn settings() -> impl Strategy<Value = ChatRequest<'static>> {
    let sampling = (
        proptest::option::of(0.0..2.0f64),
        proptest::option::of(0.0..1.0f64),
        proptest::option::of(1..100i64),
        proptest::option::of(1..5000i64),
        proptest::collection::vec("[a-z]{1,4}", 0..3),
        proptest::option::of(0..i32::MAX),
    );
    let effort = proptest::option::of(select(ReasoningEffort::ALL));
    (sampling, effort, format(), any::<bool>()).prop_map(
        |(sampling, effort, response_format, stream)| {
            let (temperature, top_p, top_k, max_tokens, stop, seed) = sampling;
            ChatRequest {
                temperature,
                top_p,
                top_k,
                max_tokens,
                stop: stop.into_iter().map(Cow::Owned).collect(),
                seed: seed.map(i64::from),
                reasoning: effort.map(|effort| Reasoning {
                    effort: Some(effort),
                    ..Reasoning::default()
                }),
                response_format,
                stream,
                ..ChatRequest::default()
            }
        },
    )
}

fn format() -> impl Strategy<Value = Option<ResponseFormat<'static>>> {
    let kinds = vec![ResponseFormatKind::Json, ResponseFormatKind::JsonSchema];
    proptest::option::weighted(0.3, select(kinds)).prop_map(|kind| {
        kind.map(|kind| ResponseFormat {
            kind,
            schema: (kind == ResponseFormatKind::JsonSchema).then_some(Raw(SCHEMA.into())),
            ..ResponseFormat::default()
        })
    })
}

type Tools = (Vec<Tool<'static>>, Option<ToolChoice<'static>>);

fn tools() -> impl Strategy<Value = Tools> {
    let named = proptest::sample::subsequence(vec!["look_up", "send.it", "naïve tool"], 0..=3);
    let mode = proptest::option::of(select(ToolChoiceMode::ALL));
    (named, mode, any::<bool>()).prop_map(|(names, mode, parallel)| {
        let tool = |name: &'static str| Tool {
            name: Some(name.into()),
            description: Some("does it".into()),
            schema: Some(Raw(SCHEMA.into())),
            ..Tool::default()
        };
        let choice = mode.map(|mode| ToolChoice {
            mode,
            parallel,
            ..ToolChoice::default()
        });
        (names.into_iter().map(tool).collect(), choice)
    })
}

/// An answer in the hub's terms.
pub fn answer() -> impl Strategy<Value = ChatResponse<'static>> {
    let texts = (proptest::option::of(WORDS), proptest::option::of(WORDS));
    let call = (select(vec!["look_up", "a-b"]), WORDS);
    let calls = proptest::collection::vec(call, 0..3);
    let usage = proptest::option::of((1..900i64, 0..100i64, 1..900i64, 0..100i64));
    (
        texts,
        calls,
        usage,
        select(vec![FinishReason::Stop, FinishReason::Length]),
    )
        .prop_map(|((thought, text), calls, usage, finish)| {
            let thought = thought.map(|text| Part {
                kind: PartKind::Thinking,
                ..Part::of_text(text)
            });
            let text = text
                .or_else(|| calls.is_empty().then(|| "yes".to_owned()))
                .map(Part::of_text);
            let called = calls.iter().enumerate().map(|(place, (name, argument))| {
                let argument = serde_json::to_string(argument).unwrap_or_default();
                Part {
                    kind: PartKind::ToolCall,
                    id: Some(format!("call_{place}").into()),
                    name: Some((*name).into()),
                    arguments: Some(
                        format!("{{\"z\":{argument},\"a\":[1.50,{{\"y\":null}}]}}").into(),
                    ),
                    ..Part::default()
                }
            });
            let finish = if calls.is_empty() {
                finish
            } else {
                FinishReason::ToolCalls
            };
            ChatResponse {
                id: "answer-1".into(),
                model: "some-model".into(),
                created: 1_700_000_000,
                candidates: vec![Candidate {
                    parts: thought.into_iter().chain(text).chain(called).collect(),
                    finish: Some(finish),
                    ..Candidate::default()
                }],
                usage: usage.map(|(input, cached, output, reasoning)| Usage {
                    input: Some(input + cached),
                    cached: Some(cached),
                    output: Some(output + reasoning),
                    reasoning: Some(reasoning),
                    ..Usage::default()
                }),
                ..ChatResponse::default()
            }
        })
}
