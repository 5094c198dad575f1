//! Percent-encoding: values that can't leave their place in a URL.

/// Appends a value of which everything but unreserved characters is encoded.
pub fn push(out: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
}

/// The value behind a percent-encoded text; `None` if it isn't UTF-8. A `%` without two digits stands for itself.
pub fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(hex);
        match (bytes[at], digits) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

/// The name and value pairs of a query string. What isn't UTF-8 is left out.
pub fn query(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((
                decode(&name.replace('+', " "))?,
                decode(&value.replace('+', " "))?,
            ))
        })
}

/// Whether a segment, however it is encoded, stands for a folder or for the folder above, or hides one.
pub fn climbs(segment: &str) -> bool {
    if !segment.contains(['%', '\\', '/']) {
        return matches!(segment, "." | "..");
    }
    let mut plain = segment.to_owned();
    // Encoded twice is decoded twice somewhere; what isn't UTF-8 can't be told and isn't taken.
    for _ in 0..3 {
        match decode(&plain) {
            Some(decoded) => plain = decoded,
            None => return true,
        }
    }
    plain
        .split(['/', '\\'])
        .any(|part| matches!(part, "." | ".."))
}

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

fn hex(digits: &[u8]) -> Option<u8> {
    let high = char::from(digits[0]).to_digit(16)?;
    let low = char::from(digits[1]).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_in_their_segment() {
        for (value, expected) in [
            ("plain-1.2_3~x", "plain-1.2_3~x"),
            ("../../x?y#z", "..%2F..%2Fx%3Fy%23z"),
            ("a b%2F+&=", "a%20b%252F%2B%26%3D"),
            ("é", "%C3%A9"),
        ] {
            let mut out = String::new();
            push(&mut out, value);
            assert_eq!(out, expected);
            assert_eq!(decode(&out).as_deref(), Some(value));
        }
    }

    #[test]
    fn broken_escapes_stand_for_themselves() {
        for (text, expected) in [
            ("%", Some("%")),
            ("%4", Some("%4")),
            ("%zz", Some("%zz")),
            ("%2525", Some("%25")),
            ("%FF", None),
            ("%+1", Some("%+1")),
        ] {
            assert_eq!(decode(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn hidden_climbs_are_seen() {
        for segment in [
            "..",
            ".",
            "%2e%2E",
            ".%2e",
            "%252e%252e",
            "..%2f..",
            "x%2F..",
            "..%5c",
            "%FF",
        ] {
            assert!(climbs(segment), "{segment}");
        }
        for segment in ["", "v1", "...", "a..b", "..a", "gpt-4.1", "%20", "50%"] {
            assert!(!climbs(segment), "{segment}");
        }
    }

    #[test]
    fn queries_are_read_as_forms() {
        let pairs: Vec<_> = query("a=1&b=x+y%26&c&&d=%FF").collect();
        let expected = [("a", "1"), ("b", "x y&"), ("c", "")];
        assert_eq!(
            pairs,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
