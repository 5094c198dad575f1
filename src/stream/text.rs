//! JSON strings, looked at in the bytes.

use crate::scan::clean;

/// Where a JSON string ends that begins before these bytes: the offset of its quote, and whether there are escapes in
/// it. Nothing, if it doesn't end here or has what no string may have.
pub(super) fn string_end(bytes: &[u8]) -> Option<(usize, bool)> {
    let mut escaped = false;
    let mut at = 0;
    loop {
        at += clean(&bytes[at..]);
        match bytes.get(at)? {
            b'"' => return Some((at, escaped)),
            b'\\' => {
                escaped = true;
                bytes.get(at + 1)?;
                at += 2;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_at_their_quote() {
        let table: &[(&str, Option<(usize, bool)>)] = &[
            ("\"", Some((0, false))),
            ("a long text without end", None),
            ("a long text with an end\",\"x\":1", Some((23, false))),
            (r#"\" and \\","#, Some((9, true))),
            (r"cut in an escape\", None),
            ("line\nbreak\"", None),
            ("ä€😀\u{2028}\"", Some((12, false))),
        ];
        for (text, end) in table {
            assert_eq!(string_end(text.as_bytes()), *end, "{text:?}");
        }
    }
}
