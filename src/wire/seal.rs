//! Sealed objects: several wire values that only together mean something to their origin.
//!
//! Such a value is the text of a JSON object of texts. Knows nothing of what they are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Sealed;

impl Sealed<'_> {
    /// One member of a sealed object.
    pub fn member(&self, name: &str) -> Option<String> {
        members(&self.value).remove(name)
    }

    /// Adds a member, unless it says nothing; another dialect's value is replaced.
    pub fn put(seal: &mut Option<Self>, origin: &'static str, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let own = seal.as_ref().filter(|seal| seal.origin == origin);
        let mut members = own.map(|seal| members(&seal.value)).unwrap_or_default();
        members.insert(name.to_owned(), text.to_owned());
        let value = serde_json::to_string(&members).unwrap_or_default();
        *seal = Some(Self {
            origin,
            value: Cow::Owned(value),
        });
    }
}

fn members(value: &str) -> BTreeMap<String, String> {
    serde_json::from_str(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_put_and_found() {
        let mut seal = None;
        Sealed::put(&mut seal, "a", "id", "1");
        Sealed::put(&mut seal, "a", "data", "x\"y");
        Sealed::put(&mut seal, "a", "none", "");
        let said = |seal: &Option<Sealed<'_>>, name| seal.as_ref().and_then(|s| s.member(name));
        assert_eq!(said(&seal, "id").as_deref(), Some("1"));
        assert_eq!(said(&seal, "data").as_deref(), Some("x\"y"));
        assert_eq!(said(&seal, "none"), None);
        Sealed::put(&mut seal, "b", "data", "z");
        assert_eq!(said(&seal, "id"), None, "another dialect's is replaced");
        let plain = Sealed {
            origin: "a",
            value: "gAAA".into(),
        };
        assert_eq!(plain.member("id"), None);
    }
}
