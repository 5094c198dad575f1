//! Some members of a JSON object, found without reading the others.
//!
//! What isn't wanted is stepped over: strings are searched for their end only, so a long text costs next to nothing, and
//! where members may be wanted at the end only, what is before them isn't looked at at all.
//! Text that isn't JSON gives nothing, or what a part of it says.

use memchr::memmem;

use super::stop::stop;

/// A member that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Its name.
    pub name: &'static str,
    /// The members of it that are wanted; none: all of it.
    pub inside: &'static [Self],
}

impl Wanted {
    fn is(&self, name: &[u8]) -> bool {
        self.name.as_bytes() == name
    }
}

/// An object with these members of an object, as they stand; `None` if the text isn't an object.
pub fn pick(json: &[u8], wanted: &[Wanted]) -> Option<Vec<u8>> {
    let mut picking = Picking {
        scan: Scan { json, at: 0 },
        picked: Vec::with_capacity(ROOM),
    };
    picking.whole(wanted)?;
    Some(picking.picked)
}

/// What tells of a usage mostly fits.
const ROOM: usize = 512;

/// Members that are wanted and haven't come, one bit for each. Of more than have a bit the others come in vain.
#[derive(Clone, Copy)]
struct Missing<'w> {
    wanted: &'w [Wanted],
    bits: u64,
}

impl<'w> Missing<'w> {
    fn all(wanted: &'w [Wanted]) -> Self {
        let bits = u64::MAX.checked_shr(64 - wanted.len().min(64) as u32);
        Self {
            wanted,
            bits: bits.unwrap_or_default(),
        }
    }

    fn is_none(self) -> bool {
        self.bits == 0
    }

    /// The one of this name, which isn't missing any longer.
    fn take(&mut self, name: &[u8]) -> Option<&'w Wanted> {
        let place = self.wanted.iter().position(|one| one.is(name))?;
        let bit = 1_u64.checked_shl(place as u32)?;
        let is_missing = self.bits & bit != 0;
        self.bits &= !bit;
        is_missing.then(|| &self.wanted[place])
    }

    /// Where the first of the last names stands; whoever isn't named at all is no longer missing. `None` if there is
    /// none, or it can't be told easily.
    fn first_of_last(&mut self, json: &[u8]) -> Option<usize> {
        let mut first = None;
        for (place, one) in self.wanted.iter().enumerate().take(64) {
            if self.bits & 1 << place == 0 {
                continue;
            }
            match last_name(json, one.name)? {
                Some(name) => first = Some(first.map_or(name, |first: usize| first.min(name))),
                None => self.bits &= !(1 << place),
            }
        }
        first
    }
}

struct Picking<'j> {
    scan: Scan<'j>,
    picked: Vec<u8>,
}

impl Picking<'_> {
    /// All that is wanted of the outermost object.
    fn whole(&mut self, wanted: &[Wanted]) -> Option<()> {
        let mut missing = Missing::all(wanted);
        let mut jumped = false;
        self.open()?;
        while self.scan.peek()? != b'}' {
            let name = self.scan.name()?;
            match missing.take(name) {
                Some(one) => self.member(one)?,
                // What is long and of no use is often followed by little more.
                None if !jumped && matches!(self.scan.peek()?, b'{' | b'[') => {
                    jumped = true;
                    if self.from_the_end(missing).is_some() {
                        return Some(());
                    }
                    self.scan.skip()?;
                }
                None => self.scan.skip()?,
            }
            self.scan.next_member()?;
        }
        self.close();
        Some(())
    }

    /// Picks what is missing out of the last members, without a look at those before them. `None` with nothing done, if
    /// it can't be told where they begin.
    fn from_the_end(&mut self, missing: Missing<'_>) -> Option<()> {
        let (at, picked) = (self.scan.at, self.picked.len());
        let done = self.last_members(missing);
        if done.is_none() {
            self.scan.at = at;
            self.picked.truncate(picked);
        }
        done
    }

    fn last_members(&mut self, mut missing: Missing<'_>) -> Option<()> {
        self.scan.at += missing.first_of_last(&self.scan.json[self.scan.at..])?;
        while self.scan.peek()? != b'}' {
            let name = self.scan.name()?;
            match missing.take(name) {
                Some(one) => self.member(one)?,
                None => self.scan.skip()?,
            }
            self.scan.next_member()?;
        }
        // Else these were members of something else.
        let is_end = self.scan.json[self.scan.at + 1..].trim_ascii().is_empty();
        (is_end && missing.is_none()).then(|| self.close())
    }

    fn object(&mut self, wanted: &[Wanted]) -> Option<()> {
        self.open()?;
        while self.scan.peek()? != b'}' {
            let name = self.scan.name()?;
            match wanted.iter().find(|one| one.is(name)) {
                Some(one) => self.member(one)?,
                None => self.scan.skip()?,
            }
            self.scan.next_member()?;
        }
        self.close();
        Some(())
    }

    fn open(&mut self) -> Option<()> {
        self.scan.take(b'{')?;
        self.picked.push(b'{');
        Some(())
    }

    fn close(&mut self) {
        self.scan.at += 1;
        self.picked.push(b'}');
    }

    /// A member whose name was read.
    fn member(&mut self, wanted: &Wanted) -> Option<()> {
        if self.picked.last() != Some(&b'{') {
            self.picked.push(b',');
        }
        self.picked.push(b'"');
        self.picked.extend_from_slice(wanted.name.as_bytes());
        self.picked.extend_from_slice(b"\":");
        self.value(wanted)
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

impl<'j> Scan<'j> {
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

    /// A member's name, up to its value.
    fn name(&mut self) -> Option<&'j [u8]> {
        self.take(b'"')?;
        let start = self.at;
        self.text()?;
        let json: &'j [u8] = self.json;
        let name = &json[start..self.at - 1];
        self.take(b':')?;
        self.peek()?;
        Some(name)
    }

    /// What is between two members, unless it was the last.
    fn next_member(&mut self) -> Option<()> {
        match self.peek()? {
            b'}' => Some(()),
            _ => self.take(b','),
        }
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

/// Where the last string stands that is this name; `Some(None)` if there is none, `None` if it can't be told easily.
fn last_name(json: &[u8], name: &str) -> Option<Option<usize>> {
    let Some(place) = memmem::rfind(json, name.as_bytes()) else {
        return Some(None);
    };
    let quote = place.checked_sub(1)?;
    // A quote that isn't escaped is where a string begins or ends, and no string ends where a word begins.
    let begins = json[quote] == b'"' && quote.checked_sub(1).is_none_or(|at| json[at] != b'\\');
    let ends = json.get(place + name.len()) == Some(&b'"');
    (begins && ends).then_some(Some(quote))
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
            (r#"{"x":[{"a":1}],"a":2}"#, Some(r#"{"a":2}"#)),
            (
                r#"{"a":0,"x":["{"],"y":"\"a\":","in":{"c":"}"} } "#,
                Some(r#"{"a":0,"in":{"c":"}"}}"#),
            ),
            (
                r#"{"x":[],"in":{"b":1},"y":{"b":2},"a":[]}"#,
                Some(r#"{"in":{"b":1},"a":[]}"#),
            ),
            // Where a name stands last it is no member of the whole.
            (r#"{"x":{"y":1,"a":{}}}"#, Some("{}")),
            (r#"{"x":[{"a":1}]}"#, Some("{}")),
            (
                r#"{"x":[],"a":1,"y":{"in":{"b":2}}}"#,
                Some(r#"{"a":1}"#),
            ),
            (r#"{"x":[],"a":1,"y":"a"}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":[],"a":1,"y":"\"a"}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":[],"a":1,"aa":2}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":[],"a":1,"y":["a"]}"#, Some(r#"{"a":1}"#)),
            (r#"{"x":["a"]"#, None),
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
    fn what_is_cut_gives_nothing_but_what_is_whole() {
        let json = r#"{"x":{"a":["\u00e9",{}]},"a":"t\n","in":{"b":[1,2]}}"#;
        assert!(pick(json.as_bytes(), WANTED).is_some());
        for cut in 0..json.len() {
            let cut = &json[..cut];
            let picked = pick(cut.as_bytes(), WANTED);
            // What the long value ends with looks like an end.
            let expected = cut.ends_with("{}]}").then_some(&br#"{"a":["\u00e9",{}]}"#[..]);
            assert_eq!(picked.as_deref(), expected, "{cut}");
        }
    }
}
