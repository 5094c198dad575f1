//! `x-provider-configs` to providers, and the edits of their quirks to hooks on the dialects' properties.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ledger;
use crate::fault::{Faults, suggest};
use crate::model::canonical::Canonical;
use crate::model::dialect::{Dialect, Scheme};
use crate::model::ledger::Names;
use crate::model::provider::{Adjust, Endpoint, Op, Provider, When};
use crate::model::schema::{Case, Hook, Schema, SchemaId};
use crate::source::Node;

/// Lowers providers of the entry. `dialects` by file.
pub struct Lowering<'l> {
    /// The hub.
    pub canonical: &'l Canonical,
    /// The ledger's names.
    pub names: &'l Names,
    /// Every dialect, by its file.
    pub dialects: &'l mut BTreeMap<String, Dialect>,
    /// Where mistakes go.
    pub faults: &'l Faults,
    /// The next number of a hook, by dialect.
    pub hooks: BTreeMap<String, u16>,
}

const KEYS: [&str; 7] = [
    "id",
    "url",
    "auth_type",
    "auth_name",
    "extra_headers",
    "endpoints",
    "x-adjust",
];
/// Named tests of a request's history.
const TESTS: [&str; 1] = ["unsigned-calls"];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ENDPOINTS: [&str; 3] = ["list", "generate", "generate_stream"];

impl Lowering<'_> {
    /// One provider.
    pub fn provider(&mut self, key: &str, node: &Node<'_>) -> Option<Provider> {
        for (name, value) in node.entries() {
            if !KEYS.contains(&name) {
                self.faults.add(
                    &value.place,
                    format!("a provider has no '{name}'{}", suggest(name, KEYS)),
                );
            }
        }
        let id = self.text(node, "id")?;
        if id != key {
            self.faults.add(
                &node.place,
                format!("the provider's id is '{id}' but it stands under '{key}'; make them one"),
            );
        }
        let well_formed = id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !well_formed {
            self.faults.add(
                &node.place,
                format!("the id '{id}' must be of small letters, digits and dashes"),
            );
        }
        let url = self.text(node, "url")?;
        let auth = self.auth(node);
        let mut endpoints = Vec::new();
        for (name, endpoint) in node
            .get("endpoints")
            .map(|e| e.entries())
            .unwrap_or_default()
        {
            if !ENDPOINTS.contains(&name) {
                self.faults.add(
                    &endpoint.place,
                    format!("there is no endpoint '{name}'{}", suggest(name, ENDPOINTS)),
                );
                continue;
            }
            endpoints.extend(
                self.endpoint(&endpoint)
                    .map(|endpoint| (name.to_owned(), endpoint)),
            );
        }
        let dialect = endpoints
            .iter()
            .find(|(name, _)| name == "generate")
            .map(|(_, e)| e.operation.file.to_string());
        let adjust = node
            .get("x-adjust")
            .map(|list| list.items())
            .unwrap_or_default();
        let adjust = adjust
            .iter()
            .filter_map(|entry| self.adjust(entry, dialect.as_deref()))
            .collect();
        let headers = node
            .get("extra_headers")
            .map(|h| h.entries())
            .unwrap_or_default();
        let extra_headers = headers
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), plain(&value)))
            .collect();
        Some(Provider {
            place: node.place.clone(),
            id,
            url,
            auth,
            extra_headers,
            endpoints,
            adjust,
        })
    }

    fn text(&self, node: &Node<'_>, key: &str) -> Option<String> {
        let text = node.text(key).map(str::to_owned);
        if text.is_none() {
            self.faults
                .add(&node.place, format!("a provider needs '{key}'"));
        }
        text
    }

    fn auth(&self, node: &Node<'_>) -> Option<Scheme> {
        const TYPES: [&str; 4] = ["bearer", "xheader", "query", "none"];
        let auth = self.text(node, "auth_type")?;
        let name = node.text("auth_name").map(str::to_owned);
        match (auth.as_str(), name) {
            ("none", _) => None,
            ("bearer", _) => Some(Scheme::Bearer),
            ("xheader", Some(name)) => Some(Scheme::Header(name.to_lowercase())),
            ("query", Some(name)) => Some(Scheme::Query(name)),
            ("xheader" | "query", None) => {
                self.faults.add(
                    &node.place,
                    format!(
                        "auth_type {auth} needs auth_name, the name of the header or parameter"
                    ),
                );
                None
            }
            _ => {
                self.faults.add(
                    &node.place,
                    format!("auth_type '{auth}' is unknown{}", suggest(&auth, TYPES)),
                );
                None
            }
        }
    }

    fn endpoint(&self, node: &Node<'_>) -> Option<Endpoint> {
        let path = node.text("endpoint").map(str::to_owned);
        let (Some(path), Some(method), Some(schema)) =
            (path, node.text("method"), node.get("schema"))
        else {
            self.faults.add(
                &node.place,
                "an endpoint needs 'endpoint', 'method' and 'schema'",
            );
            return None;
        };
        if !METHODS.contains(&method) {
            let what = format!(
                "'{method}' isn't a method; write one of {}",
                METHODS.join(", ")
            );
            self.faults.add(&node.place, what);
            return None;
        }
        let operation = schema.follow();
        let file = operation.place.file.to_string();
        let Some(dialect) = self.dialects.get(&file) else {
            self.faults.add(&schema.place, "schema must lead to an operation of a dialect, such as ../dialects/x.yaml#/paths/~1v1~1chat/post");
            return None;
        };
        let all = dialect.chat.iter().chain(&dialect.models);
        let Some(lowered) = all.clone().find(|o| o.place == operation.place) else {
            let known = all.map(|o| o.place.pointer.as_str());
            self.faults.add(
                &schema.place,
                format!(
                    "'{}' is no operation of {}{}",
                    operation.place.pointer,
                    dialect.name,
                    suggest(&operation.place.pointer, known)
                ),
            );
            return None;
        };
        let constants = |location: &str| {
            let of = lowered.parameters.iter().filter(|p| p.location == location);
            of.filter_map(|p| {
                Some((
                    p.name.clone(),
                    p.constant
                        .clone()
                        .or_else(|| p.default.clone().filter(|_| p.required))?,
                ))
            })
            .collect()
        };
        Some(Endpoint {
            method: method.to_owned(),
            path,
            dialect: dialect.name.clone(),
            operation: operation.place,
            query: constants("query"),
            headers: constants("header"),
        })
    }

    fn adjust(&mut self, node: &Node<'_>, dialect: Option<&str>) -> Option<Adjust> {
        const KEYS: [&str; 10] = [
            "models", "when", "lost", "omit", "rename", "default", "force", "clamp", "hash", "map",
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
        let when = when.iter().filter_map(|field| self.when(field)).collect();
        let lost = node
            .get("lost")
            .map(|lost| ledger::verdicts(&lost, self.names, self.faults))
            .unwrap_or_default();
        let lost = lost
            .into_iter()
            .map(|(number, loss, _)| (number, loss))
            .collect();
        let edits = dialect
            .map(|file| self.edits(node, file))
            .unwrap_or_default();
        Some(Adjust {
            models,
            when,
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

    fn edits(&mut self, node: &Node<'_>, file: &str) -> Vec<(u16, Op)> {
        let mut edits = Vec::new();
        for path in node.get("omit").map(|o| o.items()).unwrap_or_default() {
            self.edit(
                &path,
                path.str().unwrap_or_default(),
                file,
                &Op::Omit,
                &mut edits,
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
                            self.edit(
                                &value,
                                path,
                                file,
                                &Op::Clamp(Some(least), None),
                                &mut edits,
                            );
                        }
                        self.edit(&value, path, file, &op, &mut edits);
                    }
                    None => self.faults.add(
                        &value.place,
                        format!("{key}: this is not what it takes; see spec/README.md"),
                    ),
                }
            }
        }
        edits
    }

    fn edit(
        &mut self,
        node: &Node<'_>,
        path: &str,
        file: &str,
        op: &Op,
        edits: &mut Vec<(u16, Op)>,
    ) {
        let Some(dialect) = self.dialects.get_mut(file) else {
            return;
        };
        let roots: Vec<SchemaId> = dialect
            .chat
            .iter()
            .filter_map(|o| o.request.as_ref())
            .map(|r| r.content)
            .collect();
        let found = roots
            .iter()
            .map(|root| find(&dialect.schemas, *root, path))
            .collect::<Result<Vec<_>, _>>();
        let found = match found {
            Ok(found) => found.into_iter().flatten().collect::<Vec<_>>(),
            Err(what) => {
                self.faults.add(&node.place, what);
                return;
            }
        };
        for (schema, index, case) in found {
            let property = &mut dialect.schemas[schema].properties[index];
            let known = property
                .hooks
                .iter()
                .find(|hook| hook.case == case)
                .map(|hook| hook.number);
            let number = known.unwrap_or_else(|| {
                let next = self.hooks.entry(file.to_owned()).or_insert(0);
                *next += 1;
                property.hooks.push(Hook {
                    number: *next,
                    case,
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

fn plain(node: &Node<'_>) -> String {
    node.str()
        .map_or_else(|| node.value.to_string(), str::to_owned)
}

fn op(key: &str, value: &Node<'_>, canonical: &Canonical) -> Option<Op> {
    Some(match key {
        "rename" => Op::Rename(value.str()?.to_owned()),
        "default" => Op::Default(value.value.clone()),
        "force" => Op::Force(value.value.clone()),
        "clamp" if value.text("maximum").is_some() => {
            let words: Vec<&str> = value.text("maximum")?.split_whitespace().collect();
            let path = super::paths::resolve(canonical, "ChatRequest", words.first()?).ok()?;
            let more = match words.get(1..)? {
                [] => 0.0,
                ["-", number] => -number.parse::<f64>().ok()?,
                ["+", number] => number.parse::<f64>().ok()?,
                _ => return None,
            };
            Op::Below(path, more)
        }
        "clamp" => Op::Clamp(
            value.get("minimum").and_then(|n| n.value.as_f64()),
            value.get("maximum").and_then(|n| n.value.as_f64()),
        ),
        "hash" => Op::Hash(usize::try_from(value.value.as_u64()?).ok()?),
        _ => {
            let value_of = |text: &str| match text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                text => Value::String(text.to_owned()),
            };
            Op::Map(
                value
                    .value
                    .as_object()?
                    .iter()
                    .map(|(from, to)| (value_of(from), to.clone()))
                    .collect(),
            )
        }
    })
}

type Found = (SchemaId, usize, Option<Case>);

/// Properties that a wire path names, from a schema: `messages[role=assistant].tool_calls[].id`.
fn find(schemas: &[Schema], root: SchemaId, path: &str) -> Result<Vec<Found>, String> {
    let mut at: Vec<(SchemaId, Option<Case>)> = vec![(root, None)];
    let words: Vec<&str> = path.split('.').collect();
    for (i, word) in words.iter().enumerate() {
        let (name, selector) = word.split_once('[').map_or((*word, None), |(name, rest)| {
            (name, Some(rest.trim_end_matches(']')))
        });
        let mut next = Vec::new();
        let mut found = Vec::new();
        for (schema, case) in &at {
            properties(schemas, *schema, name, &mut Vec::new(), &mut found, case);
        }
        if found.is_empty() {
            return Err(format!(
                "the path '{path}' leads nowhere: there is no '{name}'"
            ));
        }
        if i + 1 == words.len() {
            return Ok(found);
        }
        for (schema, index, _) in found {
            let content = schemas[schema].properties[index].edge.content;
            next.extend(elements(schemas, content, selector));
        }
        at = next;
    }
    Ok(Vec::new())
}

/// Properties of this name in a schema and its variants.
fn properties(
    schemas: &[Schema],
    id: SchemaId,
    name: &str,
    seen: &mut Vec<SchemaId>,
    found: &mut Vec<Found>,
    case: &Option<Case>,
) {
    if seen.contains(&id) {
        return;
    }
    seen.push(id);
    let written = schemas[id]
        .properties
        .iter()
        .enumerate()
        .filter(|(_, p)| p.name == name && !p.edge.deprecated);
    for (index, _) in written {
        found.push((id, index, case.clone()));
    }
    for variant in schemas[id].variants.iter().filter(|v| !v.deprecated) {
        properties(schemas, variant.content, name, seen, found, case);
    }
    let nested = schemas[id]
        .single
        .then(|| schemas[id].items.as_ref())
        .flatten();
    if let Some(items) = nested {
        properties(schemas, items.content, name, seen, found, case);
    }
}

/// What is behind a property: its elements where it is a list, the selected variants where a selector stands.
fn elements(
    schemas: &[Schema],
    id: SchemaId,
    selector: Option<&str>,
) -> Vec<(SchemaId, Option<Case>)> {
    let mut contents = Vec::new();
    let mut queue = vec![id];
    let mut seen = Vec::new();
    while let Some(id) = queue.pop() {
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let schema = &schemas[id];
        queue.extend(
            schema
                .variants
                .iter()
                .filter(|_| {
                    schema.properties.is_empty() && (selector.is_none() || schema.items.is_none())
                })
                .map(|v| v.content),
        );
        match (&schema.items, selector) {
            (Some(items), _) => contents.push(items.content),
            (None, _) if !schema.properties.is_empty() => contents.push(id),
            _ => {}
        }
    }
    let Some(selector) = selector.filter(|s| !s.is_empty()) else {
        return contents.into_iter().map(|id| (id, None)).collect();
    };
    contents
        .into_iter()
        .flat_map(|id| select(schemas, id, selector))
        .collect()
}

/// Variants that have a property, or a property with this constant; where the wanted property is the object's own, the
/// variant's case tells when.
fn select(schemas: &[Schema], id: SchemaId, selector: &str) -> Vec<(SchemaId, Option<Case>)> {
    let (name, value) = selector
        .split_once('=')
        .map_or((selector, None), |(n, v)| (n, Some(v)));
    let matches = |schema: &Schema| {
        schema.properties.iter().any(|p| {
            let inner = &schemas[p.edge.content];
            let constant = inner
                .constant
                .iter()
                .chain(&inner.values)
                .any(|c| c.as_str() == value);
            p.name == name && (value.is_none() || constant)
        })
    };
    let mut found = Vec::new();
    let mut queue = vec![(id, None::<Case>, None::<SchemaId>)];
    while let Some((id, case, owner)) = queue.pop() {
        let schema = &schemas[id];
        if matches(schema) {
            // An object with variants owns properties besides: they are edited under the variant's case.
            found.push((
                owner.unwrap_or(id),
                case.clone().filter(|_| owner.is_some()),
            ));
            continue;
        }
        let owner = if schema.properties.is_empty() {
            owner
        } else {
            Some(id)
        };
        for variant in &schema.variants {
            queue.push((
                variant.content,
                variant.cases.first().cloned().or_else(|| case.clone()),
                owner,
            ));
        }
        if schema.single
            && let Some(items) = &schema.items
        {
            queue.push((items.content, case, owner));
        }
    }
    found
}
