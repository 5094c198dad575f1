//! Quirks of a provider: what they ask of a request, and their edits as hooks on the dialect's properties.

use serde_json::Value;

use super::edits::{op, takes};
use super::ledger;
use super::provider::Lowering;
use super::wire_paths::{Found, find};
use crate::fault::suggest;
use crate::model::provider::{Adjust, Op, When};
use crate::model::schema::{Case, Hook};
use crate::source::Node;

/// Named tests of a request's history.
const TESTS: [&str; 2] = ["unsigned-calls", "trailing-assistant"];

impl Lowering<'_> {
    /// One entry of `x-adjust`. `dialect`: the key of the dialect that its edits are about.
    pub fn adjust(&mut self, node: &Node<'_>, dialect: Option<&str>) -> Option<Adjust> {
        const KEYS: [&str; 12] = [
            "models", "when", "refuse", "lost", "write", "omit", "rename", "default", "force",
            "clamp", "hash", "map",
        ];
        for (name, value) in node.entries() {
            if !KEYS.contains(&name) {
                self.faults.add(
                    &value.place,
                    format!("x-adjust has no '{name}'{}", suggest(name, KEYS)),
                );
            }
        }
        let models = node.text("models").map(str::to_owned);
        if let Some(pattern) = &models
            && let Err(error) = regex_lite::Regex::new(pattern)
        {
            self.faults.add(
                &node.place,
                format!("models: '{pattern}' is no regular expression: {error}"),
            );
        }
        let when = node.get("when").map(|w| w.items()).unwrap_or_default();
        let when: Vec<_> = when.iter().filter_map(|field| self.when(field)).collect();
        let lost = node
            .get("lost")
            .map(|lost| ledger::verdicts(&lost, self.names, self.faults))
            .unwrap_or_default();
        let lost = lost.into_iter().map(|(number, loss, _)| (number, loss));
        let mut edits = Vec::new();
        // What is written has a place; what the entry itself says of it comes later and counts.
        let opened = dialect
            .map(|file| self.opened(node, file, &mut edits))
            .unwrap_or_default();
        let lost = opened.into_iter().chain(lost).collect();
        if let Some(file) = dialect {
            self.edits(node, file, &mut edits);
        }
        let refuse = node.text("refuse").map(str::to_owned);
        if refuse.is_some() && models.is_none() && when.is_empty() {
            let what = "refuse without models or when would refuse everything";
            self.faults.add(&node.place, what);
        }
        Some(Adjust {
            models,
            when,
            refuse,
            lost,
            edits,
        })
    }

    fn when(&self, node: &Node<'_>) -> Option<When> {
        let text = node.str().unwrap_or_default();
        if TESTS.contains(&text) {
            return Some(When::Test(text.to_owned()));
        }
        if let Some((path, value)) = text.split_once('=') {
            let path = super::paths::resolve(self.canonical, "ChatRequest", path);
            let value = Value::String(value.to_owned());
            let case = path.and_then(|path| {
                super::paths::check_value(self.canonical, &path.ty, &value)
                    .map_err(|what| format!("{} {what}", path.text))
                    .map(|()| Case { path, value })
            });
            return case
                .map_err(|what| self.faults.add(&node.place, format!("when: {what}")))
                .ok()
                .map(When::Is);
        }
        let (text, there) = text
            .strip_prefix('!')
            .map_or((text, true), |text| (text, false));
        let path = super::paths::resolve(self.canonical, "ChatRequest", text);
        let number = path
            .as_ref()
            .ok()
            .and_then(|path| path.steps.last())
            .and_then(|s| self.names.number(&format!("{}.{}", s.owner, s.field)));
        if number.is_none() {
            let what = path
                .err()
                .unwrap_or_else(|| format!("'{text}' can't be asked for"));
            self.faults.add(&node.place, format!("when: {what}"));
        }
        number.map(|number| When::Present(number, there))
    }

    fn edits(&mut self, node: &Node<'_>, file: &str, edits: &mut Vec<(u16, Op)>) {
        for path in node.get("omit").map(|o| o.items()).unwrap_or_default() {
            self.edit(
                &path,
                path.str().unwrap_or_default(),
                file,
                &Op::Omit,
                edits,
            );
        }
        for key in ["rename", "default", "force", "clamp", "hash", "map"] {
            for (path, value) in node.get(key).map(|e| e.entries()).unwrap_or_default() {
                match op(key, &value, self.canonical) {
                    Some(op) => {
                        // A moving upper bound may come with a fixed lower one.
                        if let (Op::Below(..), Some(least)) =
                            (&op, value.get("minimum").and_then(|n| n.value.as_f64()))
                        {
                            self.edit(&value, path, file, &Op::Clamp(Some(least), None), edits);
                        }
                        self.edit(&value, path, file, &op, edits);
                    }
                    None => {
                        let what = format!("{key} takes another value: {}", takes(key));
                        self.faults.add(&value.place, what);
                    }
                }
            }
        }
    }

    fn edit(
        &mut self,
        node: &Node<'_>,
        path: &str,
        file: &str,
        op: &Op,
        edits: &mut Vec<(u16, Op)>,
    ) {
        match self.found(path, file, false) {
            Ok(found) => self.hook(&found, file, op, edits),
            Err(what) => self.faults.add(&node.place, what),
        }
    }

    /// The properties that a path names, in the requests of a dialect.
    pub(super) fn found(
        &self,
        path: &str,
        file: &str,
        read_only: bool,
    ) -> Result<Vec<Found>, String> {
        let Some(dialect) = self.dialects.get(file) else {
            return Ok(Vec::new());
        };
        let requests = dialect.operations().filter_map(|o| o.request.as_ref());
        let found = requests
            .map(|request| find(&dialect.schemas, request.content, path, read_only))
            .collect::<Vec<_>>();
        // What no request has is a mistake, and the first is the conversation's.
        if let Some(Err(what)) = found.first().filter(|_| found.iter().all(Result::is_err)) {
            return Err(what.clone());
        }
        Ok(found.into_iter().flatten().flatten().collect())
    }

    /// Numbers the properties, and notes the edit for each.
    pub(super) fn hook(
        &mut self,
        found: &[Found],
        file: &str,
        op: &Op,
        edits: &mut Vec<(u16, Op)>,
    ) {
        let Some(dialect) = self.dialects.get_mut(file) else {
            return;
        };
        for (schema, index, case) in found {
            let property = &mut dialect.schemas[*schema].properties[*index];
            let known = property
                .hooks
                .iter()
                .find(|hook| hook.case == *case)
                .map(|hook| hook.number);
            let number = known.unwrap_or_else(|| {
                let next = self.hooks.entry(file.to_owned()).or_insert(0);
                *next += 1;
                property.hooks.push(Hook {
                    number: *next,
                    case: case.clone(),
                });
                *next
            });
            if !edits.iter().any(|(n, o)| {
                *n == number && std::mem::discriminant(o) == std::mem::discriminant(op)
            }) {
                edits.push((number, op.clone()));
            }
        }
    }
}
