//! Blocks of forms that no other vendor has, in requests and in replies.

use serde_json::json;

use crate::support::{Gateway, Reply, Upstream, events, json_of, typed};

/// A block of an unknown type whose properties are those of known ones with other things in them: kept for its origin,
/// refused elsewhere by its place. A known type with the wrong things in it is a mistake.
#[tokio::test]
async fn a_block_that_only_looks_like_a_known_one() {
    let upstream = Upstream::answering(Reply::json(
        200,
        json!({"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "ok"}],
            "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}}),
    ))
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let found = json!({"type": "search_result", "source": "https://x.example/a", "title": "T",
        "content": [{"type": "text", "text": "body"}], "citations": {"enabled": true}});
    let ask = |model: &str, block: &serde_json::Value| {
        json!({"model": model, "max_tokens": 9, "messages": [
            {"role": "user", "content": [block, {"type": "text", "text": "go"}]}]})
    };
    // Something sealed, so that it isn't passed on as it is.
    let mut own = ask("anthropic/m", &found);
    let sealed = "Z2F0ZXdheS1zZWFsOm5vYm9keTo6eA==";
    own["messages"].as_array_mut().unwrap().extend([
        json!({"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": sealed}, {"type": "text", "text": "x"}]}),
        json!({"role": "user", "content": "on"})]);
    let answer = gateway.ask("/v1/messages", &own).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let sent: serde_json::Value = serde_json::from_str(&upstream.asked()[0].body).unwrap();
    assert_eq!(sent["messages"][0]["content"][0], found);
    assert_eq!(sent["messages"][1]["content"], json!("x"), "{sent}");

    let answer = gateway.ask("/v1/messages", &ask("groq/m", &found)).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.body.contains("unknown kind"), "{}", answer.body);
    let broken = json!({"type": "image", "source": "https://x.example/a.png"});
    let answer = gateway.ask("/v1/messages", &ask("groq/m", &broken)).await;
    let text = json_of(&answer)["error"]["message"].to_string();
    assert!(
        answer.status == 400 && text.contains("messages[0].content[0].source"),
        "{text}"
    );
}

/// A vendor's own tool, streamed to a client of another dialect: its input is no call of the client's tools.
#[tokio::test]
async fn the_input_of_a_hosted_tool_is_no_call() {
    let said = [
        json!({"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "model": "m",
            "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}),
        json!({"type": "content_block_start", "index": 0,
            "content_block": {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{\"q\":"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "1}"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "web_search_tool_result",
            "tool_use_id": "s", "content": [{"type": "web_search_result", "url": "u"}]}}),
        json!({"type": "content_block_stop", "index": 1}),
        json!({"type": "content_block_start", "index": 2, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "text_delta", "text": "found"}}),
        json!({"type": "content_block_stop", "index": 2}),
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 2}}),
        json!({"type": "message_stop"}),
    ];
    let upstream = Upstream::answering(Reply::stream("text/event-stream", typed(&said))).await;
    let gateway = Gateway::before(upstream.address).await;
    for (path, model) in [
        ("/v1/chat/completions", "anthropic/m"),
        ("/api/chat", "anthropic/m"),
        ("/v2/chat", "anthropic/m"),
    ] {
        let ask = json!({"model": model, "stream": true, "messages": [{"role": "user", "content": "go"}]});
        let answer = gateway.ask(path, &ask).await;
        assert!(answer.body.contains("found"), "{path}: {}", answer.body);
        let calls = ["web_search", "tool_use", "tool-call", "\"tool_calls\":[{"];
        assert!(
            !calls.iter().any(|call| answer.body.contains(call)),
            "{path}: {}",
            answer.body
        );
    }
}

/// Two candidates of one stream, told apart by their index.
#[tokio::test]
async fn two_candidates() {
    let chunk = |index: i64, text: &str| {
        format!(
            "data: {}\n\n",
            json!({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": index, "delta": {"content": text}}]})
        )
    };
    let end = |index: i64, reason: &str| {
        format!(
            "data: {}\n\n",
            json!({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": index, "delta": {}, "finish_reason": reason}]})
        )
    };
    let body = chunk(0, "a")
        + &chunk(1, "x")
        + &chunk(0, "b")
        + &chunk(1, "y")
        + &end(1, "length")
        + &end(0, "stop")
        + "data: [DONE]\n\n";
    let upstream = Upstream::answering(Reply::stream("text/event-stream", body)).await;
    let gateway = Gateway::before(upstream.address).await;
    let ask = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]}], "generationConfig": {"candidateCount": 2}});
    let answer = gateway
        .ask(
            "/v1beta/models/openai/gpt-4o:streamGenerateContent?alt=sse",
            &ask,
        )
        .await;
    let mut texts = [String::new(), String::new()];
    let mut finishes = [String::new(), String::new()];
    for event in events(&answer) {
        for candidate in event["candidates"].as_array().into_iter().flatten() {
            let at = candidate["index"].as_u64().unwrap_or(0) as usize;
            texts[at].push_str(
                candidate["content"]["parts"][0]["text"]
                    .as_str()
                    .unwrap_or_default(),
            );
            finishes[at].push_str(candidate["finishReason"].as_str().unwrap_or_default());
        }
    }
    assert_eq!(
        (texts, finishes),
        (
            ["ab", "xy"].map(str::to_owned),
            ["STOP", "MAX_TOKENS"].map(str::to_owned)
        ),
        "{}",
        answer.body
    );
}
