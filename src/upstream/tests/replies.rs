//! Requests and replies of all shapes, as they are on the wire.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::Frame;
use hyper::header::HOST;
use hyper::http::uri::{Authority, Scheme};
use hyper_rustls::MaybeHttpsStream;
use tokio::net::TcpSocket;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::*;
use crate::server::BoxError;
use crate::upstream::connect::Connect;

/// A body that comes as the test says.
struct Upload(mpsc::UnboundedReceiver<Result<Bytes, BoxError>>);

impl hyper::body::Body for Upload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let next = self.0.poll_recv(cx);
        next.map(|next| next.map(|data| data.map(Frame::data)))
    }
}

pub(super) fn upload() -> (mpsc::UnboundedSender<Result<Bytes, BoxError>>, Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (sender, Body::stream(Upload(receiver)))
}

#[tokio::test]
async fn the_head_names_path_and_host() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let address = provider.address();
    let mut named = get(address);
    named
        .headers_mut()
        .insert(HOST, "other".parse().expect("a value"));
    let mut root = get(address);
    *root.uri_mut() = format!("http://{address}").parse().expect("an address");
    let cases = [
        (
            get(address),
            format!("GET /path?query HTTP/1.1\r\nhost: {address}\r\n\r\n"),
        ),
        (
            named,
            "GET /path?query HTTP/1.1\r\nhost: other\r\n\r\n".to_owned(),
        ),
        (root, format!("GET / HTTP/1.1\r\nhost: {address}\r\n\r\n")),
        (
            request(Method::POST, address, Body::Empty),
            format!("POST /path?query HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\n\r\n"),
        ),
    ];
    for (request, expected) in cases {
        let reply = exchanged(&upstream, request);
        let mut peer = provider.connected().await;
        assert_eq!(peer.asked().await, expected);
        peer.says("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            .await;
        assert_eq!(reply.await.expect("a reply"), "");
    }
}

#[tokio::test]
async fn replies_of_all_shapes_are_read_and_leave_the_connection_free() {
    let cases: [(Method, &str, &str); 8] = [
        (Method::GET, FINE, "fine"),
        (Method::GET, "HTTP/1.1 204 No Content\r\n\r\n", ""),
        (
            Method::GET,
            "HTTP/1.1 304 Not Modified\r\ncontent-length: 4\r\n\r\n",
            "",
        ),
        (
            Method::HEAD,
            "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n",
            "",
        ),
        (
            Method::GET,
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "",
        ),
        (
            Method::GET,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nfi\r\n2\r\nne\r\n0\r\n\r\n",
            "fine",
        ),
        (
            Method::GET,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\nx-sum: 4\r\n\r\n",
            "fine",
        ),
        (
            Method::GET,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n\
             HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine",
            "fine",
        ),
    ];
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let mut peer: Option<Peer> = None;
    for piece in [usize::MAX, 1] {
        for (method, reply, expected) in &cases {
            let read = exchanged(
                &upstream,
                request(method.clone(), provider.address(), Body::Empty),
            );
            let peer = match &mut peer {
                Some(peer) => peer,
                None => peer.insert(provider.connected().await),
            };
            peer.asked().await;
            for piece in reply.as_bytes().chunks(piece) {
                peer.says(std::str::from_utf8(piece).expect("text")).await;
                tokio::task::yield_now().await;
            }
            assert_eq!(read.await.expect("a reply"), expected, "{reply}");
        }
    }
    assert!(provider.is_left_alone().await);
}

#[tokio::test]
async fn a_reply_may_end_with_its_connection() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let reply = exchanged(&upstream, get(provider.address()));
    let mut peer = provider.connected().await;
    peer.asked().await;
    peer.says("HTTP/1.1 200 OK\r\n\r\nfine").await;
    drop(peer);
    assert_eq!(reply.await.expect("a reply"), "fine");
}

#[tokio::test]
async fn a_complete_reply_frees_its_connection_before_it_is_read() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n";
    let mut peer: Option<Peer> = None;
    let mut unread = Vec::new();
    for (text, frames) in [(FINE, 0), (chunked, 1), (FINE, 0)] {
        let reply = sent(&upstream, get(provider.address()));
        let peer = match &mut peer {
            Some(peer) => peer,
            None => peer.insert(provider.connected().await),
        };
        peer.asked().await;
        peer.says(text).await;
        let mut body = reply.await.expect("a reply").into_body();
        for _ in 0..frames {
            let frame = soon("a frame", poll_fn(|cx| body.poll_frame(cx))).await;
            assert!(frame.expect("a frame").is_ok());
        }
        if frames == 0 {
            unread.push(body);
        }
    }
    assert!(provider.is_left_alone().await);
    for body in unread {
        assert_eq!(body.whole(4).await.expect("a reply"), "fine");
    }
}

#[tokio::test]
async fn leaving_closes_the_connection() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let address = provider.address();
    // Before the reply's head.
    let sending = tokio::spawn({
        let upstream = upstream.clone();
        async move { upstream.send(get(address)).await.map(drop) }
    });
    let mut peer = provider.connected().await;
    peer.asked().await;
    sending.abort();
    peer.sees_the_end().await;
    // Within its body.
    let reply = sent(&upstream, get(address));
    let mut peer = provider.connected().await;
    peer.asked().await;
    peer.says("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfine")
        .await;
    drop(reply.await.expect("a reply"));
    peer.sees_the_end().await;
}

#[tokio::test]
async fn uploads_are_chunked_and_go_on_while_the_reply_comes() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let (sender, body) = upload();
    let reply = sent(&upstream, request(Method::POST, provider.address(), body));
    let mut peer = provider.connected().await;
    let head = peer.asked().await;
    assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
    peer.says("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n")
        .await;
    let body = reply.await.expect("a reply").into_body();
    let read = tokio::spawn(body.whole(1 << 20));
    for piece in ["one", "two"] {
        sender.send(Ok(piece.into())).expect("it is wanted");
        peer.reads_to(&format!("3\r\n{piece}\r\n")).await;
    }
    drop(sender);
    peer.reads_to("0\r\n\r\n").await;
    peer.says("0\r\n\r\n").await;
    let whole = soon("all", read).await.expect("no panic");
    assert_eq!(whole.expect("a reply"), "fine");
    let next = exchanged(&upstream, get(provider.address()));
    peer.asked().await;
    peer.says(FINE).await;
    next.await.expect("a reply");
}

#[tokio::test]
async fn an_early_answer_ends_the_upload() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let (sender, body) = upload();
    let reply = exchanged(&upstream, request(Method::POST, provider.address(), body));
    let mut peer = provider.connected().await;
    peer.asked().await;
    peer.says("HTTP/1.1 413 Content Too Large\r\ncontent-length: 4\r\n\r\nmuch")
        .await;
    assert_eq!(reply.await.expect("a reply"), "much");
    peer.sees_the_end().await;
    soon("the upload is let go", sender.closed()).await;
}

#[tokio::test]
async fn chunks_are_whole_however_they_are_taken() {
    // More than a socket takes at once, so that writing ends within sizes, content and line ends.
    const SIZE: usize = 99_991;
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let (sender, body) = upload();
    for _ in 0..100 {
        sender
            .send(Ok(vec![b'x'; SIZE].into()))
            .expect("it is wanted");
    }
    drop(sender);
    let reply = exchanged(&upstream, request(Method::POST, provider.address(), body));
    let mut peer = provider.connected().await;
    let mut taken = Vec::new();
    while !taken.ends_with(b"0\r\n\r\n") {
        let read = soon("more", peer.stream.read_buf(&mut taken)).await;
        assert_ne!(read.expect("bytes"), 0);
    }
    let chunk = format!("{SIZE:x}\r\n{}\r\n", "x".repeat(SIZE));
    let text = String::from_utf8(taken).expect("text");
    let (_, body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(body == chunk.repeat(100) + "0\r\n\r\n");
    peer.says(FINE).await;
    assert_eq!(reply.await.expect("a reply"), "fine");
}

#[tokio::test]
async fn a_reply_that_is_left_at_its_last_byte_frees_its_connection() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let mut peer: Option<Peer> = None;
    for _ in 0..2 {
        let reply = sent(&upstream, get(provider.address()));
        let peer = match &mut peer {
            Some(peer) => peer,
            None => peer.insert(provider.connected().await),
        };
        peer.asked().await;
        peer.says("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nfine\r\n")
            .await;
        let mut body = reply.await.expect("a reply").into_body();
        let data = soon("data", poll_fn(|cx| body.poll_data(cx))).await;
        assert_eq!(data.expect("data").expect("data"), "fine");
        peer.says("0\r\n\r\n").await;
        sleep(MOMENT).await;
        drop(body);
    }
    assert!(provider.is_left_alone().await);
}

#[tokio::test]
async fn what_comes_in_one_read_is_one_frame() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let reply = sent(&upstream, get(provider.address()));
    let mut peer = provider.connected().await;
    peer.asked().await;
    peer.says("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
        .await;
    let mut body = reply.await.expect("a reply").into_body();
    for (text, expected) in [
        ("", "a"),
        ("1\r\nb\r\n2\r\ncd\r\n3\r\nef", "bcdef"),
        ("g\r\n0\r\n\r\n", "g"),
    ] {
        peer.says(text).await;
        let data = soon("data", poll_fn(|cx| body.poll_data(cx))).await;
        assert_eq!(data.expect("data").expect("data"), expected);
    }
    assert!(body.is_end_stream());
}

#[tokio::test]
async fn what_nobody_asked_for_makes_a_connection_useless() {
    for stray in ["x", FINE] {
        let provider = Provider::new().await;
        let upstream = upstream(|_| {});
        let reply = exchanged(&upstream, get(provider.address()));
        let mut peer = provider.connected().await;
        peer.asked().await;
        peer.says(&format!("{FINE}{stray}")).await;
        assert_eq!(reply.await.expect("a reply"), "fine");
        peer.sees_the_end().await;
    }
}

#[tokio::test]
async fn large_bodies_pass_both_ways_at_the_same_time() {
    let provider = Provider::new().await;
    let upstream = upstream(|_| {});
    let large = Bytes::from("0123456789abcdef".repeat(1 << 16));
    let (sender, stream) = upload();
    for piece in large.chunks(100_000) {
        let piece = Bytes::copy_from_slice(piece);
        sender.send(Ok(piece)).expect("it is wanted");
    }
    drop(sender);
    let spliced = |at: usize| Body::spliced(large.slice(..at), large.slice(at..));
    let whole = Body::Whole(large.clone());
    for body in [whole, stream, spliced(7), spliced(large.len() - 7)] {
        let reply = sent(&upstream, request(Method::POST, provider.address(), body));
        let mut peer = provider.connected().await;
        peer.asked().await;
        // Not before the reply is under way is the rest of the request taken.
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        peer.says(head).await;
        let read = tokio::spawn(reply.await.expect("a reply").into_body().whole(1 << 21));
        let text = std::str::from_utf8(&large).expect("text");
        peer.says(text).await;
        let mut taken = peer.read.len();
        while taken < large.len() {
            peer.read.clear();
            let more = soon("more", peer.stream.read_buf(&mut peer.read)).await;
            taken += more.expect("bytes");
        }
        peer.stream.shutdown().await.expect("an end");
        let whole = soon("all", read).await.expect("no panic");
        assert_eq!(whole.expect("a reply"), large);
    }
}

#[tokio::test]
async fn small_pieces_leave_at_once_and_dead_peers_are_found() {
    let provider = Provider::new().await;
    let connect = Connect::new(web_roots().expect("roots"), SOON);
    let authority: Authority = provider
        .address()
        .to_string()
        .parse()
        .expect("an authority");
    let stream = connect.to(&Scheme::HTTP, &authority).await;
    let MaybeHttpsStream::Http(stream) = stream.expect("a connection") else {
        panic!("not in the clear");
    };
    let stream = stream.into_inner().into_std().expect("a socket");
    let socket = TcpSocket::from_std_stream(stream);
    assert!(socket.nodelay().expect("an option"));
    assert!(socket.keepalive().expect("an option"));
}
