//! Which of the outermost members of a stream's frames count in each of them. Of the others only the first value counts,
//! or none: frames that differ in them say the same.

use std::collections::BTreeSet;

use super::context::Context;
use crate::model::dialect::Stream;
use crate::model::schema::{Edge, Path, SchemaId};
use crate::model::tests::{self, Test, What};

/// The names of those that count.
pub fn names(cx: &Context<'_>, stream: &Stream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    inside(cx, stream.union, &mut BTreeSet::new(), &mut found);
    found
}

fn inside(
    cx: &Context<'_>,
    id: SchemaId,
    seen: &mut BTreeSet<SchemaId>,
    found: &mut BTreeSet<String>,
) {
    if !seen.insert(id) {
        return;
    }
    let schema = cx.schema(id);
    let properties = schema.properties.iter();
    for property in properties.filter(|property| !is_idle(cx, &property.edge)) {
        found.extend(property.names().cloned());
    }
    // Values that tell variants apart.
    for (_, tests) in tests::of(&cx.dialect.schemas, &schema.variants) {
        let by_value = |test: &&Test| {
            matches!(
                test.what,
                What::OneOf(..) | What::NoneOf(_) | What::Prefix(_)
            )
        };
        let values = tests.iter().filter(by_value);
        found.extend(values.filter_map(|test| test.path.first()).cloned());
    }
    for variant in &schema.variants {
        inside(cx, variant.content, seen, found);
    }
}

/// Whether a value leads nowhere, or to what is told once of an answer.
fn is_idle(cx: &Context<'_>, edge: &Edge) -> bool {
    let schema = cx.schema(edge.content);
    let alone = edge.cases.is_empty() && edge.expr.is_none() && edge.only.is_none();
    let leaf = schema.properties.is_empty() && schema.variants.is_empty() && schema.items.is_none();
    let open = schema.constant.is_none() && schema.values.is_empty() && schema.absent.is_empty();
    let open = open && schema.part.is_none();
    alone && leaf && open && edge.bind.as_ref().is_none_or(is_told_once)
}

/// A reply's head stands in each fragment of a stream, and says the same.
fn is_told_once(path: &Path) -> bool {
    let [step] = path.steps.as_slice() else {
        return false;
    };
    step.owner == "ChatResponse" && !matches!(step.field.as_str(), "candidates" | "usage")
}
