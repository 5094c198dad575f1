//! Every edge of a dialect that something is written through or read from, once.

use std::collections::BTreeSet;

use crate::model::dialect::Dialect;
use crate::model::schema::{Edge, SchemaId};

/// Where a dialect's schemas hang: bodies, replies, parameters, frames, errors.
pub fn roots(dialect: &Dialect) -> Vec<&Edge> {
    let mut roots = Vec::new();
    for operation in dialect.operations() {
        roots.extend(&operation.request);
        roots.extend(&operation.response);
        roots.extend(operation.parameters.iter().map(|p| &p.edge));
        let frames = operation.streams.iter().flat_map(|s| &s.frames);
        roots.extend(frames.map(|f| &f.edge));
    }
    if let Some(error) = &dialect.error {
        roots.extend(&error.body);
        roots.extend(error.headers.iter().map(|h| &h.edge));
    }
    roots
}

/// Schemas that are written: what only deprecated edges lead to is read and no more.
pub fn written(dialect: &Dialect) -> Vec<SchemaId> {
    reached(dialect, |edge| !edge.deprecated)
}

/// Schemas that are read.
pub fn read(dialect: &Dialect) -> Vec<SchemaId> {
    reached(dialect, |edge| !edge.read_only)
}

fn reached(dialect: &Dialect, follows: impl Fn(&Edge) -> bool) -> Vec<SchemaId> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&Edge> = roots(dialect);
    while let Some(edge) = waiting.pop() {
        if follows(edge) && seen.insert(edge.content) {
            waiting.extend(edges(dialect, edge.content));
        }
    }
    seen.into_iter().collect()
}

/// The edges that leave a schema.
pub fn edges(dialect: &Dialect, id: SchemaId) -> impl Iterator<Item = &Edge> {
    let schema = &dialect.schemas[id];
    let properties = schema.properties.iter().map(|p| &p.edge);
    properties
        .chain(&schema.variants)
        .chain(schema.items.as_deref())
}
