//! One dialect's stream to another's: a decoder that drives a writer.
//!
//! What can be known at once is written at once. Only the end waits: whether a finish is one, and what was used, is
//! known when the provider's stream ends.

use std::fmt;

use crate::canonical::{Error, ErrorKind, Event, EventKind, Usage};
use crate::dialect::{Restore, Seals};
use crate::error::Fault;
use crate::table::Loss;

use super::back::Back;
use super::decoder::Decoder;
use super::seals::Wrapper;
use super::writer::Writer;

/// Turns a provider's stream into a client's.
#[derive(Debug)]
pub struct Transcoder {
    decoder: Decoder,
    back: Back,
    wrapper: Wrapper,
    writer: Writer,
    judge: Judge,
    ending: Ending,
    token: bool,
}

/// What an error of the provider is to the client.
struct Judge(Box<Say>);

type Say = dyn Fn(Error<'_>) -> Error<'static> + Send + Sync;

/// How a stream has ended.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Ending {
    /// It hasn't.
    #[default]
    Running,
    /// All of the answer has been written.
    Complete,
    /// With an error.
    Failed {
        /// What went wrong.
        error: Error<'static>,
        /// The client has been told in the stream. If not, its connection must be cut, or it would take what it has
        /// for all.
        told: bool,
    },
}

impl Transcoder {
    /// From what this decoder reads to what this writer writes.
    pub fn new(decoder: Decoder, writer: Writer) -> Self {
        Self {
            decoder,
            back: Back::default(),
            wrapper: Wrapper::default(),
            writer,
            judge: Judge(Box::new(|error| error.to_static())),
            ending: Ending::Running,
            token: false,
        }
    }

    /// Turns back what preparing the request changed.
    pub fn with_restore(mut self, restore: Restore) -> Self {
        self.back = Back::new(restore);
        self
    }

    /// Wraps what others have sealed for clients that can carry it.
    pub fn with_seals(mut self, seals: Seals) -> Self {
        self.wrapper = Wrapper::new(seals);
        self
    }

    /// Tells errors that come in the provider's stream as this says.
    pub fn with_judge(
        mut self,
        judge: impl Fn(Error<'_>) -> Error<'static> + Send + Sync + 'static,
    ) -> Self {
        self.judge = Judge(Box::new(judge));
        self
    }

    /// Takes the next bytes of the provider's body and adds what they mean to `out`.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>) {
        self.run(out, |decoder, sink| decoder.push(input, sink));
    }

    /// The provider's body has ended.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        self.run(out, Decoder::end);
    }

    /// The exchange has failed outside of the stream: tells the client. What the provider still sends is ignored.
    pub fn fail(&mut self, error: &Error<'_>, out: &mut Vec<u8>) {
        if self.ending == Ending::Running {
            self.ending = failed(&mut self.writer, error, out);
        }
    }

    /// Writes something that says nothing, so that the client's connection isn't taken for dead.
    pub fn keep_alive(&mut self, out: &mut Vec<u8>) {
        if self.ending == Ending::Running {
            let written = self.writer.keep_alive(out);
            if let Err(fault) = written {
                self.ending = failed(&mut self.writer, &unwritable(&fault), out);
            }
        }
    }

    /// How the stream has ended.
    pub fn ending(&self) -> &Ending {
        &self.ending
    }

    /// Usage as reported so far.
    pub fn usage(&self) -> Option<&Usage> {
        self.decoder.usage()
    }

    /// Something that the model wrote has come.
    pub fn saw_token(&self) -> bool {
        self.token
    }

    /// What could not be said to the client as it was, each field once.
    pub fn losses(&self) -> &[Loss] {
        self.writer.losses()
    }

    /// How many of the provider's frames and pieces had no place in the answer.
    pub fn ignored(&self) -> u64 {
        self.decoder.ignored()
    }

    fn run(
        &mut self,
        out: &mut Vec<u8>,
        step: impl FnOnce(&mut Decoder, &mut dyn FnMut(&Event<'_>)),
    ) {
        let Self {
            decoder,
            back,
            wrapper,
            writer,
            judge,
            ending,
            token,
        } = self;
        if *ending != Ending::Running {
            return;
        }
        step(decoder, &mut |event| {
            *token |= event.event == EventKind::Delta;
            back.pass(event, &mut |event| {
                wrapper.pass(event, &mut |event| write(writer, judge, event, ending, out));
            });
        });
    }
}

/// Writes one event of a stream that hasn't ended.
fn write(
    writer: &mut Writer,
    judge: &Judge,
    event: &Event<'_>,
    ending: &mut Ending,
    out: &mut Vec<u8>,
) {
    if *ending != Ending::Running {
        return;
    }
    if let Some(error) = event.error.as_deref().filter(|_| is_error(event)) {
        *ending = failed(writer, &(judge.0)(error.clone()), out);
        return;
    }
    match writer.write(event, out) {
        Err(fault) => *ending = failed(writer, &unwritable(&fault), out),
        Ok(()) if event.event == EventKind::Done => *ending = Ending::Complete,
        Ok(()) => {}
    }
}

fn is_error(event: &Event<'_>) -> bool {
    event.event == EventKind::Error
}

fn failed(writer: &mut Writer, error: &Error<'_>, out: &mut Vec<u8>) -> Ending {
    Ending::Failed {
        error: error.to_static(),
        // An error that can't be written is as good as none.
        told: writer.fail(error, out).unwrap_or(false),
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judge")
    }
}

fn unwritable(fault: &Fault) -> Error<'static> {
    Error {
        kind: ErrorKind::Internal,
        message: Some(format!("the answer can't be written: {fault}").into()),
        ..Error::default()
    }
}
