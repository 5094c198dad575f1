//! Recorded exchanges of real providers, which lie beside the project where they are at all.

use std::path::Path;

use serde_json::Value;

use super::Reply;

/// One recorded exchange.
pub struct Exchange {
    pub id: String,
    pub provider: String,
    pub stream: bool,
    pub model: String,
    pub status: u16,
    pub media_type: Option<String>,
    pub retry_after: Option<String>,
    pub body: String,
    pub path: String,
}

/// The exchanges of a file; none, with a word about it, where the recordings are absent.
pub fn read(name: &str) -> Vec<Exchange> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let file = folder.join(format!("{name}.jsonl"));
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no recordings at {}", file.display());
        return Vec::new();
    };
    text.lines().map(Exchange::of).collect()
}

impl Exchange {
    fn of(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let response = &value["response"];
        let header = |name: &str| response["headers"][name].as_str().map(str::to_owned);
        Self {
            id: text(&value["id"]),
            provider: text(&value["provider"]),
            stream: value["stream"] == true,
            // Of some the request is not known.
            model: value["model"].as_str().unwrap_or("a-model").to_owned(),
            status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
            media_type: header("content-type"),
            retry_after: header("retry-after"),
            body: text(&response["body_text"]),
            path: text(&value["request"]["path"]),
        }
    }

    /// The reply as the provider gave it, a stream in pieces.
    pub fn reply(&self, stream_type: &str) -> Reply {
        let otherwise = match self.stream {
            true => stream_type,
            false => "application/json",
        };
        let media_type = self.media_type.as_deref().unwrap_or(otherwise);
        let mut reply = Reply::stream(media_type, self.body.as_bytes());
        reply.status = self.status;
        let seed = u64::from_str_radix(&self.id, 16).unwrap();
        reply.cuts = self.stream.then_some(seed);
        match &self.retry_after {
            Some(seconds) => reply.with("retry-after", seconds),
            None => reply,
        }
    }
}
