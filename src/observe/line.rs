//! How an event reads as one line: JSON for machines, or text for people.
//!
//! Written straight into a buffer of bytes. Every request writes a line, so what most lines consist of, plain text and
//! small numbers, doesn't take the way through the formatting machinery.

use std::cell::Cell;
use std::fmt::{self, Debug, Write as _};
use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::scan::clean;

/// What a line looks like.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// An object of JSON.
    Json,
    /// Text for people.
    Text {
        /// With the colours of a terminal.
        ansi: bool,
    },
}

/// What a line says that is no event's.
#[derive(Debug)]
pub struct Entry<'e> {
    /// Who writes it.
    pub target: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    pub message: &'static str,
    /// Names and values. What isn't known isn't said.
    pub fields: &'e [(Name, Option<Value<'e>>)],
}

/// A field's name in both forms.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    pub text: &'static str,
    pub json: &'static str,
}

/// Names are written often, so they are put together beforehand.
macro_rules! name {
    ($name:literal) => {
        Name {
            text: $name,
            json: concat!(",\"", $name, "\":"),
        }
    };
}
pub(super) use name;

/// A value of an entry.
#[derive(Debug, Clone, Copy)]
pub enum Value<'v> {
    /// Quoted in every form: a name that a caller chose can't forge a second line.
    Text(&'v str),
    /// One of the code's or the spec's own, in which nothing has to be escaped.
    Word(&'static str),
    /// A number.
    Count(i64),
    /// A number of thousandths.
    Thousandths(u64),
    /// That it is so.
    True,
}

/// Appends the line of an event, with the end of the line.
pub fn write(form: Form, event: &Event<'_>, out: &mut Vec<u8>) {
    match form {
        Form::Json => json(event, out),
        Form::Text { ansi } => text(event, ansi, out),
    }
    out.push(b'\n');
}

/// Appends the line of an entry, with the end of the line.
pub fn entry(form: Form, entry: &Entry<'_>, out: &mut Vec<u8>) {
    out.reserve(ROOM);
    match form {
        Form::Json => {
            begin_json(entry.level, out);
            let json = Json(out);
            json.0.extend_from_slice(b",\"message\":");
            word(entry.message, json.0);
            for (name, value) in known(entry) {
                json.0.extend_from_slice(name.json.as_bytes());
                match value {
                    Value::Text(text) => quoted(text, json.0),
                    Value::Word(said) => word(said, json.0),
                    other => number(other, json.0),
                }
            }
            end_json(entry.target, out);
        }
        Form::Text { ansi } => {
            let mut text = begin_text(entry.target, entry.level, ansi, out);
            text.field(MESSAGE, &format_args!("{}", entry.message));
            for (name, value) in known(entry) {
                text.name(name.text);
                match value {
                    Value::Text(said) | Value::Word(said) => drop(write!(text.out, "{said:?}")),
                    other => number(other, text.out),
                }
            }
        }
    }
    out.push(b'\n');
}

/// Most lines of entries fit.
const ROOM: usize = 512;

fn known<'e>(entry: &Entry<'e>) -> impl Iterator<Item = (Name, Value<'e>)> {
    let fields = entry.fields.iter();
    fields.filter_map(|(name, value)| Some((*name, (*value)?)))
}

/// A value that reads the same in every form.
fn number(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Text(text) | Value::Word(text) => out.extend_from_slice(text.as_bytes()),
        Value::Count(count) => integer(count, out),
        Value::Thousandths(thousandths) => decimal(thousandths, out),
        Value::True => out.extend_from_slice(b"true"),
    }
}

fn json(event: &Event<'_>, out: &mut Vec<u8>) {
    begin_json(*event.metadata().level(), out);
    event.record(&mut Json(out));
    end_json(event.metadata().target(), out);
}

fn begin_json(level: Level, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"timestamp\":\"");
    timestamp(out);
    out.extend_from_slice(b"\",\"level\":\"");
    out.extend_from_slice(level.as_str().as_bytes());
    out.push(b'"');
}

fn end_json(target: &'static str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"target\":");
    word(target, out);
    out.push(b'}');
}

fn text(event: &Event<'_>, ansi: bool, out: &mut Vec<u8>) {
    let meta = event.metadata();
    event.record(&mut begin_text(meta.target(), *meta.level(), ansi, out));
}

fn begin_text<'o>(target: &str, level: Level, ansi: bool, out: &'o mut Vec<u8>) -> Text<'o> {
    let (level, colour) = match level {
        Level::TRACE => ("TRACE", "35"),
        Level::DEBUG => ("DEBUG", "34"),
        Level::INFO => (" INFO", "32"),
        Level::WARN => (" WARN", "33"),
        Level::ERROR => ("ERROR", "31"),
    };
    let mut text = Text {
        out,
        ansi,
        first: true,
    };
    text.begin(DIM);
    timestamp(text.out);
    text.end();
    text.out.push(b' ');
    text.painted(colour, level);
    text.out.push(b' ');
    text.painted(DIM, target);
    text.painted(DIM, ":");
    text.out.push(b' ');
    text
}

type Stamp = [u8; 27];

thread_local! {
    /// The last second of which a line was written, and how it reads.
    static SECOND: Cell<(u64, Stamp)> = const { Cell::new((u64::MAX, *b"0000-00-00T00:00:00.000000Z")) };
}

/// Now, to the microsecond, as RFC 3339 has it.
fn timestamp(out: &mut Vec<u8>) {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let known = SECOND.try_with(Cell::get).ok();
    let mut text = match known.filter(|(second, _)| *second == since.as_secs()) {
        Some((_, text)) => text,
        None => {
            let text = stamp(now.into());
            let _ = SECOND.try_with(|known| known.set((since.as_secs(), text)));
            text
        }
    };
    digits(&mut text[20..26], since.subsec_micros());
    out.extend_from_slice(&text);
}

/// A time to the second.
fn stamp(time: OffsetDateTime) -> Stamp {
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    let year = u32::try_from(year).unwrap_or_default();
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    digits(&mut text[..4], year);
    digits(&mut text[5..7], u8::from(month).into());
    digits(&mut text[8..10], day.into());
    digits(&mut text[11..13], hour.into());
    digits(&mut text[14..16], minute.into());
    digits(&mut text[17..19], second.into());
    text
}

/// Fills the room with the number's last digits.
fn digits(room: &mut [u8], mut number: u32) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
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

fn integer(value: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Times have no more than three decimals; any other number is left to those who know how.
fn thousandths(value: f64) -> Option<u64> {
    const MOST: f64 = 1e12;
    let usual = value.is_sign_positive() && value < MOST;
    let thousandths = usual.then_some((value * 1000.0 + 0.5) as u64)?;
    (thousandths as f64 / 1000.0 == value).then_some(thousandths)
}

fn decimal(thousandths: u64, out: &mut Vec<u8>) {
    integer(thousandths / 1000, out);
    let mut text = *b".000";
    digits(&mut text[1..], (thousandths % 1000) as u32);
    let zeros = text[2..].iter().rev().take_while(|digit| **digit == b'0');
    let length = text.len() - zeros.count();
    out.extend_from_slice(&text[..length]);
}

const DIM: &str = "2";
const ITALIC: &str = "3";

struct Text<'o> {
    out: &'o mut Vec<u8>,
    ansi: bool,
    first: bool,
}

impl Text<'_> {
    fn begin(&mut self, style: &str) {
        if self.ansi {
            let _ = write!(self.out, "\u{1b}[{style}m");
        }
    }

    fn end(&mut self) {
        if self.ansi {
            self.out.extend_from_slice(b"\x1b[0m");
        }
    }

    /// Up to the field's value.
    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b' ');
        }
        if name != MESSAGE {
            self.painted(ITALIC, name);
            self.painted(DIM, "=");
        }
    }

    fn field(&mut self, name: &str, value: &dyn Debug) {
        self.name(name);
        let _ = match name {
            MESSAGE => write!(Harmless(self.out), "{value:?}").map_err(drop),
            _ => write!(self.out, "{value:?}").map_err(drop),
        };
    }

    fn painted(&mut self, style: &str, text: &str) {
        self.begin(style);
        self.out.extend_from_slice(text.as_bytes());
        self.end();
    }
}

impl Visit for Text<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            MESSAGE => self.record_debug(field, &format_args!("{value}")),
            _ => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.field(field.name(), value);
    }
}

const MESSAGE: &str = "message";

/// Text that can't tell the terminal to do anything but go to the next line.
struct Harmless<'o>(&'o mut Vec<u8>);

impl fmt::Write for Harmless<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for char in text.chars() {
            let code = u32::from(char);
            let _ = match char {
                '\u{7}' | '\u{8}' | '\u{c}' | '\u{1b}' | '\u{7f}' => {
                    write!(self.0, "\\x{code:02x}")
                }
                '\u{80}'..='\u{9f}' => write!(self.0, "\\u{{{code:x}}}"),
                other => self.0.write_all(other.encode_utf8(&mut [0; 4]).as_bytes()),
            };
        }
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

    #[test]
    fn times_read_as_the_shortest_number() {
        let cases: [(f64, Option<&str>); 12] = [
            (0.0, Some("0.0")),
            (0.001, Some("0.001")),
            (0.5, Some("0.5")),
            (12.0, Some("12.0")),
            (12.34, Some("12.34")),
            (100.05, Some("100.05")),
            (86_400_000.001, Some("86400000.001")),
            (0.0001, None),
            (-1.0, None),
            (1e13, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (value, expected) in cases {
            let said = thousandths(value).map(|thousandths| {
                let mut out = Vec::new();
                decimal(thousandths, &mut out);
                String::from_utf8(out).expect("digits")
            });
            assert_eq!(said.as_deref(), expected, "{value}");
            if let Some(said) = said {
                assert_eq!(said, serde_json::to_string(&value).expect("a number"));
            }
        }
    }
}
