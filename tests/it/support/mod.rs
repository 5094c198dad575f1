//! What every test starts from: a gateway, an upstream that follows a script, and a client that can stall and cut.

pub mod client;
pub mod gateway;
pub mod process;
pub mod streams;
pub mod tables;
pub mod upstream;

use std::future::Future;
use std::time::Duration;

pub use client::Client;
pub use gateway::Gateway;
pub use upstream::Upstream;

/// Long enough for anything that is meant to happen.
pub const SOON: Duration = Duration::from_secs(10);

/// What is meant to happen happens, or the test fails with its name.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(SOON, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: nothing in {SOON:?}"),
    }
}
