//! Streams: what cuts them, what doesn't, and that nothing goes on upstream for a caller who has left.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use crate::support::upstream::{Peer, chunk, reply};
use crate::support::{Client, Gateway, Upstream, soon};

const SHORT: Duration = Duration::from_millis(300);
const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n";
const GENERATE: &str = r#"{"model":"m","text":"hello"}"#;

/// Sends without end until the gateway has had enough.
async fn flood(mut peer: Peer) {
    peer.send(CHUNKED).await;
    let piece = chunk(&"x".repeat(16 * 1024));
    while peer.stream.write_all(piece.as_bytes()).await.is_ok() {}
    peer.tell_closed().await;
}

#[tokio::test]
async fn a_reader_that_stands_still_is_cut_and_a_slow_one_is_not() {
    let mut upstream = Upstream::start(|peer, _| flood(peer)).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.write_timeout = SHORT
    })
    .await;
    let mut slow = Client::narrow(gateway.address).await;
    slow.send("GET /proxy/open/slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    assert_eq!(upstream.asked().await.line(), "GET /base/slow HTTP/1.1");
    slow.until("\r\n\r\n").await;

    let mut still = Client::narrow(gateway.address).await;
    still
        .send("GET /proxy/open/still HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    assert_eq!(upstream.asked().await.line(), "GET /base/still HTTP/1.1");
    let began = Instant::now();
    let mut piece = vec![0; 64 * 1024];
    // The slow one reads on all the while; who is told to be closed must be the other one.
    while began.elapsed() < SHORT * 8 {
        soon("more", slow.stream.read_exact(&mut piece))
            .await
            .unwrap();
        sleep(SHORT / 8).await;
    }
    assert_eq!(upstream.asked().await.head, "closed");
    soon("more", slow.stream.read_exact(&mut piece))
        .await
        .unwrap();
    assert!(upstream.was_left_alone(), "the slow one was cut, too");
}

#[tokio::test]
async fn a_stream_may_be_as_long_and_as_quiet_as_it_likes() {
    let upstream = Upstream::start(|mut peer, _| async move {
        peer.send(CHUNKED).await;
        for _ in 0..4 {
            sleep(SHORT).await;
            peer.send(&chunk("piece ")).await;
        }
        peer.send("0\r\n\r\n").await;
    })
    .await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.write_timeout = SHORT / 2;
        config.server.read_timeout = SHORT / 2;
        config.server.idle_timeout = SHORT / 2;
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    assert_eq!(
        client.get("/proxy/open/x").await.body,
        "piece piece piece piece "
    );
}

#[tokio::test]
async fn pieces_leave_when_they_come() {
    let (more, wait) = tokio::sync::watch::channel(0);
    let upstream = Upstream::start(move |mut peer, _| {
        let mut wait = wait.clone();
        async move {
            peer.send(CHUNKED).await;
            for at in 1..=3 {
                wait.wait_for(|told| *told >= at).await.unwrap();
                peer.send(&chunk(&format!("piece {at}"))).await;
            }
            peer.send("0\r\n\r\n").await;
        }
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    client
        .send("GET /proxy/open/x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    client.until("\r\n\r\n").await;
    for at in 1..=3 {
        // The upstream sends a piece only when the one before has arrived here.
        more.send_replace(at);
        assert_eq!(
            client.until(&format!("piece {at}\r\n")).await,
            chunk(&format!("piece {at}"))
        );
    }
    assert_eq!(client.until("\r\n\r\n").await, "0\r\n\r\n");
}

#[tokio::test]
async fn a_caller_who_leaves_cancels_before_the_first_byte() {
    let mut upstream = Upstream::start(|peer, _| peer.tell_closed()).await;
    let gateway = Gateway::before(upstream.address).await;
    for line in ["POST /llms/open/generate", "POST /proxy/open/x"] {
        let mut client = Client::connect(gateway.address).await;
        client.request(line, "", GENERATE).await;
        upstream.asked().await;
        let began = Instant::now();
        drop(client);
        assert_eq!(upstream.asked().await.head, "closed", "{line}");
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "{line}: {:?}",
            began.elapsed()
        );
    }
}

#[tokio::test]
async fn a_caller_who_leaves_cancels_in_mid_stream() {
    let mut upstream = Upstream::start(|mut peer, _| async move {
        peer.send(CHUNKED).await;
        peer.send(&chunk("first")).await;
        peer.tell_closed().await;
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    client.request("POST /proxy/open/x", "", GENERATE).await;
    upstream.asked().await;
    client.until("first").await;
    let began = Instant::now();
    drop(client);
    assert_eq!(upstream.asked().await.head, "closed");
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_caller_who_leaves_while_sending_cancels() {
    let mut upstream = Upstream::start(|peer, _| peer.tell_closed()).await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    client
        .send("POST /proxy/open/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    client.send("5\r\nhello\r\n").await;
    assert_eq!(upstream.asked().await.line(), "POST /base/x HTTP/1.1");
    drop(client);
    let asked = upstream.asked().await;
    assert!(matches!(&*asked.head, "closed" | "more came"));
    assert!(
        !asked.body.ends_with(b"0\r\n\r\n"),
        "a cut body isn't a whole one"
    );
}

#[tokio::test]
async fn a_provider_that_falls_silent_breaks_the_stream_off() {
    let upstream = Upstream::start(|mut peer, _| async move {
        peer.send(CHUNKED).await;
        peer.send(&chunk("first")).await;
        peer.tell_closed().await;
    })
    .await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.client.idle_timeout = SHORT
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    client
        .send("GET /proxy/open/x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    client.until("first\r\n").await;
    assert_eq!(
        client.rest().await,
        "",
        "no end that could be taken for one"
    );
}

#[tokio::test]
async fn connections_to_a_provider_are_kept() {
    let connections = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = connections.clone();
    let upstream = Upstream::start(move |mut peer, _| {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            loop {
                let reply = reply("200 OK", "", "hello").replace("connection: close\r\n", "");
                peer.send(&reply).await;
                if peer.request().await.is_none() {
                    return;
                }
            }
        }
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    for _ in 0..5 {
        assert_eq!(client.get("/proxy/open/x").await.body, "hello");
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}
