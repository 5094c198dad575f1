//! What must be written needs something to write.

use super::walk;
use crate::fault::Faults;
use crate::model::dialect::Dialect;
use crate::model::schema::{Property, Schema, Spot};

/// Reports required properties that nothing is bound to and that have no other value.
pub fn check(dialect: &Dialect, faults: &Faults) {
    for id in walk::written(dialect) {
        let schema = &dialect.schemas[id];
        // What is kept as it came is written as it came.
        if schema.raw {
            continue;
        }
        for property in schema.properties.iter().filter(|p| p.required) {
            if !has_value(property, &dialect.schemas) {
                faults.add(&property.edge.place, format!("'{}' is required, but nothing is bound to it; bind it, or give it a const or a default", property.name));
            }
        }
    }
}

fn has_value(property: &Property, schemas: &[Schema]) -> bool {
    let edge = &property.edge;
    let schema = &schemas[edge.content];
    let is_bound = edge.bind.is_some() || edge.expr.is_some() || schema.spot != Spot::Nothing;
    let may_be_null = schema.types.null
        || schema
            .variants
            .iter()
            .any(|v| schemas[v.content].types.any_null());
    // Of an object that lacks something, what it lacks is told.
    let is_object = !schema.properties.is_empty();
    is_bound
        || is_object
        || may_be_null
        || edge.deprecated
        || schema.fill.is_some()
        || schema.constant.is_some()
        || schema.default.is_some()
}
