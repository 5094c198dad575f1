//! Merges what all variants of a schema may look like into one wire shape.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::Faults;
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Schema, SchemaId, Spot};
use crate::model::shape::{Object, Shape, ShapeId};
use crate::names::{Scope, snake, upper_camel};

/// Gives every schema its shape. Variants share the shape of their union.
pub fn merge(schemas: &mut [Schema], faults: &Faults) -> Vec<Shape> {
    let mut merging = Merging {
        schemas,
        shapes: Vec::new(),
        pairs: BTreeMap::new(),
        open: BTreeSet::new(),
        faults,
    };
    for id in 0..merging.schemas.len() {
        merging.shape(id);
    }
    let mut shapes = merging.shapes;
    name(&mut shapes);
    shapes
}

struct Merging<'m> {
    schemas: &'m mut [Schema],
    shapes: Vec<Shape>,
    pairs: BTreeMap<(ShapeId, ShapeId), ShapeId>,
    open: BTreeSet<ShapeId>,
    faults: &'m Faults,
}

impl Merging<'_> {
    fn shape(&mut self, id: SchemaId) -> ShapeId {
        if let Some(known) = self.schemas[id].shape {
            return known;
        }
        let shape = self.shapes.len();
        self.shapes.push(Shape::default());
        self.schemas[id].shape = Some(shape);
        self.open.insert(shape);
        let schema = self.schemas[id].clone();
        let own = self.own(&schema);
        self.absorb(shape, &own, &schema);
        let mut keeps_whole = false;
        for variant in &schema.variants {
            let inner = self.shape(variant.content);
            keeps_whole |= variant.bind.is_some() && self.schemas[variant.content].raw;
            let inner = self.shapes[inner].clone();
            self.absorb(shape, &inner, &schema);
        }
        if schema.single
            && let Some(items) = &schema.items
        {
            let inner = self.shape(items.content);
            let inner = self.shapes[inner].clone();
            self.absorb(shape, &inner, &schema);
        }
        let merged = &mut self.shapes[shape];
        // Where one variant looks into an object and another keeps it raw, both are needed.
        merged.whole |=
            merged.raw && (merged.object.is_some() || keeps_whole && merged.list.is_some());
        self.open.remove(&shape);
        shape
    }

    /// What a schema says itself, without its variants.
    fn own(&mut self, schema: &Schema) -> Shape {
        let mut shape = Shape {
            raw: schema.raw,
            ..Shape::default()
        };
        if schema.raw {
            shape.types.text = schema.types.text && !is_json_value(schema);
            return shape;
        }
        shape.types = schema.types;
        if !schema.properties.is_empty() || schema.types.object || !schema.required.is_empty() {
            let fields = schema
                .properties
                .iter()
                .map(|p| (p.name.clone(), p.alias.clone(), p.edge.content))
                .collect::<Vec<_>>();
            let mut object = Object {
                name: struct_name(schema),
                ..Object::default()
            };
            for (name, alias, content) in fields {
                let inner = self.shape(content);
                object.fields.push((name, alias, inner));
            }
            // Properties that are only required are asked about: they need a field to be seen.
            for name in schema.required.iter().chain(&schema.not_required) {
                if object.field(name).is_none() {
                    self.shapes.push(Shape::default());
                    object
                        .fields
                        .push((name.clone(), None, self.shapes.len() - 1));
                }
            }
            shape.object = Some(object);
        }
        if !schema.single
            && let Some(items) = &schema.items
        {
            shape.list = Some(self.shape(items.content));
        }
        shape
    }

    /// Merges `other` into a shape.
    fn absorb(&mut self, into: ShapeId, other: &Shape, schema: &Schema) {
        let mut shape = std::mem::take(&mut self.shapes[into]);
        shape.types.text |= other.types.text;
        shape.types.number |= other.types.number;
        shape.types.boolean |= other.types.boolean;
        shape.types.list |= other.types.list;
        shape.types.object |= other.types.object;
        shape.types.null |= other.types.null;
        shape.raw |= other.raw;
        shape.whole |= other.whole;
        shape.list = match (shape.list, other.list) {
            (Some(a), Some(b)) => Some(self.pair(a, b, schema)),
            (a, b) => a.or(b),
        };
        if let Some(object) = &other.object {
            let target = shape.object.get_or_insert_with(|| Object {
                name: object.name.clone(),
                ..Object::default()
            });
            for (name, alias, inner) in &object.fields {
                match target.fields.iter().position(|(n, _, _)| n == name) {
                    Some(at) => {
                        let merged = self.pair(target.fields[at].2, *inner, schema);
                        target.fields[at].2 = merged;
                        if target.fields[at].1.is_none() {
                            target.fields[at].1.clone_from(alias);
                        }
                    }
                    None => target.fields.push((name.clone(), alias.clone(), *inner)),
                }
            }
        }
        self.shapes[into] = shape;
    }

    /// The shape that two places of one name share.
    fn pair(&mut self, a: ShapeId, b: ShapeId, schema: &Schema) -> ShapeId {
        if a == b {
            return a;
        }
        let key = (a.min(b), a.max(b));
        if let Some(known) = self.pairs.get(&key) {
            return *known;
        }
        if self.open.contains(&a) || self.open.contains(&b) {
            self.faults.add(&schema.place, "a schema that holds itself can't share a property with another form of it; give the property one schema");
            return a;
        }
        let merged = self.shapes.len();
        self.shapes.push(Shape::default());
        self.pairs.insert(key, merged);
        for part in [a, b] {
            let part = self.shapes[part].clone();
            self.absorb(merged, &part, schema);
        }
        merged
    }
}

/// A text kept as JSON text is a JSON value on the wire, not a string.
fn is_json_value(schema: &Schema) -> bool {
    matches!(schema.codec, Some(Codec::Json))
        || matches!(schema.spot, Spot::Value(Ty::Raw | Ty::Sealed))
}

fn struct_name(schema: &Schema) -> String {
    const WORDS: [&str; 8] = [
        "components",
        "schemas",
        "properties",
        "items",
        "oneOf",
        "anyOf",
        "paths",
        "content",
    ];
    let words = schema
        .place
        .pointer
        .split('/')
        .filter(|word| !WORDS.contains(word) && !word.is_empty());
    upper_camel(
        &words
            .map(|word| word.replace("~1", "-"))
            .collect::<Vec<_>>()
            .join("-"),
    )
}

fn name(shapes: &mut [Shape]) {
    let mut structs = Scope::default();
    for object in shapes.iter_mut().filter_map(|shape| shape.object.as_mut()) {
        object.name = structs.unique(&object.name);
        let mut fields = Scope::default();
        object.idents = object
            .fields
            .iter()
            .map(|(name, _, _)| (name.clone(), fields.unique(&snake(name))))
            .collect();
    }
}
