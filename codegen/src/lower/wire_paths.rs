//! Paths of wire properties, as quirks name them: `messages[role=assistant].tool_calls[].id`.

use std::collections::BTreeSet;

use crate::fault::suggest;
use crate::model::schema::{Case, Property, Schema, SchemaId};

/// A property: its schema, its place there, and the case under which it is meant.
pub type Found = (SchemaId, usize, Option<Case>);

/// Properties that a wire path names, from a schema: `messages[role=assistant].tool_calls[].id`. `read_only`: what the
/// path ends in is only read.
pub fn find(
    schemas: &[Schema],
    root: SchemaId,
    path: &str,
    read_only: bool,
) -> Result<Vec<Found>, String> {
    let mut at: Vec<(SchemaId, Option<Case>)> = vec![(root, None)];
    let words: Vec<&str> = path.split('.').collect();
    for (i, word) in words.iter().enumerate() {
        let (name, selector) = word.split_once('[').map_or((*word, None), |(name, rest)| {
            (name, Some(rest.trim_end_matches(']')))
        });
        let mut next = Vec::new();
        let mut found = Vec::new();
        let read_only = read_only && i + 1 == words.len();
        let suits = |p: &Property| match read_only {
            true => p.edge.deprecated,
            false => p.is_written(),
        };
        for (schema, case) in &at {
            let wanted = |p: &Property| p.name == name && suits(p);
            properties(schemas, *schema, &wanted, &mut Vec::new(), &mut found, case);
        }
        if found.is_empty() {
            let mut names = BTreeSet::new();
            for (schema, _) in &at {
                names_in(schemas, *schema, &suits, &mut Vec::new(), &mut names);
            }
            let only = if read_only { " that is only read" } else { "" };
            return Err(format!(
                "the path '{path}' leads nowhere: there is no '{name}'{only}{}",
                suggest(name, names)
            ));
        }
        if i + 1 == words.len() {
            return Ok(found);
        }
        for (schema, index, _) in found {
            let content = schemas[schema].properties[index].edge.content;
            next.extend(elements(schemas, content, selector));
        }
        at = next;
    }
    Ok(Vec::new())
}

/// Wanted properties of a schema and its variants.
fn properties(
    schemas: &[Schema],
    id: SchemaId,
    wanted: &dyn Fn(&Property) -> bool,
    seen: &mut Vec<SchemaId>,
    found: &mut Vec<Found>,
    case: &Option<Case>,
) {
    if seen.contains(&id) {
        return;
    }
    seen.push(id);
    let own = schemas[id].properties.iter().enumerate();
    for (index, _) in own.filter(|(_, p)| wanted(p)) {
        found.push((id, index, case.clone()));
    }
    for variant in schemas[id].variants.iter().filter(|v| !v.deprecated) {
        properties(schemas, variant.content, wanted, seen, found, case);
    }
    let nested = schemas[id]
        .single
        .then(|| schemas[id].items.as_ref())
        .flatten();
    if let Some(items) = nested {
        properties(schemas, items.content, wanted, seen, found, case);
    }
}

/// Names of such properties of a schema and its variants.
fn names_in<'s>(
    schemas: &'s [Schema],
    id: SchemaId,
    suits: &dyn Fn(&Property) -> bool,
    seen: &mut Vec<SchemaId>,
    names: &mut BTreeSet<&'s str>,
) {
    if seen.contains(&id) {
        return;
    }
    seen.push(id);
    let schema = &schemas[id];
    let suiting = schema.properties.iter().filter(|p| suits(p));
    names.extend(suiting.map(|p| p.name.as_str()));
    let nested = schema.items.iter().filter(|_| schema.single);
    for edge in schema.variants.iter().chain(nested.map(|edge| &**edge)) {
        names_in(schemas, edge.content, suits, seen, names);
    }
}

/// What is behind a property: its elements where it is a list, the selected variants where a selector stands.
fn elements(
    schemas: &[Schema],
    id: SchemaId,
    selector: Option<&str>,
) -> Vec<(SchemaId, Option<Case>)> {
    let mut contents = Vec::new();
    let mut queue = vec![id];
    let mut seen = Vec::new();
    while let Some(id) = queue.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let schema = &schemas[id];
        queue.extend(
            schema
                .variants
                .iter()
                .filter(|_| {
                    schema.properties.is_empty() && (selector.is_none() || schema.items.is_none())
                })
                .map(|v| v.content),
        );
        match (&schema.items, selector) {
            (Some(items), _) => contents.push(items.content),
            (None, _) if !schema.properties.is_empty() => contents.push(id),
            _ => {}
        }
    }
    let Some(selector) = selector.filter(|s| !s.is_empty()) else {
        return contents.into_iter().map(|id| (id, None)).collect();
    };
    contents
        .into_iter()
        .flat_map(|id| select(schemas, id, selector))
        .collect()
}

/// Variants that have a property, or a property with this constant; where the wanted property is the object's own, the
/// variant's case tells when.
fn select(schemas: &[Schema], id: SchemaId, selector: &str) -> Vec<(SchemaId, Option<Case>)> {
    let (name, value) = selector
        .split_once('=')
        .map_or((selector, None), |(n, v)| (n, Some(v)));
    let matches = |schema: &Schema| {
        schema.properties.iter().any(|p| {
            let inner = &schemas[p.edge.content];
            let constant = inner
                .constant
                .iter()
                .chain(&inner.values)
                .any(|c| c.as_str() == value);
            p.name == name && (value.is_none() || constant)
        })
    };
    let mut found = Vec::new();
    let mut queue = vec![(id, None::<Case>, None::<SchemaId>)];
    while let Some((id, case, owner)) = queue.pop() {
        let schema = &schemas[id];
        if matches(schema) {
            // An object with variants owns properties besides: they are edited under the variant's case.
            found.push((
                owner.unwrap_or(id),
                case.clone().filter(|_| owner.is_some()),
            ));
            continue;
        }
        let owner = if schema.properties.is_empty() {
            owner
        } else {
            Some(id)
        };
        for variant in &schema.variants {
            queue.push((
                variant.content,
                variant.cases.first().cloned().or_else(|| case.clone()),
                owner,
            ));
        }
        if schema.single
            && let Some(items) = &schema.items
        {
            queue.push((items.content, case, owner));
        }
    }
    found
}
