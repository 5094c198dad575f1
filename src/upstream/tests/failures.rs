//! Each kind of failure is told from the others.

use std::time::Instant;

use tokio::time::sleep;

use super::replies::upload;
use super::*;
use crate::server::BodyError;
use crate::upstream::Wait;

#[tokio::test]
async fn nobody_listens() {
    let address = Provider::new().await.address();
    let failure = exchanged(&upstream(|_| {}), get(address)).await;
    let failure = failure.expect_err("no reply");
    assert!(matches!(failure, Failure::Unreachable(_)), "{failure}");
    let mut relative = get(address);
    *relative.uri_mut() = "/path".parse().expect("an address");
    let failure = exchanged(&upstream(|_| {}), relative).await;
    let failure = failure.expect_err("no reply");
    assert!(matches!(failure, Failure::Unreachable(_)), "{failure}");
}

#[tokio::test]
async fn each_wait_has_its_bound() {
    let provider = Provider::new().await;
    let address = provider.address();
    let cases = [
        (Wait::Connect, "https", ""),
        (Wait::FirstByte, "http", ""),
        (Wait::FirstByte, "http", "HTTP/1.1 200 OK\r\n"),
        (Wait::More, "http", "HTTP/1.1 200 OK\r\n\r\n"),
        (Wait::More, "http", "HTTP/1.1 200 OK\r\n\r\nsome"),
    ];
    for (wait, scheme, text) in cases {
        let upstream = upstream(|config| match wait {
            Wait::Connect => config.connect_timeout = MOMENT,
            Wait::FirstByte => config.first_byte_timeout = MOMENT,
            Wait::More => config.idle_timeout = MOMENT,
        });
        let mut request = get(address);
        *request.uri_mut() = format!("{scheme}://{address}/")
            .parse()
            .expect("an address");
        let began = Instant::now();
        let reply = exchanged(&upstream, request);
        let mut peer = provider.connected().await;
        peer.says(text).await;
        assert_eq!(reply.await, Err(Failure::Timeout(wait)), "{text}");
        assert!(began.elapsed() >= MOMENT);
        if wait != Wait::Connect {
            peer.asked().await;
            peer.sees_the_end().await;
        }
    }
}

#[tokio::test]
async fn bounds_count_anew_for_each_request_and_each_piece() {
    let provider = Provider::new().await;
    let upstream = upstream(|config| {
        config.first_byte_timeout = MOMENT * 4;
        config.idle_timeout = MOMENT * 2;
    });
    let mut peer: Option<Peer> = None;
    for _ in 0..3 {
        let reply = exchanged(&upstream, get(provider.address()));
        let peer = match &mut peer {
            Some(peer) => peer,
            None => peer.insert(provider.connected().await),
        };
        peer.asked().await;
        sleep(MOMENT * 3).await;
        peer.says("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n")
            .await;
        for piece in ["f", "i", "n", "e"] {
            sleep(MOMENT).await;
            peer.says(piece).await;
        }
        assert_eq!(reply.await.expect("a reply"), "fine");
    }
    let silent = exchanged(&upstream, get(provider.address()));
    assert_eq!(silent.await, Err(Failure::Timeout(Wait::FirstByte)));
}

#[tokio::test]
async fn what_comes_breaks_off_or_is_not_http() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    for text in [
        "",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfine",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nfine",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nfi\r\nnonsense\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nfine",
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ] {
        let reply = exchanged(&upstream, get(provider.address()));
        let mut peer = provider.connected().await;
        peer.asked().await;
        peer.says(text).await;
        drop(peer);
        let failure = reply.await.expect_err("no whole reply");
        assert!(matches!(failure, Failure::Closed(_)), "{text}: {failure}");
    }
}

#[tokio::test]
async fn a_body_that_fails_is_its_sender_s_fault() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    for text in ["", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"] {
        let (sender, body) = upload();
        let reply = exchanged(&upstream, request(Method::POST, provider.address(), body));
        let mut peer = provider.connected().await;
        peer.asked().await;
        peer.says(text).await;
        sleep(MOMENT).await;
        let broken = Err(BodyError::Broken.into());
        sender.send(broken).expect("it is wanted");
        assert_eq!(reply.await, Err(Failure::Caller(BodyError::Broken)));
        peer.sees_the_end().await;
    }
}
