//! Which kinds of parts a frame speaks of, brings in pieces, and signs: derived from its bindings.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;

use super::bound;
use super::context::Context;
use super::kinds::{kinds_of_parts, parts_edges};
use super::stream::is_fragment;
use crate::model::dialect::Frame;
use crate::model::schema::{Codec, Edge, Schema};

pub fn kinds(
    cx: &Context<'_>,
    frames: &[Frame],
    of: impl Fn(&Context<'_>, &Frame) -> BTreeSet<String>,
) -> TokenStream {
    let all: BTreeSet<String> = frames.iter().flat_map(|frame| of(cx, frame)).collect();
    cx.kinds(all.iter().map(String::as_str))
}

/// Kinds of parts that a frame can speak of; none if it speaks of no part or of any.
pub fn spoken_of(cx: &Context<'_>, frame: &Frame) -> BTreeSet<String> {
    if is_fragment(frame) {
        return parts_edges(cx, &frame.edge)
            .iter()
            .flat_map(|edge| kinds_of_parts(cx, edge))
            .collect();
    }
    let mut found = BTreeSet::new();
    event_kinds(cx, &frame.edge, &mut found);
    found
}

/// Kinds that the cases of an event frame name, or that the part in it can be.
fn event_kinds(cx: &Context<'_>, edge: &Edge, found: &mut BTreeSet<String>) {
    if edge.deprecated {
        return;
    }
    for case in edge
        .cases
        .iter()
        .filter(|c| c.path.text == "kind" || c.path.text == "part.kind")
    {
        found.extend(case.texts().map(str::to_owned));
    }
    let schema = cx.schema(edge.content);
    match &edge.bind {
        Some(path) if path.text == "part" => found.extend(part_kinds(cx, edge)),
        Some(path) if path.text == "kind" => found.extend(named_kinds(cx, schema)),
        Some(_) => {}
        None => {
            for inner in schema
                .properties
                .iter()
                .map(|p| &p.edge)
                .chain(&schema.variants)
            {
                event_kinds(cx, inner, found);
            }
        }
    }
}

/// Kinds that a wire value names: a property bound to `kind`.
fn named_kinds(cx: &Context<'_>, schema: &Schema) -> Vec<String> {
    let rows = super::value::rows(cx, schema, "PartKind");
    let constant = schema.constant.as_ref();
    let admitted = |wire: &Vec<serde_json::Value>| {
        constant.is_none_or(|c| wire.contains(c)) && wire.iter().any(|w| !w.is_null())
    };
    rows.into_iter()
        .filter(|(_, wire, _)| admitted(wire))
        .map(|(kind, ..)| kind)
        .collect()
}

/// Kinds that a part bound as a whole can be.
fn part_kinds(cx: &Context<'_>, edge: &Edge) -> BTreeSet<String> {
    super::kinds::kinds_of_part(cx, edge)
}

/// Kinds whose text or arguments a delta frame carries in pieces.
pub fn pieces_of(cx: &Context<'_>, frame: &Frame) -> BTreeSet<String> {
    if !frame.holds.iter().any(|hold| hold == "delta") {
        return BTreeSet::new();
    }
    if is_fragment(frame) {
        return parts_edges(cx, &frame.edge)
            .iter()
            .flat_map(|edge| pieces_of_parts(cx, edge))
            .collect();
    }
    let spoken = spoken_of(cx, frame);
    let mut found = BTreeSet::new();
    deltas(cx, &frame.edge, &spoken, &mut found);
    found
}

/// By cases: a variant that brings `text` does so for its kind.
fn deltas(cx: &Context<'_>, edge: &Edge, kinds: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    let own: BTreeSet<String> = edge
        .cases
        .iter()
        .filter(|c| c.path.text == "kind")
        .flat_map(|c| c.texts().map(str::to_owned))
        .collect();
    let kinds = if own.is_empty() { kinds } else { &own };
    let all = BTreeSet::from(["text", "thinking", "refusal", "tool_call"].map(str::to_owned));
    let kinds = if kinds.is_empty() { &all } else { kinds };
    match edge.bind.as_ref().map(|b| b.text.as_str()) {
        Some("text") => found.extend(kinds.iter().filter(|k| *k != "tool_call").cloned()),
        Some("arguments") => found.extend(kinds.iter().filter(|k| *k == "tool_call").cloned()),
        Some(_) => {}
        None => {
            let schema = cx.schema(edge.content);
            for inner in schema
                .properties
                .iter()
                .map(|p| &p.edge)
                .chain(&schema.variants)
                .filter(|e| !e.deprecated)
            {
                deltas(cx, inner, kinds, found);
            }
        }
    }
}

fn pieces_of_parts(cx: &Context<'_>, edge: &Edge) -> BTreeSet<String> {
    let schema = cx.schema(edge.content);
    let mut found = BTreeSet::new();
    if let Some(part) = schema
        .part
        .as_ref()
        .filter(|_| schema.codec != Some(Codec::Json))
    {
        found.insert(part.kind.clone());
    }
    for variant in schema.variants.iter().filter(|v| !v.deprecated) {
        found.extend(pieces_of_parts(cx, variant));
    }
    if let Some(items) = &schema.items {
        let of_kind = |edge: &Edge, found: &mut BTreeSet<String>| {
            let bound = bound::bound(cx, edge);
            for kind in edge
                .cases
                .iter()
                .filter(|c| c.path.text == "kind")
                .flat_map(|c| c.texts())
            {
                let field = if kind == "tool_call" {
                    "arguments"
                } else {
                    "text"
                };
                if bound.contains_key(field) && !is_whole(cx, edge, field) {
                    found.insert(kind.to_owned());
                }
            }
        };
        of_kind(items, &mut found);
        for variant in cx
            .schema(items.content)
            .variants
            .iter()
            .filter(|v| !v.deprecated)
        {
            of_kind(variant, &mut found);
        }
    }
    found
}

/// Whether a field is written as a JSON value, which can't come in pieces.
fn is_whole(cx: &Context<'_>, edge: &Edge, field: &str) -> bool {
    let schema = cx.schema(edge.content);
    let inner = schema
        .properties
        .iter()
        .map(|p| &p.edge)
        .chain(&schema.variants);
    if edge.bind.as_ref().is_some_and(|b| b.text == field) {
        return schema.codec == Some(Codec::Json) || schema.raw;
    }
    inner
        .filter(|e| !e.deprecated)
        .any(|e| is_whole(cx, e, field))
}

/// Kinds whose signature a delta frame carries.
pub fn signed_of(cx: &Context<'_>, frame: &Frame) -> BTreeSet<String> {
    if !frame.holds.iter().any(|hold| hold == "delta") {
        return BTreeSet::new();
    }
    let mut found = BTreeSet::new();
    if is_fragment(frame) {
        for edge in parts_edges(cx, &frame.edge) {
            let items = cx.schema(edge.content).items.as_ref();
            if items.is_some_and(|items| bound::bound(cx, items).contains_key("signature")) {
                found.extend(kinds_of_parts(cx, edge));
            }
        }
        return found;
    }
    signatures(cx, &frame.edge, None, &mut found);
    found
}

fn signatures(cx: &Context<'_>, edge: &Edge, kind: Option<&str>, found: &mut BTreeSet<String>) {
    let kind = edge
        .cases
        .iter()
        .filter(|c| c.path.text == "kind")
        .find_map(|c| c.value.as_str())
        .or(kind);
    if edge.bind.as_ref().is_some_and(|b| b.text == "signature") {
        found.extend(kind.map(str::to_owned));
    }
    let schema = cx.schema(edge.content);
    for inner in schema
        .properties
        .iter()
        .map(|p| &p.edge)
        .chain(&schema.variants)
        .filter(|e| !e.deprecated)
    {
        signatures(cx, inner, kind, found);
    }
}
