//! Recorded exchanges of real providers, kept beside the project. Tests that use them skip where the folder is absent.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One recorded exchange.
pub struct Exchange {
    /// Where it comes from.
    pub id: String,
    /// Who answered.
    pub provider: String,
    /// The request's body.
    pub request: Option<Value>,
    /// The reply's status.
    pub status: u16,
    /// The reply's body, or all of its stream.
    pub body: String,
    /// The reply is a stream.
    pub stream: bool,
}

/// Every exchange of one file; none, with a message, where the recordings are absent.
pub fn load(file: &str) -> Vec<Exchange> {
    let path = folder().join(file).with_extension("jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: there are no recordings at {}", path.display());
        return Vec::new();
    };
    text.lines()
        .map(|line| exchange(&serde_json::from_str(line).expect("recordings are JSON lines")))
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")
}

fn exchange(line: &Value) -> Exchange {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let response = &line["response"];
    Exchange {
        id: text(&line["id"]),
        provider: text(&line["provider"]),
        request: Some(&line["request"]["body"])
            .filter(|body| body.is_object())
            .cloned(),
        status: response["status"]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or_default(),
        body: text(&response["body_text"]),
        stream: line["stream"].as_bool().unwrap_or_default(),
    }
}
