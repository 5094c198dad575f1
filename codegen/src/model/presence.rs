//! What of a conversation's canonical form a request's body can say at all, told by the words in it: where a word is
//! missing, so is all that needs it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::canonical::{Canonical, Ty};
use super::dialect::{Dialect, Operation};
use super::schema::{Case, Codec, Edge, Hook, Path, Property, Schema, SchemaId, Spot as Is, Step};
use super::tests::{self, Test, What};

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

struct Walk<'w> {
    dialect: &'w Dialect,
    canonical: &'w Canonical,
    found: Presence,
    within: Vec<SchemaId>,
}

impl<'w> Walk<'w> {
    fn operation(&mut self, operation: &'w Operation) {
        // What stands beside the body may be there whatever the body says.
        for parameter in &operation.parameters {
            self.edge(&parameter.edge, &Chain::new(), true, &mut BTreeSet::new());
        }
        if operation.stream.is_some() {
            self.field("ChatRequest", "stream", &Chain::new(), &mut BTreeSet::new());
        }
        if let Some(request) = &operation.request {
            self.edge(request, &Chain::new(), true, &mut BTreeSet::new());
        }
    }

    /// `top`: the body itself; `said`: what the property around says.
    fn edge(&mut self, edge: &'w Edge, chain: &Chain, top: bool, said: &mut BTreeSet<Thing>) {
        if edge.read_only {
            return;
        }
        for case in &edge.cases {
            self.steps(
                &case.path.steps[..case.path.steps.len().saturating_sub(1)],
                chain,
                said,
            );
            let Some(last) = case.path.steps.last() else {
                continue;
            };
            if self.is_kind(last) {
                for value in case.texts() {
                    self.note(
                        Thing::Kind(last.owner.clone(), value.to_owned()),
                        chain,
                        said,
                    );
                }
            } else if case.value.as_bool() != Some(false) {
                self.field(&last.owner, &last.field, chain, said);
            }
        }
        if let Some(path) = &edge.bind {
            self.steps(&path.steps, chain, said);
        }
        self.content(edge.content, chain, top, said);
    }

    fn content(&mut self, id: SchemaId, chain: &Chain, top: bool, said: &mut BTreeSet<Thing>) {
        // Further in are the same words and more.
        if self.within.contains(&id) {
            return;
        }
        self.within.push(id);
        let schema = &self.dialect.schemas[id];
        if let Some(part) = &schema.part {
            self.note(
                Thing::Kind("Part".to_owned(), part.kind.clone()),
                chain,
                said,
            );
        }
        if schema.codec == Some(Codec::DataUrl) {
            self.field("Part", "source", chain, said);
        }
        for property in &schema.properties {
            self.property(property, chain, top, said);
        }
        for (at, tests) in tests::of(&self.dialect.schemas, &schema.variants) {
            let variant = &schema.variants[at];
            for marks in self.marks(variant.content, &tests, top) {
                self.edge(variant, &chain.union(&marks).cloned().collect(), top, said);
            }
        }
        if schema.spot == Is::Turns {
            self.turns(schema);
        }
        if let Some(items) = &schema.items {
            self.edge(items, chain, top && schema.single, said);
        }
        self.within.pop();
    }

    fn property(
        &mut self,
        property: &'w Property,
        around: &Chain,
        top: bool,
        said: &mut BTreeSet<Thing>,
    ) {
        let spot = if top { Spot::Top } else { Spot::Below };
        let names = [Some(&property.name), property.alias.as_ref()];
        let mut own = BTreeSet::new();
        let mut things = BTreeSet::new();
        for name in names.into_iter().flatten() {
            let mut chain = around.clone();
            if is_plain(name) {
                chain.insert((spot, name.clone()));
            }
            self.edge(&property.edge, &chain, false, &mut things);
            own.insert(chain);
        }
        let inner = &self.dialect.schemas[property.edge.content];
        if let Some(path) = property
            .edge
            .bind
            .as_ref()
            .filter(|path| self.says_unsaid(inner, path))
        {
            self.steps(&path.steps, around, &mut things);
        }
        if property.edge.bind.as_ref().is_some_and(is_role) {
            self.role(inner, &own);
        }
        for hook in &property.hooks {
            self.edited(hook, property, inner, (around, &own), &things);
        }
        said.extend(things);
    }

    fn edited(
        &mut self,
        hook: &Hook,
        property: &Property,
        inner: &Schema,
        (around, own): (&Chain, &Chains),
        things: &BTreeSet<Thing>,
    ) {
        let case = hook.case.as_ref().and_then(|case| {
            let last = case.path.steps.last().filter(|last| self.is_kind(last))?;
            Some(Thing::Kind(
                last.owner.clone(),
                case.value.as_str()?.to_owned(),
            ))
        });
        let edited = self.found.edited.entry(hook.number).or_default();
        edited.around.insert(around.clone());
        edited.own.extend(own.iter().cloned());
        // Of a text that is one part, the kind of that part is what it says.
        let is_part = |thing: &&Thing| matches!(thing, Thing::Kind(owner, _) if owner == "Part");
        let is_list = |thing: &&Thing| matches!(thing, Thing::Field(owner, name) if owner == "Turn" && name == "parts");
        let has_kind = things.iter().any(|thing| is_part(&thing));
        let said = things.iter().filter(|thing| !(has_kind && is_list(thing)));
        edited.things.extend(said.cloned());
        edited.always |= property.required
            || inner.default.is_some()
            || inner.fill.is_some()
            || inner.constant.is_some();
        edited.case = case;
    }

    /// Elements of the conversation that aren't turns may be anyone's, but for a tool's results.
    fn turns(&mut self, schema: &Schema) {
        let Some(items) = &schema.items else {
            return;
        };
        let mut waiting = vec![&**items];
        while let Some(edge) = waiting.pop() {
            let inner = &self.dialect.schemas[edge.content];
            let is_result = |case: &Case| case.texts().all(|kind| kind == "tool_result");
            let known = match &inner.spot {
                Is::Struct(name) if name == "Turn" => {
                    edge.cases.iter().all(|case| !is_role(&case.path))
                }
                Is::Struct(name) if name == "Part" => {
                    !edge.cases.is_empty() && edge.cases.iter().all(is_result)
                }
                _ => !inner.variants.is_empty(),
            };
            if !known {
                self.found.assistant.insert(Chain::new());
            }
            if inner.properties.is_empty() {
                waiting.extend(&inner.variants);
            }
        }
    }

    /// How a turn says that it is the assistant's.
    fn role(&mut self, inner: &Schema, own: &Chains) {
        let rows = inner.map.iter().filter(|row| row.canonical == ASSISTANT);
        let mapped: Vec<&Value> = rows.clone().flat_map(|row| &row.wire).collect();
        let plain = || {
            inner
                .constant
                .iter()
                .chain(&inner.values)
                .filter(|value| *value == ASSISTANT)
        };
        let values: Vec<&Value> = match inner.map.is_empty() {
            true => plain().collect(),
            false => mapped,
        };
        let closed = inner.constant.is_some() || !inner.values.is_empty() || !inner.map.is_empty();
        let other = rows.clone().any(|row| row.other)
            || inner
                .default
                .as_ref()
                .is_some_and(|said| values.contains(&said));
        let words = values
            .iter()
            .map(|value| value.as_str().filter(|value| is_plain(value)));
        let words: Option<Vec<&str>> = words.collect();
        let Some(words) = words.filter(|_| closed && !other) else {
            self.found.assistant.insert(Chain::new());
            return;
        };
        for word in words {
            for mut chain in own.iter().cloned() {
                chain.insert((Spot::Value, word.to_owned()));
                self.found.assistant.insert(chain);
            }
        }
    }

    /// Words without which a value isn't this variant, for each way to spell them.
    fn marks(&self, id: SchemaId, tests: &[Test], top: bool) -> Chains {
        let mut marks = Chains::from([Chain::new()]);
        for test in tests {
            let [name] = test.path.as_slice() else {
                continue;
            };
            let value = match &test.what {
                What::Present => None,
                What::OneOf(values, false) => match values.as_slice() {
                    [Value::String(value)] if is_plain(value) => Some(value),
                    _ => continue,
                },
                _ => continue,
            };
            let properties = self.dialect.schemas[id].properties.iter();
            let mut known = properties.filter(|property| property.name == *name);
            let alias = known.find_map(|property| property.alias.as_ref());
            let spot = if top { Spot::Top } else { Spot::Below };
            let mut spelled = Chains::new();
            for name in [Some(name), alias].into_iter().flatten() {
                for mut chain in marks.iter().cloned() {
                    if is_plain(name) {
                        chain.insert((spot, name.clone()));
                    }
                    chain.extend(value.map(|value| (Spot::Value, value.clone())));
                    spelled.insert(chain);
                }
            }
            marks = spelled;
        }
        marks
    }

    /// Whether the absence of a property says something else than the hub's own default.
    fn says_unsaid(&self, inner: &Schema, path: &Path) -> bool {
        let Some((said, last)) = inner.default.as_ref().zip(path.steps.last()) else {
            return false;
        };
        let field = self
            .canonical
            .get(&last.owner)
            .and_then(|s| s.field(&last.field));
        field.is_none_or(|field| field.default.as_ref() != Some(said))
    }

    fn is_kind(&self, step: &Step) -> bool {
        let kind = self
            .canonical
            .get(&step.owner)
            .and_then(|s| s.kind.as_ref());
        kind.is_some_and(|kind| kind.field == step.field)
    }

    fn steps(&mut self, steps: &[Step], chain: &Chain, said: &mut BTreeSet<Thing>) {
        for step in steps {
            self.field(&step.owner, &step.field, chain, said);
        }
    }

    fn field(&mut self, owner: &str, field: &str, chain: &Chain, said: &mut BTreeSet<Thing>) {
        self.note(
            Thing::Field(owner.to_owned(), field.to_owned()),
            chain,
            said,
        );
    }

    fn note(&mut self, thing: Thing, chain: &Chain, said: &mut BTreeSet<Thing>) {
        said.insert(thing.clone());
        self.found
            .things
            .entry(thing)
            .or_default()
            .insert(chain.clone());
    }
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

/// The role, as the hub has it.
const ASSISTANT: &str = "assistant";

fn is_role(path: &Path) -> bool {
    path.steps
        .last()
        .is_some_and(|step| step.owner == "Turn" && step.field == "role")
}

/// Whether a word can stand in JSON in no other way, but for escapes that nobody writes.
fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.$".contains(c);
    !word.is_empty() && word.chars().all(plain)
}
