//! A streamed conversation through the gateway: piece for piece, and how it ends.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::support::upstream::{chunk, reply};
use crate::support::{Client, Gateway, Upstream};

const ASK: &str = r#"{"model":"m","text":"hello","stream":true}"#;
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
const FIRST: &str = "{\"text\":\"Hel\"}\n";
const SECOND: &str = "{\"text\":\"lo\"}\n{\"why\":\"stop\",\"used\":2}\n";

/// A provider that sends these chunks and then ends the body, or just the connection.
async fn sending(chunks: &'static [&'static str], whole: bool) -> Upstream {
    Upstream::start(move |mut peer, _| async move {
        peer.send(HEAD).await;
        for text in chunks {
            peer.send(&chunk(text)).await;
            sleep(Duration::from_millis(20)).await;
        }
        if whole {
            peer.send("0\r\n\r\n").await;
        }
    })
    .await
}

#[tokio::test]
async fn piece_for_piece_in_the_form_that_was_asked_for() {
    let mut upstream = sending(&[FIRST, SECOND], true).await;
    let gateway = Gateway::before(upstream.address).await;
    for (ask, media_type, expected) in [
        (
            ASK.to_owned(),
            "application/x-ndjson",
            "{\"model\":\"m\",\"text\":\"Hel\"}\n{\"model\":\"m\",\"text\":\"lo\"}\n\
             {\"model\":\"m\",\"why\":\"stop\"}\n",
        ),
        (
            ASK.replace('}', ",\"events\":true}"),
            "text/event-stream",
            "data: {\"model\":\"m\",\"text\":\"Hel\"}\n\ndata: {\"model\":\"m\",\"text\":\"lo\"}\n\n\
             data: {\"model\":\"m\",\"why\":\"stop\"}\n\ndata: END\n\n",
        ),
    ] {
        let mut client = Client::connect(gateway.address).await;
        let answer = client.post("/llms/open/generate", &ask).await;
        assert_eq!((answer.status, &*answer.body), (200, expected));
        assert_eq!(answer.header("content-type"), Some(media_type));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
        assert!(answer.header("x-request-id").is_some());
        assert_eq!(
            upstream.asked().await.header("accept"),
            Some("application/x-ndjson")
        );
    }
}

#[tokio::test]
async fn a_stream_that_fails_is_never_taken_for_whole() {
    for (what, chunks, whole, told) in [
        (
            "cut",
            &[FIRST] as &[_],
            false,
            "{\"error\":\"The provider's reply broke off.\"}\n",
        ),
        ("garbled", &[FIRST, "no json\n"], true, "{\"error\":"),
        ("no end", &[FIRST], true, "{\"error\":"),
    ] {
        let upstream = sending(chunks, whole).await;
        let gateway = Gateway::before(upstream.address).await;
        let mut client = Client::connect(gateway.address).await;
        let answer = client.post("/llms/open/generate", ASK).await;
        let rest = answer
            .body
            .strip_prefix("{\"model\":\"m\",\"text\":\"Hel\"}\n");
        assert!(
            rest.is_some_and(|rest| rest.starts_with(told)),
            "{what}: {}",
            answer.body
        );

        // The caller's dialect has no words for it: the connection breaks.
        let mut client = Client::connect(gateway.address).await;
        client.request("POST /mute/open/generate", "", ASK).await;
        client.until("Hel\"}\n\r\n").await;
        assert_eq!(client.rest().await, "", "{what}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_stream_is_played() {
    for (body, expected) in [
        (r#"{"text":"hi"}"#, 200),
        ("<html>", 502),
        (r#"["hi"]"#, 502),
    ] {
        let whole = reply("200 OK", "content-type: application/json\r\n", body);
        let upstream = Upstream::answering(whole).await;
        let gateway = Gateway::before(upstream.address).await;
        let mut client = Client::connect(gateway.address).await;
        let answer = client.post("/llms/open/generate", ASK).await;
        assert_eq!(answer.status, expected, "{body}: {}", answer.body);
        if expected == 200 {
            let media_type = answer.header("content-type");
            assert_eq!(media_type, Some("application/x-ndjson"));
            assert!(answer.body.contains("hi"), "{}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_caller_who_leaves_cancels() {
    let mut upstream = Upstream::start(|mut peer, _| async move {
        peer.send(HEAD).await;
        peer.send(&chunk(FIRST)).await;
        peer.tell_closed().await;
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    client.request("POST /llms/open/generate", "", ASK).await;
    upstream.asked().await;
    client.until("Hel").await;
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
async fn the_connection_of_a_finished_stream_is_used_again() {
    let connections = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = connections.clone();
    let upstream = Upstream::start(move |mut peer, _| {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            loop {
                peer.send(&format!("{HEAD}{}{}0\r\n\r\n", chunk(FIRST), chunk(SECOND)))
                    .await;
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
        assert_eq!(client.post("/llms/open/generate", ASK).await.status, 200);
    }
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}
