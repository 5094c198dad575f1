//! Replies of an operation: the answer, its streams, errors.

use super::dialect::parameter;
use super::schema::Lowering;
use crate::fault::suggest;
use crate::model::dialect::{Dialect, ErrorReply, Frame, Operation, Stream};
use crate::model::schema::{Case, Edge, Spot};
use crate::source::{Node, View};

pub fn success(
    lowering: &mut Lowering<'_, '_>,
    operation: &mut Operation,
    reply: &Node<'_>,
    ty: &str,
) {
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

pub fn error(
    lowering: &mut Lowering<'_, '_>,
    dialect: &mut Dialect,
    status: &str,
    reply: &Node<'_>,
) {
    let entry = own_status(lowering, status, reply);
    let known = dialect.error.get_or_insert(ErrorReply {
        body: None,
        headers: Vec::new(),
        statuses: Vec::new(),
        passes: false,
    });
    known.passes |= status == "4XX";
    let new = entry.filter(|entry| !known.statuses.contains(entry));
    known.statuses.extend(new);
    if status != "default" || known.body.is_some() {
        return;
    }
    let schema = reply
        .get("content")
        .and_then(|c| c.get("application/json"))
        .and_then(|m| m.get("schema"));
    known.body = schema
        .map(|schema| lowering.edge(&View::new(schema), &Spot::Struct("Error".to_owned()), false));
    let headers = reply.get("headers").map(|h| h.entries());
    known.headers = headers
        .unwrap_or_default()
        .into_iter()
        .map(|(name, node)| {
            let mut parameter = parameter(lowering, &node.follow(), "Error");
            parameter.name = name.to_lowercase();
            parameter
        })
        .collect();
}

/// A status that stands for a kind of error: `x-case: {kind: billing}`.
fn own_status(lowering: &Lowering<'_, '_>, status: &str, reply: &Node<'_>) -> Option<(Case, u16)> {
    let case = reply.get("x-case")?;
    let code = status.parse::<u16>().ok()?;
    let kind = case.text("kind").unwrap_or_default();
    let path = super::paths::resolve(lowering.canonical, "Error", "kind").ok()?;
    let kinds = lowering.canonical.values("ErrorKind");
    if !kinds.iter().any(|known| known == kind) {
        let nearest = suggest(kind, kinds.iter().map(String::as_str));
        let what =
            format!("x-case of a status is {{kind: ..}}; '{kind}' is no kind of error{nearest}");
        lowering.faults.add(&case.place, what);
        return None;
    }
    let value = kind.into();
    Some((Case { path, value }, code))
}
