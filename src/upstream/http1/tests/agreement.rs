//! What is read of random replies is what hyper's client reads of them.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::handshake;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::*;

/// What hyper's client reads.
async fn theirs(text: &[u8], method: Method) -> Option<Seen> {
    let (near, mut far) = duplex(1 << 20);
    let (mut sender, connection) = handshake(TokioIo::new(near)).await.ok()?;
    let mut request = Request::new(Empty::<Bytes>::new());
    *request.method_mut() = method;
    let answering = async {
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            far.read_buf(&mut asked).await.expect("a request");
        }
        far.write_all(text).await.expect("room");
        drop(far);
    };
    let reading = async {
        let response = sender.send_request(request).await.ok()?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.ok()?;
        Some((head, body.trailers().cloned(), body.to_bytes().to_vec()))
    };
    let ((), _, seen) = tokio::join!(answering, connection, reading);
    let (head, trailers, body) = seen?;
    Some(Seen {
        status: head.status,
        headers: head.headers,
        body,
        trailers,
        reusable: false,
    })
}

fn compared(text: &[u8], method: &Method) -> Option<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .expect("a runtime")
        .block_on(theirs(text, method.clone()))
}

fn chunked(body: &[u8], size: usize, extension: &str, trailer: &str) -> Vec<u8> {
    let mut text = Vec::new();
    for chunk in body.chunks(size) {
        text.extend(format!("{:X}{extension}\r\n", chunk.len()).bytes());
        text.extend(chunk);
        text.extend(b"\r\n");
    }
    text.extend(format!("0{extension}\r\n{trailer}\r\n").bytes());
    text
}

prop_compose! {
    /// A reply that is as it should be.
    fn reply()(
        interim in select(vec!["", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 x\r\na: b\r\n\r\n"]),
        status in select(vec!["200 OK", "201 Mine", "204 No Content", "304 x", "404", "500 "]),
        headers in vec("[a-z-]{1,8}", 0..4),
        values in vec("[ -~]{0,8}", 4),
        body in vec(any::<u8>(), 0..300),
        form in 0..3,
        size in 1..120_usize,
        extension in select(vec!["", ";a", " ;b=\"c\""]),
        trailer in select(vec!["", "x-a: b\r\n", "x-a: b\r\nx-b:\r\n"]),
    ) -> Vec<u8> {
        let mut text = format!("{interim}HTTP/1.1 {status}\r\n");
        for (name, value) in headers.iter().zip(&values) {
            text += &format!("x{name}: {value}\r\n");
        }
        let has_body = !status.starts_with("204") && !status.starts_with("304");
        let (says, body) = match form {
            _ if !has_body => (String::new(), Vec::new()),
            0 => (format!("content-length: {}\r\n", body.len()), body),
            1 => (
                "transfer-encoding: chunked\r\n".to_owned(),
                chunked(&body, size, extension, trailer),
            ),
            _ => (String::new(), body),
        };
        text += &says;
        text += "\r\n";
        let mut text = text.into_bytes();
        text.extend(body);
        text
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_replies_are_read_alike(text in reply(), cuts in vec(0..2000_usize, 0..9)) {
        let mut ours = read(cut(&text, &cuts), false).expect("it is well formed");
        ours.reusable = false;
        prop_assert_eq!(Some(ours), compared(&text, &Method::GET));
    }

    #[test]
    fn mutated_replies_are_refused_or_read_alike(
        text in reply(),
        changes in vec((any::<Index>(), 0..3, any::<u8>()), 1..5),
        cuts in vec(0..2000_usize, 0..9),
    ) {
        let mut text = text;
        for (at, change, byte) in changes {
            let at = at.index(text.len());
            match change {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => text.truncate(at.max(1)),
            }
        }
        let whole = read([&text[..]], false);
        let ours = read(cut(&text, &cuts), false);
        prop_assert_eq!(whole.ok(), ours.as_ref().ok().cloned(), "where it is cut");
        if let Ok(ours) = ours {
            prop_assert!(ours.body.len() <= text.len());
            let theirs = compared(&text, &Method::GET);
            let theirs = theirs.map(|theirs| (theirs.status, theirs.headers, theirs.body));
            prop_assert_eq!(Some((ours.status, ours.headers, ours.body)), theirs);
        }
    }

    #[test]
    fn noise_is_refused(text in vec(any::<u8>(), 1..400), cuts in vec(0..400_usize, 0..9)) {
        prop_assert!(read(cut(&text, &cuts), false).is_err());
        let mut chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        chunks.extend(&text);
        if let Ok(seen) = read(cut(&chunks, &cuts), false) {
            prop_assert!(seen.body.len() < text.len());
        }
    }
}
