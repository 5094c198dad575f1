//! The hub: the types that every dialect is read to and written from, and the passes that know no dialect.

mod ext;
pub mod fill;
mod group;
pub mod nearest;
mod pairs;
mod text;
mod turn;
mod types;

pub use group::{demote_system, group, leading_system};
pub use pairs::pair;
pub use text::join;
pub use turn::{Turn, TurnView, each_part, retain};
pub use types::*;
