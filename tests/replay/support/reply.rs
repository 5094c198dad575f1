//! The gateway's own replies, read without the gateway.

use serde_json::Value;

use super::Answer;

/// What a streamed answer came to.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    pub text: String,
    /// Models that pieces named, each once.
    pub models: Vec<String>,
    pub error: Option<String>,
    /// Names of server-sent events, repetitions left out.
    pub events: Vec<String>,
}

/// Reads lines of JSON.
pub fn lines(answer: &Answer) -> Told {
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let mut told = Told::default();
    for line in answer.body.lines() {
        told.piece(&serde_json::from_str(line).unwrap());
    }
    assert!(answer.body.is_empty() || answer.body.ends_with('\n'));
    told
}

/// Reads server-sent events.
pub fn events(answer: &Answer) -> Told {
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    let mut told = Told::default();
    for block in answer.body.split_terminator("\n\n") {
        let (name, data) = block.split_once('\n').unwrap();
        let name = name.strip_prefix("event: ").unwrap();
        let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        if told.events.last().is_none_or(|last| last != name) {
            told.events.push(name.to_owned());
        }
        if matches!(name, "content-delta" | "error") {
            told.piece(&data);
        }
    }
    told
}

impl Told {
    fn piece(&mut self, piece: &Value) {
        assert_eq!(self.error, None, "nothing follows an error: {piece}");
        if let Some(error) = piece.get("error") {
            self.error = Some(error.as_str().unwrap().to_owned());
            return;
        }
        assert_eq!(piece["role"], "assistant", "{piece}");
        self.text.push_str(piece["content"].as_str().unwrap());
        let model = piece["model"].as_str().unwrap().to_owned();
        if !self.models.contains(&model) {
            self.models.push(model);
        }
    }
}
