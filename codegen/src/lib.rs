//! Compiles the gateway's OpenAPI description to Rust, in five stages that are blind to each other's concerns:
//! `source` reads files and references, `lower` turns YAML into the `model`, `check` looks across the model, `emit`
//! turns the model into tokens, `render` turns tokens into text. Every mistake of the YAML is told in one run.

pub mod check;
pub mod compile;
pub mod docs;
pub mod emit;
pub mod fault;
pub mod lower;
pub mod model;
pub mod names;
pub mod render;
pub mod source;
