//! How a reply is streamed.

use crate::canonical::{ChatResponse, Error, Event, EventKind};
use crate::error::Fault;

use super::{Encoding, Kinds};

/// One form of a streamed reply.
#[derive(Debug)]
pub struct StreamSpec {
    /// The media type, without parameters.
    pub media_type: &'static str,
    /// How frames are told apart in the bytes.
    pub framing: Framing,
    /// Written only if the request's `server_sent_events` has this value.
    pub when: Option<bool>,
    /// One part is open at a time; deltas of others wait.
    pub serial: bool,
    /// Data of a last event that isn't a frame.
    pub end: Option<&'static str>,
    /// The frames, in the order of the spec.
    pub frames: &'static [Frame],
    /// Kinds whose text some delta frame carries in pieces; others are sent whole, if any frame can hold them.
    pub pieces: Kinds,
    /// Kinds whose signature some delta frame carries; of others it goes with the whole part or is lost.
    pub signs: Kinds,
    /// Kinds that some frame can hold.
    pub holds: Kinds,
    /// By which words a frame can be known without being read.
    pub marks: Marks,
    /// Names of the outermost members of frames that count in each frame. Scalars of other names may differ from frame to
    /// frame, and the frames say the same.
    pub meant: &'static [&'static str],
    /// The HTTP status that an error has in this dialect. A stream has none, but its errors may repeat it.
    pub error_status: fn(&Error<'_>) -> u16,
    /// Reads one frame: the event's name where the framing has one, and its data.
    pub decode: for<'a> fn(Option<&str>, &'a str) -> Result<Decoded<'a>, Fault>,
}

/// By which words a frame can be known without being read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Marks {
    /// A frame that has none of these tells no error; the empty word is in every frame.
    pub errors: &'static [&'static str],
    /// A frame that has none of these says nothing of the usage.
    pub usage: &'static [&'static str],
}

/// How frames are told apart in the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events.
    Events,
    /// A JSON value a line.
    Lines,
    /// One JSON array.
    Array,
}

/// What events a frame holds; bits by `EventKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holds(pub u8);

impl Holds {
    /// Whether this kind of event is held.
    pub const fn has(self, kind: EventKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The set with this kind of event.
    pub const fn with(self, kind: EventKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// No event.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// One frame that a stream is written with.
#[derive(Debug)]
pub struct Frame {
    /// The events that it holds; none for the keep-alive.
    pub holds: Holds,
    /// It is written only if the client asked for usage.
    pub if_usage: bool,
    /// Name of the server-sent event.
    pub name: Option<&'static str>,
    /// Kinds of parts that it can speak of; all, if it speaks of none.
    pub kinds: Kinds,
    /// Writes it.
    pub encode: FrameEncode,
}

/// How a frame is written: from one event, or from an answer that holds only these events plus id, model, created.
/// No bytes mean that the frame doesn't fit the event (its `x-case` doesn't hold) and isn't written.
#[derive(Debug)]
pub enum FrameEncode {
    /// From an event; `response` and `part` in it are what has been accumulated.
    Event(for<'r> fn(&'r Event<'r>, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>),
    /// From a fragment.
    Fragment(for<'r> fn(&'r ChatResponse<'r>, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>),
}

/// What one frame says.
#[derive(Debug)]
pub enum Decoded<'a> {
    /// The fields of these events.
    Event(Holds, Box<Event<'a>>),
    /// A partial answer.
    Fragment(Box<ChatResponse<'a>>),
    /// Nothing: a keep-alive, or a frame that the spec doesn't know.
    Ignored,
}
