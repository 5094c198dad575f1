//! HTTP/1, which rests between requests.
//!
//! What speaks HTTP keeps its buffers, some 16 KB, for as long as it lives, and most clients keep a connection that they
//! seldom use. One without a request for a while is therefore taken apart: its socket, or TLS session, is all that is
//! left of it, until bytes come and it is put together anew. The peer sees nothing of that.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1::{self, Parts};
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

use super::activity::{Activity, Overdue};
use super::body::Tracked;
use super::connection::{Answering, Connection, Served, requests};
use super::io::Guarded;
use super::lasting::{FAREWELL, Over, finish, until_over};
use super::shutdown::Drain;
use super::{BoxError, Handler};

/// Serves what comes, and rests in between. All bounds are counted as if it never rested.
pub(super) async fn serve<H, T>(connection: Connection<H>, mut stream: T, first: Bytes) -> Served
where
    H: Handler,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Arc::new(Activity::new(connection.limits, true));
    let mut first = Some(first);
    while let Some(bytes) = first {
        // In a box, which is what a rest frees.
        let served = Box::pin(awake(&connection, stream, bytes, &activity)).await?;
        let Some((left, unread)) = served else {
            return Ok(());
        };
        stream = left;
        first = match unread.is_empty() {
            true => rest(&mut stream, &activity, &connection.drain).await?,
            false => Some(unread),
        };
    }
    // Best effort: what a peer doesn't acknowledge is closed anyway.
    let _ = timeout(FAREWELL, stream.shutdown()).await;
    Ok(())
}

/// Serves until the connection is closed, or can rest: then what is left of it, and what was read and not yet looked at.
async fn awake<H, T>(
    connection: &Connection<H>,
    stream: T,
    first: Bytes,
    activity: &Arc<Activity>,
) -> Result<Option<(T, Bytes)>, BoxError>
where
    H: Handler,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = requests(
        connection.handler.clone(),
        connection.limits,
        activity.clone(),
    );
    let mut serving = speak(Guarded::new(stream, first, activity.clone()), service);
    match until_over(Pin::new(&mut serving), activity, &connection.drain).await {
        // Nothing of an answer is left in it, so it can be taken apart as it is.
        Over::Due(Overdue::Rest) => {
            let Parts { io, read_buf, .. } = serving.into_parts();
            Ok(Some((io.into_inner().into_inner(), read_buf)))
        }
        over => finish(Pin::new(&mut serving), activity, over)
            .await
            .map(|()| None),
    }
}

fn speak<T, S>(io: Guarded<T>, service: S) -> http1::Connection<TokioIo<Guarded<T>>, S>
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: HttpService<Incoming, ResBody = Tracked, Error = Infallible, Future = Answering>,
{
    // Its own bound on heads also counts the time between requests, and answers nothing.
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(io), service)
}

/// Waits for bytes. None when the peer is gone or the connection is to end.
async fn rest<T: AsyncRead + Unpin>(
    stream: &mut T,
    activity: &Activity,
    drain: &Drain,
) -> io::Result<Option<Bytes>> {
    let bytes = poll_fn(|cx| {
        let mut scratch = [0; 1024];
        let mut buf = ReadBuf::new(&mut scratch);
        ready!(Pin::new(&mut *stream).poll_read(cx, &mut buf))?;
        let read = Bytes::copy_from_slice(buf.filled());
        Poll::Ready(Ok((!read.is_empty()).then_some(read)))
    });
    tokio::select! {
        biased;
        bytes = bytes => bytes,
        () = activity.idle() => Ok(None),
        () = drain.begun() => Ok(None),
    }
}

#[cfg(test)]
#[path = "http1_tests.rs"]
mod tests;
