//! What the spec says, as plain data: no YAML, no tokens.

pub mod canonical;
pub mod dialect;
pub mod ledger;
pub mod presence;
pub mod provider;
pub mod schema;
pub mod settings;
pub mod shape;
pub mod tests;
