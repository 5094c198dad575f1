//! Settings from YAML to values: what the compiler makes and refuses, what the environment may say, what is written
//! about it, and what is never shown.

#[path = "settings/compile.rs"]
mod compile;
#[path = "settings/config.rs"]
mod config;
#[path = "settings/docs.rs"]
mod docs;
#[allow(dead_code, missing_docs)]
#[path = "settings/fixture.rs"]
#[rustfmt::skip] // What the compiler makes is compared letter by letter.
mod fixture;
#[path = "settings/load.rs"]
mod load;
#[path = "settings/support.rs"]
mod support;
