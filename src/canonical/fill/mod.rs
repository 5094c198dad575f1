//! What is missing is made up: ids and names from the other half of a pair, the facts about a reply that a dialect
//! leaves unsaid.
//!
//! Everything but the id and the date of a reply is the same for the same input.

mod calls;
mod request;
mod response;

use std::borrow::Cow;

use super::Part;

pub use request::request;
pub use response::{Known, embed, head, promoted, response, total};

fn no_arguments(call: &mut Part<'_>) {
    if call.arguments.is_none() {
        call.arguments = Some(Cow::Borrowed(if call.free { "" } else { "{}" }));
    }
}
