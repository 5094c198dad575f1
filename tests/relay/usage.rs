//! What was used is in the log also where an answer only passes.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Process, binary, nobody};
use crate::support::gateway::environment;
use crate::support::upstream::LINES;
use crate::support::{Client, Reply, soon};
use crate::{SPOKEN, Spoken, scripted};

/// How an answer ends for its reader.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ends {
    Whole,
    Streamed,
    /// The reader leaves when all has come but the stream's end.
    Left,
}

/// A reply of each dialect that took 12 tokens and made 34, and the frames of such a stream, each with what precedes it.
fn told(recordings: &str) -> (Value, Vec<(&'static str, Value)>) {
    match recordings {
        "openai_chat" => {
            let usage = json!({"prompt_tokens": 12, "completion_tokens": 34, "total_tokens": 46});
            let chunk = |choices: Value, usage: &Value| json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, "usage": usage});
            let delta = json!([{"index": 0, "delta": {"role": "assistant", "content": "be"}, "finish_reason": null}]);
            let stop = json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]);
            let message = json!({"role": "assistant", "content": "be", "refusal": null});
            let whole = json!({"id": "c", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": null}], "usage": usage});
            let frames = [
                chunk(delta, &Value::Null),
                chunk(stop, &Value::Null),
                chunk(json!([]), &usage),
            ];
            (whole, frames.map(|frame| ("data: ", frame)).to_vec())
        }
        "openai_responses" => {
            let usage = json!({"input_tokens": 12, "output_tokens": 34, "total_tokens": 46,
                "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}});
            let text = json!({"type": "output_text", "text": "be", "annotations": []});
            let item = json!({"type": "message", "id": "i", "role": "assistant", "status": "completed", "content": [text]});
            let whole = |status: &str, output: Value, usage: &Value| json!({"id": "r", "object": "response", "created_at": 1, "model": "m", "status": status, "output": output, "usage": usage});
            let done = whole("completed", json!([item]), &usage);
            let delta = json!({"type": "response.output_text.delta", "sequence_number": 1, "item_id": "i", "output_index": 0,
                "content_index": 0, "delta": "be", "logprobs": []});
            let frames = vec![
                (
                    "event: response.created\ndata: ",
                    json!({"type": "response.created", "sequence_number": 0, "response": whole("in_progress", json!([]), &Value::Null)}),
                ),
                ("event: response.output_text.delta\ndata: ", delta),
                (
                    "event: response.completed\ndata: ",
                    json!({"type": "response.completed", "sequence_number": 2, "response": done}),
                ),
            ];
            (done, frames)
        }
        "anthropic_messages" => {
            let message = |content: Value, stop: Value, usage: Value| {
                json!({"id": "m", "type": "message", "role": "assistant", "model": "m", "content": content,
                    "stop_reason": stop, "stop_sequence": null, "usage": usage})
            };
            let block = json!([{"type": "text", "text": "be"}]);
            let usage = json!({"input_tokens": 12, "output_tokens": 34});
            let begun = message(
                json!([]),
                Value::Null,
                json!({"input_tokens": 12, "output_tokens": 1}),
            );
            let frames = vec![
                (
                    "event: message_start\ndata: ",
                    json!({"type": "message_start", "message": begun}),
                ),
                (
                    "event: content_block_start\ndata: ",
                    json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                ),
                (
                    "event: content_block_delta\ndata: ",
                    json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "be"}}),
                ),
                (
                    "event: content_block_stop\ndata: ",
                    json!({"type": "content_block_stop", "index": 0}),
                ),
                (
                    "event: message_delta\ndata: ",
                    json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null}, "usage": {"output_tokens": 34}}),
                ),
            ];
            (message(block, json!("end_turn"), usage), frames)
        }
        "gemini" => {
            let usage =
                json!({"promptTokenCount": 12, "candidatesTokenCount": 34, "totalTokenCount": 46});
            let content = json!({"role": "model", "parts": [{"text": "be"}]});
            let first = json!({"candidates": [{"content": content}], "modelVersion": "m", "responseId": "r"});
            let last = json!({"candidates": [{"content": content, "finishReason": "STOP"}], "usageMetadata": usage,
                "modelVersion": "m", "responseId": "r"});
            (last.clone(), vec![("data: ", first), ("data: ", last)])
        }
        "cohere_v2" => {
            let usage = json!({"billed_units": {"input_tokens": 12, "output_tokens": 34}, "tokens": {"input_tokens": 12, "output_tokens": 34}});
            let whole = json!({"id": "c", "finish_reason": "COMPLETE", "usage": usage,
                "message": {"role": "assistant", "content": [{"type": "text", "text": "be"}]}});
            let frames = vec![
                (
                    "event: message-start\ndata: ",
                    json!({"type": "message-start", "id": "c", "delta": {"message": {"role": "assistant", "content": []}}}),
                ),
                (
                    "event: content-start\ndata: ",
                    json!({"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}}),
                ),
                (
                    "event: content-delta\ndata: ",
                    json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "be"}}}}),
                ),
                (
                    "event: content-end\ndata: ",
                    json!({"type": "content-end", "index": 0}),
                ),
                (
                    "event: message-end\ndata: ",
                    json!({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": usage}}),
                ),
            ];
            (whole, frames)
        }
        _ => {
            let line = |done: bool| json!({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": "be"}, "done": done});
            let mut last = line(true);
            last["done_reason"] = "stop".into();
            last["prompt_eval_count"] = 12.into();
            last["eval_count"] = 34.into();
            (last.clone(), vec![("", line(false)), ("", last)])
        }
    }
}

/// The bytes of such a stream without its last line, if that says nothing but that it is the last.
fn stream(spoken: &Spoken, frames: &[(&str, Value)]) -> String {
    let end = match spoken.stream_type {
        "text/event-stream" => "\n\n",
        _ => "\n",
    };
    let frames = frames.iter();
    frames
        .map(|(before, frame)| format!("{before}{frame}{end}"))
        .collect()
}

fn end(spoken: &Spoken) -> &'static str {
    match spoken.recordings {
        "openai_chat" => "data: [DONE]\n\n",
        "anthropic_messages" => "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        _ => "",
    }
}

async fn ask(client: &mut Client, spoken: &Spoken, id: &str, stream: bool) {
    let (path, body) = match stream {
        true => (spoken.stream_path, spoken.stream_body),
        false => (spoken.path, spoken.body),
    };
    let model = format!("{}/m", spoken.provider);
    let line = format!("POST {}", path.replace("MODEL", &model));
    let header = format!("x-request-id: {id}\r\n");
    let body = body.replace("MODEL", &model);
    client.request(&line, &header, &body).await;
}

#[tokio::test]
async fn what_was_used_is_logged_though_nothing_is_translated() {
    let (next, upstream) = scripted().await;
    let address = nobody().await;
    let mut command = binary(address, &[]);
    for (name, value) in environment(upstream.address) {
        if !name.starts_with("SERVER_") {
            command.env(name, value);
        }
    }
    let process = Process::start(command, address).await;
    for spoken in &SPOKEN {
        let (whole, frames) = told(spoken.recordings);
        let sent = stream(spoken, &frames);
        for ends in [Ends::Whole, Ends::Streamed, Ends::Left] {
            let text = match ends {
                Ends::Streamed => format!("{sent}{}", end(spoken)),
                _ => sent.clone(),
            };
            *next.lock().unwrap() = match ends {
                Ends::Whole => Reply::json(200, &whole),
                _ => Reply {
                    // So that what comes after the first words isn't read as it comes.
                    cuts: Some(LINES),
                    endless: ends == Ends::Left,
                    ..Reply::stream(spoken.stream_type, text.as_bytes())
                },
            };
            let id = format!("{}-{ends:?}", spoken.recordings);
            let mut client = Client::connect(address).await;
            ask(&mut client, spoken, &id, ends != Ends::Whole).await;
            if ends == Ends::Left {
                let last = frames.last().unwrap().1.to_string();
                client.until(&last).await;
                // The end of its frame comes a little later.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            let answer = client.answer().await;
            assert_eq!(answer.status, 200, "{id}: {}", answer.body);
            if ends == Ends::Streamed {
                assert_eq!(answer.body, text, "{id}");
            }
        }
    }
    let log = soon("the log", logged(process, 3 * SPOKEN.len())).await;
    for spoken in &SPOKEN {
        for ends in [Ends::Whole, Ends::Streamed, Ends::Left] {
            let id = format!("{}-{ends:?}", spoken.recordings);
            let line = &log[&id];
            assert_eq!(line["provider"], spoken.provider, "{line}");
            assert_eq!(line["input_tokens"], 12, "{line}");
            assert_eq!(line["output_tokens"], 34, "{line}");
        }
    }
}

/// The lines of requests by their ids, when so many have ended.
async fn logged(process: Process, count: usize) -> BTreeMap<String, Value> {
    // Who has left is noticed a little later.
    tokio::time::sleep(Duration::from_millis(300)).await;
    process.signal("TERM");
    let (_, log) = process.end().await;
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let lines = lines.filter_map(|line: Value| {
        let id = line["request_id"].as_str()?.to_owned();
        Some((id, line))
    });
    let lines: BTreeMap<_, _> = lines.collect();
    assert_eq!(lines.len(), count, "{log}");
    lines
}
