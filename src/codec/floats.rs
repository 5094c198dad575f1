//! Vectors of 32-bit floats: a JSON list of numbers, and base64 of their little-endian bytes.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const WIDTH: usize = 4;

/// The bytes of a JSON list of numbers as base64; `None` if it isn't such a list.
pub fn to_base64(list: &str) -> Option<String> {
    let inner = list.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    let mut bytes = Vec::with_capacity(inner.len() / 2);
    for number in inner.split(',').filter(|_| !inner.is_empty()) {
        let number = number.trim();
        // Rust reads words such as `inf`, which JSON doesn't have.
        let is_number = number.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        let value: f32 = number.parse().ok().filter(|_| is_number)?;
        bytes.extend(value.to_le_bytes());
    }
    Some(STANDARD.encode(bytes))
}

/// The numbers behind base64 as a JSON list, each with as many digits as tell it from its neighbours; `None` if that
/// isn't what it holds.
pub fn from_base64(text: &str) -> Option<String> {
    let bytes = STANDARD.decode(text.trim()).ok()?;
    let (numbers, rest) = bytes.as_chunks::<WIDTH>();
    if !rest.is_empty() {
        return None;
    }
    let mut list = String::with_capacity(numbers.len() * 14 + 2);
    list.push('[');
    for (at, bytes) in numbers.iter().enumerate() {
        let number = f32::from_le_bytes(*bytes);
        if !number.is_finite() {
            return None;
        }
        if at > 0 {
            list.push(',');
        }
        // Writing to a string can't fail.
        let _ = write!(list, "{number:?}");
    }
    list.push(']');
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_become_bytes_and_back() {
        for (list, back) in [
            ("[]", "[]"),
            ("[0.25,-0.5]", "[0.25,-0.5]"),
            ("[ 1 , 2.5e-3 ]", "[1.0,0.0025]"),
            ("[-0.020370483,1e-9]", "[-0.020370483,1e-9]"),
            // More digits than a float has.
            ("[0.013551234267652035]", "[0.013551234]"),
        ] {
            let text = to_base64(list).unwrap_or_default();
            assert_eq!(from_base64(&text).as_deref(), Some(back), "{list}");
        }
        assert_eq!(to_base64("[1,-2]").as_deref(), Some("AACAPwAAAMA="));
    }

    #[test]
    fn what_is_no_vector_is_none() {
        for list in ["", "1", "[1,]", "[inf]", "[[1]]", "[\"1\"]", "{}", "[null]"] {
            assert_eq!(to_base64(list), None, "{list}");
        }
        // Not base64; three bytes; not a number.
        for text in ["*", "AAAA", "AADAfw=="] {
            assert_eq!(from_base64(text), None, "{text}");
        }
    }
}
