//! The model names that metrics are labelled with.
//!
//! Callers choose model names, so a label of every name would let them fill the memory of the gateway and of
//! Prometheus. A name is a label once a provider has answered to it, and only so many are.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use crate::codec::quick::Quick;

/// The names known so far.
pub struct Models {
    known: RwLock<HashSet<Arc<str>, Quick>>,
    most: usize,
    other: Arc<str>,
    none: Arc<str>,
}

impl Models {
    /// Keeps this many names apart.
    pub fn new(most: usize) -> Self {
        Self {
            known: RwLock::default(),
            most,
            other: OTHER.into(),
            none: "".into(),
        }
    }

    /// The label of this name; `answered` if a provider took it for one of its models.
    pub fn label(&self, name: Option<&str>, answered: bool) -> Arc<str> {
        let Some(name) = name else {
            return self.none.clone();
        };
        let known = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned();
        match known {
            Some(label) => label,
            None if answered && is_plain(name) => self.learn(name),
            None => self.other.clone(),
        }
    }

    fn learn(&self, name: &str) -> Arc<str> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(label) = known.get(name) {
            return label.clone();
        }
        if known.len() >= self.most {
            return self.other.clone();
        }
        let label: Arc<str> = name.into();
        known.insert(label.clone());
        label
    }
}

fn is_plain(name: &str) -> bool {
    name.len() <= LONGEST && !name.chars().any(char::is_control)
}

const OTHER: &str = "other";
const LONGEST: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_once_answered_and_up_to_a_number() {
        let models = Models::new(2);
        let long = "x".repeat(129);
        let cases = [
            (None, true, ""),
            (Some("a"), false, "other"),
            (Some("a"), true, "a"),
            (Some("a"), false, "a"),
            (Some("line\nbreak"), true, "other"),
            (Some(&*long), true, "other"),
            (Some("b"), true, "b"),
            (Some("c"), true, "other"),
            (Some("b"), true, "b"),
        ];
        for (name, answered, label) in cases {
            assert_eq!(&*models.label(name, answered), label, "{name:?}");
        }
    }
}
