//! What is known of a reply from the bytes that came so far. Nothing is kept of them but what can't be used yet.

use std::mem;

use bytes::Bytes;
use hyper::{HeaderMap, Response};

use super::framing::{Framing, Trailers};
use super::head::{self, Malformed, Names};

/// The reading of one reply after the other.
#[derive(Debug)]
pub(super) struct Reading {
    /// The beginning of a head.
    begun: Vec<u8>,
    names: Names,
    framing: Framing,
    trailers: Trailers,
    /// Whether the head said how long the body is.
    sized: bool,
    reusable: bool,
}

/// A reply's head, and what came of its body with it.
pub(super) type Answer = Response<Bytes>;

impl Reading {
    pub(super) fn new() -> Self {
        Self {
            begun: Vec::new(),
            names: Names::default(),
            framing: Framing::Done,
            trailers: Trailers::default(),
            sized: true,
            reusable: true,
        }
    }

    /// Takes what was read before the body. Heads that only say that there will be another are passed over.
    pub(super) fn head(
        &mut self,
        read: &[u8],
        answers_head: bool,
    ) -> Result<Option<Answer>, Malformed> {
        if self.begun.is_empty() {
            return self.head_in(read, answers_head);
        }
        let mut begun = mem::take(&mut self.begun);
        begun.extend_from_slice(read);
        // Only at the end of a line there may be more to know.
        if memchr::memchr(b'\n', read).is_none() && begun.len() <= head::LONGEST {
            self.begun = begun;
            return Ok(None);
        }
        self.head_in(&begun, answers_head)
    }

    fn head_in(
        &mut self,
        mut read: &[u8],
        answers_head: bool,
    ) -> Result<Option<Answer>, Malformed> {
        while let Some((response, length)) = head::parse(read, &mut self.names)? {
            read = &read[length..];
            if head::is_interim(&response) {
                continue;
            }
            let (framing, reusable) = head::framing(&response, answers_head)?;
            self.sized = matches!(framing, Framing::Done | Framing::Length(_));
            self.framing = framing;
            self.reusable = reusable;
            let data = self.body(read);
            return Ok(Some(response.map(|()| data)));
        }
        self.begun = read.to_vec();
        Ok(None)
    }

    /// Takes what was read of the body. What came in several chunks is joined, so that it goes on as it came: at once.
    pub(super) fn body(&mut self, mut read: &[u8]) -> Bytes {
        let mut first: &[u8] = &[];
        let mut joined = Vec::new();
        while let Some(piece) = self.framing.next(&mut read, &mut self.trailers) {
            if first.is_empty() {
                first = piece;
                continue;
            }
            if joined.is_empty() {
                joined.reserve_exact(first.len() + piece.len() + read.len());
                joined.extend_from_slice(first);
            }
            joined.extend_from_slice(piece);
        }
        if !read.is_empty() {
            // There is more than was asked for, or it makes no sense.
            self.reusable = false;
        }
        match joined.is_empty() {
            true => Bytes::copy_from_slice(first),
            false => joined.into(),
        }
    }

    /// Takes the connection's end.
    pub(super) fn end(&mut self) -> Result<(), Malformed> {
        self.reusable = false;
        if self.framing != Framing::UntilClose {
            return Err(Malformed("it ended before the reply did"));
        }
        self.framing = Framing::Done;
        Ok(())
    }

    /// Whether all of the reply has come; why it never will, if so.
    pub(super) fn has_ended(&self) -> Result<bool, Malformed> {
        match self.framing {
            Framing::Broken(malformed) => Err(malformed),
            framing => Ok(framing == Framing::Done),
        }
    }

    /// Whether there can be another reply after one that has ended.
    pub(super) fn is_reusable(&self) -> bool {
        self.reusable && self.framing == Framing::Done
    }

    /// How much is still to come, if the provider has said so.
    pub(super) fn left(&self) -> Option<u64> {
        match self.framing {
            Framing::Length(left) => Some(left),
            _ => self.sized.then_some(0),
        }
    }

    /// What came behind the content.
    pub(super) fn trailers(&mut self) -> Option<HeaderMap> {
        self.trailers.fields.take()
    }
}
