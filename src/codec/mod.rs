//! What bindings may call: one family of pure functions a file. Generated code names them by their full path.
//!
//! Knows texts and numbers, no canonical type and no dialect.

pub mod alphabet;
pub mod charset;
pub mod data_url;
pub mod floats;
pub mod hash;
pub mod json_text;
pub mod lexicon;
pub mod magic;
pub mod number;
pub mod pick;
pub mod prefix;
pub mod quick;
pub mod schema;
pub mod skim;
pub mod splice;
pub mod time;
