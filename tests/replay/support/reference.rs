//! What recorded replies say, read a second time without the gateway: as little code as can be, on plain JSON.

use serde_json::Value;

use super::corpus::Exchange;

/// What a reply comes to.
#[derive(Debug, Default)]
pub struct Said {
    pub text: String,
    /// The model that it names, if any.
    pub model: Option<String>,
    /// It says itself that it failed, or ends before it said why it ends.
    pub failed: bool,
}

/// Reads a reply of status 200.
pub fn read(dialect: &str, exchange: &Exchange) -> Said {
    let mut said = Said::default();
    // A last event that is no frame ends a stream as well.
    let mut finished = !exchange.stream || exchange.body.contains("data: [DONE]");
    for frame in frames(exchange) {
        said.failed |= !frame.is_object();
        if frame.get("error").is_some_and(|error| !error.is_null()) {
            said.failed = true;
            break;
        }
        match dialect {
            "openai_chat" => finished |= choices(&frame, exchange.stream, &mut said),
            "anthropic_messages" => finished |= blocks(&frame, &mut said),
            "gemini" => finished |= candidates(&frame, &mut said),
            "cohere_v2" => finished |= contents(&frame, &mut said),
            _ => finished |= message(&frame, &mut said),
        }
    }
    said.failed |= !finished;
    said
}

/// The message of an error reply.
pub fn message_of_error(body: &str) -> Option<String> {
    let value: Value = serde_json::from_str(body).ok()?;
    let places = ["/error/message", "/message", "/error"];
    let found = places
        .into_iter()
        .find_map(|place| value.pointer(place)?.as_str());
    found.map(|text| text.trim().to_owned())
}

/// A whole reply is its own only frame.
fn frames(exchange: &Exchange) -> Vec<Value> {
    let body = exchange.body.replace("\r\n", "\n");
    if !exchange.stream {
        return vec![serde_json::from_str(&body).unwrap()];
    }
    if let Ok(Value::Array(frames)) = serde_json::from_str(&body) {
        return frames;
    }
    let data = body.lines().filter_map(|line| {
        let data = line.strip_prefix("data:").unwrap_or(line).trim();
        serde_json::from_str(data).ok()
    });
    data.filter(Value::is_object).collect()
}

fn choices(frame: &Value, stream: bool, said: &mut Said) -> bool {
    name(frame, "model", said);
    let choices = frame["choices"].as_array().into_iter().flatten();
    let mut first = choices.filter(|choice| choice["index"].as_u64().unwrap_or(0) == 0);
    let Some(choice) = first.next() else {
        return false;
    };
    // Some vendors give both, one of them what has come so far.
    let message = match stream {
        true => &choice["delta"],
        false => &choice["message"],
    };
    text_of(&message["content"], said);
    said.text
        .push_str(message["refusal"].as_str().unwrap_or_default());
    let reason = choice["finish_reason"].as_str();
    said.failed |= matches!(reason, Some("error" | "insufficient_system_resource"));
    reason.is_some()
}

fn blocks(frame: &Value, said: &mut Said) -> bool {
    name(frame, "model", said);
    name(&frame["message"], "model", said);
    text_of(&frame["content"], said);
    text_of(&frame["content_block"], said);
    if frame["delta"]["type"] == "text_delta" {
        said.text.push_str(frame["delta"]["text"].as_str().unwrap());
    }
    frame["delta"]["stop_reason"].is_string()
}

fn candidates(frame: &Value, said: &mut Said) -> bool {
    name(frame, "modelVersion", said);
    let candidate = &frame["candidates"][0];
    let parts = candidate["content"]["parts"].as_array();
    for part in parts.into_iter().flatten() {
        if part["thought"] != true {
            said.text
                .push_str(part["text"].as_str().unwrap_or_default());
        }
    }
    let reason = candidate["finishReason"].as_str();
    let failures = [
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
    ];
    said.failed |= reason.is_some_and(|reason| failures.contains(&reason));
    // Its streams may end without saying why: if they said what was used, or why there is no answer.
    let blocked = frame.pointer("/promptFeedback/blockReason").is_some();
    reason.is_some() || blocked || frame.get("usageMetadata").is_some()
}

fn contents(frame: &Value, said: &mut Said) -> bool {
    text_of(&frame["message"]["content"], said);
    text_of(&frame["delta"]["message"]["content"], said);
    frame["type"] == "message-end"
}

fn message(frame: &Value, said: &mut Said) -> bool {
    name(frame, "model", said);
    text_of(&frame["message"]["content"], said);
    frame["done"] == true
}

/// Text stands alone, in a part, or in a list of parts; some vendors give structured output as an object.
fn text_of(content: &Value, said: &mut Said) {
    match content {
        Value::String(text) => said.text.push_str(text),
        Value::Array(parts) => parts.iter().for_each(|part| text_of(part, said)),
        Value::Object(part) => match part.get("type") {
            Some(kind) if kind != "text" => {}
            None if !part.contains_key("text") && !part.contains_key("thinking") => {
                said.text.push_str(&content.to_string())
            }
            _ => said
                .text
                .push_str(part.get("text").and_then(Value::as_str).unwrap_or_default()),
        },
        _ => {}
    }
}

fn name(frame: &Value, key: &str, said: &mut Said) {
    if let Some(model) = frame[key].as_str().filter(|model| !model.is_empty()) {
        said.model = Some(model.to_owned());
    }
}
