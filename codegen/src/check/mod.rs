//! Looks across the model for what no single place can see.

pub mod ledger;
pub mod settings;
