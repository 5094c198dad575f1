//! Replies in every provider's own words, written by hand. The base path says whose they are.

use serde_json::{Value, json};

use crate::support::{Answer, Asked, Reply};

/// The message of an error of the gateway.
pub fn error_of(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    body["error"].as_str().unwrap().to_owned()
}

/// The provider that is asked.
pub fn provider(asked: &Asked) -> &str {
    asked.target.split('/').nth(1).unwrap()
}

/// An answer of one word: in one piece or in two, as was asked.
pub fn word(asked: &Asked, text: &str) -> Reply {
    let stream = asked.path().contains(":stream") || asked.body.contains(r#""stream":true"#);
    match stream {
        true => stream_of(asked, &[text, "!"]),
        false => Reply::json(200, whole(asked, text)),
    }
}

/// An answer in one piece.
pub fn whole(asked: &Asked, text: &str) -> Value {
    match provider(asked) {
        "anthropic" => {
            json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1",
            "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 3, "output_tokens": 1}})
        }
        "google" => json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]},
            "finishReason": "STOP"}], "modelVersion": "m-1", "usageMetadata": {"promptTokenCount": 3}}),
        "cohere" => json!({"id": "1", "finish_reason": "COMPLETE",
            "message": {"role": "assistant", "content": [{"type": "text", "text": text}]}}),
        "ollama" => json!({"model": "m-1", "created_at": "2026-01-01T00:00:00Z", "done": true,
            "done_reason": "stop", "message": {"role": "assistant", "content": text}}),
        _ => {
            json!({"id": "1", "object": "chat.completion", "created": 1, "model": "m-1", "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]})
        }
    }
}

/// An answer piece by piece, to its end.
pub fn stream_of(asked: &Asked, texts: &[&str]) -> Reply {
    let provider = provider(asked);
    let mut body = begin(provider);
    for text in texts {
        body.push_str(&piece(provider, text));
    }
    body.push_str(&end(provider));
    Reply::stream(media_type(provider), body)
}

/// The media type of its streams.
pub fn media_type(provider: &str) -> &'static str {
    match provider {
        "ollama" => "application/x-ndjson",
        _ => "text/event-stream",
    }
}

/// What comes before the first piece.
pub fn begin(provider: &str) -> String {
    match provider {
        "anthropic" => {
            let start = json!({"type": "message_start", "message": {"id": "msg_1", "type": "message",
                "role": "assistant", "model": "m-1", "content": [], "usage": {"input_tokens": 3}}});
            let open = json!({"type": "content_block_start", "index": 0,
                "content_block": {"type": "text", "text": ""}});
            event(&start) + &event(&open)
        }
        "cohere" => {
            let start = json!({"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant"}}});
            let open = json!({"type": "content-start", "index": 0,
                "delta": {"message": {"content": {"type": "text", "text": ""}}}});
            event(&start) + &event(&open)
        }
        _ => String::new(),
    }
}

/// One piece of text.
pub fn piece(provider: &str, text: &str) -> String {
    match provider {
        "anthropic" => event(&json!({"type": "content_block_delta", "index": 0,
            "delta": {"type": "text_delta", "text": text}})),
        "google" => format!(
            "data: {}\r\n\r\n",
            json!({"modelVersion": "m-1", "candidates": [
            {"content": {"role": "model", "parts": [{"text": text}]}}]})
        ),
        "cohere" => event(&json!({"type": "content-delta", "index": 0,
            "delta": {"message": {"content": {"text": text}}}})),
        "ollama" => format!(
            "{}\n",
            json!({"model": "m-1", "created_at": "2026-01-01T00:00:00Z", "done": false,
            "message": {"role": "assistant", "content": text}})
        ),
        _ => format!(
            "data: {}\n\n",
            json!({"id": "1", "object": "chat.completion.chunk", "created": 1,
            "model": "m-1", "choices": [{"index": 0, "delta": {"content": text}}]})
        ),
    }
}

/// What comes after the last piece.
pub fn end(provider: &str) -> String {
    match provider {
        "anthropic" => [
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
            json!({"type": "message_stop"}),
        ]
        .iter()
        .map(event)
        .collect(),
        "google" => format!("data: {}\r\n\r\n", json!({"modelVersion": "m-1", "candidates": [
            {"content": {"role": "model"}, "finishReason": "STOP"}]})),
        "cohere" => event(&json!({"type": "content-end", "index": 0}))
            + &event(&json!({"type": "message-end", "delta": {"finish_reason": "COMPLETE"}})),
        "ollama" => format!("{}\n", json!({"model": "m-1", "created_at": "2026-01-01T00:00:00Z", "done": true, "done_reason": "stop",
            "message": {"role": "assistant", "content": ""}})),
        _ => format!("data: {}\n\ndata: [DONE]\n\n", json!({"id": "1", "object": "chat.completion.chunk",
            "created": 1, "model": "m-1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})),
    }
}

/// An error, whole.
pub fn error(asked: &Asked, text: &str) -> Value {
    match provider(asked) {
        "anthropic" => json!({"type": "error", "error": {"type": "some_error", "message": text}}),
        "google" => json!({"error": {"code": 1, "message": text, "status": "SOME"}}),
        "cohere" => json!({"id": "1", "message": text}),
        "ollama" => json!({"error": text}),
        _ => json!({"error": {"message": text, "type": "some_error", "param": null, "code": null}}),
    }
}

/// An error in mid-stream.
pub fn error_piece(provider: &str, text: &str) -> String {
    match provider {
        "anthropic" => {
            event(&json!({"type": "error", "error": {"type": "overloaded_error", "message": text}}))
        }
        "cohere" => event(
            &json!({"type": "message-end", "delta": {"finish_reason": "ERROR", "error": text}}),
        ),
        "ollama" => format!("{}\n", json!({"error": text})),
        "google" => format!(
            "data: {}\r\n\r\n",
            json!({"error": {"code": 503, "message": text, "status": "UNAVAILABLE"}})
        ),
        _ => format!(
            "event: error\ndata: {}\n\n",
            json!({"error": {"message": text, "type": "server_error"}})
        ),
    }
}

fn event(data: &Value) -> String {
    format!(
        "event: {}\ndata: {data}\n\n",
        data["type"].as_str().unwrap()
    )
}
