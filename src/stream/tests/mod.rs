//! Streams of three made-up dialects, cut at every byte.

mod framing;
