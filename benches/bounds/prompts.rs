//! Conversations of any size, in the format of `gateway::PATH`.

use serde_json::{Value, json};

use super::client::Asked;
use super::gateway::PATH;

/// How many words the mock answers at most: answers are then the same, however long the prompt.
const WORDS: u32 = 8;
const TEXT: &str = "Tell me about foxes, dogs and the weather in Paris. ";

/// A prompt of so many bytes.
pub fn prompt(provider: &str, bytes: usize) -> Asked {
    ask(
        provider,
        json!([{"role": "user", "content": text(bytes)}]),
        None,
    )
}

/// About so many short messages, by turns of the user and the assistant; the user begins and ends.
pub fn messages(provider: &str, count: usize) -> Asked {
    let role = |nth: usize| ["user", "assistant"][nth % 2];
    let message =
        |nth: usize| json!({"role": role(nth), "content": "Go on with that story, please."});
    ask(provider, (0..count | 1).map(message).collect(), None)
}

/// A short prompt and so many tools.
pub fn tools(provider: &str, count: usize) -> Asked {
    let tool = |nth: usize| {
        let properties = json!({
            "city": {"type": "string", "description": "Where"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        });
        let parameters = json!({"type": "object", "properties": properties, "required": ["city"]});
        let name = format!("weather_{nth}");
        json!({"type": "function", "function": {"name": name, "description": text(100), "parameters": parameters}})
    };
    let tools = (0..count).map(tool).collect();
    ask(
        provider,
        json!([{"role": "user", "content": text(64)}]),
        Some(tools),
    )
}

/// A stream of a few words, with this many milliseconds between its pieces.
pub fn stream(provider: &str, prompt: usize, wait: Option<u64>, words: u32) -> Asked {
    let wait = wait
        .map(|wait| format!(" slow:{wait}ms"))
        .unwrap_or_default();
    let content = format!("{}{wait}", text(prompt));
    let body = json!({
        "model": format!("{provider}/mock-small"),
        "messages": [{"role": "user", "content": content}],
        "max_tokens": words,
        "stream": true,
    });
    asked(&body)
}

fn ask(provider: &str, messages: Value, tools: Option<Value>) -> Asked {
    let mut body = json!({
        "model": format!("{provider}/mock-small"),
        "messages": messages,
        "temperature": 0.7,
        "max_tokens": WORDS,
    });
    if let Some(tools) = tools {
        body["tools"] = tools;
    }
    asked(&body)
}

fn asked(body: &Value) -> Asked {
    Asked {
        path: PATH,
        body: body.to_string().into(),
    }
}

fn text(bytes: usize) -> String {
    TEXT.chars().cycle().take(bytes).collect()
}
