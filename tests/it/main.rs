//! The gateway on real sockets: one binary, loopback only, against an upstream that follows a script.
//!
//! The tables are made by hand here, so that what is shown is the server's and not a dialect's.

#![allow(clippy::unwrap_used)]

mod chat;
mod limits;
mod log;
mod models;
mod proxy;
mod routes;
mod secrets;
mod shutdown;
mod stalls;
mod streams;
mod support;
mod tls;
