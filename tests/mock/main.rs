//! The mock on real sockets: every provider of the spec spoken to as its own clients would, and the whole gateway in
//! front of it.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../it/support/client.rs"]
mod client;
mod control;
mod gateway;
mod offline;
mod wire;

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use ::gateway::generated::providers::PROVIDERS;
use ::gateway::mock::{Behaviour, Mock, Running};
use client::{Answer, Client};
use serde_json::Value;

/// A mock of every provider, on a port that the system chose.
async fn mock(behaviour: Behaviour) -> Running {
    let mock = Mock::new(PROVIDERS, behaviour);
    mock.start("127.0.0.1", 0).await.unwrap()
}

/// One request on a connection of its own: `GET /path` or `POST /path`, header lines, body.
async fn ask(address: SocketAddr, line: &str, headers: &str, body: &str) -> Answer {
    let mut client = Client::connect(address).await;
    client.request(line, headers, body).await;
    client.answer().await
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.body);
        parsed.unwrap_or_else(|error| panic!("{error}: {} {}", self.head, self.body))
    }
}

/// What is meant to happen happens, or the test fails with its name.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(20), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: nothing came"),
    }
}
