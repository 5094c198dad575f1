//! Streamed replies: bytes to frames, frames to events, events to frames, frames to bytes.
//!
//! All of it is pure and driven by tables. It knows no dialect, no socket and no clock.

mod array;
pub mod framing;
mod ndjson;
mod scan;
mod sse;

#[cfg(test)]
mod tests;
