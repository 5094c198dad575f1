//! What the tests on real tables start from: a gateway set up by its environment, an upstream that is a closure, and
//! what the recordings hold.

// Each test file uses a part of it.
#![allow(dead_code, unused_imports)]

#[path = "../../it/support/client.rs"]
pub mod client;
pub mod corpus;
pub mod described;
pub mod gateway;
pub mod reference;
pub mod reply;
pub mod upstream;

use std::future::Future;
use std::time::Duration;

pub use client::{Answer, Client};
pub use gateway::Gateway;
pub use upstream::{Asked, Reply, Upstream};

/// Long enough for anything that is meant to happen.
pub const SOON: Duration = Duration::from_secs(20);

/// What is meant to happen happens, or the test fails with its name.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(SOON, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: nothing in {SOON:?}"),
    }
}
