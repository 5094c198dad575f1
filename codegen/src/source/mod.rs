//! Files and references: the YAML tree behind one entry document, with the place of everything in it.
//!
//! Knows YAML and `$ref`, and nothing of what the keys mean.

mod load;
mod node;
mod view;

pub use load::Source;
pub use node::{Node, Place};
pub use view::View;
