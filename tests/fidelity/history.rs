//! Conversations that not every provider takes: what they become, or why they are refused.

use serde_json::{Value, json};

use crate::support::{Gateway, Reply, Upstream, json_of};

/// What a provider is sent, or the text of a refusal.
async fn sent(path: &str, body: &Value) -> (Result<Value, String>, String) {
    let upstream = Upstream::answering(Reply::json(500, json!({}))).await;
    let gateway = Gateway::before(upstream.address).await;
    let answer = gateway.ask(path, body).await;
    let dropped = answer
        .header("x-gateway-dropped")
        .unwrap_or_default()
        .to_owned();
    match upstream.asked().pop() {
        Some(asked) => (Ok(serde_json::from_str(&asked.body).unwrap()), dropped),
        None => {
            assert_eq!(answer.status, 400, "{}", answer.body);
            let text = json_of(&answer)["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned();
            (Err(text), dropped)
        }
    }
}

fn chat(model: &str, messages: Value) -> Value {
    json!({"model": model, "messages": messages})
}

async fn messages(model: &str, messages: Value, place: &str) -> Result<Value, String> {
    let (sent, _) = sent("/v1/chat/completions", &chat(model, messages)).await;
    sent.map(|sent| sent[place].clone())
}

fn call(id: &str, arguments: Value) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "f", "arguments": arguments}})
}

#[tokio::test]
async fn marks_beyond_the_bound() {
    let text = |text: &str| json!({"type": "text", "text": text, "prompt_cache_breakpoint": {"mode": "explicit"}});
    let body = chat(
        "anthropic/claude-x",
        json!([
        {"role": "system", "content": [text("a"), text("b")]},
        {"role": "user", "content": [text("c"), text("d")]},
        {"role": "assistant", "content": "e"},
        {"role": "user", "content": [text("f")]}]),
    );
    let (sent, _) = sent("/v1/chat/completions", &body).await;
    let sent = sent.unwrap();
    let marked = |place: &str| {
        sent.pointer(place)
            .is_some_and(|part| part.get("cache_control").is_some())
    };
    let places = [
        "/system/0",
        "/system/1",
        "/messages/0/content/0",
        "/messages/0/content/1",
        "/messages/2/content/0",
    ];
    assert_eq!(
        places.map(marked),
        [false, true, true, true, true],
        "{sent}"
    );
}

#[tokio::test]
async fn who_has_the_last_word() {
    let last = json!([{"role": "user", "content": "go"}, {"role": "assistant", "content": "I"}]);
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    for (model, with_tools, taken) in [
        ("anthropic/claude-sonnet-4-5", false, true),
        ("anthropic/claude-opus-4-6", false, false),
        ("anthropic/claude-sonnet-5", false, false),
        ("google/gemini-3-flash", false, false),
        ("google/gemini-3-flash", true, false),
        ("cohere/command-a", false, false),
        ("groq/llama", true, true),
    ] {
        let mut body = chat(model, last.clone());
        if with_tools {
            body["tools"] = tools.clone();
        }
        let (sent, _) = sent("/v1/chat/completions", &body).await;
        match sent {
            Ok(sent) => assert!(taken, "{model}: {sent}"),
            Err(text) => assert!(
                !taken && text.contains("such as 'Continue.'"),
                "{model}: {text}"
            ),
        }
    }
    // A call that waits for its result is no message to be continued.
    let waits = json!([{"role": "user", "content": "go"}, {"role": "assistant", "tool_calls": [call("c", json!("{}"))]}]);
    let sent = messages("anthropic/claude-opus-4-6", waits, "messages").await;
    assert_eq!(sent.unwrap()[2]["content"][0]["type"], "tool_result");
}

#[tokio::test]
async fn calls_and_results() {
    let user = json!({"role": "user", "content": "go"});
    let said = json!({"role": "assistant", "content": null, "tool_calls": [call("a", json!("{}")), call("b", json!("{}"))]});
    let result =
        |id: &str| json!({"role": "tool", "tool_call_id": id, "content": format!("of {id}")});
    // A call without result, and results in another order: answered at once, in the order of the calls.
    let history = json!([user, said, result("b"), user]);
    let blocks = messages("anthropic/m", history.clone(), "messages")
        .await
        .unwrap();
    let expected = json!([
        {"type": "tool_result", "tool_use_id": "a", "content": "The tool call was not executed.", "is_error": true},
        {"type": "tool_result", "tool_use_id": "b", "content": "of b"},
        {"type": "text", "text": "go"}]);
    assert_eq!(blocks[2]["content"], expected, "{blocks}");
    let contents = messages("google/gemini-3-flash", history, "contents")
        .await
        .unwrap();
    let responses = json!([
        {"functionResponse": {"id": "a", "name": "f", "response": {"error": "The tool call was not executed."}}},
        {"functionResponse": {"id": "b", "name": "f", "response": {"output": "of b"}}},
        {"text": "go"}]);
    assert_eq!(contents[2]["parts"], responses, "{contents}");
    let body = json!({"model": "groq/m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}},
            {"type": "tool_use", "id": "b", "name": "f", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "b", "content": "of b"}]}]});
    let (chat, _) = sent("/v1/messages", &body).await;
    let chat = &chat.unwrap()["messages"];
    let failed = json!({"role": "tool", "tool_call_id": "a", "content": "Error: The tool call was not executed."});
    assert_eq!((&chat[2], &chat[3]), (&failed, &result("b")), "{chat}");
    // A result that answers nothing.
    for model in ["anthropic/m", "google/gemini-3-flash", "cohere/m"] {
        let refused = messages(model, json!([user, result("x")]), "messages").await;
        assert!(
            refused.unwrap_err().contains("answers no open call"),
            "{model}"
        );
    }
}

#[tokio::test]
async fn who_has_the_first_word() {
    let history =
        json!([{"role": "assistant", "content": "hello"}, {"role": "user", "content": "go"}]);
    for (model, taken) in [
        ("anthropic/m", false),
        ("google/m", false),
        ("groq/m", true),
        ("ollama/m", true),
        ("cohere/m", true),
    ] {
        let sent = messages(model, history.clone(), "messages").await;
        assert_eq!(sent.is_ok(), taken, "{model}: {sent:?}");
        if let Err(text) = sent {
            assert!(
                text.contains("the first message must be the user's"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn empty_texts() {
    let history = json!([{"role": "user", "content": "go"}, {"role": "assistant", "content": ""},
        {"role": "user", "content": [{"type": "text", "text": ""}, {"type": "text", "text": "on"}]}]);
    let blocks = messages("anthropic/m", history.clone(), "messages")
        .await
        .unwrap();
    assert!(!blocks.to_string().contains("\"\""), "{blocks}");
    let contents = messages("google/m", history.clone(), "contents")
        .await
        .unwrap();
    assert!(
        !contents.to_string().contains("\"text\":\"\""),
        "{contents}"
    );
    let cohere = messages("cohere/m", history, "messages").await.unwrap();
    assert!(!cohere.to_string().contains("\"\""), "{cohere}");
}

/// Arguments that are no object, for providers that take only objects; as they are for the others.
#[tokio::test]
async fn arguments() {
    let result = json!({"role": "tool", "tool_call_id": "c", "content": "ok"});
    for (arguments, object) in [
        ("{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}"),
        ("", "{}"),
        ("null", "{}"),
        ("[1]", "{\"_raw\":[1]}"),
        ("7", "{\"_raw\":7}"),
        ("{\"a\":", "{\"_raw\":\"{\\\"a\\\":\"}"),
    ] {
        let history = json!([{"role": "user", "content": "go"},
            {"role": "assistant", "tool_calls": [call("c", json!(arguments))]}, result]);
        let blocks = messages("anthropic/m", history.clone(), "messages")
            .await
            .unwrap();
        assert_eq!(
            blocks[1]["content"][0]["input"].to_string(),
            object,
            "{arguments}"
        );
        let contents = messages("google/m", history.clone(), "contents")
            .await
            .unwrap();
        assert_eq!(
            contents[1]["parts"][0]["functionCall"]["args"].to_string(),
            object,
            "{arguments}"
        );
        let lines = messages("ollama/m", history.clone(), "messages")
            .await
            .unwrap();
        assert_eq!(
            lines[1]["tool_calls"][0]["function"]["arguments"].to_string(),
            object,
            "{arguments}"
        );
        let same = messages("groq/m", history, "messages").await.unwrap();
        assert_eq!(same[1]["tool_calls"][0]["function"]["arguments"], arguments);
    }
}

#[tokio::test]
async fn what_a_tool_shows() {
    let body = json!({"model": "groq/m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}},
            {"type": "tool_use", "id": "b", "name": "f", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "a", "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}}]},
            {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": true},
            {"type": "text", "text": "well?"}]}]});
    let (sent, _) = sent("/v1/messages", &body).await;
    let sent = sent.unwrap();
    let said = sent["messages"].as_array().unwrap();
    let roles: Vec<_> = said
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles[..4], ["user", "assistant", "tool", "tool"], "{sent}");
    assert_eq!(said[3]["content"], "Error: no");
    assert!(
        said[4..].iter().any(|message| message["role"] == "user"
            && message.to_string().contains("data:image/png;base64,AA==")),
        "{sent}"
    );
}
