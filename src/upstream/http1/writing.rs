//! A request on its way out: its head, and its body as it comes.

use std::io::{self, IoSlice, Write as _};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use hyper::Method;
use hyper::body::{Body as _, Frame};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderValue, TRANSFER_ENCODING};

use super::head;
use super::wire::Wire;
use crate::server::{Body, BoxError};
use crate::upstream::outbound::Outbound;

/// What is to be written, in the order of its fields.
#[derive(Debug, Default)]
pub(super) struct Writing {
    head: Vec<u8>,
    /// How much of that is written.
    written: usize,
    data: Bytes,
    tail: &'static [u8],
    /// The rest of the body.
    rest: Option<Rest>,
}

#[derive(Debug)]
struct Rest {
    body: Body,
    coding: Coding,
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    /// So many bytes are left.
    Length(u64),
    Chunked,
}

/// Why no more of a request can be sent.
#[derive(Debug)]
pub(super) enum Unsendable {
    /// Its body can't be had.
    Body(BoxError),
    /// It isn't taken any more.
    Wire,
}

/// A body that is no longer is copied behind its head, which costs less than to write it from where it is.
const SMALL: usize = 4096;
/// Usual heads fit.
const ROOM: usize = 1024;
const LINE_END: &[u8] = b"\r\n";
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";
/// What follows the last chunk's data.
const END: &[u8] = b"\r\n0\r\n\r\n";

impl Writing {
    /// Begins with a request, which goes to `host` unless it says so itself.
    pub(super) fn begin(&mut self, request: Outbound<Body>, host: &HeaderValue) {
        let mut body = Body::Empty;
        let request = request.map(|own| body = own);
        self.head.reserve(ROOM);
        let coding = match &body {
            _ if body.is_end_stream() => expects_body(&request.method).then_some(Coding::Length(0)),
            Body::Whole(bytes) => Some(Coding::Length(bytes.len() as u64)),
            Body::Spliced(first, rest) => Some(Coding::Length((first.len() + rest.len()) as u64)),
            body => Some(coding(&request, body.size_hint().exact())),
        };
        render(&request, host, coding, &mut self.head);
        match (body, coding) {
            (Body::Whole(bytes), _) if bytes.len() <= SMALL => self.head.extend_from_slice(&bytes),
            (Body::Whole(bytes), _) => self.data = bytes,
            (Body::Spliced(first, rest), _) if first.len() <= SMALL => {
                self.head.extend_from_slice(&first);
                match rest.len() <= SMALL {
                    true => self.head.extend_from_slice(&rest),
                    false => self.data = rest,
                }
            }
            (body, Some(coding)) if coding != Coding::Length(0) => {
                self.rest = Some(Rest { body, coding });
            }
            _ => {}
        }
    }

    /// Writes as much as is there and is taken; ready when that is all.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        wire: &mut Wire,
    ) -> Poll<Result<(), Unsendable>> {
        loop {
            // What is there of the body goes with the head.
            let waits = self.rest.is_some()
                && self.data.is_empty()
                && self.tail.is_empty()
                && self.poll_rest(cx)?.is_pending();
            ready!(self.poll_write(cx, wire)).map_err(|_| Unsendable::Wire)?;
            if waits {
                return Poll::Pending;
            }
            if self.rest.is_none() {
                // Nothing is kept of it until the reply ends but room for the next, if that is little.
                let mut head = mem::take(&mut self.head);
                head.clear();
                *self = Self::default();
                if head.capacity() <= ROOM {
                    self.head = head;
                }
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Takes the next piece of the body, when all before it is written or on its way.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Unsendable>> {
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(Ok(()));
        };
        let frame = ready!(Pin::new(&mut rest.body).poll_frame(cx));
        let frame = frame.transpose().map_err(Unsendable::Body)?;
        let ends = frame.is_none() || rest.body.is_end_stream();
        let data = frame.and_then(|frame| Frame::into_data(frame).ok());
        self.data = data.unwrap_or_default();
        let length = self.data.len();
        match &mut rest.coding {
            Coding::Length(left) => {
                let wrong = || Unsendable::Body("the body isn't as long as it said".into());
                *left = left.checked_sub(length as u64).ok_or_else(wrong)?;
                if ends && *left > 0 {
                    return Poll::Ready(Err(wrong()));
                }
            }
            Coding::Chunked => {
                if length > 0 {
                    // Writing to memory doesn't fail.
                    let _ = write!(self.head, "{length:x}\r\n");
                }
                self.tail = match (length, ends) {
                    (0, true) => LAST_CHUNK,
                    (0, false) => &[],
                    (_, true) => END,
                    (_, false) => LINE_END,
                };
            }
        }
        if ends {
            self.rest = None;
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, wire: &mut Wire) -> Poll<io::Result<()>> {
        while self.is_left() {
            let pieces = [
                IoSlice::new(&self.head[self.written..]),
                IoSlice::new(&self.data),
                IoSlice::new(self.tail),
            ];
            let written = ready!(wire.poll_write(cx, &pieces))?;
            self.advance(written);
        }
        wire.poll_flush(cx)
    }

    fn advance(&mut self, mut count: usize) {
        let of_head = count.min(self.head.len() - self.written);
        self.written += of_head;
        count -= of_head;
        if self.written == self.head.len() {
            self.head.clear();
            self.written = 0;
        }
        let of_data = count.min(self.data.len());
        self.data.advance(of_data);
        count -= of_data;
        self.tail = self.tail.get(count..).unwrap_or_default();
    }

    fn is_left(&self) -> bool {
        !self.head.is_empty() || !self.data.is_empty() || !self.tail.is_empty()
    }

    /// Whether there is nothing to write.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_none() && !self.is_left()
    }
}

/// Whether it has to be said that there is no body: some servers refuse a request that leaves it open.
fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

/// How a body is sent that comes piece by piece. What the caller has said of its length holds.
fn coding(request: &Outbound<()>, size: Option<u64>) -> Coding {
    let headers = &request.headers;
    if headers.get(&TRANSFER_ENCODING).is_some() {
        return Coding::Chunked;
    }
    match head::length(headers.iter()).ok().flatten().or(size) {
        Some(length) => Coding::Length(length),
        // These have none as good as always, and not all servers take one.
        None if matches!(request.method, Method::GET | Method::HEAD) => Coding::Length(0),
        None => Coding::Chunked,
    }
}

/// Writes a head. What it says of its body is what is going to be sent.
fn render(request: &Outbound<()>, host: &HeaderValue, coding: Option<Coding>, into: &mut Vec<u8>) {
    into.extend_from_slice(request.method.as_str().as_bytes());
    into.push(b' ');
    let target = request
        .uri
        .path_and_query()
        .map_or("/", |path| path.as_str());
    if !target.starts_with(['/', '*']) {
        into.push(b'/');
    }
    into.extend_from_slice(target.as_bytes());
    into.extend_from_slice(b" HTTP/1.1\r\n");
    let mut has_host = false;
    for (name, value) in request.headers.iter() {
        let is_ours = match *name {
            TRANSFER_ENCODING => true,
            CONTENT_LENGTH => coding.is_some(),
            _ => false,
        };
        has_host |= *name == HOST;
        if !is_ours {
            line(name.as_str(), value.as_bytes(), into);
        }
    }
    if !has_host {
        line("host", host.as_bytes(), into);
    }
    match coding {
        Some(Coding::Chunked) => line("transfer-encoding", b"chunked", into),
        // One that has no body as good as always says nothing of it.
        Some(Coding::Length(0)) if matches!(request.method, Method::GET | Method::HEAD) => {}
        Some(Coding::Length(length)) => {
            let mut digits = itoa::Buffer::new();
            line("content-length", digits.format(length).as_bytes(), into);
        }
        None => {}
    }
    into.extend_from_slice(LINE_END);
}

fn line(name: &str, value: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(name.as_bytes());
    into.extend_from_slice(b": ");
    into.extend_from_slice(value);
    into.extend_from_slice(LINE_END);
}
