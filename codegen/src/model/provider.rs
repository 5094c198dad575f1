//! Providers, their quirks, and the gateway's own routes.

use serde_json::Value;

use super::dialect::{Loss, Scheme};
use crate::source::Place;

/// A list of further endpoints that chat.
pub const ALSO: &str = "generate_also";

/// A provider.
#[derive(Debug)]
pub struct Provider {
    /// Where it stands.
    pub place: Place,
    /// Its id.
    pub id: String,
    /// Base URL.
    pub url: String,
    /// Where its credential goes.
    pub auth: Option<Scheme>,
    /// It counts for nothing until it is set up.
    pub optional: bool,
    /// Headers of every request.
    pub extra_headers: Vec<(String, String)>,
    /// `list`, `generate`, `generate_stream`, `embed`, `count_tokens`, and any number of `generate_also`.
    pub endpoints: Vec<(String, Endpoint)>,
    /// Quirks.
    pub adjust: Vec<Adjust>,
}

/// An endpoint.
#[derive(Debug)]
pub struct Endpoint {
    /// HTTP method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Name of the dialect.
    pub dialect: String,
    /// Which of the dialect's embed operations it is.
    pub embed: Option<usize>,
    /// Place of the operation.
    pub operation: Place,
    /// Constant query parameters.
    pub query: Vec<(String, String)>,
    /// Constant headers.
    pub headers: Vec<(String, String)>,
}

/// One entry of `x-adjust`.
#[derive(Debug)]
pub struct Adjust {
    /// Pattern on the model's name.
    pub models: Option<String>,
    /// What must hold of the request.
    pub when: Vec<When>,
    /// The request is refused, for this reason.
    pub refuse: Option<String>,
    /// Changes of the ledger.
    pub lost: Vec<(usize, Loss)>,
    /// Edits by hook.
    pub edits: Vec<(u16, Op)>,
}

/// Something that must hold of a request.
#[derive(Debug)]
pub enum When {
    /// The field of this number is there; `false`: it isn't.
    Present(usize, bool),
    /// A field has this value.
    Is(super::schema::Case),
    /// A named test of the history.
    Test(String),
}

/// An edit.
#[derive(Debug, Clone)]
pub enum Op {
    /// Not written.
    Omit,
    /// Written, though the dialect only reads it.
    Write,
    /// Another name.
    Rename(String),
    /// Written where absent.
    Default(Value),
    /// Written whatever it is.
    Force(Value),
    /// Bounds.
    Clamp(Option<f64>, Option<f64>),
    /// The greatest value is a field of the request and a number more (or less).
    Below(super::schema::Path, f64),
    /// Exactly so many letters and digits.
    Hash(usize),
    /// Other wire values.
    Map(Vec<(Value, Value)>),
}

/// A route.
#[derive(Debug)]
pub struct Route {
    /// HTTP method, or `*`.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Only requests with this header.
    pub header: Option<String>,
    /// The path parameter whose value may hold slashes.
    pub spans: Option<String>,
    /// `x-operation`.
    pub operation: String,
    /// Name of the dialect.
    pub dialect: String,
    /// Which of the dialect's embed operations it is.
    pub embed: Option<usize>,
    /// What the path implies.
    pub stream: Option<bool>,
    /// No token is needed.
    pub public: bool,
    /// The whole answer of an operation that is always answered alike, as JSON.
    pub reply: Option<String>,
}
