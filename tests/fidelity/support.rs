//! A gateway that every dialect can speak to, before providers that are closures.

#![allow(dead_code, unused_imports)]

#[path = "../it/support/client.rs"]
mod client;
#[path = "../replay/support/upstream.rs"]
mod upstream;

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use gateway::app::{self, Running};
use gateway::config::Config;
use gateway::generated::routes::ROUTES;
use serde_json::Value;

pub use client::{Answer, Client};
pub use upstream::{Asked, Reply, Upstream};

const PROVIDERS: [&str; 7] = [
    "ollama",
    "groq",
    "openai",
    "google",
    "cloudflare",
    "cohere",
    "anthropic",
];

/// Long enough for anything that is meant to happen.
pub const SOON: Duration = Duration::from_secs(20);

pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(SOON, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: nothing in {SOON:?}"),
    }
}

pub struct Gateway {
    pub address: SocketAddr,
    running: Running,
}

impl Gateway {
    pub async fn before(upstream: SocketAddr) -> Self {
        Self::with(upstream, &[]).await
    }

    pub async fn with(upstream: SocketAddr, settings: &[(&str, &str)]) -> Self {
        let mut variables = BTreeMap::from([
            ("SERVER_HOST".to_owned(), "127.0.0.1".to_owned()),
            ("SERVER_PORT".to_owned(), "0".to_owned()),
        ]);
        for provider in PROVIDERS {
            let key = provider.to_uppercase();
            variables.insert(
                format!("{key}_API_URL"),
                format!("http://{upstream}/{provider}"),
            );
            variables.insert(format!("{key}_API_KEY"), format!("k3y-of-{provider}"));
        }
        for (name, value) in settings {
            variables.insert((*name).to_owned(), (*value).to_owned());
        }
        let config = Config::load(&variables).unwrap();
        let running = app::start(config, ROUTES).await.unwrap();
        Self {
            address: running.address,
            running,
        }
    }

    /// Asks, on a connection of its own.
    pub async fn ask(&self, path: &str, body: &Value) -> Answer {
        let mut client = Client::connect(self.address).await;
        client
            .request(&format!("POST {path}"), "", &body.to_string())
            .await;
        client.answer().await
    }
}

/// Data of server-sent events that are JSON.
pub fn events(answer: &Answer) -> Vec<Value> {
    let lines = answer.body.lines();
    let data = lines.filter_map(|line| line.strip_prefix("data: "));
    data.filter_map(|data| serde_json::from_str(data).ok())
        .collect()
}

/// What was answered, as JSON.
pub fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

/// Server-sent events, each named by its type.
pub fn typed(events: &[Value]) -> String {
    let event = |data: &Value| {
        format!(
            "event: {}\ndata: {data}\n\n",
            data["type"].as_str().unwrap()
        )
    };
    events.iter().map(event).collect()
}
