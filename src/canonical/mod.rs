//! The hub: the types that every dialect is read to and written from, and the passes that know no dialect.

mod accumulate;
pub mod embed;
mod events;
mod ext;
pub mod fill;
mod group;
mod marks;
pub mod nearest;
mod own;
mod pairs;
mod pieces;
mod recent;
mod text;
mod turn;
mod views;

pub use crate::generated::canonical::*;
pub use accumulate::{Accumulator, call_id};
pub use events::{events_in_pieces, events_of};
pub use group::{demote_system, group, leading_system};
pub use marks::keep_last_marks;
pub use pairs::pair;
pub use pieces::rejoin;
pub use text::{join, joined};
pub use turn::{Turn, TurnView, each_part, retain};
pub use views::{first, lead, leading_parts, of_kinds, refs, sole};
