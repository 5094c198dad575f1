//! What of a conversation's canonical form a request's body can say at all, told by the words in it: where a word is
//! missing, so is all that needs it.

mod turns;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use super::canonical::{Canonical, Ty};
use super::dialect::Dialect;

use walk::Walk;

/// Where a word stands in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// It names a member of the body.
    Top,
    /// It names a member of an object within.
    Below,
    /// It is a value.
    Value,
}

/// A word of a body.
pub type Word = (Spot, String);
/// Words that a body has if it has a certain thing.
pub type Chain = BTreeSet<Word>;
/// Such words for each place where the thing may stand. A chain without words: it may be there in any body.
pub type Chains = BTreeSet<Chain>;

/// Something canonical.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A field of a struct.
    Field(String, String),
    /// A struct of this kind.
    Kind(String, String),
}

/// A property that providers edit.
#[derive(Debug, Clone, Default)]
pub struct Edited {
    /// Of the object that it is a member of.
    pub around: Chains,
    /// Of the property itself.
    pub own: Chains,
    /// What it says.
    pub things: BTreeSet<Thing>,
    /// It may be written though nothing was read.
    pub always: bool,
    /// The kind under which it is meant.
    pub case: Option<Thing>,
}

/// All that a dialect's conversation can say.
#[derive(Debug, Default)]
pub struct Presence {
    /// Where things stand.
    pub things: BTreeMap<Thing, Chains>,
    /// Edited properties, by the numbers that edits name.
    pub edited: BTreeMap<u16, Edited>,
    /// Where a turn may be the assistant's.
    pub assistant: Chains,
}

/// What the requests of a dialect's chat can say.
pub fn of(dialect: &Dialect, canonical: &Canonical) -> Presence {
    let mut walk = Walk {
        dialect,
        canonical,
        found: Presence::default(),
        within: Vec::new(),
    };
    for operation in &dialect.chat {
        walk.operation(operation);
    }
    let mut found = walk.found;
    found.things.values_mut().for_each(shortest);
    found
}

/// Leaves out what another chain of fewer words covers.
pub fn shortest(chains: &mut Chains) {
    let all: Vec<Chain> = chains.iter().cloned().collect();
    chains.retain(|chain| {
        let covers = |other: &Chain| other != chain && other.is_subset(chain);
        !all.iter().any(covers)
    });
}

impl Presence {
    /// Where any part of a struct may stand that the request has one of.
    pub fn family(&self, canonical: &Canonical, name: &str) -> Chains {
        let request = canonical.get("ChatRequest");
        let leads = |field: &str| {
            let field = request.and_then(|request| request.field(field));
            field.is_some_and(|field| field.ty == Ty::Struct(name.to_owned()))
        };
        let found = self.things.iter().filter(|(thing, _)| match thing {
            Thing::Field(owner, field) => owner == name || owner == "ChatRequest" && leads(field),
            Thing::Kind(owner, _) => owner == name,
        });
        found
            .flat_map(|(_, chains)| chains.iter().cloned())
            .collect()
    }
}

/// Whether a word can stand in JSON in no other way, but for escapes that nobody writes.
fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.$".contains(c);
    !word.is_empty() && word.chars().all(plain)
}
