//! A dialect file to its operations, streams, errors and ledger.

use super::replies::{error, success};
use super::schema::Lowering;
use super::{ledger, shape};
use crate::fault::{Faults, suggest};
use crate::model::canonical::Canonical;
use crate::model::dialect::{Dialect, Operation, Parameter, Scheme};
use crate::model::ledger::Names;
use crate::model::schema::{Edge, Spot};
use crate::source::{Node, View};

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// Operations of dialects, by name.
pub const OPERATIONS: [&str; 10] = [
    "health",
    "constant",
    "capabilities",
    "list_all_models",
    "list_models",
    "get_model",
    "chat",
    "embed",
    "count_tokens",
    "proxy",
];

/// The canonical types of an operation that dialects describe: what is asked, what is answered.
pub fn types(operation: &str) -> Option<(&'static str, &'static str)> {
    match operation {
        "chat" => Some(("ChatRequest", "ChatResponse")),
        "list_models" => Some(("ModelsRequest", "ModelsResponse")),
        "get_model" => Some(("ModelRequest", "Model")),
        "embed" => Some(("EmbedRequest", "EmbedResponse")),
        "count_tokens" => Some(("ChatRequest", "TokenCount")),
        _ => None,
    }
}

/// Puts an operation where its kind is kept.
pub fn keep(dialect: &mut Dialect, operation: &str, lowered: Operation) {
    match operation {
        "chat" => dialect.chat.push(lowered),
        "get_model" => dialect.model = Some(lowered),
        "embed" => dialect.embeds.push(lowered),
        "count_tokens" => dialect.count = Some(lowered),
        _ => dialect.models = Some(lowered),
    }
}

/// Reads one dialect: a whole document.
pub fn lower(
    name: &str,
    document: &Node<'_>,
    canonical: &Canonical,
    names: &Names,
    faults: &Faults,
) -> Dialect {
    let spellings = document.get("x-names").is_some();
    let mut lowering = Lowering::new(canonical, faults, spellings);
    let mut dialect = Dialect {
        name: name.to_owned(),
        place: document.place.clone(),
        auth: schemes(document, faults),
        chat: Vec::new(),
        models: None,
        model: None,
        embeds: Vec::new(),
        count: None,
        error: None,
        schemas: Vec::new(),
        shapes: Vec::new(),
        ledger: ledger::lower(document, names, faults),
        bound: Default::default(),
    };
    for (path, item) in document
        .get("paths")
        .map(|p| p.entries())
        .unwrap_or_default()
    {
        // A path that is another dialect's stands here as a route only.
        if item.get("$ref").is_some() {
            continue;
        }
        for (method, node) in item.entries() {
            if METHODS.contains(&method) {
                operation(
                    &mut lowering,
                    &mut dialect,
                    path,
                    method,
                    &item,
                    &node.follow(),
                );
            }
        }
    }
    dialect.schemas = std::mem::take(&mut lowering.schemas);
    dialect.shapes = shape::merge(&mut dialect.schemas, faults);
    dialect
}

/// Where credentials go, the sent one first.
pub fn schemes(document: &Node<'_>, faults: &Faults) -> Vec<Scheme> {
    let defined = document
        .get("components")
        .and_then(|c| c.get("securitySchemes"));
    let security = document
        .get("security")
        .map(|s| s.items())
        .unwrap_or_default();
    let names: Vec<(String, Node<'_>)> = if security.is_empty() {
        defined
            .iter()
            .flat_map(|d| d.entries())
            .map(|(name, node)| (name.to_owned(), node))
            .collect()
    } else {
        security
            .iter()
            .flat_map(|s| s.entries())
            .map(|(name, node)| (name.to_owned(), node))
            .collect()
    };
    names
        .into_iter()
        .filter_map(|(name, node)| {
            let Some(scheme) = defined.as_ref().and_then(|d| d.get(&name)) else {
                faults.add(&node.place, format!("there is no security scheme '{name}' under components.securitySchemes"));
                return None;
            };
            match (scheme.text("type"), scheme.text("in"), scheme.text("name")) {
                (Some("http"), ..) => Some(Scheme::Bearer),
                (_, Some("header"), Some(name)) => Some(Scheme::Header(name.to_owned())),
                (_, Some("query"), Some(name)) => Some(Scheme::Query(name.to_owned())),
                _ => {
                    faults.add(&scheme.place, "a security scheme is http bearer, or apiKey in a header or the query with a name");
                    None
                }
            }
        })
        .collect()
}

fn operation(
    lowering: &mut Lowering<'_, '_>,
    dialect: &mut Dialect,
    path: &str,
    method: &str,
    item: &Node<'_>,
    node: &Node<'_>,
) {
    let Some(name) = node.get("x-operation") else {
        return;
    };
    let text = name.str().unwrap_or_default();
    if !OPERATIONS.contains(&text) {
        lowering.faults.add(
            &name.place,
            format!(
                "x-operation '{text}' is no operation{}",
                suggest(text, OPERATIONS)
            ),
        );
        return;
    }
    let Some((request, response)) = types(text) else {
        return;
    };
    let mut lowered = Operation {
        place: node.place.clone(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        stream: node
            .get("x-case")
            .and_then(|case| case.get("stream"))
            .and_then(|s| s.value.as_bool()),
        parameters: parameters(lowering, &[item, node], request),
        request: body(lowering, node.get("requestBody").as_ref(), request),
        response: None,
        streams: Vec::new(),
    };
    for (status, reply) in node
        .get("responses")
        .map(|r| r.entries())
        .unwrap_or_default()
    {
        let reply = reply.follow();
        if status == "200" {
            success(lowering, &mut lowered, &reply, response);
        } else if ["default", "4XX"].contains(&status) || reply.get("x-case").is_some() {
            error(lowering, dialect, status, &reply);
        }
    }
    keep(dialect, text, lowered);
}

fn body(lowering: &mut Lowering<'_, '_>, node: Option<&Node<'_>>, ty: &str) -> Option<Edge> {
    let schema = node?
        .follow()
        .get("content")?
        .get("application/json")?
        .get("schema")?;
    Some(lowering.root(&View::new(schema), ty))
}

/// Parameters that these nodes list.
pub fn parameters(
    lowering: &mut Lowering<'_, '_>,
    nodes: &[&Node<'_>],
    ty: &str,
) -> Vec<Parameter> {
    let listed = nodes
        .iter()
        .filter_map(|node| node.get("parameters"))
        .flat_map(|list| list.items());
    listed
        .map(|parameter| self::parameter(lowering, &parameter.follow(), ty))
        .collect()
}

/// One parameter or header.
pub fn parameter(lowering: &mut Lowering<'_, '_>, node: &Node<'_>, ty: &str) -> Parameter {
    let schema = node.get("schema").unwrap_or_else(|| node.clone());
    let text = |key: &str| {
        let value = schema.get(key)?;
        Some(
            value
                .str()
                .map_or_else(|| value.value.to_string(), str::to_owned),
        )
    };
    Parameter {
        location: node.text("in").unwrap_or_default().to_owned(),
        name: node.text("name").unwrap_or_default().to_owned(),
        constant: text("const"),
        default: text("default"),
        required: node.flag("required"),
        edge: lowering.edge(&View::new(schema), &Spot::Struct(ty.to_owned()), true),
    }
}
