//! Streamed replies: bytes to frames, frames to events, events to frames, frames to bytes.
//!
//! All of it is pure and driven by tables. It knows no dialect, no socket and no clock.

mod again;
mod answer;
mod array;
mod assemble;
mod back;
mod conclude;
mod decoder;
mod emit;
mod expand;
mod frames;
pub mod framing;
mod ndjson;
mod parts;
mod piece;
mod run;
mod scan;
mod seals;
mod slot;
mod slots;
mod split;
mod sse;
mod tail;
mod text;
mod transcode;
mod watch;
mod writer;

pub use decoder::{Decoder, FRAME_LIMIT, Sink};
pub use transcode::{Ending, Transcoder};
pub use watch::Watcher;
pub use writer::{Head, Writer};

#[cfg(test)]
mod tests;
