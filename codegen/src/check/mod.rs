//! Looks across the model for what no single place can see.

mod bound;
pub mod cover;
pub mod ledger;
pub mod maps;
pub mod providers;
pub mod settings;
pub mod unions;
mod walk;
