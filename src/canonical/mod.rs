//! The hub: the types that every dialect is read to and written from, and the passes that know no dialect.

mod types;

pub use types::*;
