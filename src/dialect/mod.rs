//! Wire formats as the rest of the gateway sees them: a conversation is made fit for one of them, or refused.
//!
//! Knows ledgers and adjustments, and no dialect by name.

mod adjust;
mod changes;
mod embed;
mod foreign;
mod kinds;
pub mod losses;
mod policy;
mod prepare;
mod refused;
mod reply;
mod restore;
mod seals;
mod settle;
mod suited;

pub use embed::{PreparedEmbed, passes, prepare_embed, prepare_vectors};
pub use policy::{Policed, leaves, police};
pub use prepare::{Prepared, prepare};
pub use refused::by_provider;
pub use reply::prepare_response;
pub use restore::Restore;
pub use seals::{Belongs, Seals, carrier, may_hold};

#[cfg(test)]
mod tests;
