//! Model to tokens. Emits full paths only, so that no name of a spec can collide with what the code refers to.

pub mod canonical;
pub mod ledger;
