//! Wire types: what JSON may look like at a place, all variants merged. The reader parses a shape once and tells
//! variants apart afterwards, so nothing is parsed twice or buffered.

use std::collections::BTreeMap;

use super::schema::Types;

/// A shape in the arena.
pub type ShapeId = usize;

/// What JSON may look like at one place.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Scalar types.
    pub types: Types,
    /// Elements, where it may be a list that is looked into.
    pub list: Option<ShapeId>,
    /// Properties, where it may be an object that is looked into, in the order of the spec.
    pub object: Option<Object>,
    /// Some variant keeps objects or lists as raw JSON, where nobody looks into them.
    pub raw: bool,
    /// Some variant keeps the whole value as raw JSON besides.
    pub whole: bool,
}

/// An object that is looked into.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// Name of the Rust struct.
    pub name: String,
    /// Wire name, other spelling, shape.
    pub fields: Vec<(String, Option<String>, ShapeId)>,
    /// Rust names of the fields, by wire name.
    pub idents: BTreeMap<String, String>,
}

impl Object {
    /// The shape of a property.
    pub fn field(&self, name: &str) -> Option<ShapeId> {
        self.fields
            .iter()
            .find(|(n, _, _)| n == name)
            .map(|(_, _, shape)| *shape)
    }
}
