//! JSON text, looked at sixteen bytes at a time: where in a string something stands that doesn't stand for itself.
//!
//! Knows nothing of values. All that reads or writes JSON is made on it.

mod clean;
mod stop;

pub(crate) use clean::clean;
pub(crate) use stop::stop;
