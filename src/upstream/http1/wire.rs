//! The bytes of a connection.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::upstream::connect::Stream;

/// A socket, with or without TLS.
pub(super) struct Wire {
    socket: Socket,
    /// Whether TLS may hold back some of what was written.
    held_back: bool,
}

enum Socket {
    Plain(TcpStream),
    Secure(Box<TlsStream<TokioIo<TokioIo<TcpStream>>>>),
}

impl Wire {
    pub(super) fn new(stream: Stream) -> Self {
        let socket = match stream {
            MaybeHttpsStream::Http(stream) => Socket::Plain(stream.into_inner()),
            MaybeHttpsStream::Https(stream) => Socket::Secure(Box::new(stream.into_inner())),
        };
        Self {
            socket,
            held_back: false,
        }
    }

    /// Reads what there is. Nothing is the end.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.socket {
            Socket::Plain(stream) => Pin::new(stream).poll_read(cx, into),
            Socket::Secure(stream) => Pin::new(stream).poll_read(cx, into),
        }
    }

    /// Reads a byte if there is one, or none at the end; `Pending` without anybody being woken later.
    pub(super) fn try_read(&mut self) -> Poll<io::Result<usize>> {
        let mut byte = [0];
        match &mut self.socket {
            Socket::Plain(stream) => match stream.try_read(&mut byte) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
                read => Poll::Ready(read),
            },
            Socket::Secure(stream) => {
                let mut nobody = Context::from_waker(Waker::noop());
                let mut into = ReadBuf::new(&mut byte);
                ready!(Pin::new(stream).poll_read(&mut nobody, &mut into))?;
                Poll::Ready(Ok(into.filled().len()))
            }
        }
    }

    /// Writes some of these pieces, of which one at least isn't empty.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.socket {
            Socket::Plain(stream) => ready!(Pin::new(stream).poll_write_vectored(cx, pieces))?,
            Socket::Secure(stream) => {
                self.held_back = true;
                ready!(Pin::new(stream).poll_write_vectored(cx, pieces))?
            }
        };
        match written {
            0 => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            _ => Poll::Ready(Ok(written)),
        }
    }

    /// Sends what was held back.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Socket::Secure(stream) = &mut self.socket
            && self.held_back
        {
            ready!(Pin::new(stream).poll_flush(cx))?;
            self.held_back = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Whether all that was written has been given to the system.
    pub(super) fn is_flushed(&self) -> bool {
        !self.held_back
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.socket {
            Socket::Plain(_) => "Plain",
            Socket::Secure(_) => "Secure",
        })
    }
}
