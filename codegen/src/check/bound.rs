//! What a dialect binds, as names of the ledger.

use std::collections::BTreeSet;

use super::walk::roots;
use crate::fault::Faults;
use crate::model::canonical::Canonical;
use crate::model::dialect::Dialect;
use crate::model::ledger::Names;
use crate::model::schema::{Codec, Edge, SchemaId};
use crate::source::Place;

/// Numbers of the names that something is bound to. A field that the kind around doesn't have is a fault.
pub fn bound(
    dialect: &Dialect,
    canonical: &Canonical,
    names: &Names,
    faults: &Faults,
) -> BTreeSet<usize> {
    let mut walk = Walk {
        dialect,
        canonical,
        names,
        bound: BTreeSet::new(),
        seen: BTreeSet::new(),
        faults,
    };
    // A path that implies it says it.
    if dialect.chat.iter().any(|o| o.stream.is_some()) {
        walk.bound.extend(names.number("ChatRequest.stream"));
    }
    for edge in roots(dialect) {
        walk.edge(edge, None);
    }
    walk.bound
}

struct Walk<'w> {
    dialect: &'w Dialect,
    canonical: &'w Canonical,
    names: &'w Names,
    bound: BTreeSet<usize>,
    seen: BTreeSet<(SchemaId, Option<String>)>,
    faults: &'w Faults,
}

impl Walk<'_> {
    /// `kind`: what a case on the way said of the struct around.
    fn edge(&mut self, edge: &Edge, kind: Option<&str>) {
        if edge.deprecated {
            return;
        }
        let mut kind = kind.map(str::to_owned);
        for case in &edge.cases {
            let Some(last) = case.path.steps.last() else {
                continue;
            };
            let union = self
                .canonical
                .get(&last.owner)
                .and_then(|s| s.kind.as_ref())
                .filter(|k| k.field == last.field);
            let value = case.texts().next().unwrap_or_default();
            match union {
                Some(union) => {
                    let member = union
                        .members
                        .iter()
                        .find(|(k, _)| k == value)
                        .map(|(_, member)| member.clone());
                    let name = member.unwrap_or_else(|| format!("{}.{value}", last.owner));
                    self.bound.extend(self.names.number(&name));
                    if case.path.steps.len() == 1 {
                        kind = Some(value.to_owned());
                    }
                }
                None => self.field(&last.owner, &last.field, kind.as_deref(), &edge.place),
            }
            for step in &case.path.steps[..case.path.steps.len() - 1] {
                self.field(&step.owner, &step.field, None, &edge.place);
            }
        }
        if let Some(path) = &edge.bind {
            for (i, step) in path.steps.iter().enumerate() {
                let kind = kind.as_deref().filter(|_| i == 0);
                self.field(&step.owner, &step.field, kind, &edge.place);
                // The field that only one kind has says the kind.
                let single = self.names.number(&format!("{}.{}", step.owner, step.field));
                self.bound.extend(single);
            }
            kind = None;
        }
        self.content(edge.content, kind.as_deref());
    }

    fn content(&mut self, id: SchemaId, kind: Option<&str>) {
        if !self.seen.insert((id, kind.map(str::to_owned))) {
            return;
        }
        let dialect = self.dialect;
        let schema = &dialect.schemas[id];
        if schema.codec == Some(Codec::DataUrl) {
            for name in ["Source.data", "Source.url", "Source.media_type"] {
                self.bound.extend(self.names.number(name));
            }
        }
        if let Some(part) = &schema.part {
            self.field("Part", "text", Some(&part.kind), &schema.place);
            let members = self
                .canonical
                .get("Part")
                .and_then(|s| s.kind.as_ref())
                .map(|k| k.members.clone())
                .unwrap_or_default();
            let member = members
                .iter()
                .find(|(k, _)| *k == part.kind)
                .and_then(|(_, m)| self.names.number(m));
            self.bound.extend(member);
        }
        for property in &schema.properties {
            self.edge(&property.edge, kind);
        }
        for variant in &schema.variants {
            self.edge(variant, kind);
        }
        if let Some(items) = &schema.items {
            let kept = kind.filter(|_| schema.spot == items.outer);
            self.edge(items, kept);
        }
    }

    /// Notes that a field has a place; a field that the kind around doesn't have is a fault.
    fn field(&mut self, owner: &str, field: &str, kind: Option<&str>, place: &Place) {
        let Some(structure) = self.canonical.get(owner) else {
            return;
        };
        let Some(found) = structure.field(field) else {
            return;
        };
        let member = kind.and_then(|kind| {
            structure
                .kind
                .as_ref()?
                .members
                .iter()
                .find(|(k, _)| k == kind)
                .map(|(_, m)| m.clone())
        });
        let Some(member) = member else {
            for declarer in &found.owners {
                self.bound
                    .extend(self.names.number(&format!("{declarer}.{field}")));
            }
            return;
        };
        let own = self.names.number(&format!("{member}.{field}"));
        let shared = found
            .owners
            .iter()
            .find(|o| !self.canonical.members.contains_key(*o));
        match (own, shared) {
            (Some(number), _) if found.owners.contains(&member) => drop(self.bound.insert(number)),
            (_, Some(shared)) => self
                .bound
                .extend(self.names.number(&format!("{shared}.{field}"))),
            _ => {
                let has: Vec<&str> = structure
                    .fields
                    .iter()
                    .filter(|f| f.owners.contains(&member))
                    .map(|f| f.name.as_str())
                    .collect();
                self.faults.add(
                    place,
                    format!(
                        "x-bind: a {} has no '{field}'; it has: {}",
                        kind.unwrap_or_default(),
                        has.join(", ")
                    ),
                );
            }
        }
    }
}
