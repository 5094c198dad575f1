//! What a caller may cost: time and size of what comes, and an idle connection.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::process::nobody;
use crate::support::upstream::reply;
use crate::support::{Client, Gateway, Upstream, soon};

const SHORT: Duration = Duration::from_millis(300);
const GENERATE: &str = "POST /llms/open/generate";
const RELAY: &str = "POST /proxy/open/x";

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_refused_before_it_comes() {
    let mut upstream = Upstream::answering(reply("200 OK", "", "")).await;
    let gateway = Gateway::with(upstream.address, |config| config.server.max_body_size = 10).await;
    for line in [GENERATE, RELAY] {
        let mut client = Client::connect(gateway.address).await;
        let head = "host: x\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n";
        client.send(&format!("{line} HTTP/1.1\r\n{head}")).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 413, "{line}");
        assert!(answer.body.contains("10 bytes"), "{}", answer.body);
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(client.rest().await, "");
    }
    assert!(upstream.was_left_alone());
}

#[tokio::test]
async fn a_body_that_turns_out_too_long_is_refused() {
    // The upstream waits for the end of the body, which never comes.
    let upstream = Upstream::start(|peer, _| peer.tell_closed()).await;
    let gateway = Gateway::with(upstream.address, |config| config.server.max_body_size = 10).await;
    for line in [GENERATE, RELAY] {
        let mut client = Client::connect(gateway.address).await;
        let head = "host: x\r\ntransfer-encoding: chunked\r\n\r\n";
        client
            .send(&format!("{line} HTTP/1.1\r\n{head}6\r\n{{     \r\n"))
            .await;
        client.send("5\r\n     \r\n").await;
        assert_eq!(client.answer().await.status, 413, "{line}");
    }
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_taken() {
    let body = r#"{"model":"m","text":"hello"}"#;
    let upstream = Upstream::answering(reply("200 OK", "", r#"{"text":"hi"}"#)).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.max_body_size = body.len();
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    assert_eq!(client.post("/llms/open/generate", body).await.status, 200);
    let answer = client
        .post("/llms/open/generate", &format!("{body} "))
        .await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn whoever_sends_too_much_can_read_why() {
    let gateway = Gateway::with(nobody().await, |config| config.server.max_body_size = 10).await;
    let mut client = Client::connect(gateway.address).await;
    let most = vec![b' '; 4 << 20];
    let length = most.len();
    client
        .send(&format!(
            "{GENERATE} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n"
        ))
        .await;
    // Everything is sent before anything is read, as simple clients do. A connection closed at once would be reset.
    soon("the body is taken", client.stream.write_all(&most))
        .await
        .unwrap();
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn a_slow_body_is_answered_with_408() {
    let upstream = Upstream::start(|peer, _| peer.tell_closed()).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.read_timeout = SHORT
    })
    .await;
    for line in [GENERATE, RELAY] {
        let mut client = Client::connect(gateway.address).await;
        client
            .send(&format!(
                "{line} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{{"
            ))
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.status, 408, "{line}");
        assert_eq!(answer.header("connection"), Some("close"), "{line}");
        assert!(answer.body.contains("in time"), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_slow_head_is_answered_with_408() {
    let gateway = Gateway::with(nobody().await, |config| config.server.read_timeout = SHORT).await;
    // A first head, and one after a request on the same connection.
    for before in [0, 1] {
        let mut client = Client::connect(gateway.address).await;
        for _ in 0..before {
            assert_eq!(client.get("/health").await.status, 200);
        }
        // Dripping doesn't help: the bound is on the whole head.
        let began = Instant::now();
        client.send("GET /health HTTP/1.1\r\n").await;
        while began.elapsed() < SHORT * 2 / 3 {
            client.send("x: y\r\n").await;
            tokio::time::sleep(SHORT / 10).await;
        }
        let answer = client.answer().await;
        assert_eq!(answer.status, 408);
        assert!(began.elapsed() >= SHORT, "{:?}", began.elapsed());
        assert!(began.elapsed() < SHORT * 4, "{:?}", began.elapsed());
        assert_eq!(client.rest().await, "");
    }
}

#[tokio::test]
async fn head_and_body_share_one_bound() {
    let gateway = Gateway::with(nobody().await, |config| config.server.read_timeout = SHORT).await;
    let mut client = Client::connect(gateway.address).await;
    let began = Instant::now();
    client
        .send(&format!("{GENERATE} HTTP/1.1\r\nhost: x\r\n"))
        .await;
    tokio::time::sleep(SHORT * 2 / 3).await;
    client.send("content-length: 9\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 408);
    assert!(began.elapsed() < SHORT * 3 / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_busy_one_is_not() {
    let upstream = Upstream::start(|mut peer, _| async move {
        tokio::time::sleep(SHORT * 3).await;
        peer.send(&reply("200 OK", "", "late")).await;
    })
    .await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.idle_timeout = SHORT
    })
    .await;
    let mut silent = Client::connect(gateway.address).await;
    let began = Instant::now();
    assert_eq!(silent.rest().await, "", "never said anything");
    assert!(began.elapsed() >= SHORT, "{:?}", began.elapsed());

    let mut client = Client::connect(gateway.address).await;
    assert_eq!(client.get("/proxy/open/x").await.body, "late");
    let began = Instant::now();
    assert_eq!(client.rest().await, "");
    assert!(began.elapsed() >= SHORT * 2 / 3, "{:?}", began.elapsed());
    assert!(began.elapsed() < SHORT * 5, "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_is_no_http_does_no_harm() {
    let gateway = Gateway::before(nobody().await).await;
    for text in [
        "\r\n\r\n\0\0\0",
        "GET\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        "\u{16}\u{3}\u{1}",
    ] {
        let mut client = Client::connect(gateway.address).await;
        client.send(text).await;
        client.stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        let _ = soon("it is closed", client.stream.read_to_end(&mut rest)).await;
    }
    let mut client = Client::connect(gateway.address).await;
    assert_eq!(client.get("/health").await.status, 200);
}
