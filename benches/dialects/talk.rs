//! Conversations and answers of any size, in the hub's terms.

use std::borrow::Cow;

use gateway::canonical::{
    Candidate, ChatRequest, ChatResponse, FinishReason, Item, Part, PartKind, Role, Tool, Usage,
};
use gateway::wire::Raw;

const TEXT: &str = "Tell me about \"foxes\", dogs and the weather in Paris,\nplease. ";
const SCHEMA: &str = r#"{"type":"object","properties":{"city":{"type":"string","description":"Where"},"days":{"type":"integer"}},"required":["city"]}"#;
const ARGUMENTS: &str = r#"{"city":"Paris","days":3}"#;
const CALLED: &str = "weather";

/// How much is said.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub name: &'static str,
    turns: usize,
    tools: usize,
    text: usize,
}

/// A question, a talk with tools, a long talk.
pub const SIZES: [Size; 3] = [
    size("small", 0, 0, 256),
    size("talk", 6, 4, 500),
    size("long", 200, 20, 400),
];

const fn size(name: &'static str, turns: usize, tools: usize, text: usize) -> Size {
    Size {
        name,
        turns,
        tools,
        text,
    }
}

/// A request: in each turn the user asks, the assistant calls a tool and answers from its result.
pub fn request(size: Size) -> ChatRequest<'static> {
    let system = Item::alone(Role::System, Part::of_text("You are a helpful assistant."));
    let turns = (0..size.turns).flat_map(|nth| turn(nth, size.text));
    let last = Item::alone(Role::User, Part::of_text(text(size.text)));
    ChatRequest {
        model: Cow::Borrowed("some-model"),
        items: [system].into_iter().chain(turns).chain([last]).collect(),
        tools: (0..size.tools).map(tool).collect(),
        max_tokens: Some(512),
        temperature: Some(0.7),
        ..ChatRequest::default()
    }
}

/// An answer: a text, and a call where there are tools.
pub fn answer(size: Size) -> ChatResponse<'static> {
    let words = Part::of_text(text(size.text * 4));
    let called = (size.tools > 0).then(|| call(0));
    let finish = match called {
        Some(_) => FinishReason::ToolCalls,
        None => FinishReason::Stop,
    };
    ChatResponse {
        id: "answer-1".into(),
        model: "some-model".into(),
        created: 1_700_000_000,
        candidates: vec![Candidate {
            parts: [words].into_iter().chain(called).collect(),
            finish: Some(finish),
            ..Candidate::default()
        }],
        usage: Some(Usage {
            input: Some(120),
            output: Some(40),
            ..Usage::default()
        }),
        ..ChatResponse::default()
    }
}

fn turn(nth: usize, length: usize) -> [Item<'static>; 4] {
    let result = Part {
        kind: PartKind::ToolResult,
        id: Some(id(nth)),
        name: Some(CALLED.into()),
        parts: vec![Part::of_text("sunny, 21 degrees")],
        ..Part::default()
    };
    [
        Item::alone(Role::User, Part::of_text(text(length))),
        Item::alone(Role::Assistant, call(nth)),
        Item::alone(Role::Tool, result),
        Item::alone(Role::Assistant, Part::of_text(text(length / 2))),
    ]
}

fn call(nth: usize) -> Part<'static> {
    Part {
        kind: PartKind::ToolCall,
        id: Some(id(nth)),
        name: Some(CALLED.into()),
        arguments: Some(ARGUMENTS.into()),
        ..Part::default()
    }
}

fn id(nth: usize) -> Cow<'static, str> {
    format!("call_{nth}").into()
}

fn tool(nth: usize) -> Tool<'static> {
    let name = match nth {
        0 => CALLED.to_owned(),
        nth => format!("{CALLED}_{nth}"),
    };
    Tool {
        name: Some(name.into()),
        description: Some(text(80).into()),
        schema: Some(Raw(SCHEMA.into())),
        ..Tool::default()
    }
}

fn text(bytes: usize) -> String {
    TEXT.chars().cycle().take(bytes).collect()
}
