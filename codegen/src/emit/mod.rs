//! Model to tokens. Emits full paths only, so that no name of a spec can collide with what the code refers to.

pub mod canonical;
pub mod condition;
pub mod context;
pub mod ledger;
pub mod read;
pub mod settings;
pub mod value;
pub mod wire;
