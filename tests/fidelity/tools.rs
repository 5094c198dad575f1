//! Tools that the provider knows by another name, or in another form, come back as the caller knows them.

use serde_json::{Value, json};

use crate::support::{Gateway, Reply, Upstream, events, json_of, typed};

const NAME: &str = "files.read/v2 ü";

fn request(stream: bool) -> Value {
    json!({
        "model": "anthropic/claude-sonnet-4-5", "stream": stream,
        "messages": [{"role": "user", "content": "go"}],
        "tools": [
            {"type": "function", "function": {"name": NAME, "parameters": {"type": "object", "properties": {}}}},
            {"type": "custom", "custom": {"name": "patch", "description": "Any text."}},
        ],
    })
}

/// Calls both tools by the names that were sent, in three pieces each.
fn calls(sent: &str, stream: bool) -> Reply {
    let sent: Value = serde_json::from_str(sent).unwrap();
    let name = |at: usize| sent["tools"][at]["name"].as_str().unwrap().to_owned();
    assert_ne!(name(0), NAME);
    assert_eq!(
        sent["tools"][1]["input_schema"]["required"],
        json!(["input"])
    );
    let texts = ["{\"path\":\"a\"}", "{\"input\":\"*** \\u00fc\\nend\"}"];
    if !stream {
        let blocks: Vec<_> = (0..2)
            .map(|at| {
                let input: Value = serde_json::from_str(texts[at]).unwrap();
                json!({"type": "tool_use", "id": format!("t{at}"), "name": name(at), "input": input})
            })
            .collect();
        return Reply::json(
            200,
            json!({"id": "m", "type": "message", "role": "assistant", "model": "m",
            "content": blocks, "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 1}}),
        );
    }
    let mut said = vec![
        json!({"type": "message_start", "message": {"id": "m", "type": "message",
        "role": "assistant", "model": "m", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}),
    ];
    for (at, text) in texts.iter().enumerate() {
        said.push(json!({"type": "content_block_start", "index": at,
            "content_block": {"type": "tool_use", "id": format!("t{at}"), "name": name(at), "input": {}}}));
        for piece in [&text[..4], &text[4..8], &text[8..]] {
            said.push(json!({"type": "content_block_delta", "index": at,
                "delta": {"type": "input_json_delta", "partial_json": piece}}));
        }
        said.push(json!({"type": "content_block_stop", "index": at}));
    }
    said.push(
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null},
        "usage": {"output_tokens": 5}}),
    );
    said.push(json!({"type": "message_stop"}));
    Reply::stream("text/event-stream", typed(&said))
}

#[tokio::test]
async fn names_and_forms_come_back() {
    let upstream =
        Upstream::start(|asked| calls(&asked.body, asked.body.contains("\"stream\":true"))).await;
    let gateway = Gateway::before(upstream.address).await;
    let expected = json!([
        {"id": "t0", "type": "function", "function": {"name": NAME, "arguments": "{\"path\":\"a\"}"}},
        {"id": "t1", "type": "custom", "custom": {"name": "patch", "input": "*** ü\nend"}},
    ]);
    let whole = json_of(&gateway.ask("/v1/chat/completions", &request(false)).await);
    assert_eq!(
        whole["choices"][0]["message"]["tool_calls"], expected,
        "{whole}"
    );
    let streamed = gateway.ask("/v1/chat/completions", &request(true)).await;
    assert_eq!(joined(&events(&streamed)), expected, "{}", streamed.body);
}

/// The calls that deltas add up to, as a client adds them up.
fn joined(chunks: &[Value]) -> Value {
    let mut calls: Vec<Value> = Vec::new();
    for delta in chunks.iter().flat_map(|chunk| {
        chunk["choices"][0]["delta"]["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
    }) {
        let at = delta["index"].as_u64().unwrap() as usize;
        if at == calls.len() {
            let mut call = delta.clone();
            call.as_object_mut().unwrap().remove("index");
            calls.push(call);
            continue;
        }
        for (form, text) in [("function", "arguments"), ("custom", "input")] {
            if let Some(more) = delta[form][text].as_str() {
                let known = calls[at][form][text]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                calls[at][form][text] = (known + more).into();
            }
        }
    }
    calls.into()
}
