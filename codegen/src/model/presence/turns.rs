//! Where a turn may be the assistant's.

use serde_json::Value;

use super::super::schema::{Case, Path, Schema, Spot as Is};
use super::walk::Walk;
use super::{Chain, Chains, Spot, is_plain};

impl Walk<'_> {
    /// Elements of the conversation that aren't turns may be anyone's, but for a tool's results.
    pub(super) fn turns(&mut self, schema: &Schema) {
        let Some(items) = &schema.items else {
            return;
        };
        let mut waiting = vec![&**items];
        while let Some(edge) = waiting.pop() {
            let inner = &self.dialect.schemas[edge.content];
            let is_result = |case: &Case| case.texts().all(|kind| kind == "tool_result");
            let known = match &inner.spot {
                Is::Struct(name) if name == "Turn" => {
                    edge.cases.iter().all(|case| !is_role(&case.path))
                }
                Is::Struct(name) if name == "Part" => {
                    !edge.cases.is_empty() && edge.cases.iter().all(is_result)
                }
                _ => !inner.variants.is_empty(),
            };
            if !known {
                self.found.assistant.insert(Chain::new());
            }
            if inner.properties.is_empty() {
                waiting.extend(&inner.variants);
            }
        }
    }

    /// How a turn says that it is the assistant's.
    pub(super) fn role(&mut self, inner: &Schema, own: &Chains) {
        let rows = inner.map.iter().filter(|row| row.canonical == ASSISTANT);
        let mapped: Vec<&Value> = rows.clone().flat_map(|row| &row.wire).collect();
        let plain = || {
            inner
                .constant
                .iter()
                .chain(&inner.values)
                .filter(|value| *value == ASSISTANT)
        };
        let values: Vec<&Value> = match inner.map.is_empty() {
            true => plain().collect(),
            false => mapped,
        };
        let closed = inner.constant.is_some() || !inner.values.is_empty() || !inner.map.is_empty();
        let other = rows.clone().any(|row| row.other)
            || inner
                .default
                .as_ref()
                .is_some_and(|said| values.contains(&said));
        let words = values
            .iter()
            .map(|value| value.as_str().filter(|value| is_plain(value)));
        let words: Option<Vec<&str>> = words.collect();
        let Some(words) = words.filter(|_| closed && !other) else {
            self.found.assistant.insert(Chain::new());
            return;
        };
        for word in words {
            for mut chain in own.iter().cloned() {
                chain.insert((Spot::Value, word.to_owned()));
                self.found.assistant.insert(chain);
            }
        }
    }
}

/// The role, as the hub has it.
const ASSISTANT: &str = "assistant";

pub(super) fn is_role(path: &Path) -> bool {
    path.steps
        .last()
        .is_some_and(|step| step.owner == "Turn" && step.field == "role")
}
