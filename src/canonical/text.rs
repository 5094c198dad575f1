//! The few texts that the gateway itself puts into a conversation, and how texts become one.

use std::borrow::Cow;

use super::{Part, PartKind};

/// What a call's result says if there is none.
pub(super) const NOT_EXECUTED: &str = "The tool call was not executed.";

/// The parts' texts as one, with this between them. Parts without text don't count.
pub fn join<'r>(parts: &[&'r Part<'_>], separator: &str) -> Cow<'r, str> {
    let mut texts = parts
        .iter()
        .filter_map(|part| part.text.as_deref())
        .filter(|text| !text.is_empty());
    let Some(first) = texts.next() else {
        return Cow::Borrowed("");
    };
    let mut joined = Cow::Borrowed(first);
    for text in texts {
        let joined = joined.to_mut();
        joined.push_str(separator);
        joined.push_str(text);
    }
    joined
}

/// What was said and what comes after it as one text, with this between.
pub fn joined<'a>(
    before: Option<Cow<'a, str>>,
    more: Option<Cow<'a, str>>,
    between: &str,
) -> Option<Cow<'a, str>> {
    match (before, more) {
        (Some(before), Some(more)) => Some(Cow::Owned(format!("{before}{between}{more}"))),
        (before, more) => before.or(more),
    }
}

/// Marks a failed tool's text, where nothing else can say that it failed.
pub(super) fn failed(text: &str) -> Option<String> {
    (!text.starts_with(FAILED.trim_end())).then(|| format!("{FAILED}{text}"))
}

/// A text file as text: a line with its name, then what is in it.
pub(super) fn of_file<'a>(name: Option<&str>, text: Cow<'a, str>) -> Cow<'a, str> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => Cow::Owned(format!("{name}\n{text}")),
        None => text,
    }
}

/// Stands in a tool's result for what follows it.
pub(super) fn follows(kind: PartKind, number: usize) -> String {
    format!(
        "[{} {number} of the tool results is in the next message]",
        kind.name()
    )
}

const FAILED: &str = "Error: ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined() {
        let cases: [(&[&str], &str); 5] = [
            (&[], ""),
            (&["a"], "a"),
            (&["a", "b"], "a\n\nb"),
            (&["", "a", "", "b"], "a\n\nb"),
            (&[""], ""),
        ];
        for (texts, expected) in cases {
            let parts: Vec<_> = texts.iter().map(|text| Part::of_text(*text)).collect();
            assert_eq!(
                join(&parts.iter().collect::<Vec<_>>(), "\n\n"),
                expected,
                "{texts:?}"
            );
        }
        let image = Part {
            kind: PartKind::Image,
            ..Part::default()
        };
        assert!(matches!(
            join(&[&image, &Part::of_text("a")], "\n"),
            Cow::Borrowed("a")
        ));
    }

    #[test]
    fn failed_once() {
        assert_eq!(
            failed("no such file").as_deref(),
            Some("Error: no such file")
        );
        assert_eq!(failed("Error: x"), None);
        assert_eq!(failed("").as_deref(), Some("Error: "));
    }
}
