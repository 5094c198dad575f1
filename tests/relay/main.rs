//! A caller that speaks its provider's own dialect: everything passes as it is, on real sockets.

#![allow(clippy::unwrap_used)]

#[path = "../it/support/process.rs"]
mod process;
#[path = "../replay/support/mod.rs"]
mod support;

mod errors;
mod headers;
mod quirks;
mod recorded;
mod streams;
mod usage;
mod wishes;

use std::sync::{Arc, Mutex};

use gateway::config::Config;
use gateway::table::Provider;
use support::{Answer, Client, Gateway, Reply, Upstream, gateway::environment, soon};

/// A dialect's route, a provider that speaks it, and a request as short as can be; `MODEL` stands for the model.
struct Spoken {
    recordings: &'static str,
    provider: &'static str,
    path: &'static str,
    stream_path: &'static str,
    body: &'static str,
    stream_body: &'static str,
    stream_type: &'static str,
}

const SPOKEN: [Spoken; 6] = [
    Spoken {
        recordings: "openai_chat",
        provider: "openai",
        path: "/v1/chat/completions",
        stream_path: "/v1/chat/completions",
        body: r#"{"messages": [{"role": "user", "content": "hi"}], "model":"MODEL"}"#,
        stream_body: r#"{"messages": [{"role": "user", "content": "hi"}], "stream":true, "model":"MODEL"}"#,
        stream_type: "text/event-stream",
    },
    Spoken {
        recordings: "openai_responses",
        provider: "openai",
        path: "/v1/responses",
        stream_path: "/v1/responses",
        body: r#"{"model":"MODEL", "input": "hi"}"#,
        stream_body: r#"{"model":"MODEL", "input": "hi", "stream": true}"#,
        stream_type: "text/event-stream",
    },
    Spoken {
        recordings: "anthropic_messages",
        provider: "anthropic",
        path: "/v1/messages",
        stream_path: "/v1/messages",
        body: r#"{"model":"MODEL", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}"#,
        stream_body: r#"{"model":"MODEL", "max_tokens": 9, "stream": true, "messages": [{"role": "user", "content": "hi"}]}"#,
        stream_type: "text/event-stream",
    },
    Spoken {
        recordings: "gemini",
        provider: "google",
        path: "/v1beta/models/MODEL:generateContent",
        stream_path: "/v1beta/models/MODEL:streamGenerateContent?alt=sse",
        body: r#"{"contents": [{"parts": [{"text": "hi"}]}]}"#,
        stream_body: r#"{"contents": [{"parts": [{"text": "hi"}]}]}"#,
        stream_type: "text/event-stream",
    },
    Spoken {
        recordings: "cohere_v2",
        provider: "cohere",
        path: "/v2/chat",
        stream_path: "/v2/chat",
        body: r#"{"model": "MODEL", "messages": [{"role": "user", "content": "hi"}]}"#,
        stream_body: r#"{"model": "MODEL", "messages": [{"role": "user", "content": "hi"}], "stream": true}"#,
        stream_type: "text/event-stream",
    },
    Spoken {
        recordings: "ollama_chat",
        provider: "ollama",
        path: "/api/chat",
        stream_path: "/api/chat",
        body: r#"{"model": "MODEL", "messages": [{"role": "user", "content": "hi"}], "stream": false}"#,
        stream_body: r#"{"model": "MODEL", "messages": [{"role": "user", "content": "hi"}], "stream": true}"#,
        stream_type: "application/x-ndjson",
    },
];

/// A gateway whose providers have no quirks: what is left is the dialect.
async fn plain(upstream: std::net::SocketAddr) -> Gateway {
    let mut config = Config::load(&environment(upstream)).unwrap();
    for one in &mut config.providers {
        one.provider = Box::leak(Box::new(Provider {
            adjust: &[],
            ..one.provider.clone()
        }));
    }
    Gateway::start(config).await
}

/// An upstream that gives the reply that was put here last.
async fn scripted() -> (Arc<Mutex<Reply>>, Upstream) {
    let next = Arc::new(Mutex::new(Reply::default()));
    let given = next.clone();
    let upstream = Upstream::start(move |_| given.lock().unwrap().clone()).await;
    (next, upstream)
}

/// A request of any status, with this body.
async fn post(gateway: &Gateway, path: &str, headers: &str, body: &str) -> Answer {
    let mut client = Client::connect(gateway.address).await;
    client.request(&format!("POST {path}"), headers, body).await;
    let answer = client.answer().await;
    assert!(answer.header("x-request-id").is_some(), "{path}");
    answer
}
