//! The gateway as its environment makes it: real settings, real tables, a port that the system chose.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use gateway::app::{self, Running};
use gateway::config::Config;
use gateway::generated::routes::ROUTES;
use serde_json::{Value, json};

use super::described;
use super::{Answer, Client};

/// One provider or more of every dialect, in the order of the spec, and the prefix of their settings.
pub const PROVIDERS: [(&str, &str); 7] = [
    ("ollama", "OLLAMA"),
    ("groq", "GROQ"),
    ("openai", "OPENAI"),
    ("google", "GOOGLE"),
    ("cloudflare", "CLOUDFLARE"),
    ("cohere", "COHERE"),
    ("anthropic", "ANTHROPIC"),
];

pub struct Gateway {
    pub address: SocketAddr,
    pub running: Running,
}

/// The key of a provider in every test.
pub fn key(provider: &str) -> String {
    format!("k3y-of-{provider}")
}

/// Every provider at this address, with a key if it takes one.
pub fn environment(upstream: SocketAddr) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([
        ("SERVER_HOST".to_owned(), "127.0.0.1".to_owned()),
        ("SERVER_PORT".to_owned(), "0".to_owned()),
    ]);
    for (provider, prefix) in PROVIDERS {
        set_up(&mut variables, upstream, provider, prefix);
    }
    variables
}

fn set_up(
    variables: &mut BTreeMap<String, String>,
    upstream: SocketAddr,
    provider: &str,
    prefix: &str,
) {
    let url = format!("http://{upstream}/{provider}");
    variables.insert(format!("{prefix}_API_URL"), url);
    if provider != "ollama" {
        variables.insert(format!("{prefix}_API_KEY"), key(provider));
    }
}

impl Gateway {
    pub async fn before(upstream: SocketAddr) -> Self {
        Self::with(upstream, &[]).await
    }

    /// With every provider of the spec set up.
    pub async fn before_all(upstream: SocketAddr) -> Self {
        let mut variables = environment(upstream);
        for provider in ::gateway::generated::providers::PROVIDERS {
            set_up(&mut variables, upstream, provider.id, provider.key);
        }
        Self::start(Config::load(&variables).unwrap()).await
    }

    /// With further settings; an empty one means unset.
    pub async fn with(upstream: SocketAddr, settings: &[(&str, &str)]) -> Self {
        let mut variables = environment(upstream);
        for (name, value) in settings {
            variables.insert((*name).to_owned(), (*value).to_owned());
        }
        Self::start(Config::load(&variables).unwrap()).await
    }

    pub async fn start(config: Config) -> Self {
        let running = app::start(config, ROUTES).await.unwrap();
        Self {
            address: running.address,
            running,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Any request, each on a connection of its own. Its status must stand in the spec.
    pub async fn send(&self, line: &str, headers: &str, body: &str) -> Answer {
        let mut client = Client::connect(self.address).await;
        client.request(line, headers, body).await;
        let answer = client.answer().await;
        described::assert(line, answer.status);
        assert!(answer.header("x-request-id").is_some(), "{line}");
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), "", "").await
    }

    pub async fn generate(&self, provider: &str, body: &Value) -> Answer {
        let line = format!("POST /llms/{provider}/generate");
        self.send(&line, "", &body.to_string()).await
    }
}

/// A question, as short as can be.
pub fn question(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "hello"}]})
}

/// The same, with an answer piece by piece.
pub fn streamed(model: &str, events: bool) -> Value {
    let mut body = question(model);
    body["stream"] = true.into();
    if events {
        body["ssevents"] = true.into();
    }
    body
}
