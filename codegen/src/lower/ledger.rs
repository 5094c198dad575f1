//! `x-lost`: verdicts with reasons as keys.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::fault::{Faults, suggest};
use crate::model::dialect::Loss;
use crate::model::ledger::Names;
use crate::source::Node;

/// Passes that write the nearest thing.
pub const PASSES: [&str; 12] = [
    "as-text",
    "input-object",
    "filter-tools",
    "omit-tools",
    "schema-as-json",
    "text-as-data",
    "file-as-text",
    "error-text",
    "after-results",
    "budget-from-effort",
    "effort-from-budget",
    "effort",
];

/// Verdicts of a dialect, by number of the name.
pub fn lower(document: &Node<'_>, names: &Names, faults: &Faults) -> BTreeMap<usize, Loss> {
    let mut ledger = BTreeMap::new();
    let Some(lost) = document.get("x-lost") else {
        return ledger;
    };
    for (number, loss, node) in verdicts(&lost, names, faults) {
        if ledger.insert(number, loss).is_some() {
            faults.add(
                &node.place,
                format!(
                    "{} has two verdicts; keep one",
                    names.entries()[number].name
                ),
            );
        }
    }
    ledger
}

/// Every verdict under this node, with the place of its name.
pub fn verdicts<'s>(
    lost: &Node<'s>,
    names: &Names,
    faults: &Faults,
) -> Vec<(usize, Loss, Node<'s>)> {
    const VERDICTS: [&str; 4] = ["drop", "refuse", "nearest", "implied"];
    let mut found = Vec::new();
    for (verdict, reasons) in lost.entries() {
        if !VERDICTS.contains(&verdict) {
            faults.add(
                &reasons.place,
                format!(
                    "x-lost has no verdict '{verdict}'{}",
                    suggest(verdict, VERDICTS)
                ),
            );
            continue;
        }
        if !reasons.value.is_object() {
            faults.add(&reasons.place, format!("{verdict}: write reasons as keys and fields as lists: {{no such setting: [ChatRequest.seed]}}"));
            continue;
        }
        for (reason, listed) in reasons.entries() {
            let table = listed.get("table").map(|table| table.value.clone());
            let fields = listed.get("fields").unwrap_or(listed);
            if verdict == "nearest" && !PASSES.contains(&reason) {
                faults.add(
                    &fields.place,
                    format!("'{reason}' is no pass{}", suggest(reason, PASSES)),
                );
                continue;
            }
            for field in fields.items() {
                let name = field.str().unwrap_or_default();
                let Some(number) = names.number(name) else {
                    let known = names.entries().iter().map(|entry| entry.name.as_str());
                    faults.add(
                        &field.place,
                        format!(
                            "x-lost: '{name}' is no canonical field{}",
                            suggest(name, known)
                        ),
                    );
                    continue;
                };
                found.push((number, loss(verdict, reason, table.clone()), field));
            }
        }
    }
    found
}

fn loss(verdict: &str, reason: &str, table: Option<Value>) -> Loss {
    match verdict {
        "drop" => Loss::Drop(reason.to_owned()),
        "refuse" => Loss::Refuse(reason.to_owned()),
        "implied" => Loss::Implied(reason.to_owned()),
        _ => Loss::Nearest(reason.to_owned(), table),
    }
}
