//! A dialect file to its operations, streams, errors and ledger.

use super::schema::Lowering;
use super::{keywords, ledger, shape};
use crate::fault::{Faults, suggest};
use crate::model::canonical::Canonical;
use crate::model::dialect::{Dialect, ErrorReply, Frame, Operation, Parameter, Scheme, Stream};
use crate::model::ledger::Names;
use crate::model::schema::{Edge, Spot};
use crate::source::{Node, View};

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// Operations of dialects, by name.
pub const OPERATIONS: [&str; 5] = ["health", "list_all_models", "list_models", "chat", "proxy"];

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
                    document,
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
    document: &Node<'_>,
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
    let (request, response) = match text {
        "chat" => ("ChatRequest", "ChatResponse"),
        "list_models" => ("ModelsRequest", "ModelsResponse"),
        _ => return,
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
        } else if status == "default" || reply.get("x-case").is_some() {
            error(lowering, dialect, status, &reply);
        }
    }
    let _ = document;
    match text {
        "chat" => dialect.chat.push(lowered),
        _ => dialect.models = Some(lowered),
    }
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

fn parameter(lowering: &mut Lowering<'_, '_>, node: &Node<'_>, ty: &str) -> Parameter {
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

fn success(lowering: &mut Lowering<'_, '_>, operation: &mut Operation, reply: &Node<'_>, ty: &str) {
    for (media_type, media) in reply
        .get("content")
        .map(|c| c.entries())
        .unwrap_or_default()
    {
        if let Some(stream) = media.get("x-stream") {
            let when = media
                .get("x-case")
                .and_then(|case| case.get("server_sent_events"))
                .and_then(|v| v.value.as_bool());
            let stream = self::stream(lowering, &stream.follow(), media_type, when);
            operation.streams.push(stream);
        } else if let Some(schema) = media.get("schema") {
            operation.response = Some(lowering.root(&View::new(schema), ty));
        }
    }
}

/// One form of a streamed reply.
pub fn stream(
    lowering: &mut Lowering<'_, '_>,
    node: &Node<'_>,
    media_type: &str,
    when: Option<bool>,
) -> Stream {
    let frames: Vec<Frame> = node
        .get("frames")
        .map(|f| f.items())
        .unwrap_or_default()
        .iter()
        .filter_map(|f| frame(lowering, f, node))
        .collect();
    let mut variants: Vec<Edge> = Vec::new();
    for frame in &frames {
        let known = variants
            .iter()
            .any(|v: &Edge| v.content == frame.edge.content);
        if !known || frame.named {
            variants.push(frame.edge.clone());
        }
    }
    let union = lowering.union(&node.place, Spot::Nothing, variants);
    Stream {
        place: node.place.clone(),
        media_type: media_type.to_owned(),
        when,
        serial: node.flag("serial"),
        end: node.text("end").map(str::to_owned),
        frames,
        union,
    }
}

fn frame(lowering: &mut Lowering<'_, '_>, node: &Node<'_>, stream: &Node<'_>) -> Option<Frame> {
    const KEYS: [&str; 4] = ["holds", "schema", "when", "event"];
    for (key, value) in node.entries() {
        if !KEYS.contains(&key) {
            lowering.faults.add(
                &value.place,
                format!("a frame has no '{key}'{}", suggest(key, KEYS)),
            );
        }
    }
    let kinds = lowering.canonical.values("EventKind").to_vec();
    let holds: Vec<String> = node
        .get("holds")
        .map(|h| h.items())
        .unwrap_or_default()
        .iter()
        .filter_map(|i| i.str().map(str::to_owned))
        .collect();
    for hold in holds.iter().filter(|hold| !kinds.contains(hold)) {
        lowering.faults.add(
            &node.place,
            format!(
                "holds: '{hold}' is no event{}",
                suggest(hold, kinds.iter().map(String::as_str))
            ),
        );
    }
    let Some(schema) = node.get("schema") else {
        lowering.faults.add(&node.place, "a frame needs a schema");
        return None;
    };
    let view = View::new(schema);
    let ty = match view.text("x-canonical") {
        Some("ChatResponse") => "ChatResponse",
        _ => "Event",
    };
    let own = node.text("event").map(str::to_owned);
    let named = own.is_some();
    let event = own.or_else(|| constant_of(&view, stream.text("name")?));
    if let Some(when) = node.get("when")
        && when.str() != Some("include_usage")
    {
        lowering
            .faults
            .add(&when.place, "when: only include_usage can gate a frame");
    }
    Some(Frame {
        holds,
        if_usage: node.get("when").is_some(),
        event,
        named,
        edge: lowering.root(&view, ty),
    })
}

/// The constant of a property, which names the server-sent event.
fn constant_of(view: &View<'_>, property: &str) -> Option<String> {
    let (_, schema) = view
        .properties()
        .into_iter()
        .find(|(name, _)| name == property)?;
    schema.get("const").and_then(|c| c.str()).map(str::to_owned)
}

fn error(lowering: &mut Lowering<'_, '_>, dialect: &mut Dialect, status: &str, reply: &Node<'_>) {
    let view = View::new(reply.clone());
    let statuses = match (status.parse::<u16>(), view.get("x-case")) {
        (Ok(code), Some(case)) => {
            let kind = case
                .get("kind")
                .and_then(|kind| kind.str())
                .unwrap_or_default();
            let path = super::paths::resolve(lowering.canonical, "Error", "kind");
            let known = lowering
                .canonical
                .values("ErrorKind")
                .iter()
                .any(|k| k == kind);
            match path {
                Ok(path) if known => vec![(
                    crate::model::schema::Case {
                        path,
                        value: kind.into(),
                    },
                    code,
                )],
                _ => {
                    let kinds = lowering
                        .canonical
                        .values("ErrorKind")
                        .iter()
                        .map(String::as_str);
                    lowering.faults.add(
                        &case.place,
                        format!(
                            "x-case of a status is {{kind: ..}}; '{kind}' is no kind of error{}",
                            suggest(kind, kinds)
                        ),
                    );
                    Vec::new()
                }
            }
        }
        _ => Vec::new(),
    };
    let is_default = status == "default";
    let known = dialect.error.get_or_insert(ErrorReply {
        body: None,
        headers: Vec::new(),
        statuses: Vec::new(),
    });
    for entry in statuses {
        if !known.statuses.contains(&entry) {
            known.statuses.push(entry);
        }
    }
    if !is_default || known.body.is_some() {
        return;
    }
    let schema = reply
        .get("content")
        .and_then(|c| c.get("application/json"))
        .and_then(|m| m.get("schema"));
    let body = schema
        .map(|schema| lowering.edge(&View::new(schema), &Spot::Struct("Error".to_owned()), false));
    let headers = reply
        .get("headers")
        .map(|h| h.entries())
        .unwrap_or_default();
    let headers = headers
        .into_iter()
        .map(|(name, node)| {
            let mut parameter = parameter(lowering, &node.follow(), "Error");
            parameter.name = name.to_lowercase();
            parameter
        })
        .collect();
    if let Some(known) = &mut dialect.error {
        known.body = body;
        known.headers = headers;
    }
    let _ = keywords::EDGE_KEYS;
}
