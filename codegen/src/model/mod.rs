//! What the spec says, as plain data: no YAML, no tokens.

pub mod settings;
