//! Tokens of a conversation, counted by the provider that would answer it.

use serde_json::{Value, json};

use super::House;

const MESSAGES: &str = "/v1/messages/count_tokens";

fn conversation(model: &str) -> Value {
    json!({"model": model, "system": "Be brief.", "messages": [{"role": "user", "content": "Tide?"}],
        "tools": [{"name": "tide", "input_schema": {"type": "object", "properties": {"at": {"type": "string"}}}}]})
}

#[tokio::test]
async fn who_can_count_counts() {
    let house = House::open().await;
    let contents = json!([{"role": "user", "parts": [{"text": "Tide?"}]}]);
    let whole = json!({"generateContentRequest": {"model": "models/anthropic/m", "contents": contents,
        "systemInstruction": {"parts": [{"text": "Be brief."}]}}});
    for (path, body, count, sent) in [
        (
            MESSAGES,
            conversation("anthropic/m"),
            json!({"input_tokens": 7}),
            "/system",
        ),
        (
            MESSAGES,
            conversation("google/m"),
            json!({"input_tokens": 11}),
            "/generateContentRequest/systemInstruction/parts/0/text",
        ),
        (
            "/v1beta/models/anthropic/m:countTokens",
            whole,
            json!({"totalTokens": 7}),
            "/system",
        ),
        (
            "/v1beta/models/anthropic/m:countTokens",
            json!({"contents": contents}),
            json!({"totalTokens": 7}),
            "/messages/0/content",
        ),
        (
            "/v1beta/models/google/m:countTokens",
            json!({"contents": contents}),
            json!({"totalTokens": 11}),
            "",
        ),
    ] {
        let answer = house.post(path, "", &body).await;
        assert_eq!(answer.good(path), count, "{body}");
        let asked = house.upstream.asked();
        let asked: Value = serde_json::from_str(&asked[0].body).unwrap();
        assert!(asked.pointer(sent).is_some(), "{sent}: {asked}");
        assert!(asked.get("max_tokens").is_none(), "{asked}");
        assert!(asked.get("stream").is_none(), "{asked}");
        if let Some(inner) = asked.get("generateContentRequest") {
            assert_eq!(inner["model"], "models/m");
        }
    }
}

#[tokio::test]
async fn who_cannot_count_says_who_can() {
    let house = House::open().await;
    let answer = house.post(MESSAGES, "", &conversation("openai/m")).await;
    assert!(matches!(answer.status, 400 | 501), "{}", answer.body);
    let text = answer.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    for word in ["openai", "google, anthropic"] {
        assert!(text.contains(word), "{text}");
    }
    assert!(house.upstream.asked().is_empty());
}
