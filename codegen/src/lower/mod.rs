//! YAML to model. Reports what it can't understand and goes on.

pub mod settings;
