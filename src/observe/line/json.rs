//! A line as an object of JSON.

use std::fmt::{self, Debug, Write as _};
use std::io::Write as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::scan::clean;

use super::number::{decimal, integer, thousandths};
use super::stamp::timestamp;
use super::{Entry, Value, plain};

/// Of an event.
pub(super) fn event(event: &Event<'_>, out: &mut Vec<u8>) {
    begin(*event.metadata().level(), out);
    event.record(&mut Json(out));
    end(event.metadata().target(), out);
}

/// Of an entry.
pub(super) fn entry(entry: &Entry<'_>, out: &mut Vec<u8>) {
    begin(entry.level, out);
    out.extend_from_slice(b",\"message\":");
    word(entry.message, out);
    for (name, value) in entry.known() {
        out.extend_from_slice(name.json.as_bytes());
        match value {
            Value::Text(text) => quoted(text, out),
            Value::Word(said) => word(said, out),
            other => plain(other, out),
        }
    }
    end(entry.target, out);
}

fn begin(level: Level, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"timestamp\":\"");
    timestamp(out);
    out.extend_from_slice(b"\",\"level\":\"");
    out.extend_from_slice(level.as_str().as_bytes());
    out.push(b'"');
}

fn end(target: &'static str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"target\":");
    word(target, out);
    out.push(b'}');
}

struct Json<'o>(&'o mut Vec<u8>);

impl Json<'_> {
    /// Names are the code's own words.
    fn key(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }
}

impl Visit for Json<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.key(field.name());
        quoted(value, self.0);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.key(field.name());
        integer(value, self.0);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.key(field.name());
        integer(value, self.0);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.key(field.name());
        match thousandths(value) {
            Some(thousandths) => decimal(thousandths, self.0),
            // To a vector nothing fails.
            None => drop(serde_json::to_writer(&mut *self.0, &value)),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.key(field.name());
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.0.extend_from_slice(word);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.key(field.name());
        self.0.push(b'"');
        let _ = write!(Escaping(self.0), "{value:?}");
        self.0.push(b'"');
    }
}

/// One of the code's own, in which nothing has to be escaped.
fn word(word: &'static str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(word.as_bytes());
    out.push(b'"');
}

/// A string of JSON.
fn quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escaped(text, out);
    out.push(b'"');
}

fn escaped(text: &str, out: &mut Vec<u8>) {
    if clean(text.as_bytes()) == text.len() {
        return out.extend_from_slice(text.as_bytes());
    }
    for char in text.chars() {
        let _ = match char {
            '"' => out.write_all(b"\\\""),
            '\\' => out.write_all(b"\\\\"),
            '\n' => out.write_all(b"\\n"),
            '\r' => out.write_all(b"\\r"),
            '\t' => out.write_all(b"\\t"),
            '\u{8}' => out.write_all(b"\\b"),
            '\u{c}' => out.write_all(b"\\f"),
            control if control < ' ' => write!(out, "\\u{:04x}", u32::from(control)),
            other => out.write_all(other.encode_utf8(&mut [0; 4]).as_bytes()),
        };
    }
}

/// Within a string of JSON.
struct Escaping<'o>(&'o mut Vec<u8>);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escaped(text, self.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_that_is_special_is_seen_wherever_it_is() {
        for char in (0..0x100).filter_map(char::from_u32) {
            for place in 0..20 {
                let text = format!("{}{char}{}", "x".repeat(place), "é".repeat(20 - place));
                let mut out = Vec::new();
                quoted(&text, &mut out);
                let expected = serde_json::to_string(&text).expect("a string");
                assert_eq!(String::from_utf8(out).expect("text"), expected);
            }
        }
    }
}
