//! A wire format: operations, streams, errors, ledger.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::{Case, Edge, Schema, SchemaId};
use super::shape::Shape;
use crate::source::Place;

/// One wire format.
#[derive(Debug)]
pub struct Dialect {
    /// Its name.
    pub name: String,
    /// Its file.
    pub place: Place,
    /// Where credentials go, the sent one first.
    pub auth: Vec<Scheme>,
    /// Chat operations by the place of the operation in the file. More than one where streaming has its own path.
    pub chat: Vec<Operation>,
    /// The list operation.
    pub models: Option<Operation>,
    /// The operation that shows one model.
    pub model: Option<Operation>,
    /// Embed operations, each with its own form of request and reply.
    pub embeds: Vec<Operation>,
    /// The operation that counts tokens.
    pub count: Option<Operation>,
    /// The error reply.
    pub error: Option<ErrorReply>,
    /// Every schema.
    pub schemas: Vec<Schema>,
    /// Every shape.
    pub shapes: Vec<Shape>,
    /// Verdicts by number of the ledger's names; `None` is bound.
    pub ledger: BTreeMap<usize, Loss>,
    /// Numbers of the ledger's names that are bound.
    pub bound: std::collections::BTreeSet<usize>,
}

impl Dialect {
    /// Every operation.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        let listed = self.chat.iter().chain(&self.models).chain(&self.model);
        listed.chain(&self.embeds).chain(&self.count)
    }

    /// The operations of one kind, by its name.
    pub fn operations_of(&self, name: &str) -> Vec<&Operation> {
        match name {
            "chat" => self.chat.iter().collect(),
            "list_models" => self.models.iter().collect(),
            "get_model" => self.model.iter().collect(),
            "embed" => self.embeds.iter().collect(),
            "count_tokens" => self.count.iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// Where a credential goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`
    Bearer,
    /// A header.
    Header(String),
    /// A query parameter.
    Query(String),
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Where it stands.
    pub place: Place,
    /// HTTP method, upper case.
    pub method: String,
    /// Path template.
    pub path: String,
    /// What it implies.
    pub stream: Option<bool>,
    /// Parameters of path, query, header.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub request: Option<Edge>,
    /// The JSON reply.
    pub response: Option<Edge>,
    /// Streamed replies.
    pub streams: Vec<Stream>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// `path`, `query` or `header`.
    pub location: String,
    /// Its name.
    pub name: String,
    /// The only value.
    pub constant: Option<String>,
    /// A value that is sent where none is known.
    pub default: Option<String>,
    /// It must be sent.
    pub required: bool,
    /// What it is.
    pub edge: Edge,
}

/// One form of a streamed reply.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Where it stands.
    pub place: Place,
    /// Media type.
    pub media_type: String,
    /// `server_sent_events` of the request has this value.
    pub when: Option<bool>,
    /// One part at a time.
    pub serial: bool,
    /// Data of a last event.
    pub end: Option<String>,
    /// The frames.
    pub frames: Vec<Frame>,
    /// Union of all frames, for reading.
    pub union: SchemaId,
}

/// One frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Kinds of events.
    pub holds: Vec<String>,
    /// Only if usage was asked for.
    pub if_usage: bool,
    /// Name of the server-sent event.
    pub event: Option<String>,
    /// That name is the frame's own, so it tells it apart.
    pub named: bool,
    /// The schema, in the context of an event, a response or an error.
    pub edge: Edge,
}

/// How errors are read and written.
#[derive(Debug, Clone)]
pub struct ErrorReply {
    /// The body.
    pub body: Option<Edge>,
    /// Headers.
    pub headers: Vec<Parameter>,
    /// Statuses of single kinds; of several the first is written.
    pub statuses: Vec<(Case, u16)>,
    /// `4XX`: what a provider said of its caller is said to this one.
    pub passes: bool,
}

/// `x-group`.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Adjacent turns of one wire role are one element.
    pub merge: bool,
    /// Role of the first element.
    pub first: Option<String>,
    /// Role of the last element.
    pub last: Option<String>,
    /// Kinds that go first.
    pub lead: Vec<String>,
    /// Calls and results pair.
    pub strict: bool,
    /// Role of later system items.
    pub later_system: Option<String>,
    /// Role whose adjacent turns are pieces of one.
    pub pieces: Option<String>,
}

/// What happens to a value that has no place.
#[derive(Debug, Clone, PartialEq)]
pub enum Loss {
    /// Nothing: a provider has it written, which the dialect only reads.
    Bound,
    /// It is left out, for this reason.
    Drop(String),
    /// It is refused, for this reason.
    Refuse(String),
    /// Nothing is lost, for this reason.
    Implied(String),
    /// A pass writes the nearest thing: the pass and its data.
    Nearest(String, Option<Value>),
}

impl Loss {
    /// The verdict's name.
    pub fn verdict(&self) -> &'static str {
        match self {
            Loss::Bound => "bound",
            Loss::Drop(_) => "drop",
            Loss::Refuse(_) => "refuse",
            Loss::Implied(_) => "implied",
            Loss::Nearest(..) => "nearest",
        }
    }
}
