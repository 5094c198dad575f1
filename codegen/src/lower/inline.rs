//! Schemas that stand in place under a provider's endpoints: together a dialect with one user, named after the provider.

use std::collections::BTreeMap;

use super::schema::Lowering;
use super::{dialect, ledger, replies, shape};
use crate::fault::{Faults, suggest};
use crate::model::canonical::Canonical;
use crate::model::dialect::{Dialect, ErrorReply, Operation, Scheme};
use crate::model::ledger::Names;
use crate::model::schema::Spot;
use crate::source::{Node, View};

const KEYS: [&str; 5] = ["request", "response", "stream", "error", "parameters"];

/// The key of the dialect that an endpoint's schema leads to: a file, or the provider itself.
pub fn key(provider: &Node<'_>, endpoint: &Node<'_>) -> String {
    match endpoint.get("schema") {
        Some(schema) if !is_in_place(&schema) => schema.follow().place.file.to_string(),
        _ => provider.place.to_string(),
    }
}

/// The dialect of a provider whose endpoints hold schemas in place, with its key.
pub fn lower(
    id: &str,
    provider: &Node<'_>,
    canonical: &Canonical,
    names: &Names,
    faults: &Faults,
) -> Option<(String, Dialect)> {
    let endpoints = provider.get("endpoints").map(|e| e.entries());
    let in_place: Vec<(&str, Node<'_>)> = endpoints
        .unwrap_or_default()
        .into_iter()
        .filter(|(_, endpoint)| endpoint.get("schema").is_some_and(|s| is_in_place(&s)))
        .collect();
    if in_place.is_empty() {
        if let Some(lost) = provider.get("x-lost").or_else(|| provider.get("x-names")) {
            faults.add(&lost.place, "this is for schemas in place; what is particular to a provider of another dialect stands in x-adjust");
        }
        return None;
    }
    let mut lowering = Lowering::new(canonical, faults, provider.get("x-names").is_some());
    let mut dialect = Dialect {
        name: id.to_owned(),
        place: provider.place.clone(),
        auth: auth(provider),
        chat: Vec::new(),
        models: None,
        model: None,
        embeds: Vec::new(),
        count: None,
        error: None,
        schemas: Vec::new(),
        shapes: Vec::new(),
        ledger: ledger::lower(provider, names, faults),
        bound: Default::default(),
    };
    let streams_apart = in_place.iter().any(|(name, _)| *name == "generate_stream");
    for (name, endpoint) in &in_place {
        let stream = streams_apart.then_some(*name == "generate_stream");
        operation(&mut lowering, &mut dialect, name, endpoint, stream);
    }
    dialect.schemas = std::mem::take(&mut lowering.schemas);
    dialect.shapes = shape::merge(&mut dialect.schemas, faults);
    Some((provider.place.to_string(), dialect))
}

/// Reports two dialects of one name: their modules would be one.
pub fn check_names(dialects: &BTreeMap<String, Dialect>, faults: &Faults) {
    let mut seen: BTreeMap<String, &Dialect> = BTreeMap::new();
    for dialect in dialects.values() {
        if let Some(first) = seen.insert(crate::names::snake(&dialect.name), dialect) {
            let what = format!(
                "the dialect '{}' has the name of {}; give one another name",
                dialect.name, first.place
            );
            faults.add(&dialect.place, what);
        }
    }
}

fn is_in_place(schema: &Node<'_>) -> bool {
    schema.get("$ref").is_none() && schema.value.is_object()
}

fn operation(
    lowering: &mut Lowering<'_, '_>,
    dialect: &mut Dialect,
    name: &str,
    endpoint: &Node<'_>,
    stream: Option<bool>,
) {
    let Some(schema) = endpoint.get("schema") else {
        return;
    };
    for (key, value) in schema.entries() {
        if !KEYS.contains(&key) {
            let what = format!("a schema in place has no '{key}'{}", suggest(key, KEYS));
            lowering.faults.add(&value.place, what);
        }
    }
    let of = super::provider::operation_of(name);
    let Some((asked, given)) = dialect::types(of) else {
        return;
    };
    let body = |key: &str| schema.get(key).map(View::new);
    let request = body("request").map(|view| lowering.root(&view, asked));
    let response = body("response").map(|view| lowering.root(&view, given));
    let streams = schema.get("stream").map(|node| node.follow());
    let streams = streams.map(|node| {
        let media_type = node.text("media_type").unwrap_or("text/event-stream");
        replies::stream(lowering, &node, media_type, None)
    });
    let lowered = Operation {
        method: endpoint.text("method").unwrap_or_default().to_uppercase(),
        path: endpoint.text("endpoint").unwrap_or_default().to_owned(),
        stream,
        parameters: dialect::parameters(lowering, &[&schema], asked),
        request,
        response,
        streams: streams.into_iter().collect(),
        place: schema.place.clone(),
    };
    let error =
        body("error").map(|view| lowering.edge(&view, &Spot::Struct("Error".into()), false));
    if dialect.error.is_none() && error.is_some() {
        dialect.error = Some(ErrorReply {
            body: error,
            headers: Vec::new(),
            statuses: Vec::new(),
            passes: false,
        });
    }
    dialect::keep(dialect, of, lowered);
}

/// Who speaks this dialect sends its credential as the provider wants it. What is wrong with it is told elsewhere.
fn auth(provider: &Node<'_>) -> Vec<Scheme> {
    let name = provider.text("auth_name").unwrap_or_default();
    match provider.text("auth_type") {
        Some("xheader") => vec![Scheme::Header(name.to_lowercase())],
        Some("query") => vec![Scheme::Query(name.to_owned())],
        _ => vec![Scheme::Bearer],
    }
}
