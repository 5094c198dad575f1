//! Every recorded chat of the vendors that share a dialect, through each one's own entry: text, thinking, calls, why it
//! ended and what it cost, against a second reader that knows nothing but JSON.

use gateway::canonical::{Accumulator, Candidate, ChatResponse, EventKind, FinishReason, PartKind};
use gateway::dialect::{Restore, prepare_response};
use gateway::generated::providers::PROVIDERS;
use gateway::stream::Decoder;
use gateway::table::{Chat, Provider};
use serde_json::{Value, json};

use crate::recordings::entry;
use crate::support::corpus::{self, Exchange};

/// What a reply comes to.
#[derive(Debug, Default, PartialEq)]
struct Said {
    text: String,
    thinking: String,
    calls: Vec<(String, Value)>,
    finish: String,
    /// Input, output, cached, thinking.
    usage: [Option<i64>; 4],
}

#[test]
fn nothing_of_a_reply_is_lost() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for exchange in corpus::read("openai_chat") {
        let provider = PROVIDERS
            .iter()
            .find(|provider| provider.id == entry(&exchange.provider))
            .unwrap();
        let Some(expected) = second(&exchange) else {
            continue;
        };
        seen += 1;
        let said = first(provider, &exchange);
        if said.as_ref() != Ok(&expected) {
            let (id, vendor) = (&exchange.id, &exchange.provider);
            wrong.push(format!(
                "{id} ({vendor}):\n  {said:?}\n  instead of\n  {expected:?}"
            ));
        }
    }
    println!("{seen} chats, read twice");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// As the gateway reads it.
fn first(provider: &'static Provider, exchange: &Exchange) -> Result<Said, String> {
    let dialect = provider.generate.as_ref().unwrap().dialect;
    let chat = dialect.chat.unwrap();
    let mut reply = match exchange.stream {
        true => streamed(chat, &exchange.body)?,
        false => {
            (chat.decode_response)(exchange.body.as_bytes()).map_err(|fault| fault.to_string())?
        }
    };
    prepare_response(&mut reply, provider, "m", dialect, &Restore::default())
        .map_err(|fault| fault.to_string())?;
    let candidate = reply
        .candidates
        .iter()
        .find(|candidate| candidate.index == 0);
    let usage = reply.usage.clone().unwrap_or_default();
    let mut said = candidate.map(told).unwrap_or_default();
    said.usage = [usage.input, usage.output, usage.cached, usage.reasoning];
    Ok(said)
}

fn streamed(chat: &Chat, body: &str) -> Result<ChatResponse<'static>, String> {
    let mut decoder = Decoder::new(&chat.streams[0]);
    let mut accumulator = Accumulator::new();
    let mut failed = None;
    let mut sink = |event: &gateway::canonical::Event<'_>| {
        if event.event == EventKind::Error {
            failed = Some(format!("{:?}", event.error));
        }
        accumulator.push(event);
    };
    // Somewhere in the middle, as networks do.
    let (head, rest) = body.as_bytes().split_at(body.len() / 3);
    decoder.push(head, &mut sink);
    decoder.push(rest, &mut sink);
    decoder.end(&mut sink);
    failed.map_or_else(|| Ok(accumulator.response().clone()), Err)
}

fn told(candidate: &Candidate<'_>) -> Said {
    let mut said = Said::default();
    for part in &candidate.parts {
        let text = part.text.as_deref().unwrap_or_default();
        match part.kind {
            PartKind::Text | PartKind::Refusal => said.text.push_str(text),
            PartKind::Thinking => said.thinking.push_str(text),
            PartKind::ToolCall => {
                let arguments = part.arguments.as_deref().unwrap_or_default();
                let name = part.name.as_deref().unwrap_or_default();
                said.calls.push((name.to_owned(), parsed(arguments)));
            }
            kind => panic!("{kind:?}"),
        }
    }
    said.finish = match candidate.finish {
        Some(FinishReason::Length) => "length",
        Some(FinishReason::ToolCalls) => "tool_calls",
        Some(FinishReason::ContentFilter) => "content_filter",
        Some(FinishReason::Stop) => "stop",
        _ => "",
    }
    .to_owned();
    said
}

/// As anybody would; nothing for what failed or broke off, of which other tests speak.
fn second(exchange: &Exchange) -> Option<Said> {
    let mut said = Said::default();
    let mut calls: Vec<Call> = Vec::new();
    for frame in frames(exchange)? {
        let failed = frame.get("error").is_some_and(|error| !error.is_null());
        if failed || frame.get("choices").is_none() {
            return None;
        }
        spent(&frame, &mut said.usage);
        let choices = frame["choices"].as_array().into_iter().flatten();
        for choice in choices.filter(|choice| choice["index"].as_u64().unwrap_or(0) == 0) {
            let message = match exchange.stream {
                true => &choice["delta"],
                false => &choice["message"],
            };
            add(message, &mut said);
            let listed = message["tool_calls"].as_array().into_iter().flatten();
            for (place, call) in listed.enumerate() {
                collect(call, place, &mut calls);
            }
            let reason = choice["finish_reason"].as_str().unwrap_or_default();
            if !reason.is_empty() && said.finish.is_empty() {
                said.finish = reason.to_owned();
            }
        }
    }
    if said.finish.is_empty() || said.finish == "error" {
        return None;
    }
    said.calls = calls
        .into_iter()
        .map(|call| (call.name, parsed(&call.arguments)))
        .collect();
    said.finish = match &*said.finish {
        "length" | "content_filter" => said.finish,
        _ if !said.calls.is_empty() => "tool_calls".to_owned(),
        "tool_calls" => said.finish,
        _ => "stop".to_owned(),
    };
    Some(said)
}

#[derive(Default)]
struct Call {
    key: String,
    name: String,
    arguments: String,
}

fn frames(exchange: &Exchange) -> Option<Vec<Value>> {
    if exchange.status != 200 {
        return None;
    }
    if !exchange.stream {
        return Some(vec![serde_json::from_str(&exchange.body).ok()?]);
    }
    let data = exchange.body.lines().filter_map(|line| {
        let data = line.strip_prefix("data:")?.trim();
        serde_json::from_str(data).ok()
    });
    Some(data.collect())
}

fn spent(frame: &Value, usage: &mut [Option<i64>; 4]) {
    let of = |place: &str| frame.pointer(place).filter(|usage| usage.is_object());
    let Some(found) = of("/usage").or(of("/x_groq/usage")) else {
        return;
    };
    let number = |place: &str| found.pointer(place).and_then(Value::as_i64);
    let cached = [
        "/prompt_tokens_details/cached_tokens",
        "/prompt_cache_hit_tokens",
        "/num_cached_tokens",
        "/cached_tokens",
    ];
    let now = [
        number("/prompt_tokens"),
        number("/completion_tokens"),
        cached.into_iter().find_map(number),
        number("/completion_tokens_details/reasoning_tokens"),
    ];
    for (field, now) in usage.iter_mut().zip(now) {
        *field = now.or(*field);
    }
}

fn add(message: &Value, said: &mut Said) {
    match &message["content"] {
        Value::String(text) => said.text.push_str(text),
        Value::Array(parts) => {
            for part in parts {
                said.text
                    .push_str(part["text"].as_str().unwrap_or_default());
                for thought in part["thinking"].as_array().into_iter().flatten() {
                    said.thinking
                        .push_str(thought["text"].as_str().unwrap_or_default());
                }
            }
        }
        Value::Null => {}
        object => said.text.push_str(&object.to_string()),
    }
    said.text
        .push_str(message["refusal"].as_str().unwrap_or_default());
    let thinking = ["reasoning_content", "reasoning"];
    let thinking = thinking.into_iter().find_map(|name| message[name].as_str());
    said.thinking.push_str(thinking.unwrap_or_default());
}

/// By its index, else by its id, else by its place in the list.
fn collect(call: &Value, place: usize, calls: &mut Vec<Call>) {
    let id = call["id"].as_str().unwrap_or_default();
    let key = match call["index"].as_u64() {
        Some(index) => format!("index {index}"),
        None if !id.is_empty() => format!("id {id}"),
        None => format!("place {place}"),
    };
    let at = calls.iter().position(|known| known.key == key);
    let at = at.unwrap_or_else(|| {
        calls.push(Call {
            key,
            ..Call::default()
        });
        calls.len() - 1
    });
    let function = &call["function"];
    calls[at]
        .name
        .push_str(function["name"].as_str().unwrap_or_default());
    match &function["arguments"] {
        Value::String(text) => calls[at].arguments.push_str(text),
        Value::Null => {}
        object => calls[at].arguments.push_str(&object.to_string()),
    }
}

fn parsed(arguments: &str) -> Value {
    match arguments.trim() {
        "" => json!({}),
        text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    }
}
