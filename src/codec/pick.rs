//! Some members of a JSON object, found without reading the others.
//!
//! What isn't wanted is stepped over: strings are searched for their end only, so a long text costs next to nothing.
//! Text that isn't JSON gives nothing, or something that isn't JSON either.

use super::stop::stop;

/// A member that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Its name.
    pub name: &'static str,
    /// The members of it that are wanted; none: all of it.
    pub inside: &'static [Self],
}

/// An object with these members of an object, as they stand; `None` if the text isn't an object.
pub fn pick(json: &[u8], wanted: &[Wanted]) -> Option<Vec<u8>> {
    let mut picking = Picking {
        scan: Scan { json, at: 0 },
        picked: Vec::with_capacity(256),
    };
    picking.object(wanted)?;
    Some(picking.picked)
}

struct Picking<'j> {
    scan: Scan<'j>,
    picked: Vec<u8>,
}

impl Picking<'_> {
    fn object(&mut self, wanted: &[Wanted]) -> Option<()> {
        self.scan.take(b'{')?;
        self.picked.push(b'{');
        let mut first = true;
        while self.scan.peek()? != b'}' {
            let name = self.scan.string()?;
            self.scan.take(b':')?;
            self.scan.peek()?;
            let json = self.scan.json;
            // Between its quotes.
            let named = |one: &&Wanted| one.name.as_bytes() == &json[name.start + 1..name.end - 1];
            match wanted.iter().find(named) {
                Some(one) => {
                    if !std::mem::take(&mut first) {
                        self.picked.push(b',');
                    }
                    self.picked.extend_from_slice(&json[name]);
                    self.picked.push(b':');
                    self.value(one)?;
                }
                None => self.scan.skip()?,
            }
            if self.scan.peek()? != b'}' {
                self.scan.take(b',')?;
            }
        }
        self.scan.at += 1;
        self.picked.push(b'}');
        Some(())
    }

    fn value(&mut self, wanted: &Wanted) -> Option<()> {
        if !wanted.inside.is_empty() && self.scan.peek()? == b'{' {
            return self.object(wanted.inside);
        }
        let start = self.scan.at;
        self.scan.skip()?;
        self.picked
            .extend_from_slice(&self.scan.json[start..self.scan.at]);
        Some(())
    }
}

struct Scan<'j> {
    json: &'j [u8],
    at: usize,
}

impl Scan<'_> {
    /// The next byte that isn't space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match *self.json.get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Where a string stands, with its quotes.
    fn string(&mut self) -> Option<std::ops::Range<usize>> {
        self.take(b'"')?;
        let start = self.at - 1;
        self.text()?;
        Some(start..self.at)
    }

    /// Steps over the rest of a string.
    fn text(&mut self) -> Option<()> {
        loop {
            self.at = stop(self.json, self.at)?;
            if self.json[self.at] == b'"' {
                self.at += 1;
                return Some(());
            }
            self.at += 2;
        }
    }

    /// Steps over a value.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let byte = *self.json.get(self.at)?;
            match KINDS[usize::from(byte)] {
                Kind::Other => {}
                Kind::Quote => {
                    self.at += 1;
                    self.text()?;
                    if depth == 0 {
                        return Some(());
                    }
                    continue;
                }
                Kind::Open => depth += 1,
                Kind::Close if depth > 1 => depth -= 1,
                Kind::Close => {
                    self.at += depth;
                    return Some(());
                }
                Kind::Between if depth == 0 => return Some(()),
                Kind::Between => {}
            }
            self.at += 1;
        }
    }
}

/// What a byte is outside of strings.
#[derive(Clone, Copy)]
enum Kind {
    Other,
    Quote,
    Open,
    Close,
    /// It ends a number or a word.
    Between,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    kinds[b'"' as usize] = Kind::Quote;
    kinds[b'{' as usize] = Kind::Open;
    kinds[b'[' as usize] = Kind::Open;
    kinds[b'}' as usize] = Kind::Close;
    kinds[b']' as usize] = Kind::Close;
    kinds[b',' as usize] = Kind::Between;
    kinds[b' ' as usize] = Kind::Between;
    kinds[b'\t' as usize] = Kind::Between;
    kinds[b'\n' as usize] = Kind::Between;
    kinds[b'\r' as usize] = Kind::Between;
    kinds
};

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &[Wanted] = &[
        whole("a"),
        Wanted {
            name: "in",
            inside: &[whole("b"), whole("c")],
        },
    ];

    const fn whole(name: &'static str) -> Wanted {
        Wanted { name, inside: &[] }
    }

    #[test]
    fn wanted_members_stay_as_they_stand() {
        for (json, expected) in [
            ("{}", Some("{}")),
            (" {\n} ", Some("{}")),
            (r#"{"x":1}"#, Some("{}")),
            (r#"{"a":1}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":"\\","a":"\"}"}"#, Some(r#"{"a":"\"}"}"#)),
            (
                r#"{ "x" : [1, {"a": "]"}] , "a" : {"b" : [ ] } , "in" : { "a" : 2 , "c" : true , "b":null}}"#,
                Some(r#"{"a":{"b" : [ ] },"in":{"c":true,"b":null}}"#),
            ),
            (
                r#"{"in":[1],"a":-1.5e3 }"#,
                Some(r#"{"in":[1],"a":-1.5e3}"#),
            ),
            (r#"{"in":{},"x":{"a":{}},"y":[]}"#, Some(r#"{"in":{}}"#)),
            ("[]", None),
            ("", None),
            ("{", None),
            (r#"{"a""#, None),
            (r#"{"a"}"#, None),
            (r#"{"a":"#, None),
            (r#"{"a":"\"#, None),
            (r#"{"a":[1}"#, None),
            (r#"{"a":1 2}"#, None),
        ] {
            let picked = pick(json.as_bytes(), WANTED);
            let picked = picked.map(|picked| String::from_utf8(picked).unwrap_or_default());
            assert_eq!(picked.as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_cut_gives_nothing() {
        let json = r#"{"x":{"a":["\u00e9",{}]},"a":"t\n","in":{"b":[1,2]}}"#;
        assert!(pick(json.as_bytes(), WANTED).is_some());
        for cut in 0..json.len() {
            assert_eq!(pick(&json.as_bytes()[..cut], WANTED), None, "{cut}");
        }
    }
}
