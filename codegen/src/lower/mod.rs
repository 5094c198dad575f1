//! YAML to model. Reports what it can't understand and goes on.

pub mod canonical;
pub mod keywords;
pub mod paths;
pub mod schema;
pub mod settings;
pub mod shape;
