//! Finds the end of a JSON object or array in bytes that come piece by piece.
//!
//! It doesn't check the JSON: it only counts brackets outside of strings.

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum At {
    /// Before its first bracket.
    #[default]
    Before,
    /// Between its brackets.
    Inside,
    /// In a string between its brackets.
    Text,
    /// After a backslash in such a string.
    Escape,
    /// Behind its last bracket.
    After,
    /// It has no brackets, so its end can't be seen.
    Scalar,
}

/// Watches one value go by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scan {
    at: At,
    depth: u32,
}

impl Scan {
    /// Looks at more bytes; gives the offset behind the value's last bracket once it has come.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Option<usize> {
        for (offset, byte) in bytes.iter().enumerate() {
            self.at = match (self.at, byte) {
                (At::Before, b' ' | b'\t' | b'\r' | b'\n') => At::Before,
                (At::Before | At::Inside, b'{' | b'[') => {
                    self.depth += 1;
                    At::Inside
                }
                (At::Before, _) => At::Scalar,
                (At::Inside, b'}' | b']') if self.depth == 1 => {
                    self.at = At::After;
                    return Some(offset + 1);
                }
                (At::Inside, b'}' | b']') => {
                    self.depth -= 1;
                    At::Inside
                }
                (At::Inside, b'"') => At::Text,
                (At::Text, b'"') => At::Inside,
                (At::Text, b'\\') => At::Escape,
                (At::Escape, _) => At::Text,
                (At::After | At::Scalar, _) => return None,
                (at, _) => at,
            };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_wherever_the_value_is_cut() {
        let table = [
            (r#"{}"#, Some(2)),
            (r#"  {"a":[1,{"b":"}]"}]} x"#, Some(22)),
            (r#"["\"]","\\"]"#, Some(12)),
            (r#"{"a":1"#, None),
            ("null", None),
            ("", None),
        ];
        for (text, end) in table {
            for cut in 0..=text.len() {
                let mut scan = Scan::default();
                let (head, tail) = text.as_bytes().split_at(cut);
                let found = scan
                    .feed(head)
                    .or_else(|| scan.feed(tail).map(|end| end + cut));
                assert_eq!(found, end, "{text} cut at {cut}");
            }
        }
    }
}
