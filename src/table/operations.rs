//! Operations besides chat and lists.

use crate::canonical::{ChatRequest, EmbedRequest, EmbedResponse, TokenCount, VectorEncoding};
use crate::error::Fault;

use super::{Call, Encoding, Kinds, Ledger, Outgoing};

/// An embed operation of a dialect.
#[derive(Debug)]
pub struct Embed {
    /// Reads a client's request.
    pub decode_request: for<'a> fn(&Call<'a>) -> Result<EmbedRequest<'a>, Fault>,
    /// Writes a request to a provider.
    pub encode_request:
        for<'r> fn(&'r EmbedRequest<'r>, &mut Encoding<'_>) -> Result<Outgoing, Fault>,
    /// Reads a provider's reply.
    pub decode_response: for<'a> fn(&'a [u8]) -> Result<EmbedResponse<'a>, Fault>,
    /// Writes a reply to a client.
    pub encode_response:
        for<'r> fn(&'r EmbedResponse<'r>, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>,
    /// The property of a request's body that names the model; `None` where the path does.
    pub model: Option<&'static str>,
    /// Field by field: bound, or what happens to a value that has no place here.
    pub ledger: &'static Ledger,
    /// How many inputs one request holds.
    pub most: Option<usize>,
    /// The nodes of a request that edits of providers speak of.
    pub nodes: &'static [u16],
    /// The encodings that a request can ask for; where there are none, vectors are lists of numbers.
    pub encodings: &'static [VectorEncoding],
    /// Kinds of parts that an input can hold.
    pub holds: Kinds,
    /// What the id of a reply begins with when the gateway makes one up.
    pub new_id: &'static str,
}

/// The operation of a dialect that counts a request's tokens. Its verdicts are those of the dialect's chat.
#[derive(Debug)]
pub struct CountTokens {
    /// Reads a client's request.
    pub decode_request: for<'a> fn(&Call<'a>) -> Result<ChatRequest<'a>, Fault>,
    /// Writes a request to a provider.
    pub encode_request:
        for<'r> fn(&'r ChatRequest<'r>, &mut Encoding<'_>) -> Result<Outgoing, Fault>,
    /// Reads a provider's reply.
    pub decode_response: for<'a> fn(&'a [u8]) -> Result<TokenCount, Fault>,
    /// Writes a reply to a client.
    pub encode_response: for<'r> fn(&'r TokenCount, &mut Encoding<'_>) -> Result<Vec<u8>, Fault>,
    /// The property of a request's body that names the model; `None` where the path does.
    pub model: Option<&'static str>,
}
