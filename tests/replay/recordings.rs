//! Every recorded exchange, as its provider's reply to a question that the gateway passes on.

use std::sync::{Arc, Mutex};

use gateway::generated::providers::PROVIDERS;
use serde_json::Value;

use crate::support::corpus::{self, Exchange};
use crate::support::gateway::{question, streamed};
use crate::support::{Answer, Gateway, Reply, Upstream, reference, reply};

const EVENTS: &str = "text/event-stream";

#[tokio::test(flavor = "multi_thread")]
async fn choices() {
    replay("openai_chat", EVENTS, entry).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks() {
    replay("anthropic_messages", EVENTS, |_| "anthropic").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn candidates() {
    replay("gemini", EVENTS, |_| "google").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contents() {
    replay("cohere_v2", EVENTS, |_| "cohere").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines() {
    replay("ollama_chat", "application/x-ndjson", |_| "ollama").await;
}

/// Whose entry reads a recorded chat: the vendor's own, or, where it has none in this dialect, the first that spoke so.
pub fn entry(vendor: &str) -> &'static str {
    let mut ids = PROVIDERS.iter().map(|provider| provider.id);
    match ids.find(|id| *id == vendor) {
        Some("ollama" | "google" | "anthropic") | None => "openai",
        Some(own) => own,
    }
}

/// What was counted, and what was not as it should be.
#[derive(Debug, Default)]
struct Tally {
    whole: usize,
    streams: usize,
    errors: usize,
    wrong: Vec<String>,
}

async fn replay(dialect: &str, stream_type: &str, provider: fn(&str) -> &'static str) {
    let next = Arc::new(Mutex::new(Reply::default()));
    let said = next.clone();
    let upstream = Upstream::start(move |_| said.lock().unwrap().clone()).await;
    let gateway = Gateway::before_all(upstream.address).await;
    let mut tally = Tally::default();
    for exchange in corpus::read(dialect) {
        *next.lock().unwrap() = exchange.reply(stream_type);
        let provider = provider(&exchange.provider);
        tally.exchange(&gateway, dialect, provider, &exchange).await;
    }
    println!(
        "{dialect}: {} whole, {} streams (each as lines and as events), {} errors",
        tally.whole, tally.streams, tally.errors
    );
    let wrong = tally.wrong.len();
    assert!(
        tally.wrong.is_empty(),
        "{wrong}:\n{}",
        tally.wrong.join("\n")
    );
}

impl Tally {
    async fn exchange(&mut self, gateway: &Gateway, dialect: &str, to: &str, exchange: &Exchange) {
        let model = &exchange.model;
        let found = match (exchange.status, exchange.stream) {
            (200, false) => {
                self.whole += 1;
                let answer = gateway.generate(to, &question(model)).await;
                vec![whole(&answer, dialect, to, exchange)]
            }
            (200, true) => {
                self.streams += 1;
                let lines = gateway.generate(to, &streamed(model, false)).await;
                let events = gateway.generate(to, &streamed(model, true)).await;
                vec![
                    pieces(&lines, reply::lines, dialect, exchange),
                    pieces(&events, reply::events, dialect, exchange),
                ]
            }
            _ => {
                self.errors += 1;
                let answer = gateway.generate(to, &question(model)).await;
                vec![error(&answer, exchange)]
            }
        };
        for wrong in found.into_iter().filter_map(Result::err) {
            self.wrong
                .push(format!("{} ({}): {wrong}", exchange.id, exchange.provider));
        }
    }
}

fn whole(
    answer: &Answer,
    dialect: &str,
    provider: &str,
    exchange: &Exchange,
) -> Result<(), String> {
    let said = reference::read(dialect, exchange);
    let expected = match said.failed {
        true => 502,
        false => 200,
    };
    same("status", &answer.status, &expected, &answer.body)?;
    if said.failed {
        return Ok(());
    }
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let model = said.model.as_deref().unwrap_or(&exchange.model);
    let expected = serde_json::json!({
        "provider": provider,
        "response": {"role": "assistant", "model": model, "content": said.text},
    });
    same("body", &body, &expected, "")
}

fn pieces(
    answer: &Answer,
    read: fn(&Answer) -> reply::Told,
    dialect: &str,
    exchange: &Exchange,
) -> Result<(), String> {
    let said = reference::read(dialect, exchange);
    // What fails before it has said anything fails with a status of its own.
    if said.failed && said.text.is_empty() && answer.status >= 400 {
        return Ok(());
    }
    same("status", &answer.status, &200, &answer.body)?;
    let told = read(answer);
    same(
        "failed",
        &told.error.is_some(),
        &said.failed,
        &format!("{:?}", told.error),
    )?;
    same("text", &told.text, &said.text, "")?;
    let model = said.model.as_ref().unwrap_or(&exchange.model);
    if !told.text.is_empty() {
        same("model", &told.models.last(), &Some(model), "")?;
    }
    if !told.events.is_empty() && !said.failed {
        let order = in_order(&told.events);
        same("order of events", &order, &true, &told.events.join(" "))?;
    }
    Ok(())
}

/// Text may come in several parts, and a part may be empty.
fn in_order(events: &[String]) -> bool {
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    let [first, second, parts @ .., message_end, stream_end] = events.as_slice() else {
        return false;
    };
    let mut open = false;
    let parts_in_order = parts.iter().all(|name| match *name {
        "content-start" => !std::mem::replace(&mut open, true),
        "content-end" => std::mem::replace(&mut open, false),
        name => open && name == "content-delta",
    });
    parts_in_order
        && !open
        && [*first, *second, *message_end, *stream_end]
            == ["message-start", "stream-start", "message-end", "stream-end"]
}

fn error(answer: &Answer, exchange: &Exchange) -> Result<(), String> {
    let refused = matches!(exchange.status, 401 | 403) || exchange.body.contains("API_KEY_INVALID");
    let expected = match exchange.status {
        _ if refused => 502,
        status @ 400..500 => status,
        _ => 502,
    };
    same("status", &answer.status, &expected, &answer.body)?;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let text = body["error"].as_str().unwrap_or_default();
    let message = reference::message_of_error(&exchange.body).unwrap_or_default();
    let told = match (refused, expected) {
        (true, _) => text == "The provider refused the gateway's credential.",
        (_, 502) => text == message,
        _ => text == message,
    };
    same("error", &told, &true, &format!("{text:?} of {message:?}"))
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
    note: &str,
) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => {
            let short = |value: &T| format!("{value:?}").chars().take(700).collect::<String>();
            Err(format!(
                "{what}: {} instead of {} {note}",
                short(found),
                short(expected)
            ))
        }
    }
}
