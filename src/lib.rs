//! Inference Gateway: one binary between programs and every LLM provider, compiled from its OpenAPI description.

extern crate self as gateway;

pub mod app;
pub mod auth;
pub mod canonical;
pub mod codec;
pub mod config;
pub mod dialect;
pub mod env;
pub mod error;
pub mod generated;
pub mod mock;
pub mod observe;
pub mod provider;
pub mod route;
mod scan;
pub mod server;
pub mod stream;
pub mod table;
pub mod upstream;
pub mod wire;
