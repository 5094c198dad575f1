//! Model to tokens. Emits full paths only, so that no name of a spec can collide with what the code refers to.

pub mod access;
pub mod canonical;
pub mod charset;
pub mod condition;
pub mod context;
pub mod dialect;
pub mod facts;
pub mod fits;
pub mod ledger;
pub mod read;
pub mod scalar;
pub mod settings;
pub mod stream;
pub mod tables;
pub mod value;
pub mod wire;
pub mod write;
