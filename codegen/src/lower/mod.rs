//! YAML to model. Reports what it can't understand and goes on.

mod adjust;
mod bindings;
pub mod canonical;
pub mod dialect;
pub mod document;
mod edits;
mod hub;
pub mod inline;
pub mod keywords;
pub mod ledger;
mod opened;
pub mod paths;
pub mod provider;
mod replies;
pub mod route;
pub mod schema;
pub mod settings;
pub mod shape;
mod values;
mod wire_paths;
