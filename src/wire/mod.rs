//! What generated code is made of: JSON in (`read`), JSON out (`write`), and the two opaque values.
//!
//! Knows JSON and nothing of dialects.

mod mixed;
mod noting;
mod number;
pub mod read;
mod reader;
mod seal;
mod skip;
mod string;
mod whole;
pub mod write;

use std::borrow::Cow;

pub(crate) use write::string as write_string;

/// JSON text that is kept as it came and never parsed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw<'a>(pub Cow<'a, str>);

/// A value that only its origin can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// Name of the dialect it came from.
    pub origin: &'static str,
    /// A plain string, or JSON text where the canonical type says so.
    pub value: Cow<'a, str>,
}
