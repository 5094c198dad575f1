//! Streamed replies: bytes to frames, frames to events, events to frames, frames to bytes.
//!
//! All of it is pure and driven by tables. It knows no dialect, no socket and no clock.

mod answer;
mod array;
mod assemble;
mod decoder;
mod expand;
pub mod framing;
mod ndjson;
mod scan;
mod sse;

pub use decoder::{Decoder, FRAME_LIMIT, Sink};

#[cfg(test)]
mod tests;
