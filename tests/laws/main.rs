//! The laws of translation, over recorded exchanges and generated conversations, for every dialect.

mod again;
mod broken;
mod corpus;
mod embeddings;
mod generated;
mod idle;
mod pairs;
mod recorded;
mod schema;
mod streams;
mod watched;

use gateway::generated::dialects;
use gateway::table::Dialect;

/// Recordings and the dialect that they are in.
const DIALECTS: [(&str, &Dialect); 6] = [
    ("openai_chat", &dialects::openai_chat::DIALECT),
    ("openai_responses", &dialects::openai_responses::DIALECT),
    ("anthropic_messages", &dialects::anthropic::DIALECT),
    ("gemini", &dialects::gemini::DIALECT),
    ("cohere_v2", &dialects::cohere::DIALECT),
    ("ollama_chat", &dialects::ollama::DIALECT),
];
