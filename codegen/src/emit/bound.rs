//! Which canonical fields a schema binds.

use std::collections::BTreeMap;

use super::context::Context;
use crate::model::schema::{Edge, Path, Schema, Spot};

/// Paths that a variant can write, by their text.
pub fn bound(cx: &Context<'_>, edge: &Edge) -> BTreeMap<String, Path> {
    let mut found = BTreeMap::new();
    if edge.deprecated {
        return found;
    }
    for case in &edge.cases {
        found.insert(case.path.text.clone(), case.path.clone());
    }
    match &edge.bind {
        Some(path) => drop(found.insert(path.text.clone(), path.clone())),
        None => bound_in(cx, cx.schema(edge.content), &mut found),
    }
    found
}

fn bound_in(cx: &Context<'_>, schema: &Schema, found: &mut BTreeMap<String, Path>) {
    for property in &schema.properties {
        found.extend(bound(cx, &property.edge));
    }
    for variant in &schema.variants {
        found.extend(bound(cx, variant));
    }
    if let (Spot::Struct(_), Some(items)) = (&schema.spot, &schema.items) {
        found.extend(bound(cx, items));
    }
}

/// What can be written of parts of one kind.
pub fn bound_of_kind(cx: &Context<'_>, items: &Edge, kind: &str) -> BTreeMap<String, Path> {
    let schema = cx.schema(items.content);
    let mut found = BTreeMap::new();
    for property in &schema.properties {
        found.extend(bound(cx, &property.edge));
    }
    let of_kind = |v: &&Edge| {
        !v.deprecated
            && v.cases
                .iter()
                .any(|c| c.path.text == "kind" && c.value.as_str() == Some(kind))
    };
    for variant in schema.variants.iter().filter(of_kind) {
        found.extend(bound(cx, variant));
    }
    found
}
