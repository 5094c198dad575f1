//! Where requests go and where they come from.

use super::{Adjust, Dialect, Embed, Scheme};

/// One entry of `x-provider-configs`.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id, as in URLs.
    pub id: &'static str,
    /// Its base URL, unless a setting names another. `{NAME}` is filled from the setting `{KEY}_{NAME}`.
    pub url: &'static str,
    /// Prefix of its settings: the id in upper case.
    pub key: &'static str,
    /// Where its credential goes; `None` if it needs none.
    pub auth: Option<Scheme>,
    /// It is among the others only once a setting speaks of it: its key, its address.
    pub optional: bool,
    /// Headers that every request carries.
    pub extra_headers: &'static [(&'static str, &'static str)],
    /// How its models are listed.
    pub list: Option<Endpoint>,
    /// How it answers.
    pub generate: Option<Endpoint>,
    /// How it answers piece by piece, where that is another endpoint than `generate`.
    pub generate_stream: Option<Endpoint>,
    /// Where it answers in other dialects than that of `generate`.
    pub generate_also: &'static [Endpoint],
    /// How it embeds.
    pub embed: Option<Endpoint>,
    /// How it counts the tokens of a conversation.
    pub count_tokens: Option<Endpoint>,
    /// What is particular to it.
    pub adjust: &'static [Adjust],
}

/// One operation of a provider.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// HTTP method.
    pub method: &'static str,
    /// Path template under the base URL; `{model}` and the like are filled from the request.
    pub path: &'static str,
    /// Query parameters that every request carries.
    pub query: &'static [(&'static str, &'static str)],
    /// Headers that the operation's description fixes.
    pub headers: &'static [(&'static str, &'static str)],
    /// What is spoken there.
    pub dialect: &'static Dialect,
    /// Which of the dialect's embed operations it is.
    pub embed: Option<&'static Embed>,
}

/// What the gateway does for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Says that it lives.
    Health,
    /// Lists the models of every provider.
    ListAllModels,
    /// Lists the models of one provider, or of all where the path names none.
    ListModels,
    /// Shows one model.
    GetModel,
    /// Answers with what the spec says, whatever is asked.
    Constant,
    /// Tells what each dialect can say.
    Capabilities,
    /// Passes a conversation to a provider.
    Chat,
    /// Turns texts into vectors.
    Embed,
    /// Counts the tokens of a conversation.
    CountTokens,
    /// Relays anything to a provider.
    Proxy,
}

/// One method of one path of the entry document.
#[derive(Debug)]
pub struct Route {
    /// HTTP method; `*` for any.
    pub method: &'static str,
    /// Path template; a last `{path}` takes the rest of the path.
    pub path: &'static str,
    /// Only requests with this header.
    pub header: Option<&'static str>,
    /// The parameter whose value may hold slashes.
    pub spans: Option<&'static str>,
    /// What is done.
    pub operation: Operation,
    /// What the caller speaks.
    pub dialect: &'static Dialect,
    /// Which of the dialect's embed operations it is.
    pub embed: Option<&'static Embed>,
    /// What the path implies about `stream`.
    pub stream: Option<bool>,
    /// Whoever calls needs no token.
    pub public: bool,
    /// What is always answered, as JSON.
    pub reply: Option<&'static str>,
}
