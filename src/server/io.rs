//! Bounds at the level of bytes: a write that stands still, a head that doesn't come, a peer that won't stop sending.
//!
//! `Progress` lies under TLS, where every byte that the kernel takes is seen; `Guarded` lies above it, where an answer
//! can still be written.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;

/// Fails a write that makes no progress for too long.
#[derive(Debug)]
pub(super) struct Progress<T> {
    inner: T,
    timeout: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<T> Progress<T> {
    pub(super) fn new(inner: T, timeout: Duration) -> Self {
        Self {
            inner,
            timeout,
            stalled: None,
        }
    }

    fn bound<R>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        if result.is_ready() {
            self.stalled = None;
            return result;
        }
        let due = Instant::now() + self.timeout;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(sleep_until(due)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(
            ErrorKind::TimedOut,
            "the peer doesn't read",
        )))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Progress<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Progress<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.bound(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.bound(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Answers 408 to a head that doesn't come in time, and lets a peer that is still sending read its answer.
#[derive(Debug)]
pub(super) struct Guarded<T> {
    inner: T,
    /// What was read before it was known what is spoken.
    first: Bytes,
    activity: Arc<Activity>,
    head: Option<Pin<Box<Sleep>>>,
    lingering: Option<Pin<Box<Sleep>>>,
}

const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\n\
    connection: close\r\n\
    content-type: application/json\r\n\
    content-length: 45\r\n\
    \r\n\
    {\"error\":\"The request did not come in time.\"}";

/// How long a peer may go on sending a body that nobody wants. A socket that is closed with unread bytes is reset,
/// and a reset can overtake the answer that says why.
const LINGER: Duration = Duration::from_secs(2);

impl<T> Guarded<T> {
    pub(super) fn new(inner: T, first: Bytes, activity: Arc<Activity>) -> Self {
        Self {
            inner,
            first,
            activity,
            head: None,
            lingering: None,
        }
    }

    /// Gives back what is under it. There is nothing left of what was read before.
    pub(super) fn into_inner(self) -> T {
        self.inner
    }

    /// What waits to be written is written once a flush has been ready, for HTTP flushes after it has written.
    fn sent<R>(&self, written: Poll<R>) -> Poll<R> {
        if written.is_pending() {
            self.activity.set_unsent(true);
        }
        written
    }

    fn take_first(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        if self.first.is_empty() {
            return false;
        }
        let taken = self.first.split_to(self.first.len().min(buf.remaining()));
        buf.put_slice(&taken);
        !taken.is_empty()
    }

    /// Ready when the head that is coming is overdue.
    fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(due) = self.activity.head_due() else {
            self.head = None;
            return Poll::Pending;
        };
        let head = self.head.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if head.deadline() != due {
            head.as_mut().reset(due);
        }
        head.as_mut().poll(cx)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if self.take_first(buf) {
            self.activity.received();
            return Poll::Ready(Ok(()));
        }
        if let Poll::Ready(result) = Pin::new(&mut self.inner).poll_read(cx, buf) {
            if buf.filled().len() > before {
                self.activity.received();
            }
            return Poll::Ready(result);
        }
        ready!(self.poll_overdue(cx));
        // Best effort: the socket has room unless the peer doesn't read either.
        let _ = Pin::new(&mut self.inner).poll_write(cx, TOO_SLOW);
        Poll::Ready(Err(io::Error::new(
            ErrorKind::TimedOut,
            "the head didn't come",
        )))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.sent(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.sent(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(cx);
        self.activity.set_unsent(flushed.is_pending());
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.inner).poll_shutdown(cx))?;
            if !this.activity.has_unread() {
                return Poll::Ready(Ok(()));
            }
        }
        let until = Instant::now() + LINGER;
        let lingering = this
            .lingering
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if lingering.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        poll_discard(&mut this.inner, cx)
    }
}

/// Reads and forgets until the peer stops.
fn poll_discard<T: AsyncRead + Unpin>(inner: &mut T, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    let mut scratch = [0; 8192];
    loop {
        let mut buf = ReadBuf::new(&mut scratch);
        let result = ready!(Pin::new(&mut *inner).poll_read(cx, &mut buf));
        if result.is_err() || buf.filled().is_empty() {
            return Poll::Ready(Ok(()));
        }
    }
}
