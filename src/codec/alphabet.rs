//! Base64 in the alphabet that all take.

use std::borrow::Cow;

/// Makes base64 in the alphabet of addresses, or without its padding, what the standard says. Anything else stays as
/// it is.
pub fn standard(base64: &mut Cow<'_, str>) {
    let foreign = |byte: &u8| matches!(byte, b'-' | b'_');
    if base64.as_bytes().iter().any(foreign) {
        *base64 = Cow::Owned(base64.replace('-', "+").replace('_', "/"));
    }
    match base64.len() % 4 {
        2 => base64.to_mut().push_str("=="),
        3 => base64.to_mut().push('='),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alphabet() {
        for (text, expected) in [
            ("", ""),
            ("-_8A", "+/8A"),
            ("+/8A", "+/8A"),
            ("-_8", "+/8="),
            ("_w", "/w=="),
            ("/w==", "/w=="),
        ] {
            let mut base64 = Cow::Borrowed(text);
            standard(&mut base64);
            assert_eq!(base64, expected, "{text}");
        }
        let mut untouched = Cow::Borrowed("+/8A");
        standard(&mut untouched);
        assert!(matches!(untouched, Cow::Borrowed(_)));
    }
}
