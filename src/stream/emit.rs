//! Puts framing around frames that are written.

use crate::table::Framing;

/// Writes frames' bytes.
#[derive(Debug)]
pub(super) struct Emitter {
    framing: Framing,
    /// An element of an array has been written.
    begun: bool,
}

impl Emitter {
    pub(super) fn new(framing: Framing) -> Self {
        Self {
            framing,
            begun: false,
        }
    }

    /// Writes one frame: JSON, or an end mark.
    pub(super) fn frame(&mut self, name: Option<&str>, data: &[u8], out: &mut Vec<u8>) {
        match self.framing {
            Framing::Events => {
                if let Some(name) = name {
                    out.extend_from_slice(b"event: ");
                    out.extend_from_slice(name.as_bytes());
                    out.push(b'\n');
                }
                out.extend_from_slice(b"data: ");
                line(data, out);
                out.extend_from_slice(b"\n\n");
            }
            Framing::Lines => {
                line(data, out);
                out.push(b'\n');
            }
            Framing::Array => {
                out.extend_from_slice(if self.begun { b",\n" } else { b"[" });
                self.begun = true;
                out.extend_from_slice(data);
            }
        }
    }

    /// Keeps the connection alive without saying anything, where the framing can.
    pub(super) fn comment(&self, out: &mut Vec<u8>) {
        if self.framing == Framing::Events {
            out.extend_from_slice(b": keep-alive\n\n");
        }
    }

    /// Ends the stream.
    pub(super) fn end(&mut self, mark: Option<&str>, out: &mut Vec<u8>) {
        if let Some(mark) = mark {
            self.frame(None, mark.as_bytes(), out);
        }
        if self.framing == Framing::Array {
            out.extend_from_slice(if self.begun { b"]" } else { b"[]" });
        }
    }
}

/// JSON in one line: raw JSON may have come with newlines, which in JSON stand only where a blank may.
fn line(data: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(data);
    for byte in &mut out[start..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}
