//! Keywords of a schema that don't lead to other schemas.

use serde_json::Value;

use super::values::{as_part, codec, fill, fit, group, map};
use crate::fault::{Faults, suggest};
use crate::model::canonical::{Canonical, Ty};
use crate::model::schema::{Codec, Expr, Only, Schema, Spot, Types};
use crate::source::{Node, View};

/// Keywords of an edge: they say how a schema hangs on what is around it, not what it is.
pub const EDGE_KEYS: &[&str] = &[
    "$ref",
    "description",
    "title",
    "summary",
    "x-case",
    "x-bind",
    "x-only",
    "deprecated",
    "readOnly",
    "x-expr",
    "examples",
    "example",
];

/// Every keyword of the language.
pub const KEYWORDS: &[&str] = &[
    "x-canonical",
    "x-bind",
    "x-case",
    "x-only",
    "x-as",
    "x-map",
    "x-expr",
    "x-codec",
    "x-fit",
    "x-fill",
    "x-join",
    "x-group",
    "x-most",
    "x-stream",
    "x-lost",
    "x-adjust",
    "x-absent",
    "x-refuse",
    "x-by-header",
    "x-operation",
    "x-names",
    "x-config",
    "x-provider-configs",
];

/// Fills in what a schema says about its own value.
pub fn scalars(schema: &mut Schema, view: &View<'_>, canonical: &Canonical, faults: &Faults) {
    schema.types = types(view);
    schema.constant = view.get("const").map(|node| node.value.clone());
    schema.values = view
        .get("enum")
        .map(|node| node.items().iter().map(|i| i.value.clone()).collect())
        .unwrap_or_default();
    if let Some(not) = view.get("not").and_then(|not| not.get("enum")) {
        schema.not_values = not.items().iter().map(|i| i.value.clone()).collect();
    }
    schema.min_properties = view.get("minProperties").is_some();
    schema.default = view.get("default").map(|node| node.value.clone());
    schema.absent = view
        .get("x-absent")
        .map(|node| node.items().iter().map(|i| i.value.clone()).collect())
        .unwrap_or_default();
    schema.refuse = view.text("x-refuse").map(str::to_owned);
    infer_types(schema);
    limits(schema, view);
    schema.part = view
        .get("x-as")
        .and_then(|node| as_part(&node, canonical, faults));
    schema.map = view.get("x-map").map(|node| map(&node)).unwrap_or_default();
    schema.codec = view.get("x-codec").and_then(|node| codec(&node, faults));
    schema.fit = view.get("x-fit").and_then(|node| fit(&node, faults));
    schema.join = view.text("x-join").map(str::to_owned);
    schema.fill = view.get("x-fill").and_then(|node| fill(&node, faults));
    let by = view.get("x-fill").and_then(|node| node.get("map"));
    schema.fill_map = by.map(|by| texts(&by)).unwrap_or_default();
    schema.most = view
        .get("x-most")
        .and_then(|node| most(schema, &node, faults));
    schema.group = view
        .get("x-group")
        .and_then(|node| group(&node, canonical, faults));
}

/// A table of texts.
fn texts(node: &Node<'_>) -> Vec<(String, String)> {
    let rows = node.entries().into_iter();
    rows.filter_map(|(key, value)| Some((key.to_owned(), value.str()?.to_owned())))
        .collect()
}

/// How many values of this schema a request may have. Only of cache marks it is known which can go.
fn most(schema: &Schema, node: &Node<'_>, faults: &Faults) -> Option<u64> {
    let of_marks = matches!(&schema.spot, Spot::Struct(name) if name == "Cache");
    match node.value.as_u64() {
        Some(most) if of_marks => Some(most),
        _ => {
            let what = "x-most is a number, and stands on a schema of Cache";
            faults.add(&node.place, what);
            None
        }
    }
}

fn types(view: &View<'_>) -> Types {
    let mut types = Types::default();
    let Some(node) = view.get("type") else {
        return types;
    };
    let names: Vec<&str> = match node.value {
        Value::String(name) => vec![name],
        _ => node.items().iter().filter_map(|item| item.str()).collect(),
    };
    for name in names {
        match name {
            "string" => types.text = true,
            "integer" | "number" => types.number = true,
            "boolean" => types.boolean = true,
            "array" => types.list = true,
            "object" => types.object = true,
            "null" => types.null = true,
            _ => {}
        }
    }
    types
}

/// A schema that names no type admits those of its values.
fn infer_types(schema: &mut Schema) {
    if !schema.types.any() {
        return;
    }
    for value in schema.constant.iter().chain(&schema.values) {
        match value {
            Value::String(_) => schema.types.text = true,
            Value::Number(_) => schema.types.number = true,
            Value::Bool(_) => schema.types.boolean = true,
            Value::Null => schema.types.null = true,
            _ => {}
        }
    }
}

fn limits(schema: &mut Schema, view: &View<'_>) {
    let number = |key: &str| view.get(key).and_then(|node| node.value.as_f64());
    let count = |key: &str| view.get(key).and_then(|node| node.value.as_u64());
    schema.limits.minimum = number("minimum");
    schema.limits.maximum = number("maximum");
    schema.limits.min_length = count("minLength");
    schema.limits.max_length = count("maxLength");
    schema.limits.min_items = count("minItems");
    schema.limits.max_items = count("maxItems");
    schema.limits.pattern = view.text("pattern").map(str::to_owned);
}

/// `x-only`: roles or kinds.
pub fn only(view: &View<'_>, canonical: &Canonical, faults: &Faults) -> Option<Only> {
    let node = view.get("x-only")?;
    let names: Vec<String> = node
        .items()
        .iter()
        .filter_map(|item| item.str().map(str::to_owned))
        .collect();
    let roles = canonical.values("Role");
    if names.len() == 1 && roles.contains(&names[0]) {
        return Some(Only::Role(names[0].clone()));
    }
    let kinds = canonical
        .get("Part")
        .and_then(|s| s.kind.as_ref())
        .map(|k| canonical.values(&k.enumeration))
        .unwrap_or_default();
    for name in names.iter().filter(|name| !kinds.contains(name)) {
        let known = kinds.iter().chain(roles).map(String::as_str);
        faults.add(
            &node.place,
            format!(
                "x-only: '{name}' is no role and no kind of part{}",
                suggest(name, known)
            ),
        );
    }
    Some(Only::Kinds(names))
}

/// `x-expr`: `input - cached - cache_write`.
pub fn expr(node: &Node<'_>, faults: &Faults) -> Option<Expr> {
    let words: Vec<&str> = node.str().unwrap_or_default().split_whitespace().collect();
    let well_formed = words.len() % 2 == 1
        && words
            .iter()
            .skip(1)
            .step_by(2)
            .all(|sign| matches!(*sign, "+" | "-"));
    if !well_formed {
        faults.add(
            &node.place,
            "x-expr is names with + and - between, such as: input - cached",
        );
        return None;
    }
    let others = words[1..]
        .chunks(2)
        .map(|pair| (pair[0] == "+", pair[1].to_owned()))
        .collect();
    Some(Expr {
        first: words[0].to_owned(),
        others,
    })
}

/// Whether something in this schema is bound, so that an unbound property of it is scenery.
pub fn holds_bindings(view: &View<'_>) -> bool {
    fn holds(view: &View<'_>, depth: usize) -> bool {
        let bound = |v: &View<'_>| {
            ["x-bind", "x-expr", "x-case"]
                .iter()
                .any(|key| v.get(key).is_some())
        };
        if depth == 0 {
            return false;
        }
        let inner = |v: &View<'_>| bound(v) || holds(v, depth - 1);
        view.properties()
            .iter()
            .any(|(_, property)| inner(property))
            || view.list(&["oneOf", "anyOf"]).iter().any(inner)
            || view
                .get("items")
                .is_some_and(|items| inner(&View::new(items)))
    }
    holds(view, 12)
}

/// Whether this is an object of nothing but constants and defaults, which is written for their sake.
pub fn is_dress(view: &View<'_>) -> bool {
    let properties = view.properties();
    let required = view.all_texts("required");
    let fixed = |property: &View<'_>| {
        property.get("const").is_some() || property.get("default").is_some() || is_dress(property)
    };
    !required.is_empty()
        && properties
            .iter()
            .filter(|(name, _)| required.contains(name))
            .all(|(_, property)| fixed(property))
}

/// Whether a list's elements are read: not where the whole list is kept as raw JSON.
pub fn is_looked_into(schema: &Schema) -> bool {
    !matches!(schema.spot, Spot::Value(Ty::Raw | Ty::Sealed)) && schema.codec != Some(Codec::Json)
}

/// Whether the value is kept as raw JSON.
pub fn is_raw(schema: &Schema) -> bool {
    let is_text = schema.types.text && !schema.types.object && !schema.types.list;
    match &schema.spot {
        _ if schema.refuse.is_some() => true,
        Spot::Value(Ty::Raw) => schema.variants.is_empty(),
        Spot::Value(Ty::Sealed) => schema.variants.is_empty() && !is_text,
        _ => matches!(schema.codec, Some(Codec::Json)) && schema.variants.is_empty(),
    }
}
