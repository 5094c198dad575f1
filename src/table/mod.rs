//! The shapes of what the compiler makes: tables of functions and facts, one for each dialect, provider and route.
//!
//! Generated code fills these shapes and hand-written code drives them; neither knows the other.

mod adjust;
mod dialect;
mod edits;
mod encoding;
mod ledger;
mod operations;
mod provider;
mod settle;
mod stream;

pub use adjust::*;
pub use dialect::*;
pub use edits::Edits;
pub use encoding::*;
pub use ledger::{Fields, Ledger};
pub use operations::*;
pub use provider::*;
pub use settle::{Rules, error_body, falls, settle_error, status_of};
pub use stream::*;
