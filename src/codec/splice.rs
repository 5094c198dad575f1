//! Places within JSON text, so that one value can be changed and all the rest stays as it came.
//!
//! Finds where values begin and end and nothing more: text that isn't JSON has no places, or wrong ones.

use std::borrow::Cow;
use std::ops::Range;

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'j> {
    /// Its name.
    pub name: Cow<'j, str>,
    /// Name and value.
    pub whole: Range<usize>,
    /// The value.
    pub value: Range<usize>,
}

/// The members of an object, in order; `None` if the text isn't an object.
pub fn members(json: &str) -> Option<Vec<Member<'_>>> {
    let mut scan = Scan { json, at: 0 };
    scan.open(b'{')?;
    let mut members = Vec::new();
    while !scan.closed(b'}', members.is_empty())? {
        scan.space();
        let quoted = scan.string()?;
        scan.space();
        scan.take(b':')?;
        let value = scan.value()?;
        members.push(Member {
            name: unquoted(&json[quoted.clone()])?,
            whole: quoted.start..value.end,
            value,
        });
    }
    Some(members)
}

/// The elements of an array, in order; `None` if the text isn't an array.
pub fn elements(json: &str) -> Option<Vec<Range<usize>>> {
    let mut scan = Scan { json, at: 0 };
    scan.open(b'[')?;
    let mut elements = Vec::new();
    while !scan.closed(b']', elements.is_empty())? {
        elements.push(scan.value()?);
    }
    Some(elements)
}

/// The text with another value for every member of this name: whoever reads it may take the first of several, or the
/// last. `None` if there is none.
pub fn with_member(json: &str, name: &str, value: &str) -> Option<String> {
    let members = members(json)?;
    let mut text = String::with_capacity(json.len() + value.len());
    let mut rest = 0;
    for member in members.iter().filter(|member| member.name == name) {
        text.push_str(&json[rest..member.value.start]);
        text.push_str(value);
        rest = member.value.end;
    }
    text.push_str(&json[rest..]);
    (rest > 0).then_some(text)
}

struct Scan<'j> {
    json: &'j str,
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn open(&mut self, bracket: u8) -> Option<()> {
        self.space();
        self.take(bracket)
    }

    /// Takes the closing bracket, or what stands before the next of several.
    fn closed(&mut self, bracket: u8, first: bool) -> Option<bool> {
        self.space();
        if self.take(bracket).is_some() {
            return Some(true);
        }
        if !first {
            self.take(b',')?;
        }
        Some(false)
    }

    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(start..self.at)
    }

    fn value(&mut self) -> Option<Range<usize>> {
        self.space();
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r') | None if depth == 0 => {
                    break;
                }
                Some(_) => self.at += 1,
                None => return None,
            }
        }
        (self.at > start).then_some(start..self.at)
    }
}

fn unquoted(quoted: &str) -> Option<Cow<'_, str>> {
    match quoted.contains('\\') {
        true => serde_json::from_str(quoted).ok().map(Cow::Owned),
        false => Some(Cow::Borrowed(&quoted[1..quoted.len() - 1])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_as_they_stand() {
        for (json, expected) in [
            ("{}", Some(vec![])),
            (" { } ", Some(vec![])),
            ("{\"a\":1}", Some(vec![("a", "1")])),
            (
                "{ \"a\" : [1, {\"a\": \"}\"}] ,\n\"b\\u0021\":\"x\\\"y\" , \"c\":true}",
                Some(vec![
                    ("a", "[1, {\"a\": \"}\"}]"),
                    ("b!", "\"x\\\"y\""),
                    ("c", "true"),
                ]),
            ),
            ("{\"a\":1,}", None),
            ("{\"a\":}", None),
            ("{\"a\"", None),
            ("{\"a\\", None),
            ("{\"a\":\"", None),
            ("{\"a\":[", None),
            ("[]", None),
            ("", None),
        ] {
            let found = members(json).map(|members| {
                let found = members.into_iter();
                let found = found.map(|m| (m.name.into_owned(), json[m.value].to_owned()));
                found.collect::<Vec<_>>()
            });
            let expected = expected.map(|rows| {
                let rows = rows.into_iter();
                rows.map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect()
            });
            assert_eq!(found, expected, "{json}");
        }
    }

    #[test]
    fn elements_are_found_as_they_stand() {
        for (json, expected) in [
            ("[]", Some(vec![])),
            ("[ 1 , \"]\" ,[2]]", Some(vec!["1", "\"]\"", "[2]"])),
            ("[1", None),
            ("[,]", None),
            ("{}", None),
        ] {
            let found = elements(json).map(|found| {
                let found = found.into_iter();
                found.map(|place| &json[place]).collect::<Vec<_>>()
            });
            assert_eq!(found, expected, "{json}");
        }
    }

    #[test]
    fn nothing_but_the_member_changes() {
        let json = "{ \"model\" : \"a/b\",\"x\":{\"model\":1} }";
        let expected = "{ \"model\" : \"b\",\"x\":{\"model\":1} }";
        assert_eq!(
            with_member(json, "model", "\"b\"").as_deref(),
            Some(expected)
        );
        assert_eq!(with_member(json, "y", "1"), None);
        let twice = r#"{"model":"a","x":1,"mod\u0065l":2}"#;
        let both = r#"{"model":"b","x":1,"mod\u0065l":"b"}"#;
        assert_eq!(with_member(twice, "model", "\"b\"").as_deref(), Some(both));
    }
}
