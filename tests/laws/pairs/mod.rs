//! Every ordered pair of dialects: what a caller of one says reaches a provider of another, and the answer comes back.

mod conversations;
mod generator;
mod grammar;
mod kept;
mod replies;
mod requests;
mod streams;

use std::fmt::Debug;

use gateway::generated::providers::PROVIDERS;
use gateway::table::{Chat, Dialect, Provider};
use jsonschema::Validator;

use crate::{DIALECTS, schema};

/// Recordings that not every dialect can say as they are, and why.
const ODD: [(&str, &str); 3] = [
    ("f82d3e06b62e3578", "a text after a call of the same turn"),
    (
        "66e30f61fa63b2bc",
        "a call that is cut off in its arguments",
    ),
    (
        "571f15cb9dab8e63",
        "a stream in a form that the API never had",
    ),
];

/// Whether this recording is to be left out.
pub fn is_odd(id: &str) -> bool {
    ODD.iter().any(|(odd, _)| *odd == id)
}

/// One end of a pair.
pub struct Side {
    /// Its recordings.
    pub file: &'static str,
    pub dialect: &'static Dialect,
    pub chat: &'static Chat,
    /// A provider that speaks it.
    pub provider: &'static Provider,
    /// What its own description says of requests and replies.
    pub request: Validator,
    pub reply: Validator,
}

/// Every dialect that callers and providers speak.
pub fn sides() -> Vec<Side> {
    let side = |(file, dialect): (&'static str, &'static Dialect)| {
        let speaks = |provider: &&Provider| {
            let endpoint = provider.generate.as_ref();
            endpoint.is_some_and(|endpoint| endpoint.dialect.name == dialect.name)
        };
        // A dialect that providers speak only besides another is held against one without quirks.
        let plain = || {
            PROVIDERS
                .iter()
                .min_by_key(|provider| provider.adjust.len())
        };
        Some(Side {
            file,
            dialect,
            chat: dialect.chat?,
            provider: PROVIDERS.iter().find(speaks).or_else(plain)?,
            request: schema::request(dialect.name),
            reply: schema::response(dialect.name),
        })
    };
    DIALECTS.into_iter().filter_map(side).collect()
}

/// Every ordered pair of two different sides.
pub fn pairs(sides: &[Side]) -> impl Iterator<Item = (&Side, &Side)> {
    let others = move |from: &'_ &Side| from.dialect.name;
    sides.iter().flat_map(move |from| {
        let to = sides
            .iter()
            .filter(move |to| to.dialect.name != others(&from));
        to.map(move |to| (from, to))
    })
}

/// Faults that a law found.
#[derive(Debug, Default)]
pub struct Faults(Vec<String>);

impl Faults {
    /// What a check gave, if it isn't a fault.
    pub fn take<T>(&mut self, what: &str, checked: Result<T, String>) -> Option<T> {
        checked
            .map_err(|fault| self.0.push(format!("{what}: {fault}")))
            .ok()
    }

    /// Fails the test if there are any.
    pub fn none(&self) {
        let shown: Vec<_> = self
            .0
            .iter()
            .take(40)
            .map(|fault| fault.chars().take(1500).collect::<String>())
            .collect();
        assert!(
            shown.is_empty(),
            "{} faults:\n{}",
            self.0.len(),
            shown.join("\n\n")
        );
    }
}

/// Two values that should be the same.
pub fn same<T: PartialEq + Debug>(
    left: &T,
    right: &T,
    what: impl FnOnce() -> String,
) -> Result<(), String> {
    if left == right {
        Ok(())
    } else {
        Err(format!("{}\n  {left:?}\n  {right:?}", what()))
    }
}
