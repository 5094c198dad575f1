//! `x-provider-configs` to providers, and the edits of their quirks to hooks on the dialects' properties.

use std::collections::BTreeMap;

use super::inline;
use crate::fault::{Faults, suggest};
use crate::model::canonical::Canonical;
use crate::model::dialect::{Dialect, Scheme};
use crate::model::ledger::Names;
use crate::model::provider::{ALSO, Endpoint, Provider};
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

const KEYS: [&str; 11] = [
    "components",
    "x-lost",
    "x-names",
    "id",
    "url",
    "auth_type",
    "auth_name",
    "optional",
    "extra_headers",
    "endpoints",
    "x-adjust",
];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

const ENDPOINTS: [&str; 5] = [
    "list",
    "generate",
    "generate_stream",
    "embed",
    "count_tokens",
];

/// The operation that an endpoint is called for.
pub fn operation_of(endpoint: &str) -> &str {
    match endpoint {
        "list" => "list_models",
        "generate" | "generate_stream" => "chat",
        other => other,
    }
}

impl Lowering<'_> {
    /// One provider.
    pub fn provider(&mut self, key: &str, node: &Node<'_>) -> Option<Provider> {
        for (name, value) in node.entries() {
            if !KEYS.contains(&name) {
                let what = format!("a provider has no '{name}'{}", suggest(name, KEYS));
                self.faults.add(&value.place, what);
            }
        }
        let id = self.id(key, node)?;
        let url = self.text(node, "url")?;
        let auth = self.auth(node);
        let (endpoints, dialect) = self.endpoints(node);
        let adjust = node.get("x-adjust").map(|list| list.follow().items());
        let adjust = adjust.unwrap_or_default();
        let adjust = adjust
            .iter()
            .filter_map(|entry| self.adjust(&entry.follow(), dialect.as_deref()))
            .collect();
        let headers = node.get("extra_headers").map(|h| h.entries());
        let extra_headers = headers
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), plain(&value)))
            .collect();
        Some(Provider {
            place: node.place.clone(),
            id,
            url,
            auth,
            optional: node.flag("optional"),
            extra_headers,
            endpoints,
            adjust,
        })
    }

    fn id(&self, key: &str, node: &Node<'_>) -> Option<String> {
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
            let what = format!("the id '{id}' must be of small letters, digits and dashes");
            self.faults.add(&node.place, what);
        }
        Some(id)
    }

    /// Its endpoints by name, and the key of the dialect in which it chats.
    fn endpoints(&self, node: &Node<'_>) -> (Vec<(String, Endpoint)>, Option<String>) {
        let (mut endpoints, mut dialect) = (Vec::new(), None);
        let entries = node.get("endpoints").map(|e| e.entries());
        for (name, endpoint) in entries.unwrap_or_default() {
            if name == ALSO {
                endpoints.extend(endpoint.items().iter().filter_map(|one| {
                    let key = inline::key(node, one);
                    let lowered = self.endpoint("generate", one, &key)?;
                    Some((name.to_owned(), lowered))
                }));
                continue;
            }
            if !ENDPOINTS.contains(&name) {
                let what = format!(
                    "there is no endpoint '{name}'{}",
                    suggest(name, ENDPOINTS.into_iter().chain([ALSO]))
                );
                self.faults.add(&endpoint.place, what);
                continue;
            }
            let key = inline::key(node, &endpoint);
            let lowered = self.endpoint(name, &endpoint, &key);
            endpoints.extend(lowered.map(|endpoint| (name.to_owned(), endpoint)));
            if name == "generate" {
                dialect = Some(key);
            }
        }
        (endpoints, dialect)
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

    /// `dialect`: the key of the dialect that its schema leads to.
    fn endpoint(&self, name: &str, node: &Node<'_>, dialect: &str) -> Option<Endpoint> {
        let path = node.text("endpoint").map(str::to_owned);
        for key in ["endpoint", "method", "schema"] {
            if node.get(key).is_none() {
                self.faults
                    .add(&node.place, format!("an endpoint needs '{key}'"));
            }
        }
        let (path, method, schema) = (path?, node.text("method")?, node.get("schema")?);
        if !METHODS.contains(&method) {
            let methods = METHODS.join(", ");
            let what = format!("'{method}' isn't a method; write one of {methods}");
            self.faults.add(&node.place, what);
            return None;
        }
        let operation = schema.follow();
        // A reference that leads nowhere was told when the files were read.
        operation.text("$ref").is_none().then_some(())?;
        let Some(dialect) = self.dialects.get(dialect) else {
            self.faults.add(&schema.place, "schema must lead to an operation of a dialect, such as ../dialects/x.yaml#/paths/~1v1~1chat/post, or hold request and response");
            return None;
        };
        let of = operation_of(name);
        let all = dialect.operations_of(of);
        let Some(at) = all.iter().position(|o| o.place == operation.place) else {
            let known = all.iter().map(|o| o.place.pointer.as_str());
            self.faults.add(
                &schema.place,
                format!(
                    "'{}' is no operation {of} of {}{}",
                    operation.place.pointer,
                    dialect.name,
                    suggest(&operation.place.pointer, known)
                ),
            );
            return None;
        };
        let lowered = all[at];
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
            embed: (of == "embed").then_some(at),
            operation: operation.place,
            query: constants("query"),
            headers: constants("header"),
        })
    }
}

fn plain(node: &Node<'_>) -> String {
    node.str()
        .map_or_else(|| node.value.to_string(), str::to_owned)
}
