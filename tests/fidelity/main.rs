//! What must not be lost between a client and a provider of different dialects, through real sockets.

#![allow(clippy::unwrap_used, missing_docs)]

mod blocks;
mod errors;
mod history;
mod seals;
mod silence;
mod support;
mod tools;
