//! JSON strings, looked at in the bytes.

/// Where a JSON string ends that begins before these bytes: the offset of its quote, and whether there are escapes in
/// it. Nothing, if it doesn't end here or has what no string may have.
pub(super) fn string_end(bytes: &[u8]) -> Option<(usize, bool)> {
    let mut escaped = false;
    let mut at = 0;
    loop {
        at += plain(&bytes[at..]);
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

/// Adds a text as a JSON string.
pub(super) fn write_string(text: &str, out: &mut Vec<u8>) {
    if plain(text.as_bytes()) < text.len() {
        // Writing to a vector can't fail, and a string is always JSON.
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

const STEP: usize = size_of::<u64>();
const ONES: u64 = u64::from_ne_bytes([1; STEP]);
const HIGH: u64 = ONES << 7;

/// How many of the first bytes stand in a JSON string as they are: all but quotes, backslashes and controls.
fn plain(bytes: &[u8]) -> usize {
    let mut words = bytes.chunks_exact(STEP);
    let mut at = 0;
    for word in &mut words {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        let has = |byte: u8| {
            let word = word ^ (ONES * u64::from(byte));
            word.wrapping_sub(ONES) & !word & HIGH
        };
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = has(b'"') | has(b'\\') | controls;
        if found != 0 {
            // The lowest mark is never wrong; those above it may be.
            return at + found.trailing_zeros() as usize / 8;
        }
        at += STEP;
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let rest = words.remainder();
    at + rest.iter().position(special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for length in 1..20 {
                for at in 0..length {
                    let mut bytes = vec![0xBF; length];
                    bytes[at] = byte;
                    let special = matches!(byte, b'"' | b'\\' | 0..0x20);
                    let expected = if special { at } else { length };
                    assert_eq!(plain(&bytes), expected, "{byte} at {at} of {length}");
                    bytes[length - 1] = b'"';
                    assert!(plain(&bytes) < length);
                }
            }
        }
    }

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

    #[test]
    fn texts_are_written_as_json_writes_them() {
        for text in [
            "",
            "plain",
            "a \"quote\"",
            "\\",
            "\u{1}\n",
            "ä€😀\u{2028}\u{7f}",
        ] {
            let mut out = b"x".to_vec();
            write_string(text, &mut out);
            assert_eq!(out[1..], serde_json::to_vec(text).unwrap_or_default());
        }
    }
}
