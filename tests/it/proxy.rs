//! The relay: everything as it came, but for what is between two parties only.

use crate::support::gateway::KEY;
use crate::support::process::nobody;
use crate::support::upstream::{chunk, reply};
use crate::support::{Client, Gateway, Upstream};

#[tokio::test]
async fn everything_else_is_unchanged() {
    let headers = "x-ratelimit: 3\r\nX-Twice: a\r\nX-Twice: b\r\nx-request-id: theirs\r\ncontent-type: audio/ogg\r\n";
    let mut upstream = Upstream::answering(reply("418 Teapot", headers, "b\u{f6}dy")).await;
    let gateway = Gateway::before(upstream.address).await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "PURGE"] {
        let mut client = Client::connect(gateway.address).await;
        let line = format!("{method} /proxy/open/v1//a%2Fb/c%20d;e=f/?x=%7B1%7D&x=2&y");
        let sent = "accept: */*\r\nx-beta: one\r\nx-beta: two\r\ncontent-type: text/plain\r\n";
        client.request(&line, sent, "raw \u{1} body").await;
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.body), (418, "b\u{f6}dy"));
        assert_eq!(answer.header("x-ratelimit"), Some("3"));
        assert_eq!(answer.header("content-type"), Some("audio/ogg"));
        assert_eq!(answer.header("x-request-id"), Some("theirs"));
        assert_eq!(answer.head.matches("x-twice: ").count(), 2);

        let asked = upstream.asked().await;
        let line = format!("{method} /base/v1//a%2Fb/c%20d;e=f/?x=%7B1%7D&x=2&y HTTP/1.1");
        assert_eq!(asked.line(), line);
        assert_eq!(asked.body, "raw \u{1} body".as_bytes());
        assert_eq!(asked.head.matches("x-beta: ").count(), 2);
        assert_eq!(asked.header("content-type"), Some("text/plain"));
        assert_eq!(asked.header("accept"), Some("*/*"));
        assert_eq!(asked.header("x-extra"), Some("always"));
        assert_eq!(asked.header("host"), Some(&*upstream.address.to_string()));
    }
}

#[tokio::test]
async fn the_callers_secrets_never_reach_a_provider() {
    let mut upstream = Upstream::answering(reply("200 OK", "", "")).await;
    let gateway = Gateway::before(upstream.address).await;
    let headers = "authorization: Bearer callers-own\r\nx-provider-key: callers-own\r\n\
        x-caller-key: callers-own\r\ncookie: callers-own\r\ncookie: callers-own\r\n\
        proxy-authorization: callers-own\r\nconnection: keep-alive, x-private, x-private-too\r\n\
        x-private: callers-own\r\nx-private-too: callers-own\r\nkeep-alive: callers-own\r\n\
        te: callers-own\r\nproxy-connection: callers-own\r\ntrailer: callers-own\r\n";
    for (provider, query, credentials) in [
        (
            "bearer",
            "",
            vec![("authorization", format!("Bearer {KEY}"))],
        ),
        ("header", "", vec![("x-provider-key", KEY.to_owned())]),
        ("query", "?key=callers-own&a=1", vec![]),
        ("open", "", vec![]),
    ] {
        let mut client = Client::connect(gateway.address).await;
        client
            .request(&format!("GET /proxy/{provider}/x{query}"), headers, "")
            .await;
        assert_eq!(client.answer().await.status, 200, "{provider}");
        let asked = upstream.asked().await;
        assert!(!asked.head.contains("callers-own"), "{}", asked.head);
        for name in ["authorization", "x-provider-key"] {
            let expected = credentials.iter().find(|(key, _)| *key == name);
            assert_eq!(asked.header(name), expected.map(|(_, value)| &**value));
        }
        if provider == "query" {
            assert_eq!(asked.line(), format!("GET /base/x?a=1&key={KEY} HTTP/1.1"));
        }
    }
}

#[tokio::test]
async fn a_providers_own_affairs_never_reach_a_caller() {
    let headers = "set-cookie: theirs\r\nproxy-authenticate: theirs\r\nkeep-alive: theirs\r\n";
    let reply = reply("200 OK", headers, "").replace(
        "connection: close",
        "connection: close, x-private\r\nx-private: theirs",
    );
    let upstream = Upstream::answering(reply).await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    let answer = client.get("/proxy/open/x").await;
    assert_eq!(answer.status, 200);
    assert!(!answer.head.contains("theirs"), "{}", answer.head);
    assert_eq!(
        answer.header("connection"),
        None,
        "what ended is the other connection"
    );
    assert_eq!(client.get("/health").await.status, 200);
}

#[tokio::test]
async fn no_path_leads_out_of_the_base() {
    let mut upstream = Upstream::answering(reply("200 OK", "", "")).await;
    let gateway = Gateway::before(upstream.address).await;
    for path in [
        "..",
        "../x",
        "a/../../x",
        "%2e%2e/x",
        "a/.%2E/x",
        "..%2fx",
        "a%2F..%2f..",
        "%252e%252e/x",
        "..%5cx",
        "./x",
    ] {
        let mut client = Client::connect(gateway.address).await;
        let answer = client.get(&format!("/proxy/open/{path}")).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.body);
    }
    assert!(upstream.was_left_alone());
    let mut client = Client::connect(gateway.address).await;
    assert_eq!(client.get("/proxy/open/").await.status, 200);
    assert_eq!(upstream.asked().await.line(), "GET /base/ HTTP/1.1");
}

#[tokio::test]
async fn bodies_stream_both_ways() {
    let upstream = Upstream::start(|mut peer, _| async move {
        // Answers each chunk as soon as it comes, which a relay that gathers would never let it do.
        peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        let mut buffer = [0; 64];
        loop {
            let read = tokio::io::AsyncReadExt::read(&mut peer.stream, &mut buffer).await;
            let Ok(length @ 1..) = read else {
                return;
            };
            if buffer[..length].ends_with(b"0\r\n\r\n") {
                peer.send("0\r\n\r\n").await;
                return;
            }
            peer.send(&chunk("echo")).await;
        }
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    client
        .send("POST /proxy/open/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        .await;
    client.until("\r\n\r\n").await;
    for _ in 0..3 {
        client.send(&chunk("ping")).await;
        client.until("echo").await;
    }
    client.send("0\r\n\r\n").await;
    client.until("0\r\n\r\n").await;
}

#[tokio::test]
async fn heads_and_empty_answers_end() {
    for (status, headers) in [("204 None", ""), ("304 Same", "etag: x\r\n")] {
        let upstream = Upstream::answering(format!("HTTP/1.1 {status}\r\n{headers}\r\n")).await;
        let gateway = Gateway::before(upstream.address).await;
        let mut client = Client::connect(gateway.address).await;
        assert_eq!(client.get("/proxy/open/x").await.head[9..12], status[..3]);
        assert_eq!(client.get("/health").await.status, 200);
    }
    let upstream = Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n").await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    client.request("HEAD /proxy/open/x", "", "").await;
    assert!(
        client
            .until("\r\n\r\n")
            .await
            .contains("content-length: 99\r\n")
    );
    assert_eq!(client.get("/health").await.status, 200);
}

#[tokio::test]
async fn what_can_not_be_relayed() {
    let gateway = Gateway::with(nobody().await, |config| config.providers[0].token = None).await;
    let mut client = Client::connect(gateway.address).await;
    for (provider, status) in [("none", 400), ("bearer", 400), ("open", 502)] {
        assert_eq!(
            client.get(&format!("/proxy/{provider}/x")).await.status,
            status,
            "{provider}"
        );
    }
}
