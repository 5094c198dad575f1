//! What a provider has sealed goes by way of a client of another dialect back to it, and to nobody else.

use serde_json::{Value, json};

use crate::support::{Gateway, Reply, Upstream, events, json_of};

/// Thinking, a signed text, and two calls of which the first is signed.
fn answer(stream: bool) -> Reply {
    let parts = [
        json!({"text": "hm", "thought": true}),
        json!({"text": "well", "thoughtSignature": "dGV4dA=="}),
        json!({"functionCall": {"name": "f", "args": {"x": 1}}, "thoughtSignature": "Y2FsbA=="}),
        json!({"functionCall": {"name": "g", "args": {}}}),
    ];
    let whole = |parts: &[Value], finish: &str| {
        json!({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish}],
            "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1}, "modelVersion": "m", "responseId": "r"})
    };
    if !stream {
        return Reply::json(200, whole(&parts, "STOP"));
    }
    let mut frames: Vec<Value> = parts
        .iter()
        .map(|part| json!({"candidates": [{"content": {"parts": [part]}}]}))
        .collect();
    frames.push(whole(&[], "STOP"));
    let body: String = frames
        .iter()
        .map(|frame| format!("data: {frame}\r\n\r\n"))
        .collect();
    Reply::stream("text/event-stream", body)
}

fn asked(model: &str, history: &[Value], stream: bool) -> Value {
    let tool =
        |name: &str| json!({"name": name, "input_schema": {"type": "object", "properties": {}}});
    let mut messages = vec![json!({"role": "user", "content": "go"})];
    messages.extend_from_slice(history);
    json!({"model": model, "max_tokens": 3000, "stream": stream, "messages": messages, "tools": [tool("f"), tool("g")],
        "thinking": {"type": "enabled", "budget_tokens": 2000}})
}

/// The blocks that a client makes of a stream.
fn blocks(events: &[Value]) -> Vec<Value> {
    let mut blocks: Vec<Value> = Vec::new();
    let mut input = String::new();
    for event in events {
        match event["type"].as_str().unwrap() {
            "content_block_start" => {
                assert_eq!(event["index"], blocks.len());
                input.clear();
                blocks.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                let (block, delta) = (blocks.last_mut().unwrap(), &event["delta"]);
                for key in ["text", "thinking", "signature"] {
                    if let Some(more) = delta[key].as_str() {
                        let known = block[key].as_str().unwrap_or_default().to_owned();
                        block[key] = (known + more).into();
                    }
                }
                input.push_str(delta["partial_json"].as_str().unwrap_or_default());
                if !input.is_empty() {
                    block["input"] = serde_json::from_str(&input).unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    blocks
}

/// The conversation goes on with the answer and the results of its calls.
fn history(content: &[Value]) -> [Value; 2] {
    let calls = content.iter().filter(|block| block["type"] == "tool_use");
    let results: Vec<_> = calls
        .map(|call| json!({"type": "tool_result", "tool_use_id": call["id"], "content": "ok"}))
        .collect();
    [
        json!({"role": "assistant", "content": content}),
        json!({"role": "user", "content": results}),
    ]
}

#[tokio::test]
async fn a_signature_comes_back() {
    let upstream = Upstream::start(|asked| answer(asked.path().contains(":stream"))).await;
    let gateway = Gateway::before(upstream.address).await;
    let model = "google/gemini-3-flash";
    for stream in [false, true] {
        let told = gateway
            .ask("/v1/messages", &asked(model, &[], stream))
            .await;
        let content = match stream {
            true => blocks(&events(&told)),
            false => json_of(&told)["content"].as_array().unwrap().clone(),
        };
        assert!(!told.body.contains("Y2FsbA=="), "{}", told.body);
        upstream.asked();
        gateway
            .ask("/v1/messages", &asked(model, &history(&content), false))
            .await;
        let sent: Value = serde_json::from_str(&upstream.asked()[0].body).unwrap();
        let parts = sent["contents"][1]["parts"].as_array().unwrap();
        let expected = [
            json!({"text": "well", "thoughtSignature": "dGV4dA=="}),
            json!({"functionCall": {"id": parts[1]["functionCall"]["id"], "name": "f", "args": {"x": 1}}, "thoughtSignature": "Y2FsbA=="}),
        ];
        assert_eq!(parts[..2], expected, "{stream} {content:?} {sent}");
        assert_eq!(parts[2]["functionCall"]["name"], "g", "{sent}");
        // Its own vendor's provider would refuse it, and so would any other.
        for model in ["anthropic/claude-sonnet-4-5", "groq/m"] {
            gateway
                .ask("/v1/messages", &asked(model, &history(&content), false))
                .await;
            let sent = upstream.asked().pop().unwrap().body;
            assert!(
                !sent.contains("signature") && !sent.contains("Z2F0ZXdheS1zZWFs"),
                "{model}: {sent}"
            );
            assert!(sent.contains("well"), "{sent}");
        }
    }
}

/// Thinking that one vendor signed, shown as thoughts of another.
#[tokio::test]
async fn signed_thinking_as_thoughts() {
    let reply = json!({"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use",
        "content": [{"type": "thinking", "thinking": "hm", "signature": "sig=="},
            {"type": "tool_use", "id": "t1", "name": "f", "input": {}}], "usage": {"input_tokens": 1, "output_tokens": 1}});
    let upstream = Upstream::answering(Reply::json(200, reply)).await;
    let gateway = Gateway::before(upstream.address).await;
    let ask = |contents: Value| {
        json!({"contents": contents, "tools": [{"functionDeclarations": [{"name": "f", "description": ""}]}],
        "generationConfig": {"maxOutputTokens": 9000, "thinkingConfig": {"thinkingBudget": 2000}}})
    };
    let path = "/v1beta/models/anthropic/claude-sonnet-4-5:generateContent";
    let user = json!({"role": "user", "parts": [{"text": "go"}]});
    let told = json_of(&gateway.ask(path, &ask(json!([user]))).await);
    let said = &told["candidates"][0]["content"];
    assert!(
        said["parts"][0]["thoughtSignature"]
            .as_str()
            .unwrap()
            .starts_with("Z2F0ZXdheS1zZWFs"),
        "{told}"
    );
    let result = json!({"role": "user", "parts": [{"functionResponse": {"id": "t1", "name": "f", "response": {"output": "ok"}}}]});
    upstream.asked();
    gateway.ask(path, &ask(json!([user, said, result]))).await;
    let sent: Value = serde_json::from_str(&upstream.asked()[0].body).unwrap();
    let thinking = json!({"type": "thinking", "thinking": "hm", "signature": "sig=="});
    assert_eq!(sent["messages"][1]["content"][0], thinking, "{sent}");
    assert!(sent["thinking"].is_object(), "{sent}");
}
