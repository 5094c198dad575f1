//! Model to tokens.

pub mod settings;
