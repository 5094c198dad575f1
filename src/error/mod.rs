//! What goes wrong between the bytes: a place in a message and what was expected there.
//!
//! Knows no HTTP body and no dialect.

use std::borrow::Cow;
use std::fmt;

/// A message that can't be read or written, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    path: Vec<Step>,
    /// What was wrong and what would be right.
    pub what: Cow<'static, str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(Cow<'static, str>),
    Index(usize),
}

impl Fault {
    /// A fault here; callers add where `here` is while it travels up.
    pub fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self {
            path: Vec::new(),
            what: what.into(),
        }
    }

    /// The fault lies in this property.
    pub fn at(mut self, key: impl Into<Cow<'static, str>>) -> Self {
        self.path.push(Step::Key(key.into()));
        self
    }

    /// The fault lies in this element.
    pub fn at_index(mut self, index: usize) -> Self {
        self.path.push(Step::Index(index));
        self
    }

    /// If the fault lies in an element of this list: which one, and the fault as seen from there.
    pub fn within(&self, list: &str) -> Option<(usize, Fault)> {
        let [inner @ .., Step::Index(at), Step::Key(key)] = &self.path[..] else {
            return None;
        };
        let fault = || Fault {
            path: inner.to_vec(),
            what: self.what.clone(),
        };
        (key == list).then(|| (*at, fault()))
    }

    /// The place, as `messages[0].role`; empty for the whole message.
    pub fn place(&self) -> String {
        let mut place = String::new();
        for step in self.path.iter().rev() {
            match step {
                Step::Key(key) => {
                    if !place.is_empty() {
                        place.push('.');
                    }
                    place.push_str(key);
                }
                Step::Index(index) => place.push_str(&format!("[{index}]")),
            }
        }
        place
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place();
        if place.is_empty() {
            f.write_str(&self.what)
        } else {
            write!(f, "{place}: {}", self.what)
        }
    }
}

impl std::error::Error for Fault {}
