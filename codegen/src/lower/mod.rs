//! YAML to model. Reports what it can't understand and goes on.

pub mod canonical;
pub mod dialect;
pub mod document;
pub mod inline;
pub mod keywords;
pub mod ledger;
pub mod paths;
pub mod provider;
pub mod route;
pub mod schema;
pub mod settings;
pub mod shape;
