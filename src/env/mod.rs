//! The environment and how its texts are read: the calls that the generated settings are made of.
//!
//! Knows no setting. Which variables there are, with their types and defaults, stands in the spec.

mod lookup;
mod parse;
mod reader;
mod secret;
mod typo;

pub use lookup::{Lookup, Process};
pub use parse::{
    boolean, bounded, choice, duration, integer, ip, list, path, secret, size, string, url,
    url_part,
};
pub use reader::{Reader, SettingFault};
pub use secret::Secret;
pub use typo::typos;
