//! What is read against what hyper's client reads.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::Request;
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::super::head::MOST_HEADERS;
use super::seen::{Seen, cut, read};

async fn asked(text: &[u8]) -> Option<Seen> {
    let (near, mut far) = duplex(1 << 20);
    let (mut sender, connection) = Builder::new()
        .max_headers(MOST_HEADERS)
        .handshake(TokioIo::new(near))
        .await
        .ok()?;
    let answering = async {
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            far.read_buf(&mut asked).await.expect("a request");
        }
        far.write_all(text).await.expect("room");
        drop(far);
    };
    let reading = async {
        let response = sender
            .send_request(Request::new(Empty::<Bytes>::new()))
            .await
            .ok()?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.ok()?;
        Some((head, body.trailers().cloned(), body.to_bytes().to_vec()))
    };
    let ((), _, seen) = tokio::join!(answering, connection, reading);
    let (head, trailers, body) = seen?;
    Some(Seen {
        status: head.status,
        reason: head.extensions.get().cloned(),
        headers: head.headers,
        body,
        trailers,
        reusable: false,
    })
}

/// What hyper's client reads of a reply to GET behind which the connection ends.
fn theirs(text: &[u8]) -> Option<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(asked(text))
}

/// Whether it makes no difference where a reply is cut, and it is refused or read as hyper's client reads it.
pub fn agree(text: &[u8], cuts: &[usize]) -> Result<(), String> {
    let whole = read([text], false);
    let ours = read(cut(text, cuts), false);
    if whole.as_ref().ok() != ours.as_ref().ok() {
        return Err(format!("whole: {whole:?}\ncut: {ours:?}"));
    }
    let Ok(ours) = ours else { return Ok(()) };
    let theirs = theirs(text);
    let ours = Some(Seen {
        reusable: false,
        ..ours
    });
    match ours == theirs {
        true => Ok(()),
        false => Err(format!("ours: {ours:?}\ntheirs: {theirs:?}")),
    }
}
