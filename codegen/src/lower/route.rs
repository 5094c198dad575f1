//! Paths of the entry to routes.

use std::collections::BTreeMap;

use super::dialect::OPERATIONS;
use crate::fault::Faults;
use crate::model::dialect::Dialect;
use crate::model::provider::Route;
use crate::source::Node;

/// Every method of every path that names an operation.
pub fn lower(
    entry: &Node<'_>,
    dialects: &BTreeMap<String, Dialect>,
    faults: &Faults,
) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for (path, item) in entry.get("paths").map(|p| p.entries()).unwrap_or_default() {
        for (method, node) in item.follow().entries() {
            let operation = node.follow();
            let Some(name) = operation
                .text("x-operation")
                .filter(|name| OPERATIONS.contains(name))
            else {
                continue;
            };
            let file = if name == "proxy" {
                entry.place.file.to_string()
            } else {
                operation.place.file.to_string()
            };
            let Some(dialect) = dialects.get(&file) else {
                faults.add(&node.place, "this path's operation belongs to no dialect");
                continue;
            };
            // Whatever is relayed is relayed with any method.
            let method = if name == "proxy" {
                "*".to_owned()
            } else {
                method.to_uppercase()
            };
            if routes.iter().any(|r| r.path == path && r.method == method) {
                continue;
            }
            routes.push(Route {
                method,
                path: path.to_owned(),
                operation: name.to_owned(),
                dialect: dialect.name.clone(),
                stream: operation
                    .get("x-case")
                    .and_then(|case| case.get("stream"))
                    .and_then(|s| s.value.as_bool()),
                public: operation
                    .get("security")
                    .is_some_and(|s| s.items().is_empty()),
            });
        }
    }
    routes
}
