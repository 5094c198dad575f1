//! Official clients, unmodified, against the gateway with the mock behind it: each client with each provider, case by
//! case. A table of what passed is printed. And coding agents, as they are.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../it/support/client.rs"]
mod client;

mod agents;
mod cells;
mod ledger;
mod pair;
mod programs;
mod table;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write;
use std::time::Duration;

use cells::{Cell, Language, Outcome};
use client::Client;
use ledger::Ledger;
use pair::Pair;
use table::Table;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn official_clients_speak_to_every_provider() {
    let Some(programs) = programs::ready() else {
        return;
    };
    let pair = Pair::start().await;
    let cells = [cells::of(Language::Python), cells::of(Language::Node)].concat();
    let (python, node) = tokio::join!(programs.python(&pair), programs.node(&pair));
    let mut told: BTreeMap<Cell, Outcome> = python.into_iter().chain(node).collect();
    let fit = programs.wire(&pair, &mut told).await;
    let table = Table {
        cells: &cells,
        told: &told,
        ledger: &ledger(&pair).await,
    };
    // Not by a macro, whose output is shown only where a test fails.
    let shown =
        format!("{table}\nRequests that fit what their vendors publish, by dialect: {fit:?}\n");
    std::io::stderr().write_all(shown.as_bytes()).unwrap();
    let faults = table.faults();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

async fn ledger(pair: &Pair) -> Ledger {
    let mut client = Client::connect(pair.gateway).await;
    client.request("GET /v1/capabilities", "", "").await;
    Ledger(serde_json::from_str(&client.answer().await.body).unwrap())
}

/// What is meant to happen happens, or the test fails with its name.
async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(60), future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: nothing came"),
    }
}
