//! Which kinds of parts a place can hold.

use std::collections::BTreeSet;

use super::context::Context;
use crate::model::schema::{Edge, Only, Schema, Spot};

/// Edges that are bound to lists of parts of the same turn, candidate or reply.
pub fn parts_edges<'m>(cx: &Context<'m>, edge: &'m Edge) -> Vec<&'m Edge> {
    let mut found = Vec::new();
    walk_parts(cx, edge, 0, &mut found);
    found
}

fn walk_parts<'m>(cx: &Context<'m>, edge: &'m Edge, depth: usize, found: &mut Vec<&'m Edge>) {
    if edge.deprecated || depth > 8 {
        return;
    }
    let schema = cx.schema(edge.content);
    if schema.spot == Spot::Parts && edge.bind.is_some() {
        found.push(edge);
        return;
    }
    let enters = !matches!(&schema.spot, Spot::Struct(name) if name == "Part");
    if enters {
        for inner in schema
            .properties
            .iter()
            .map(|p| &p.edge)
            .chain(&schema.variants)
            .chain(schema.items.as_deref())
        {
            walk_parts(cx, inner, depth + 1, found);
        }
    }
}

/// Kinds that can be written where parts are bound.
pub fn kinds_of_parts(cx: &Context<'_>, edge: &Edge) -> BTreeSet<String> {
    let all = kinds_of_list(cx, cx.schema(edge.content));
    match &edge.only {
        Some(Only::Kinds(only)) => all.into_iter().filter(|kind| only.contains(kind)).collect(),
        _ => all,
    }
}

fn kinds_of_list(cx: &Context<'_>, schema: &Schema) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    found.extend(schema.part.as_ref().map(|part| part.kind.clone()));
    for variant in schema.variants.iter().filter(|v| !v.deprecated) {
        found.extend(kinds_of_list(cx, cx.schema(variant.content)));
    }
    if let Some(items) = &schema.items {
        found.extend(kinds_of_part(cx, items));
    }
    found
}

/// Kinds that an element can be.
pub fn kinds_of_part(cx: &Context<'_>, edge: &Edge) -> BTreeSet<String> {
    let kind = |edge: &Edge| {
        edge.cases
            .iter()
            .filter(|c| c.path.text == "kind")
            .flat_map(|c| c.texts().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let mut found: BTreeSet<String> = if edge.deprecated {
        BTreeSet::new()
    } else {
        kind(edge).into_iter().collect()
    };
    for variant in cx
        .schema(edge.content)
        .variants
        .iter()
        .filter(|v| !v.deprecated)
    {
        found.extend(kinds_of_part(cx, variant));
    }
    found
}

/// Kinds that a tool's result can hold.
pub fn result_kinds(cx: &Context<'_>, _request: &Edge) -> BTreeSet<String> {
    let is_case = |edge: &&Edge| {
        edge.cases
            .iter()
            .any(|c| c.path.text == "kind" && c.value.as_str() == Some("tool_result"))
    };
    let variants = cx
        .dialect
        .schemas
        .iter()
        .flat_map(|s| s.variants.iter().chain(s.items.as_deref()))
        .filter(is_case);
    let mut found = BTreeSet::new();
    for variant in variants {
        let mut edges = Vec::new();
        result_edges(cx, variant, 0, &mut edges);
        found.extend(edges.into_iter().flat_map(|edge| kinds_of_parts(cx, edge)));
    }
    found
}

fn result_edges<'m>(cx: &Context<'m>, edge: &'m Edge, depth: usize, found: &mut Vec<&'m Edge>) {
    if edge.deprecated || depth > 6 {
        return;
    }
    if edge.bind.as_ref().is_some_and(|b| b.text == "parts") {
        found.push(edge);
        return;
    }
    let schema = cx.schema(edge.content);
    for inner in schema
        .properties
        .iter()
        .map(|p| &p.edge)
        .chain(&schema.variants)
    {
        result_edges(cx, inner, depth + 1, found);
    }
}

/// The forms of a turn that the message list has.
pub fn turns<'m>(cx: &Context<'m>) -> Vec<&'m Edge> {
    let schemas = &cx.dialect.schemas;
    let list = schemas
        .iter()
        .filter(|s| s.spot == Spot::Turns)
        .find_map(|s| s.items.as_deref());
    let Some(items) = list else {
        return Vec::new();
    };
    let schema = &schemas[items.content];
    let variants: Vec<&Edge> = schema.variants.iter().filter(|v| !v.deprecated).collect();
    if variants.is_empty() {
        vec![items]
    } else {
        variants
    }
}

/// A part that is an element of the message list by itself.
pub fn is_alone(cx: &Context<'_>, turn: &Edge) -> bool {
    let schema = cx.schema(turn.content);
    schema.single && schema.spot == Spot::Parts
}

/// Kinds of parts that are elements of the message list by themselves.
pub fn alone(cx: &Context<'_>) -> BTreeSet<String> {
    let turns = turns(cx).into_iter().filter(|turn| is_alone(cx, turn));
    turns.flat_map(|turn| kinds_of_parts(cx, turn)).collect()
}

/// The message list is flat: what an assistant says in one turn is several elements.
pub fn is_flat(cx: &Context<'_>) -> bool {
    alone(cx).iter().any(|kind| kind != "tool_result")
}
