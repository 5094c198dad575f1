//! The way through all that a request can say, with the words that lead to each thing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::canonical::Canonical;
use super::super::dialect::{Dialect, Operation};
use super::super::schema::{Codec, Edge, Hook, Path, Property, Schema, SchemaId, Spot as Is, Step};
use super::super::tests::{self, Test, What};
use super::turns::is_role;
use super::{Chain, Chains, Presence, Spot, Thing, is_plain};

/// What is found on the way.
pub(super) struct Walk<'w> {
    pub(super) dialect: &'w Dialect,
    pub(super) canonical: &'w Canonical,
    pub(super) found: Presence,
    pub(super) within: Vec<SchemaId>,
}

impl<'w> Walk<'w> {
    pub(super) fn operation(&mut self, operation: &'w Operation) {
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
        let mut own = BTreeSet::new();
        let mut things = BTreeSet::new();
        for name in property.names() {
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
