//! Which connection a request gets, and which are kept.

use tokio::time::sleep;

use super::*;

async fn served(peer: &mut Peer) {
    peer.asked().await;
    peer.says(FINE).await;
}

#[tokio::test]
async fn one_after_the_other_they_share_a_connection() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let first = exchanged(&upstream, get(provider.address()));
    let mut peer = provider.connected().await;
    served(&mut peer).await;
    assert_eq!(first.await.expect("a reply"), "fine");
    for _ in 0..40 {
        let next = exchanged(&upstream, get(provider.address()));
        served(&mut peer).await;
        assert_eq!(next.await.expect("a reply"), "fine");
    }
    assert!(provider.is_left_alone().await);
}

#[tokio::test]
async fn the_last_used_is_taken_first_and_no_more_are_kept_than_allowed() {
    let provider = Provider::new().await;
    let upstream = upstream(|config| config.pool_size = 2);
    let mut peers = Vec::new();
    let mut replies = Vec::new();
    for _ in 0..3 {
        replies.push(exchanged(&upstream, get(provider.address())));
        let mut peer = provider.connected().await;
        peer.asked().await;
        peers.push(peer);
    }
    for (peer, reply) in peers.iter_mut().zip(replies) {
        peer.says(FINE).await;
        reply.await.expect("a reply");
    }
    let last = exchanged(&upstream, get(provider.address()));
    served(&mut peers[2]).await;
    last.await.expect("a reply");
    let oldest = peers.remove(0);
    oldest.sees_the_end().await;
    let both = [(); 2].map(|()| exchanged(&upstream, get(provider.address())));
    for peer in peers.iter_mut().rev() {
        served(peer).await;
    }
    for reply in both {
        reply.await.expect("a reply");
    }
}

#[tokio::test]
async fn what_is_idle_for_too_long_is_closed_though_no_request_comes() {
    let provider = Provider::new().await;
    let upstream = upstream(|config| config.pool_idle_timeout = MOMENT);
    for _ in 0..2 {
        let reply = exchanged(&upstream, get(provider.address()));
        let mut peer = provider.connected().await;
        served(&mut peer).await;
        reply.await.expect("a reply");
        peer.sees_the_end().await;
    }
}

#[tokio::test]
async fn one_that_the_provider_has_closed_is_closed_though_no_request_comes() {
    let provider = Provider::new().await;
    let upstream = upstream(|config| config.pool_idle_timeout = SOON * 100);
    let first = exchanged(&upstream, get(provider.address()));
    let mut peer = provider.connected().await;
    served(&mut peer).await;
    first.await.expect("a reply");
    peer.stream.shutdown().await.expect("an end");
    // It is looked at now and then only.
    let read = timeout(SOON * 2, peer.stream.read_to_end(&mut peer.read));
    read.await.expect("it ends").expect("an end");
}

#[tokio::test]
async fn nothing_is_kept_if_nothing_may_be() {
    let provider = Provider::new().await;
    let upstream = upstream(|config| config.pool_size = 0);
    let reply = exchanged(&upstream, get(provider.address()));
    let mut peer = provider.connected().await;
    served(&mut peer).await;
    reply.await.expect("a reply");
    peer.sees_the_end().await;
}

#[tokio::test]
async fn one_that_the_provider_has_closed_is_passed_over() {
    // What the provider does with a connection that is idle.
    for farewell in ["", "HTTP/1.1 408 Request Timeout\r\n\r\n"] {
        let provider = Provider::new().await;
        let upstream = upstream(|_| {});
        let first = exchanged(&upstream, get(provider.address()));
        let mut peer = provider.connected().await;
        served(&mut peer).await;
        first.await.expect("a reply");
        peer.says(farewell).await;
        drop(peer);
        sleep(MOMENT).await;
        let body = Bytes::from_static(b"body");
        let next = exchanged(&upstream, request(Method::POST, provider.address(), body));
        let mut peer = provider.connected().await;
        peer.reads_to("\r\n\r\nbody").await;
        peer.says(FINE).await;
        assert_eq!(next.await.expect("a reply"), "fine");
    }
}

#[tokio::test]
async fn what_the_provider_may_have_seen_is_only_sent_again_if_that_makes_no_difference() {
    for (method, body, is_safe) in [
        (Method::GET, "", true),
        (Method::HEAD, "", true),
        (Method::POST, "", false),
        (Method::POST, "body", false),
        (Method::GET, "body", false),
    ] {
        let provider = Provider::new().await;
        let upstream = upstream(|_| {});
        let first = exchanged(&upstream, get(provider.address()));
        let mut peer = provider.connected().await;
        served(&mut peer).await;
        first.await.expect("a reply");
        let next = request(method.clone(), provider.address(), Bytes::from(body));
        let next = exchanged(&upstream, next);
        peer.asked().await;
        drop(peer);
        if !is_safe {
            let failure = next.await.expect_err("no reply");
            assert!(matches!(failure, Failure::Closed(_)), "{method} {failure}");
            assert!(provider.is_left_alone().await, "{method} {body}");
            continue;
        }
        let mut peer = provider.connected().await;
        peer.asked().await;
        match method {
            Method::HEAD => peer.says("HTTP/1.1 200 OK\r\n\r\n").await,
            _ => peer.says(FINE).await,
        }
        next.await.expect("a reply");
    }
}

#[tokio::test]
async fn a_new_connection_that_fails_is_not_tried_again() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let first = exchanged(&upstream, get(provider.address()));
    let mut peer = provider.connected().await;
    served(&mut peer).await;
    first.await.expect("a reply");
    let next = exchanged(&upstream, get(provider.address()));
    peer.asked().await;
    drop(peer);
    let mut peer = provider.connected().await;
    peer.asked().await;
    drop(peer);
    let failure = next.await.expect_err("no reply");
    assert!(matches!(failure, Failure::Closed(_)), "{failure}");
    assert!(provider.is_left_alone().await);
}

#[tokio::test]
async fn one_whose_reply_says_so_is_closed() {
    for reply in [
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nfine",
        "HTTP/1.0 200 OK\r\ncontent-length: 4\r\n\r\nfine",
    ] {
        let provider = Provider::new().await;
        let upstream = upstream(|_| {});
        let first = exchanged(&upstream, get(provider.address()));
        let mut peer = provider.connected().await;
        peer.asked().await;
        peer.says(reply).await;
        assert_eq!(first.await.expect("a reply"), "fine");
        peer.sees_the_end().await;
    }
}
