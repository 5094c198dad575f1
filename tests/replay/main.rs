//! Real providers' recorded replies through the gateway: real sockets, real tables, streams cut anywhere.

#![allow(clippy::unwrap_used)]

mod recordings;
mod support;
