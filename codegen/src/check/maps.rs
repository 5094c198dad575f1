//! `x-map` must know every value of the canonical enum, and no other.

use std::collections::{BTreeMap, BTreeSet};

use super::walk;
use crate::fault::{Faults, suggest};
use crate::model::canonical::{Canonical, Ty};
use crate::model::dialect::Dialect;
use crate::model::schema::{Edge, Schema, SchemaId, Spot};

/// Values that something says of a field: owner and name to values.
type Said = BTreeMap<(String, String), BTreeSet<String>>;

/// Reports maps with a hole, and keys that are no value.
pub fn check(dialect: &Dialect, canonical: &Canonical, faults: &Faults) {
    let mut walk = Walk {
        dialect,
        canonical,
        faults,
        seen: BTreeSet::new(),
    };
    for root in walk::roots(dialect) {
        walk.edge(root, &Said::new());
    }
}

struct Walk<'w> {
    dialect: &'w Dialect,
    canonical: &'w Canonical,
    faults: &'w Faults,
    seen: BTreeSet<(SchemaId, Said)>,
}

impl Walk<'_> {
    /// `elsewhere`: what sibling variants on the way say.
    fn edge(&mut self, edge: &Edge, elsewhere: &Said) {
        let schema = &self.dialect.schemas[edge.content];
        self.map(schema, edge, elsewhere);
        if !self.seen.insert((edge.content, elsewhere.clone())) {
            return;
        }
        let dialect = self.dialect;
        for property in &schema.properties {
            self.edge(&property.edge, elsewhere);
        }
        for (i, variant) in schema.variants.iter().enumerate() {
            let mut siblings = elsewhere.clone();
            for (j, other) in schema.variants.iter().enumerate() {
                if i != j && !other.deprecated {
                    said(dialect, other, &mut siblings, 4);
                }
            }
            self.edge(variant, &siblings);
        }
        if let Some(items) = &schema.items {
            self.edge(items, &Said::new());
        }
    }

    fn map(&self, schema: &Schema, edge: &Edge, elsewhere: &Said) {
        // A single value for a list is looked at as the element that it is.
        if schema.map.is_empty() || schema.single {
            return;
        }
        let values: Vec<&str> = match &schema.spot {
            Spot::Value(Ty::Enum(name)) => {
                let values = self.canonical.values(name).iter();
                values.map(String::as_str).collect()
            }
            Spot::Value(Ty::Bool) => vec!["true", "false"],
            _ => {
                let what = "x-map is for a field with a set of values, and this isn't bound to one";
                self.faults.add(&schema.place.child("x-map"), what);
                return;
            }
        };
        let place = schema.place.child("x-map");
        for entry in &schema.map {
            let key = entry.canonical.as_str();
            if !values.contains(&key) {
                let nearest = suggest(key, values.iter().copied());
                self.faults
                    .add(&place, format!("x-map: '{key}' is no value of it{nearest}"));
            }
        }
        if edge.deprecated || schema.constant.is_some() || values == ["true", "false"] {
            return;
        }
        let key = edge.bind.as_ref().and_then(last);
        let others = key.and_then(|key| elsewhere.get(&key));
        let missing = values.into_iter().filter(|value| {
            !schema.map.iter().any(|entry| entry.canonical == *value)
                && !others.is_some_and(|others| others.contains(*value))
                && !is_case(self.dialect, edge, value)
        });
        let missing: Vec<&str> = missing.collect();
        if !missing.is_empty() {
            let what = format!(
                "x-map doesn't say what is written for {}; write null where nothing is",
                missing.join(", ")
            );
            self.faults.add(&place, what);
        }
    }
}

/// What a variant says of fields of the struct around it.
fn said(dialect: &Dialect, edge: &Edge, into: &mut Said, depth: usize) {
    for case in &edge.cases {
        if let Some(key) = last(&case.path) {
            into.entry(key)
                .or_default()
                .extend(case.texts().map(str::to_owned));
        }
    }
    if depth == 0 {
        return;
    }
    let schema = &dialect.schemas[edge.content];
    // A turn that is one part is the result of a call.
    if schema.single && schema.spot == Spot::Parts {
        let role = ("Turn".to_owned(), "role".to_owned());
        into.entry(role).or_default().insert("tool".to_owned());
    }
    if let Some(key) = edge.bind.as_ref().and_then(last) {
        let values = into.entry(key).or_default();
        values.extend(schema.map.iter().map(|entry| entry.canonical.clone()));
        if schema.map.is_empty() {
            let own = schema.constant.iter().chain(&schema.values);
            values.extend(own.filter_map(|v| v.as_str().map(str::to_owned)));
        }
        return;
    }
    for inner in schema
        .properties
        .iter()
        .map(|p| &p.edge)
        .chain(&schema.variants)
    {
        said(dialect, inner, into, depth - 1);
    }
}

fn last(path: &crate::model::schema::Path) -> Option<(String, String)> {
    let step = path.steps.last()?;
    Some((step.owner.clone(), step.field.clone()))
}

/// Whether something else in the dialect stands for this value of the field.
fn is_case(dialect: &Dialect, edge: &Edge, value: &str) -> bool {
    let Some(step) = edge.bind.as_ref().and_then(|path| path.steps.last()) else {
        return false;
    };
    if step.owner == "Turn" && step.field == "role" && is_hoisted(dialect, value) {
        return true;
    }
    let same = |case: &crate::model::schema::Case| {
        case.path.steps.last() == Some(step) && case.texts().any(|text| text == value)
    };
    let variants = dialect.schemas.iter().flat_map(|s| &s.variants);
    variants.flat_map(|v| &v.cases).any(same)
}

/// Whether turns of this role have a place of their own, and what is left of them another role.
fn is_hoisted(dialect: &Dialect, role: &str) -> bool {
    let groups = dialect.schemas.iter().filter_map(|s| s.group.as_ref());
    let written_otherwise = groups.into_iter().any(|g| g.later_system.is_some());
    role == "system" && written_otherwise
}
