//! What came against what should come. `"*"` stands for any scalar, `"msg_*"` for any text that begins so; the order of
//! keys counts where it does to a model.

use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use super::print;

/// Where two things differ, and what came.
#[derive(Default)]
pub struct Differences(Vec<String>);

/// Under these names the order of keys is part of the prompt.
const ORDERED: [&str; 10] = [
    "parameters",
    "input_schema",
    "parametersJsonSchema",
    "schema",
    "json_schema",
    "responseJsonSchema",
    "arguments",
    "input",
    "args",
    "format",
];
const ANY: &str = "*";

impl Differences {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn add(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    pub fn of<T: PartialEq + Display>(&mut self, what: &str, came: &T, expected: &T) {
        if came != expected {
            self.add(format!("{what} is {came} instead of {expected}"));
        }
    }

    pub fn json(&mut self, what: &str, came: &Value, expected: &Value) {
        let before = self.0.len();
        self.values(what, came, expected, false);
        if self.0.len() > before {
            self.add(format!("{what} came as {}", print::compact(came)));
        }
    }

    /// Frames of a stream, each an event's name and data.
    pub fn frames(&mut self, came: &[Frame], expected: &[Frame]) {
        let before = self.0.len();
        for (at, (came, expected)) in came.iter().zip(expected).enumerate() {
            self.of(&format!("frame {at}: event"), &came.event, &expected.event);
            self.values(&format!("frame {at}"), &came.data, &expected.data, false);
        }
        self.of("number of frames", &came.len(), &expected.len());
        if self.0.len() > before {
            let frames: Vec<_> = came.iter().map(ToString::to_string).collect();
            self.add(format!("the frames that came:\n{}", frames.concat()));
        }
    }

    fn values(&mut self, place: &str, came: &Value, expected: &Value, ordered: bool) {
        match (came, expected) {
            (Value::Object(_) | Value::Array(_), _) if expected == ANY => {
                self.add(format!("{place} is no scalar"));
            }
            (_, expected) if expected == ANY => {}
            (Value::Object(came), Value::Object(expected)) => {
                for (key, value) in came {
                    match expected.get(key) {
                        Some(other) => {
                            let ordered = ordered || ORDERED.contains(&key.as_str());
                            self.values(&format!("{place}.{key}"), value, other, ordered);
                        }
                        None => self.add(format!("{place}.{key} should not be there")),
                    }
                }
                for key in expected.keys().filter(|key| !came.contains_key(*key)) {
                    self.add(format!("{place}.{key} is missing"));
                }
                if ordered && !came.keys().eq(expected.keys()) {
                    self.add(format!("{place}: the order of keys differs"));
                }
            }
            (Value::Array(came), Value::Array(expected)) => {
                for (at, (came, expected)) in came.iter().zip(expected).enumerate() {
                    self.values(&format!("{place}[{at}]"), came, expected, ordered);
                }
                self.of(&format!("length of {place}"), &came.len(), &expected.len());
            }
            (Value::String(came), Value::String(expected)) if begins(came, expected) => {}
            _ if came == expected => {}
            _ => self.add(format!("{place} is {came} instead of {expected}")),
        }
    }
}

fn begins(came: &str, expected: &str) -> bool {
    let beginning = expected.strip_suffix(ANY);
    beginning.is_some_and(|beginning| came.starts_with(beginning))
}

impl Display for Differences {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// One piece of a stream.
pub struct Frame {
    pub event: String,
    pub data: Value,
}

impl Frame {
    /// The pieces of a stream; comments aren't any.
    pub fn all(form: &str, text: &str) -> Vec<Self> {
        if form == "ndjson" {
            return text.lines().map(|line| Self::new("", line)).collect();
        }
        let blocks = text.split("\n\n").map(str::trim);
        let said = |block: &&str| !block.lines().all(|line| line.starts_with(':'));
        blocks.filter(said).map(Self::of_block).collect()
    }

    fn of_block(block: &str) -> Self {
        let field = |name: &str| {
            let mut lines = block.lines();
            lines.find_map(|line| Some(line.strip_prefix(name)?.trim_start()))
        };
        Self::new(
            field("event:").unwrap_or_default(),
            field("data:").unwrap_or_default(),
        )
    }

    fn new(event: &str, data: &str) -> Self {
        Self {
            event: event.to_owned(),
            data: serde_json::from_str(data).unwrap_or_else(|_| data.into()),
        }
    }
}

impl Display for Frame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.event.is_empty() {
            writeln!(f, "event: {}", self.event)?;
        }
        match &self.data {
            Value::String(text) => writeln!(f, "data: {text}\n"),
            data => writeln!(f, "data: {data}\n"),
        }
    }
}
