//! JSON out: one growing buffer that generated code writes to in one pass.
//!
//! Commas are found by looking back: a value never ends in `{`, `[` or `:`. What turns out to hold nothing is taken
//! back by cutting the buffer.

use serde_json::ser::{CompactFormatter, Formatter};

use crate::scan::clean;

/// A JSON text under construction.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    bound: usize,
    value: usize,
}

/// A state that can be returned to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    length: usize,
    bound: usize,
}

impl Writer {
    /// Writes after what the buffer holds.
    pub fn new(out: Vec<u8>) -> Self {
        Self {
            out,
            bound: 0,
            value: 0,
        }
    }

    /// The text.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// The state now.
    #[inline]
    pub fn mark(&self) -> Mark {
        Mark {
            length: self.out.len(),
            bound: self.bound,
        }
    }

    /// Takes back everything since then.
    pub fn rollback(&mut self, mark: Mark) {
        self.out.truncate(mark.length);
        self.bound = mark.bound;
    }

    /// Whether something with a meaning, not only constants, was written since then.
    pub fn said_since(&self, mark: Mark) -> bool {
        self.bound != mark.bound
    }

    /// Whether anything was written since then.
    pub fn wrote_since(&self, mark: Mark) -> bool {
        self.out.len() != mark.length
    }

    /// Whether the value that was begun last is an object with nothing in it.
    pub fn is_empty_object(&self) -> bool {
        self.out.ends_with(b"{}")
    }

    /// Begins a property with a meaning.
    pub fn key(&mut self, name: &str) {
        self.bound += 1;
        self.begin(name);
    }

    /// What was written last has a meaning, though it looks like a constant.
    pub fn mean(&mut self) {
        self.bound += 1;
    }

    /// Begins a property that only dresses others.
    pub fn frame(&mut self, name: &str) {
        self.begin(name);
    }

    /// A constant property.
    pub fn fixed(&mut self, name: &str, json: &str) {
        self.begin(name);
        self.json(json);
    }

    /// An element of a list, with a meaning.
    pub fn word(&mut self, json: &str) {
        self.bound += 1;
        self.comma();
        self.json(json);
    }

    /// Begins an element of a list.
    pub fn element(&mut self) {
        self.comma();
    }

    /// `{` or `[`
    #[inline]
    pub fn open(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// `}` or `]`
    #[inline]
    pub fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
    }

    /// A string.
    pub fn text(&mut self, text: &str) {
        self.out.reserve(text.len() + 3);
        string(text, &mut self.out);
    }

    /// A whole number.
    pub fn integer(&mut self, number: i64) {
        // Writing to a vector can't fail.
        let _ = CompactFormatter.write_i64(&mut self.out, number);
    }

    /// A number; a whole one without a fraction, since some vendors refuse `40.0` for a count.
    pub fn number(&mut self, number: f64) {
        if number.fract() == 0.0 && number.abs() < 1e15 {
            self.integer(number as i64);
        } else if number.is_finite() {
            let _ = CompactFormatter.write_f64(&mut self.out, number);
        } else {
            self.json("null");
        }
    }

    /// A boolean.
    pub fn flag(&mut self, flag: bool) {
        self.json(if flag { "true" } else { "false" });
    }

    /// JSON as it is.
    pub fn json(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// The scalar that followed the last key.
    pub fn last_value(&self) -> &str {
        self.out
            .get(self.value..)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    /// Replaces the scalar that followed the last key.
    pub fn replace_last_value(&mut self, json: &str) {
        self.out.truncate(self.value);
        self.json(json);
    }

    /// Names are the spec's: the compiler has seen to it that nothing in them has to be escaped.
    fn begin(&mut self, name: &str) {
        debug_assert_eq!(clean(name.as_bytes()), name.len(), "{name}");
        self.out.reserve(name.len() + 4);
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.push(b'"');
        self.out.push(b':');
        self.value = self.out.len();
    }

    #[inline]
    fn comma(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }
}

/// A string: what stands for itself is copied in one piece.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    let mut bytes = text.as_bytes();
    out.push(b'"');
    loop {
        let (run, rest) = bytes.split_at(clean(bytes));
        out.extend_from_slice(run);
        let Some((special, rest)) = rest.split_first() else {
            break;
        };
        escape(*special, out);
        bytes = rest;
    }
    out.push(b'"');
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

/// The text of a field that stands in for another.
pub fn filled<T: Filled + ?Sized>(value: &T) -> &str {
    value.filled()
}

/// A field that can stand in for another.
pub trait Filled {
    /// Its text.
    fn filled(&self) -> &str;
}

impl Filled for std::borrow::Cow<'_, str> {
    fn filled(&self) -> &str {
        self
    }
}

impl Filled for Option<std::borrow::Cow<'_, str>> {
    fn filled(&self) -> &str {
        self.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Writer;

    #[test]
    fn strings_are_written_as_another_writer_has_them() {
        let every: String = (0..0x180).filter_map(char::from_u32).collect();
        for text in [
            "",
            "plain",
            "a\"b\\c/d\u{7f}\u{2028}é😀",
            "\n",
            "ends in a quote\"",
            &every,
        ] {
            let mut w = Writer::default();
            w.text(text);
            assert_eq!(w.finish(), serde_json::to_vec(text).unwrap_or_default());
        }
    }

    #[test]
    fn commas_stand_between_and_what_is_taken_back_leaves_no_trace() {
        let mut w = Writer::default();
        w.open(b'{');
        w.fixed("type", "\"a\"");
        let mark = w.mark();
        w.frame("options");
        w.open(b'{');
        w.close(b'}');
        assert!(!w.said_since(mark));
        w.rollback(mark);
        w.key("n");
        w.number(2.0);
        w.key("list");
        w.open(b'[');
        for text in ["x", "y"] {
            w.element();
            w.text(text);
        }
        w.close(b']');
        w.key("t");
        w.number(0.25);
        w.close(b'}');
        let text = String::from_utf8(w.finish()).unwrap_or_default();
        assert_eq!(text, r#"{"type":"a","n":2,"list":["x","y"],"t":0.25}"#);
    }
}
