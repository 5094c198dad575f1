//! What tells the variants of a union apart on the wire.

use serde_json::Value;

use super::schema::{Edge, Schema, SchemaId, Types};

/// Something that must hold of a wire value for a variant to fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Property by property from the value.
    pub path: Vec<String>,
    /// What must hold there.
    pub what: What,
}

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// One of these values; `true`: it may also be absent.
    OneOf(Vec<Value>, bool),
    /// None of these values.
    NoneOf(Vec<Value>),
    /// A text that begins so.
    Prefix(String),
    /// Something is there.
    Present,
    /// Nothing is there.
    Absent,
    /// The value itself has one of these JSON types.
    Json(Types),
}

/// For each variant the tests that tell it from the others, in the order in which they are tried: what is told apart
/// by more goes first, and what is written goes before what is only read.
pub fn of(schemas: &[Schema], variants: &[Edge]) -> Vec<(usize, Vec<Test>)> {
    let hard: Vec<Vec<Test>> = variants
        .iter()
        .map(|v| hard(schemas, v.content, &[], 0))
        .collect();
    let mut all: Vec<(usize, Vec<Test>)> = (0..variants.len())
        .map(|i| {
            let mut tests = hard[i].clone();
            let doubtful = (0..variants.len()).any(|j| j != i && !disjoint(&hard[i], &hard[j]));
            if doubtful {
                soft(schemas, variants[i].content, &mut tests);
            }
            (i, tests)
        })
        .collect();
    all.sort_by_key(|(i, tests)| (std::cmp::Reverse(tests.len()), *i));
    all
}

/// Tests on JSON types, constants and the like.
fn hard(schemas: &[Schema], id: SchemaId, path: &[String], depth: usize) -> Vec<Test> {
    let id = itself(schemas, id);
    let schema = &schemas[id];
    let mut tests = Vec::new();
    if path.is_empty() && !schema.types.any() && schema.variants.is_empty() {
        tests.push(Test {
            path: Vec::new(),
            what: What::Json(schema.types),
        });
    }
    if path.is_empty()
        && let Some(what) = value_test(schema, false)
    {
        tests.push(Test {
            path: Vec::new(),
            what,
        });
    }
    for property in &schema.properties {
        let inner = &schemas[property.edge.content];
        let mut path = path.to_vec();
        path.push(property.name.clone());
        if let Some(what) = value_test(inner, !property.required || inner.default.is_some()) {
            tests.push(Test {
                path: path.clone(),
                what,
            });
        }
        if property.required
            && depth < 3
            && inner.variants.is_empty()
            && !inner.properties.is_empty()
        {
            tests.extend(self::hard(schemas, property.edge.content, &path, depth + 1));
        }
    }
    for name in &schema.not_required {
        let mut path = path.to_vec();
        path.push(name.clone());
        tests.push(Test {
            path,
            what: What::Absent,
        });
    }
    tests
}

/// The schema that describes the wire, behind those that only say how it is bound.
fn itself(schemas: &[Schema], id: SchemaId) -> SchemaId {
    let schema = &schemas[id];
    match (&schema.items, schema.variants.as_slice()) {
        (Some(items), _) if schema.single && schema.properties.is_empty() => {
            itself(schemas, items.content)
        }
        (None, [only]) if schema.properties.is_empty() && schema.required.is_empty() => {
            itself(schemas, only.content)
        }
        _ => id,
    }
}

fn value_test(schema: &Schema, may_be_absent: bool) -> Option<What> {
    if let Some(constant) = &schema.constant {
        return Some(What::OneOf(vec![constant.clone()], may_be_absent));
    }
    if !schema.values.is_empty() && schema.map.iter().all(|entry| !entry.other) {
        let values = schema
            .values
            .iter()
            .filter(|v| !v.is_null())
            .cloned()
            .collect();
        return Some(What::OneOf(values, may_be_absent));
    }
    if !schema.not_values.is_empty() {
        return Some(What::NoneOf(schema.not_values.clone()));
    }
    let prefix = schema
        .limits
        .pattern
        .as_deref()
        .filter(|_| schema.fit.is_none())
        .and_then(|p| p.strip_prefix('^'));
    prefix
        .filter(|p| p.chars().all(|c| c.is_alphanumeric() || "/-_.".contains(c)))
        .map(|p| What::Prefix(p.to_owned()))
}

/// Required properties must be there: asked only where nothing else tells variants apart. Of several, those that a
/// default stands in for aren't asked for.
fn soft(schemas: &[Schema], id: SchemaId, tests: &mut Vec<Test>) {
    let id = itself(schemas, id);
    let schema = &schemas[id];
    let defaulted = |name: &String| {
        schema.properties.iter().any(|p| {
            let inner = &schemas[p.edge.content];
            p.name == *name && inner.constant.is_some() && inner.default.is_some()
        })
    };
    for name in schema.required.iter().filter(|name| !defaulted(name)) {
        let known = tests.iter().any(|test| {
            test.path.len() == 1
                && test.path[0] == *name
                && matches!(&test.what, What::OneOf(_, false))
        });
        if !known {
            tests.push(Test {
                path: vec![name.clone()],
                what: What::Present,
            });
        }
    }
    // A union in a variant fits if one of its own variants does; that they share a property is enough to ask for.
    if schema.required.is_empty() && !schema.variants.is_empty() {
        let shared: Vec<&String> = schemas[schema.variants[0].content]
            .required
            .iter()
            .collect();
        for name in shared {
            if schema
                .variants
                .iter()
                .all(|v| schemas[v.content].required.contains(name))
            {
                tests.push(Test {
                    path: vec![name.clone()],
                    what: What::Present,
                });
            }
        }
    }
}

/// Whether no value passes both lists of tests.
fn disjoint(a: &[Test], b: &[Test]) -> bool {
    a.iter().any(|x| {
        b.iter()
            .any(|y| x.path == y.path && excludes(&x.what, &y.what))
    })
}

fn excludes(a: &What, b: &What) -> bool {
    match (a, b) {
        (What::OneOf(a, false), What::OneOf(b, _)) | (What::OneOf(a, _), What::OneOf(b, false)) => {
            !a.iter().any(|v| b.contains(v))
        }
        (What::OneOf(a, _), What::NoneOf(b)) | (What::NoneOf(b), What::OneOf(a, _)) => {
            a.iter().all(|v| b.contains(v))
        }
        (What::Json(a), What::Json(b)) => {
            !(a.text && b.text
                || a.number && b.number
                || a.boolean && b.boolean
                || a.list && b.list
                || a.object && b.object)
        }
        (What::Present, What::Absent) | (What::Absent, What::Present) => true,
        _ => false,
    }
}
