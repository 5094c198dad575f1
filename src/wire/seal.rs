//! Sealed values of several members: wire values that only together mean something to their origin.
//!
//! One with a single member `.` is the plain text of it; any other is the text of a JSON object of texts. Knows nothing
//! of what they are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Sealed;

/// The member that a plain value is.
const MAIN: &str = ".";

impl Sealed<'_> {
    /// One member; `.` of a plain value is all of it.
    pub fn member(&self, name: &str) -> Option<Cow<'_, str>> {
        if !self.value.starts_with('{') {
            return (name == MAIN).then_some(Cow::Borrowed(&*self.value));
        }
        members(&self.value).remove(name).map(Cow::Owned)
    }

    /// Adds a member, unless it says nothing; another dialect's value is replaced.
    pub fn put(seal: &mut Option<Self>, origin: &'static str, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let own = seal.as_ref().filter(|seal| seal.origin == origin);
        let mut members = own.map(|seal| members(&seal.value)).unwrap_or_default();
        members.insert(name.to_owned(), text.to_owned());
        let plain = (members.len() == 1 && !text.starts_with('{')).then(|| members.remove(MAIN));
        let value = plain.flatten().unwrap_or_else(|| {
            members.insert(name.to_owned(), text.to_owned());
            serde_json::to_string(&members).unwrap_or_default()
        });
        *seal = Some(Self {
            origin,
            value: Cow::Owned(value),
        });
    }
}

fn members(value: &str) -> BTreeMap<String, String> {
    match value.starts_with('{') {
        true => serde_json::from_str(value).unwrap_or_default(),
        false => BTreeMap::from([(MAIN.to_owned(), value.to_owned())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_put_and_found() {
        for order in [[".", "id"], ["id", "."]] {
            let mut seal = None;
            for name in order {
                Sealed::put(&mut seal, "a", name, &format!("{name}\"x"));
            }
            Sealed::put(&mut seal, "a", "none", "");
            let seal = seal.unwrap_or_else(|| panic!("there is one"));
            assert_eq!(seal.member(".").as_deref(), Some(".\"x"), "{order:?}");
            assert_eq!(seal.member("id").as_deref(), Some("id\"x"), "{order:?}");
            assert_eq!(seal.member("none"), None, "{order:?}");
        }
    }

    #[test]
    fn a_main_member_alone_is_plain() {
        let mut seal = None;
        Sealed::put(&mut seal, "a", "id", "1");
        Sealed::put(&mut seal, "b", ".", "gAAA");
        let seal = seal.unwrap_or_else(|| panic!("there is one"));
        assert_eq!(
            (seal.origin, &*seal.value),
            ("b", "gAAA"),
            "another dialect's is replaced"
        );
        assert_eq!(seal.member(".").as_deref(), Some("gAAA"));
        assert_eq!(seal.member("id"), None);
    }
}
