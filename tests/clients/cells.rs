//! What is tried: every client with every provider, in every case that the client can say.

use serde::Deserialize;

use crate::pair::MADE_UP;

/// A client, a provider, a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub client: String,
    pub provider: String,
    pub case: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// The gateway refused the request, with these words.
    Refused(String),
    Failed(String),
}

/// A line that a program writes.
#[derive(Debug, Deserialize)]
struct Line {
    client: String,
    provider: String,
    case: String,
    outcome: String,
    note: String,
}

/// A client, the language it is written in, and what it can say besides what all can.
pub struct Client {
    pub name: &'static str,
    pub language: Language,
    more: &'static [&'static str],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    Node,
}

/// One of each dialect at least.
pub const PROVIDERS: [&str; 8] = [
    "openai",
    MADE_UP,
    "anthropic",
    "google",
    "cohere",
    "ollama",
    "groq",
    "cloudflare",
];

/// What all clients can say.
pub const COMMON: [&str; 11] = [
    "plain",
    "stream",
    "tools",
    "tools stream",
    "image",
    "structured",
    "reasoning",
    "reasoning stream",
    "reasoning tools",
    "errors",
    "cancel",
];
/// What some can.
pub const MORE: [&str; 5] = ["chat", "image link", "models", "embeddings", "count tokens"];

pub const CLIENTS: [Client; 8] = [
    client(
        "openai",
        Language::Python,
        &["image link", "models", "embeddings"],
    ),
    client("responses", Language::Python, &["image link"]),
    client(
        "anthropic",
        Language::Python,
        &["image link", "models", "count tokens"],
    ),
    client(
        "genai",
        Language::Python,
        &["chat", "models", "embeddings", "count tokens"],
    ),
    client("ollama", Language::Python, &["models", "embeddings"]),
    client("cohere", Language::Python, &["image link", "embeddings"]),
    client("ai-compatible", Language::Node, &["embeddings"]),
    client("ai-anthropic", Language::Node, &[]),
];

const fn client(name: &'static str, language: Language, more: &'static [&'static str]) -> Client {
    Client {
        name,
        language,
        more,
    }
}

/// Those of a language.
pub fn of(language: Language) -> Vec<Cell> {
    let clients = CLIENTS.iter().filter(|client| client.language == language);
    clients.flat_map(cells).collect()
}

fn cells(client: &'static Client) -> impl Iterator<Item = Cell> {
    PROVIDERS.into_iter().flat_map(move |provider| {
        let cases = COMMON.iter().chain(client.more);
        cases.map(move |case| Cell {
            client: client.name.to_owned(),
            provider: provider.to_owned(),
            case: (*case).to_owned(),
        })
    })
}

impl Cell {
    /// What stands in its requests, so that they are known.
    pub fn mark(&self) -> String {
        format!("cell-{}.{}.{}", self.client, self.provider, self.case).replace(' ', "-")
    }
}

/// What a program's line says.
pub fn read(line: &str) -> (Cell, Outcome) {
    let line: Line = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let outcome = match &*line.outcome {
        "passed" => Outcome::Passed,
        "refused" => Outcome::Refused(line.note),
        _ => Outcome::Failed(line.note),
    };
    let cell = Cell {
        client: line.client,
        provider: line.provider,
        case: line.case,
    };
    (cell, outcome)
}
