//! The grammar of JSON's numbers.

/// How long the number is that a text begins with; `None` if it doesn't begin with one.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(&bytes[sign..]);
    if whole == 0 || whole > 1 && bytes[sign] == b'0' {
        return None;
    }
    let mut length = sign + whole;
    if bytes.get(length) == Some(&b'.') {
        length += 1 + some_digits(&bytes[length + 1..])?;
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        length += 1;
        length += usize::from(matches!(bytes.get(length), Some(b'+' | b'-')));
        length += some_digits(&bytes[length..])?;
    }
    Some(length)
}

/// A whole number is written as one, and it isn't too large to be kept as such.
pub(super) fn is_whole(number: &str) -> bool {
    number.parse::<u64>().is_ok() || number != "-0" && number.parse::<i64>().is_ok()
}

fn some_digits(bytes: &[u8]) -> Option<usize> {
    Some(digits(bytes)).filter(|digits| *digits > 0)
}

fn digits(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit());
    end.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        let cases = [
            ("0", Some(1)),
            ("-0,", Some(2)),
            ("10]", Some(2)),
            ("1.50e+10}", Some(8)),
            ("2E3", Some(3)),
            ("01", None),
            ("-", None),
            ("1.", None),
            ("1.e3", None),
            ("1e", None),
            ("1e-", None),
            ("+1", None),
            (".5", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(length(text.as_bytes()), expected, "{text}");
        }
    }
}
