//! A line as text for people.

use std::fmt::{self, Debug, Write as _};
use std::io::Write as _;

use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::stamp::timestamp;
use super::{Entry, MESSAGE, Value, plain};

/// Of an event.
pub(super) fn event(event: &Event<'_>, ansi: bool, out: &mut Vec<u8>) {
    let meta = event.metadata();
    event.record(&mut begin(meta.target(), *meta.level(), ansi, out));
}

/// Of an entry.
pub(super) fn entry(entry: &Entry<'_>, ansi: bool, out: &mut Vec<u8>) {
    let mut text = begin(entry.target, entry.level, ansi, out);
    text.field(MESSAGE, &format_args!("{}", entry.message));
    for (name, value) in entry.known() {
        text.name(name.text);
        match value {
            Value::Text(said) | Value::Word(said) => drop(write!(text.out, "{said:?}")),
            other => plain(other, text.out),
        }
    }
}

fn begin<'o>(target: &str, level: Level, ansi: bool, out: &'o mut Vec<u8>) -> Text<'o> {
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
