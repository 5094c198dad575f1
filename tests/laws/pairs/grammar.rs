//! The grammar of each dialect's streams, as their clients rely on it; written here once more, by hand.

use gateway::table::{Framing, StreamSpec};
use serde_json::Value;

/// What is ill-formed in a stream, if anything. `failed`: it ends in an error.
pub fn check(dialect: &str, form: &StreamSpec, text: &str, failed: bool) -> Result<(), String> {
    let frames = frames(form, text)?;
    match dialect {
        "openai-chat" => fragments(&frames, failed),
        "anthropic" => blocks(&frames, failed),
        "cohere" => contents(&frames, failed),
        "gemini" => chunks(&frames, failed),
        "ollama" => lines(&frames, failed),
        _ => Ok(()),
    }
}

fn frames(form: &StreamSpec, text: &str) -> Result<Vec<Value>, String> {
    let parse = |json: &str| match json {
        "[DONE]" => Ok(Value::from(json)),
        json => serde_json::from_str(json).map_err(|error| error.to_string()),
    };
    match form.framing {
        Framing::Array => parse(text).map(|list| list.as_array().cloned().unwrap_or_default()),
        Framing::Lines => text.lines().map(parse).collect(),
        Framing::Events => text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(parse)
            .collect(),
    }
}

fn ensure(holds: bool, fault: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.into()) }
}

fn fragments(frames: &[Value], failed: bool) -> Result<(), String> {
    let (mut finished, mut calls) = (0, 0);
    for (i, frame) in frames.iter().enumerate() {
        if frame["error"].is_object() {
            return ensure(failed, "an error where there was none");
        }
        if frame == "[DONE]" {
            return ensure(
                !failed && i + 1 == frames.len() && finished > 0,
                "[DONE] too early",
            );
        }
        ensure(frame["object"] == "chat.completion.chunk", "no object")?;
        for choice in frame["choices"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|choice| choice["index"] == 0)
        {
            let delta = &choice["delta"];
            ensure(i > 0 || delta["role"] == "assistant", "no role at first")?;
            ensure(
                finished == 0 || choice["finish_reason"].is_null(),
                "finished twice",
            )?;
            finished += i32::from(!choice["finish_reason"].is_null());
            for call in delta["tool_calls"].as_array().into_iter().flatten() {
                let opens = call["index"] == calls;
                ensure(
                    opens == call["id"].is_string()
                        && opens == call["function"]["name"].is_string(),
                    "id and name on the first fragment only",
                )?;
                ensure(
                    opens || call["index"].as_i64() < Some(calls),
                    "an index out of order",
                )?;
                calls += i64::from(opens);
            }
        }
    }
    ensure(failed, "no [DONE]")
}

fn blocks(frames: &[Value], failed: bool) -> Result<(), String> {
    let (mut open, mut next, mut ended) = (None::<(u64, Value)>, 0, false);
    for (i, frame) in frames.iter().enumerate() {
        let kind = frame["type"].as_str().unwrap_or_default();
        ensure(
            (i == 0) == (kind == "message_start") || i == 0 && kind == "error",
            "message_start is first and once",
        )?;
        ensure(
            !ended || kind == "message_stop",
            "something after message_delta",
        )?;
        let index = frame["index"].as_u64();
        match kind {
            "message_start" => ensure(
                frame["message"]["usage"]["output_tokens"].is_u64(),
                "usage at the start",
            )?,
            "content_block_start" => {
                ensure(
                    open.is_none() && index == Some(next),
                    "a block opens out of order",
                )?;
                open = Some((next, frame["content_block"]["type"].clone()));
                next += 1;
            }
            "content_block_delta" => {
                let delta = frame["delta"]["type"].as_str().unwrap_or_default();
                let of = match delta {
                    "text_delta" => "text",
                    "input_json_delta" => "tool_use",
                    _ => "thinking",
                };
                let fits = open
                    .as_ref()
                    .is_some_and(|(at, kind)| Some(*at) == index && kind == of);
                ensure(fits, format!("{delta} in another block"))?;
            }
            "content_block_stop" => ensure(
                open.take().map(|(at, _)| at) == index,
                "a stop of another block",
            )?,
            "message_delta" => {
                ensure(
                    open.is_none() && frame["delta"]["stop_reason"].is_string(),
                    "no end of the last block, or no reason",
                )?;
                ended = true;
            }
            "message_stop" => {
                return ensure(
                    ended && !failed && i + 1 == frames.len(),
                    "message_stop out of place",
                );
            }
            "error" => return ensure(failed, "an error where there was none"),
            "ping" => {}
            _ => return Err(format!("an unknown event {kind}")),
        }
    }
    ensure(failed, "no message_stop")
}

fn contents(frames: &[Value], failed: bool) -> Result<(), String> {
    let mut open: Option<(String, u64)> = None;
    let mut next = [0, 0];
    for (i, frame) in frames.iter().enumerate() {
        if frame == "[DONE]" {
            return ensure(!failed && i + 1 == frames.len(), "[DONE] out of place");
        }
        let kind = frame["type"].as_str().unwrap_or_default();
        ensure(
            (i == 0) == (kind == "message-start"),
            "message-start is first and once",
        )?;
        let index = frame["index"].as_u64().unwrap_or_default();
        let family = |kind: &str| {
            kind.rsplit_once('-')
                .map(|(family, _)| family.to_owned())
                .unwrap_or_default()
        };
        match kind {
            "message-start" => {}
            "content-start" | "tool-call-start" => {
                let counter = &mut next[usize::from(kind == "tool-call-start")];
                ensure(open.is_none() && index == *counter, "opened out of order")?;
                *counter += 1;
                open = Some((family(kind), index));
            }
            "content-delta" | "tool-call-delta" => {
                ensure(
                    open == Some((family(kind), index)),
                    "a delta of what isn't open",
                )?;
            }
            "content-end" | "tool-call-end" => {
                ensure(
                    open.take() == Some((family(kind), index)),
                    "an end of what isn't open",
                )?;
            }
            "message-end" => {
                ensure(open.is_none() || failed, "an end while something is open")?;
                ensure(frame["delta"]["finish_reason"].is_string(), "no reason")?;
                ensure(
                    failed == frame["delta"]["error"].is_string(),
                    "an error where there was none",
                )?;
            }
            _ => return Err(format!("an unknown event {kind}")),
        }
    }
    ensure(failed, "no [DONE]")
}

fn chunks(frames: &[Value], failed: bool) -> Result<(), String> {
    let mut finished = false;
    for (i, frame) in frames.iter().enumerate() {
        if frame["error"].is_object() {
            return ensure(
                failed && i + 1 == frames.len(),
                "an error where there was none",
            );
        }
        let mut candidates = frame["candidates"].as_array().into_iter().flatten();
        let Some(first) =
            candidates.find(|candidate| candidate["index"].as_u64().unwrap_or(0) == 0)
        else {
            continue;
        };
        let finish = &first["finishReason"];
        ensure(!finished || finish.is_null(), "finished twice")?;
        finished |= finish.is_string();
        for part in first["content"]["parts"].as_array().into_iter().flatten() {
            ensure(
                part.get("functionCall")
                    .is_none_or(|call| call["name"].is_string()),
                "a call without a name",
            )?;
        }
    }
    ensure(finished || failed, "no finishReason")
}

fn lines(frames: &[Value], failed: bool) -> Result<(), String> {
    for (i, frame) in frames.iter().enumerate() {
        let last = i + 1 == frames.len();
        if frame["error"].is_string() {
            return ensure(failed && last, "an error where there was none");
        }
        ensure(frame["done"] == last || failed, "done is last and once")?;
        ensure(
            frame["message"]["content"].is_string() && frame["created_at"].is_string(),
            "no content or date",
        )?;
        for call in frame["message"]["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
        {
            ensure(
                call["function"]["arguments"].is_object(),
                "arguments are an object",
            )?;
        }
    }
    ensure(
        failed || frames.last().is_some_and(|frame| frame["done"] == true),
        "no end",
    )
}
