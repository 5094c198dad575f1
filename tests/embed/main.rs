//! Vectors and token counts on real sockets: every caller's dialect against every provider's, with providers that are
//! written here a second time, on plain JSON.

#![allow(clippy::unwrap_used, missing_docs)]

mod batches;
mod counts;
mod pairs;
mod refusals;
#[path = "../replay/support/mod.rs"]
mod support;
mod vendors;

use serde_json::Value;
use support::{Answer, Client, Gateway, Upstream};

/// A gateway in front of providers that embed.
pub struct House {
    pub gateway: Gateway,
    pub upstream: Upstream,
}

impl House {
    pub async fn open() -> Self {
        let upstream = Upstream::start(vendors::answer).await;
        let gateway = Gateway::before(upstream.address).await;
        Self { gateway, upstream }
    }

    pub async fn post(&self, path: &str, headers: &str, body: &Value) -> Answer {
        let mut client = Client::connect(self.gateway.address).await;
        let line = format!("POST {path}");
        client.request(&line, headers, &body.to_string()).await;
        client.answer().await
    }

    /// These very bytes.
    pub async fn raw(&self, path: &str, body: &str) -> Answer {
        let mut client = Client::connect(self.gateway.address).await;
        client.request(&format!("POST {path}"), "", body).await;
        client.answer().await
    }
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.body);
        parsed.unwrap_or_else(|error| panic!("{error}: {} {}", self.head, self.body))
    }

    /// The JSON of a success.
    #[track_caller]
    pub fn good(&self, what: &str) -> Value {
        assert_eq!(self.status, 200, "{what}: {}", self.body);
        self.json()
    }
}
