//! `write` of `x-adjust`: properties that a dialect only reads, and that one of its providers takes.

use super::provider::Lowering;
use crate::model::dialect::{Dialect, Loss};
use crate::model::ledger::{Names, What};
use crate::model::provider::Op;
use crate::model::schema::{Edge, SchemaId};
use crate::source::Node;

impl Lowering<'_> {
    /// Opens what an entry has written. Fields that have a place by it are lost no more.
    pub(super) fn opened(
        &mut self,
        node: &Node<'_>,
        file: &str,
        edits: &mut Vec<(u16, Op)>,
    ) -> Vec<(usize, Loss)> {
        let mut bound = Vec::new();
        for path in node.get("write").map(|w| w.items()).unwrap_or_default() {
            match self.found(path.str().unwrap_or_default(), file, true) {
                Ok(found) => {
                    self.hook(&found, file, &Op::Write, edits);
                    for (schema, index, _) in found {
                        bound.extend(self.open(file, schema, index));
                    }
                }
                Err(what) => self.faults.add(&path.place, what),
            }
        }
        bound.sort_unstable();
        bound.dedup();
        bound.into_iter().map(|n| (n, Loss::Bound)).collect()
    }

    /// The fields that a property binds and of which the dialect says that they are lost.
    fn open(&mut self, file: &str, schema: SchemaId, index: usize) -> Vec<usize> {
        let Some(dialect) = self.dialects.get_mut(file) else {
            return Vec::new();
        };
        dialect.schemas[schema].properties[index].opened = true;
        let mut fields = Vec::new();
        let edge = &dialect.schemas[schema].properties[index].edge;
        collect(dialect, self.names, edge, &mut Vec::new(), &mut fields);
        fields.retain(|n| dialect.ledger.contains_key(n));
        fields
    }
}

fn collect(
    dialect: &Dialect,
    names: &Names,
    edge: &Edge,
    seen: &mut Vec<SchemaId>,
    fields: &mut Vec<usize>,
) {
    let steps = edge.bind.iter().flat_map(|path| &path.steps);
    for step in steps {
        let is_it = |what: &What| match what {
            What::Field(owner, field) => *owner == step.owner && *field == step.field,
            _ => false,
        };
        let numbers = names.entries().iter().enumerate();
        fields.extend(numbers.filter(|(_, e)| is_it(&e.what)).map(|(n, _)| n));
    }
    if seen.contains(&edge.content) {
        return;
    }
    seen.push(edge.content);
    let schema = &dialect.schemas[edge.content];
    let inner = schema.properties.iter().filter(|p| p.is_written());
    for edge in inner.map(|p| &p.edge).chain(&schema.variants) {
        collect(dialect, names, edge, seen, fields);
    }
}
