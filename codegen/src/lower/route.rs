//! Paths of the entry to routes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::dialect::OPERATIONS;
use crate::fault::Faults;
use crate::model::dialect::Dialect;
use crate::model::provider::Route;
use crate::source::{Node, View};

/// Every method of every path that names an operation.
pub fn lower(
    entry: &Node<'_>,
    dialects: &BTreeMap<String, Dialect>,
    faults: &Faults,
) -> Vec<Route> {
    let mut lowering = Lowering {
        entry,
        dialects,
        faults,
        routes: Vec::new(),
    };
    for (path, item) in entry.get("paths").map(|p| p.entries()).unwrap_or_default() {
        let by_header = item.get("x-by-header").map(|map| map.entries());
        for (header, other) in by_header.unwrap_or_default() {
            lowering.item(path, Some(&header.to_lowercase()), &other.follow());
        }
        lowering.item(path, None, &item.follow());
    }
    lowering.routes
}

struct Lowering<'l, 's> {
    entry: &'l Node<'s>,
    dialects: &'l BTreeMap<String, Dialect>,
    faults: &'l Faults,
    routes: Vec<Route>,
}

impl Lowering<'_, '_> {
    fn item(&mut self, path: &str, header: Option<&str>, item: &Node<'_>) {
        for (method, node) in item.entries() {
            let operation = node.follow();
            let Some(name) = operation
                .text("x-operation")
                .filter(|name| OPERATIONS.contains(name))
            else {
                continue;
            };
            let proxy = name == "proxy";
            let file = match proxy {
                true => self.entry.place.file.to_string(),
                false => operation.place.file.to_string(),
            };
            let Some(dialect) = self.dialects.get(&file) else {
                let what = "this path's operation belongs to no dialect";
                self.faults.add(&node.place, what);
                continue;
            };
            let route = Route {
                // Whatever is relayed is relayed with any method.
                method: match proxy {
                    true => "*".to_owned(),
                    false => method.to_uppercase(),
                },
                path: path.to_owned(),
                header: header.map(str::to_owned),
                spans: spans(&[item, &operation]),
                operation: name.to_owned(),
                dialect: dialect.name.clone(),
                embed: dialect
                    .embeds
                    .iter()
                    .position(|o| o.place == operation.place),
                stream: operation
                    .get("x-case")
                    .and_then(|case| case.get("stream"))
                    .and_then(|s| s.value.as_bool()),
                public: operation
                    .get("security")
                    .is_some_and(|s| s.items().is_empty()),
                reply: (name == "constant").then(|| self.constant(&operation)),
            };
            let place = |r: &Route| (r.path.clone(), r.method.clone(), r.header.clone());
            if !self.routes.iter().any(|r| place(r) == place(&route)) {
                self.routes.push(route);
            }
        }
    }

    /// What `constant` answers: the only value of its 200 response.
    fn constant(&self, operation: &Node<'_>) -> String {
        let responses = operation.get("responses");
        let reply = responses.and_then(|all| all.get("200")).map(|r| r.follow());
        let schema = reply
            .and_then(|reply| reply.get("content"))
            .and_then(|content| content.get("application/json"))
            .and_then(|media| media.get("schema"));
        let value = schema.and_then(|schema| only_value(&View::new(schema)));
        if value.is_none() {
            let what = "a constant operation's 200 response needs a schema that admits one value only: give every property a `const`";
            self.faults.add(&operation.place, what);
        }
        value.unwrap_or_default().to_string()
    }
}

/// The JSON of a schema that admits one value only.
fn only_value(schema: &View<'_>) -> Option<Value> {
    if let Some(constant) = schema.get("const") {
        return Some(constant.value.clone());
    }
    let properties = schema.properties();
    let values = properties.into_iter().map(|(name, property)| {
        let value = only_value(&property)?;
        Some((name.to_owned(), value))
    });
    let values: Map<String, Value> = values.collect::<Option<_>>()?;
    (!values.is_empty()).then_some(Value::Object(values))
}

/// The path parameter whose value may hold slashes: `allowReserved`, as in OpenAPI 3.2.
fn spans(nodes: &[&Node<'_>]) -> Option<String> {
    let listed = nodes.iter().filter_map(|node| node.get("parameters"));
    listed.flat_map(|list| list.items()).find_map(|parameter| {
        let parameter = parameter.follow();
        let spans = parameter.flag("allowReserved") && parameter.text("in") == Some("path");
        spans.then(|| parameter.text("name").map(str::to_owned))?
    })
}
