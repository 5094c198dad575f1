//! What a stream that only passes tells of itself: when it begins to say something, what was used, whether it failed
//! and whether it ends as it should.
//!
//! It is read up to the first token; from then on only its last frames are kept, which are read when it has ended.
//! Between these nothing can be told but an error, and such a frame is known by its words.

use memchr::memmem::{self, Finder};

use crate::canonical::{Error, Event, EventKind, Usage};
use crate::table::{Framing, StreamSpec};

use super::decoder::{Decoder, FRAME_LIMIT};
use super::tail::Tail;

/// Frames at the end that are read first: why it finished, what was used, that it was the last.
const NEAR: usize = 3;

/// Watches a stream that only passes.
#[derive(Debug)]
pub struct Watcher {
    spec: &'static StreamSpec,
    decoder: Decoder,
    /// Every frame is read.
    reads: bool,
    /// What has come since, while frames aren't read.
    tail: Tail,
    /// The words of frames that tell an error.
    errors: Vec<Finder<'static>>,
    seen: Seen,
}

#[derive(Debug, Default)]
struct Seen {
    token: bool,
    error: Option<Error<'static>>,
    usage: Option<Usage>,
}

impl Watcher {
    /// For streams of this form.
    pub fn new(spec: &'static StreamSpec) -> Self {
        let errors = spec.marks.errors.iter();
        Self {
            spec,
            // The few frames that it reads aren't alike.
            decoder: Decoder::new(spec).in_full(),
            reads: true,
            tail: Tail::new(spec.framing),
            errors: errors.map(|word| Finder::new(*word)).collect(),
            seen: Seen::default(),
        }
    }

    /// Takes the next bytes of the body. Whether they were looked at, so that there may be news.
    pub fn push(&mut self, data: &[u8]) -> bool {
        if self.is_over() {
            return false;
        }
        if self.reads {
            self.read(data);
            return true;
        }
        let Some(from) = self.tail.push(data) else {
            return false;
        };
        let Some(place) = self.alarm(from) else {
            return false;
        };
        let near = self.tail.last_before(place, NEAR);
        let bytes = self.tail.take();
        self.read(&bytes[near..]);
        true
    }

    /// The stream is over. An error that the provider hasn't told itself has to be told for it.
    pub fn end(&mut self) -> Option<Error<'static>> {
        if self.is_over() || self.settled(true) {
            return None;
        }
        let mut error = None;
        self.decoder.end(&mut |event| error = error_of(event));
        self.seen.report(self.decoder.usage());
        error
    }

    /// Nothing more will come, and nothing is known of how it would have ended: what has come is looked at.
    pub fn settle(&mut self) {
        if !self.is_over() {
            self.settled(false);
        }
    }

    /// Something was said.
    pub fn token(&self) -> bool {
        self.seen.token
    }

    /// The error that came in the stream.
    pub fn error(&self) -> Option<&Error<'static>> {
        self.seen.error.as_ref()
    }

    /// The usage that has been reported, as far as it was looked for.
    pub fn usage(&self) -> Option<&Usage> {
        self.seen.usage.as_ref()
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.tail.kept()
    }

    fn is_over(&self) -> bool {
        self.seen.error.is_some() || self.decoder.ended()
    }

    /// Reads, and finds out whether the next frames need be read.
    fn read(&mut self, data: &[u8]) {
        let seen = &mut self.seen;
        self.decoder.push(data, &mut |event| match event.event {
            EventKind::Delta => seen.token = true,
            EventKind::Error => seen.error = error_of(event),
            _ => {}
        });
        seen.report(self.decoder.usage());
        // Where the elements of a list end can't be told from their last bytes.
        let skips = self.spec.framing != Framing::Array;
        self.reads = !(skips && self.seen.token && self.decoder.is_between());
    }

    /// Where something stands that has to be read: it may tell an error, or be no frame at all.
    fn alarm(&self, from: usize) -> Option<usize> {
        let bytes = self.tail.bytes();
        // A word may lie across two pieces.
        let told = self.errors.iter().filter_map(|word| {
            let new = from.saturating_sub(word.needle().len());
            Some(new + word.find(&bytes[new..])? + 1)
        });
        let last = self.spec.end.and_then(|end| end.as_bytes().last().copied());
        let ends = |byte| byte == b'}' || Some(byte) == last;
        let cut = || self.tail.cut_value(from, ends);
        let endless = || (bytes.len() > FRAME_LIMIT).then_some(bytes.len());
        told.min().or_else(cut).or_else(endless)
    }

    /// Reads what was kept, unless its last frames tell all there is to know. `over`: they have to be a good end.
    fn settled(&mut self, over: bool) -> bool {
        let near = self.tail.last(NEAR);
        let bytes = self.tail.take();
        if near > 0 && self.tells_all(&bytes[..near], &bytes[near..], over) {
            return true;
        }
        self.read(&bytes);
        self.seen.error.is_some()
    }

    fn tells_all(&mut self, before: &[u8], near: &[u8], over: bool) -> bool {
        let mut decoder = Decoder::new(self.spec).in_full();
        let mut fails = false;
        let mut sink = |event: &Event<'_>| fails |= event.event == EventKind::Error;
        decoder.push(near, &mut sink);
        if over {
            decoder.end(&mut sink);
        }
        let mut words = self.spec.marks.usage.iter();
        let told_before = |word: &str| memmem::find(before, word.as_bytes()).is_some();
        let whole = |usage: &Usage| usage.input.is_some() && usage.output.is_some();
        if fails || !decoder.usage().is_some_and(whole) && words.any(|word| told_before(word)) {
            return false;
        }
        self.seen.report(decoder.usage());
        true
    }
}

impl Seen {
    fn report(&mut self, usage: Option<&Usage>) {
        if let Some(usage) = usage {
            self.usage.get_or_insert_default().update(usage);
        }
    }
}

fn error_of(event: &Event<'_>) -> Option<Error<'static>> {
    let error = event.error.as_deref()?;
    (event.event == EventKind::Error).then(|| error.to_static())
}
