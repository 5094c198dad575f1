//! One wire format.

use std::sync::LazyLock;

use hyper::HeaderMap;

use crate::canonical::{
    ChatRequest, ChatResponse, Error, Model, ModelRequest, ModelsRequest, ModelsResponse, PartKind,
    Role,
};
use crate::codec::charset::Charset;
use crate::codec::lexicon::Lexicon;
use crate::codec::pick::Wanted;
use crate::error::Fault;

use super::{CountTokens, Embed, Encoding, Ledger, StreamSpec};

/// One wire format, in both directions.
#[derive(Debug)]
pub struct Dialect {
    /// Its name: the file's, without folder and ending.
    pub name: &'static str,
    /// How its clients and providers authenticate; the first is sent, all are accepted.
    pub auth: &'static [Scheme],
    /// Its chat operation.
    pub chat: Option<&'static Chat>,
    /// Its list of models.
    pub models: Option<&'static Models>,
    /// How it shows one model.
    pub model: Option<&'static OneModel>,
    /// Its embed operations, each with its own form of request and reply.
    pub embeds: &'static [&'static Embed],
    /// Its operation that counts tokens.
    pub count: Option<&'static CountTokens>,
    /// Reads an error reply: HTTP status, headers, body. Never fails: an unreadable body gives a generic error.
    pub decode_error: for<'a> fn(u16, &HeaderMap, &'a [u8]) -> Error<'a>,
    /// Writes an error reply in this dialect's shape.
    pub encode_error: fn(&Error<'_>) -> Reply,
}

/// Where a credential goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer …`
    Bearer,
    /// A header of this name.
    Header(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
}

/// A reply to a client before HTTP: status, headers besides content-type, JSON body.
#[derive(Debug, Clone)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, without content-type and content-length.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

/// A request as a dialect sees it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Values of the path template's parameters, percent-decoded.
    pub path: &'a [(&'static str, String)],
    /// Query parameters, decoded.
    pub query: &'a [(String, String)],
    /// Headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a [u8],
    /// What the operation's `x-case` on the path implies: `stream`.
    pub stream: Option<bool>,
}

/// A request to a provider, without host and credential.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// Values of the path template's parameters, not yet percent-encoded.
    pub path: Vec<(&'static str, String)>,
    /// Query parameters, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// Headers besides content-type and credentials.
    pub headers: Vec<(&'static str, String)>,
    /// JSON; empty where the operation has no body.
    pub body: Vec<u8>,
}

/// The chat operation of a dialect.
#[derive(Debug)]
pub struct Chat {
    /// Reads a client's request.
    pub decode_request: for<'a> fn(&Call<'a>) -> Result<ChatRequest<'a>, Fault>,
    /// Writes a request to a provider.
    pub encode_request:
        for<'r> fn(&'r ChatRequest<'r>, &mut Encoding<'_>) -> Result<Outgoing, Fault>,
    /// Reads a provider's whole reply.
    pub decode_response: for<'a> fn(&'a [u8]) -> Result<ChatResponse<'a>, Fault>,
    /// Writes a whole reply to a client.
    pub encode_response:
        for<'r> fn(&'r ChatResponse<'r>, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>,
    /// The members of a whole reply that lead to its usage and its model.
    pub told: &'static [Wanted],
    /// Of these the ones that lead to its usage, if all say what they mean as they stand: the model's name in the first
    /// place, then what came in and what went out.
    pub used: &'static [Wanted],
    /// Reads usage and model of a reply that has these members only.
    pub read_told: for<'a> fn(&'a [u8]) -> Result<ChatResponse<'a>, Fault>,
    /// The forms that a streamed reply may have, in the order of the spec; the first whose `when` fits is written,
    /// and the one whose `media_type` is the reply's is read.
    pub streams: &'static [StreamSpec],
    /// The property of a request's body that names the model; `None` where the path does.
    pub model: Option<&'static str>,
    /// How a request is known without being read; `None` where that can't be.
    pub skim: Option<&'static Skim>,
    /// How items become turns.
    pub group: Group,
    /// Field by field: bound, or what happens to a value that has no place here.
    pub ledger: &'static Ledger,
    /// Kinds of parts that a turn of each role can hold.
    pub holds: &'static [(Role, Kinds)],
    /// Kinds of parts that a tool's result can hold.
    pub result_holds: Kinds,
    /// Kinds of parts that a candidate of a reply can hold.
    pub reply_holds: Kinds,
    /// Kinds of parts of a reply that have a place for a signature.
    pub signs: Kinds,
    /// Kinds whose text may not be empty: such parts are left out.
    pub no_empty: Kinds,
    /// How many cache marks a request may have, where there is a bound.
    pub cache_marks: Option<usize>,
    /// How many names a tool choice can hold.
    pub choice_names: Capacity,
    /// What a tool's name may look like, where other names are replaced (`x-fit: replace`).
    pub tool_name: Option<&'static Charset>,
    /// What the id of a reply begins with when the gateway makes one up.
    pub new_id: &'static str,
}

/// What must be seen of a request to pass it on.
#[derive(Debug)]
pub struct Skim {
    /// The member of the body that names the model; `None` where the path does.
    pub model: Option<&'static str>,
    /// The member of the body that asks for a stream; `None` where the path does.
    pub stream: Option<&'static str>,
    /// What the absence of that member means.
    pub unsaid: bool,
    /// Words on which depends what providers change of such bodies.
    pub lexicon: LazyLock<Lexicon>,
}

/// How many values a place can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// No place.
    None,
    /// Exactly one.
    One,
    /// Any number.
    Many,
}

/// `x-group`: how items become the elements of a message list.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Adjacent turns whose wire role is equal are one element.
    pub merge: bool,
    /// The first element must have this role.
    pub first: Option<Role>,
    /// The last element must have this role (`user` also admits `tool`).
    pub last: Option<Role>,
    /// Kinds that go first in a turn.
    pub lead: Kinds,
    /// Every call is answered at once, every result answers a call.
    pub strict_pairs: bool,
    /// Adjacent turns of this role are read as one, and adjacent texts in them: callers send back what a stream gave in
    /// pieces.
    pub pieces: Option<Role>,
    /// A leading run of system items has a place of its own and is not in the list.
    pub hoists_system: bool,
    /// System items after the leading run are written with this role; `None` where they may stay.
    pub later_system: Option<Role>,
    /// Which roles share a wire role: `wire_role[role as usize]`, equal numbers are equal on the wire.
    pub wire_role: [u8; 4],
    /// Each tool result is an element of its own.
    pub alone: Kinds,
}

/// A set of part kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kinds(pub u16);

impl Kinds {
    /// No kind.
    pub const NONE: Self = Self(0);

    /// Whether this kind is in the set.
    pub const fn has(self, kind: PartKind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    /// The set with this kind.
    pub const fn with(self, kind: PartKind) -> Self {
        Self(self.0 | 1 << kind as u16)
    }
}

/// The list operation of a dialect.
#[derive(Debug)]
pub struct Models {
    /// Writes a request for one page.
    pub encode_request:
        for<'r> fn(&'r ModelsRequest<'r>, &mut Encoding<'_>) -> Result<Outgoing, Fault>,
    /// Reads a client's request.
    pub decode_request: for<'a> fn(&Call<'a>) -> Result<ModelsRequest<'a>, Fault>,
    /// Reads one page.
    pub decode_response: for<'a> fn(&'a [u8]) -> Result<ModelsResponse<'a>, Fault>,
    /// Writes one page.
    pub encode_response:
        for<'r> fn(&'r ModelsResponse<'r>, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>,
    /// How the next page is asked for.
    pub paging: Paging,
}

/// How a dialect shows one model.
#[derive(Debug)]
pub struct OneModel {
    /// Reads a client's request.
    pub decode_request: for<'a> fn(&Call<'a>) -> Result<ModelRequest<'a>, Fault>,
    /// Writes the model.
    pub encode_response: for<'r> fn(&'r Model<'r>, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>,
}

/// How the next page of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// There is one page.
    None,
    /// With `next` while `more`, or while there is a `next`.
    Cursor {
        /// The response says whether there is more.
        says_more: bool,
    },
    /// By number until `total` models have come or a page is empty.
    Number,
}
