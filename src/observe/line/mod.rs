//! How an event reads as one line: JSON for machines, or text for people.
//!
//! Written straight into a buffer of bytes. Every request writes a line, so what most lines consist of, plain text and
//! small numbers, doesn't take the way through the formatting machinery.

mod json;
mod number;
mod stamp;
mod text;

use tracing::{Event, Level};

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
        Form::Json => json::event(event, out),
        Form::Text { ansi } => text::event(event, ansi, out),
    }
    out.push(b'\n');
}

/// Appends the line of an entry, with the end of the line.
pub fn entry(form: Form, entry: &Entry<'_>, out: &mut Vec<u8>) {
    out.reserve(ROOM);
    match form {
        Form::Json => json::entry(entry, out),
        Form::Text { ansi } => text::entry(entry, ansi, out),
    }
    out.push(b'\n');
}

/// Most lines of entries fit.
const ROOM: usize = 512;

impl<'e> Entry<'e> {
    /// What is known.
    fn known(&self) -> impl Iterator<Item = (Name, Value<'e>)> {
        let fields = self.fields.iter();
        fields.filter_map(|(name, value)| Some((*name, (*value)?)))
    }
}

/// A value that reads the same in every form.
fn plain(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Text(text) | Value::Word(text) => out.extend_from_slice(text.as_bytes()),
        Value::Count(count) => number::integer(count, out),
        Value::Thousandths(thousandths) => number::decimal(thousandths, out),
        Value::True => out.extend_from_slice(b"true"),
    }
}

const MESSAGE: &str = "message";
