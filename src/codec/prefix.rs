//! `prefix`: a name that is written with a fixed beginning and known without it.

use std::borrow::Cow;

/// The text without the prefix.
pub fn decode<'a>(text: Cow<'a, str>, prefix: &str) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(prefix).unwrap_or(text)),
        Cow::Owned(mut text) => {
            if text.starts_with(prefix) {
                text.drain(..prefix.len());
            }
            Cow::Owned(text)
        }
    }
}

/// The text with the prefix, which is added unless it is there.
pub fn encode<'r>(text: &'r str, prefix: &str) -> Cow<'r, str> {
    if text.starts_with(prefix) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{prefix}{text}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        // as it is read, without, with
        let cases = [
            ("models/a", "a", "models/a"),
            ("a", "a", "models/a"),
            ("models/models/a", "models/a", "models/models/a"),
            ("models", "models", "models/models"),
            ("", "", "models/"),
        ];
        for (text, without, with) in cases {
            assert_eq!(decode(Cow::Borrowed(text), "models/"), without, "{text}");
            assert_eq!(
                decode(Cow::Owned(text.to_owned()), "models/"),
                without,
                "{text}"
            );
            assert_eq!(encode(text, "models/"), with, "{text}");
        }
    }
}
