//! Real providers' recorded replies through the gateway: real sockets, real tables, streams cut anywhere.

#![allow(clippy::unwrap_used)]

mod breaks;
mod chats;
mod lists;
mod recordings;
mod refusals;
mod requests;
mod routes;
mod secrets;
mod support;
mod words;
