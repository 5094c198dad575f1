//! The log as whoever reads the process's output sees it.

use crate::support::Client;
use crate::support::process::{Process, binary, nobody};

/// More lines than a pipe holds.
const REQUESTS: usize = 1000;

#[tokio::test]
async fn a_reader_that_is_late_holds_no_request_up_and_misses_no_line() {
    let address = nobody().await;
    let process = Process::start(binary(address, &[]), address).await;
    let mut client = Client::connect(address).await;
    let asked: Vec<String> = (0..REQUESTS)
        .map(|at| format!("request-{at}-{}", "x".repeat(60)))
        .collect();
    for id in &asked {
        let header = format!("x-request-id: {id}\r\n");
        client.request("GET /nowhere", &header, "").await;
        assert_eq!(client.answer().await.status, 404);
    }
    drop(client);
    process.signal("TERM");
    let (code, log) = process.end().await;
    assert_eq!(code, Some(0));
    let ids = log.split("\"request_id\":\"").skip(1);
    let logged: Vec<&str> = ids.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(logged, asked);
    let (first, last) = (log.lines().next(), log.lines().last());
    assert!(
        first.is_some_and(|line| line.contains("listening")),
        "{first:?}"
    );
    assert!(
        last.is_some_and(|line| line.contains("stopping")),
        "{last:?}"
    );
}
