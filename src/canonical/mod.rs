//! The hub: the types that every dialect is read to and written from, and the passes that know no dialect.

mod accumulate;
mod events;
mod own;
mod types;

pub use accumulate::{Accumulator, call_id};
pub use events::{events_in_pieces, events_of};
pub use types::*;
