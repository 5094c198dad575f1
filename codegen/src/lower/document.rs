//! Looks over the files as such, whatever their blocks mean: keywords that nobody knows, schemas that nobody uses.

use std::collections::BTreeSet;

use super::keywords::KEYWORDS;
use crate::fault::{Faults, suggest};
use crate::source::{Node, Place, Source};

/// Schemas of the entry that the compiler asks for by name.
const ASKED_FOR: [&str; 3] = ["AuthType", "Config", "Providers"];

/// Keys whose own keys are names that people choose.
const NAMES: [&str; 9] = [
    "properties",
    "responses",
    "headers",
    "extra_headers",
    "x-by-header",
    "schemas",
    "securitySchemes",
    "patternProperties",
    "mapping",
];

/// Keys under which there is data: nothing there is ours.
const DATA: [&str; 5] = ["example", "examples", "const", "default", "enum"];

/// Checks every file behind an entry.
pub fn check(source: &Source, faults: &Faults) {
    let names = source.names();
    let files: Vec<Node<'_>> = names
        .iter()
        .filter_map(|name| source.document(name))
        .collect();
    for file in &files {
        keywords(file, faults);
    }
    unused(&source.entry(), &files, faults);
}

fn keywords(node: &Node<'_>, faults: &Faults) {
    for (key, value) in node.entries() {
        if key.starts_with("x-") && !KEYWORDS.contains(&key) {
            let nearest = suggest(key, KEYWORDS.iter().copied());
            faults.add(&value.place, format!("'{key}' is no keyword{nearest}"));
        }
    }
    for inner in inner(node) {
        keywords(&inner, faults);
    }
}

/// What stands right in this node and means something itself.
fn inner<'s>(node: &Node<'s>) -> Vec<Node<'s>> {
    let mut found = node.items();
    for (key, value) in node.entries() {
        if NAMES.contains(&key) && value.value.is_object() {
            found.extend(value.entries().into_iter().map(|(_, named)| named));
        } else if !DATA.contains(&key) {
            found.push(value);
        }
    }
    found
}

/// A schema that nothing leads to is a leftover, or a reference that names another by mistake.
fn unused(entry: &Node<'_>, files: &[Node<'_>], faults: &Faults) {
    let mut used: BTreeSet<Place> = BTreeSet::new();
    let mut waiting: Vec<Node<'_>> = Vec::new();
    for file in files {
        for (key, node) in file.entries() {
            if key != "components" {
                waiting.push(node);
                continue;
            }
            let others = node.entries().into_iter();
            waiting.extend(
                others
                    .filter(|(kind, _)| *kind != "schemas")
                    .map(|(_, n)| n),
            );
        }
    }
    for name in ASKED_FOR {
        waiting.extend(
            schemas(entry)
                .into_iter()
                .filter(|(own, _)| *own == name)
                .map(|(_, n)| n),
        );
    }
    while let Some(node) = waiting.pop() {
        if !used.insert(node.place.clone()) {
            continue;
        }
        waiting.extend(node.follow_once());
        waiting.extend(inner(&node));
    }
    for (name, node) in files.iter().flat_map(schemas) {
        if !used.iter().any(|place| is_within(place, &node.place)) {
            let what = format!("nothing refers to the schema '{name}'; use it or remove it");
            faults.add(&node.place, what);
        }
    }
}

fn is_within(place: &Place, outer: &Place) -> bool {
    let rest = place.pointer.strip_prefix(&outer.pointer);
    place.file == outer.file && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn schemas<'s>(file: &Node<'s>) -> Vec<(&'s str, Node<'s>)> {
    let schemas = file.get("components").and_then(|c| c.get("schemas"));
    schemas.map(|s| s.entries()).unwrap_or_default()
}
