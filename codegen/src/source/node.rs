//! A value in the tree that knows where it stands and can follow references.

use std::fmt;
use std::rc::Rc;

use serde_json::Value;

use super::Source;

/// Where something stands: a file, as seen from the project's root, and a JSON pointer in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as named from the folder above the entry's.
    pub file: Rc<str>,
    /// JSON pointer; empty for the whole file.
    pub pointer: String,
}

impl Place {
    /// The place of a property or element of what stands here.
    pub fn child(&self, key: &str) -> Self {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        Self {
            file: Rc::clone(&self.file),
            pointer: format!("{}/{escaped}", self.pointer),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.file, self.pointer)
    }
}

/// A value of the tree.
#[derive(Debug, Clone)]
pub struct Node<'s> {
    pub(super) source: &'s Source,
    /// The value itself.
    pub value: &'s Value,
    /// Where it stands.
    pub place: Place,
}

impl<'s> Node<'s> {
    /// The property of this name, if this is an object that has it. References are not followed.
    pub fn get(&self, key: &str) -> Option<Node<'s>> {
        let value = self.value.as_object()?.get(key)?;
        Some(self.with(key, value))
    }

    /// Properties in the order of the file; none if this isn't an object.
    pub fn entries(&self) -> Vec<(&'s str, Node<'s>)> {
        let object = self.value.as_object();
        object
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str(), self.with(key, value)))
            .collect()
    }

    /// Elements; none if this isn't a list.
    pub fn items(&self) -> Vec<Node<'s>> {
        let list = self.value.as_array();
        list.into_iter()
            .flatten()
            .enumerate()
            .map(|(i, value)| self.with(&i.to_string(), value))
            .collect()
    }

    /// The text, if this is one.
    pub fn str(&self) -> Option<&'s str> {
        self.value.as_str()
    }

    /// The text of this property.
    pub fn text(&self, key: &str) -> Option<&'s str> {
        self.value.as_object()?.get(key)?.as_str()
    }

    /// Whether this property is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.value.as_object().and_then(|object| object.get(key)) == Some(&Value::Bool(true))
    }

    /// What `$ref` leads to, through any number of references; this node itself if it has none.
    /// A reference that leads nowhere was reported when the files were loaded.
    pub fn follow(&self) -> Node<'s> {
        let mut node = self.clone();
        for _ in 0..32 {
            let Some(reference) = node.text("$ref") else {
                return node;
            };
            match self.source.resolve(&node.place, reference) {
                Ok(target) => node = target,
                Err(_) => return node,
            }
        }
        node
    }

    /// What this node's own `$ref` leads to, one reference far.
    pub fn follow_once(&self) -> Option<Node<'s>> {
        let reference = self.text("$ref")?;
        self.source.resolve(&self.place, reference).ok()
    }

    /// The whole file in which this stands.
    pub fn document(&self) -> Node<'s> {
        self.source
            .document(&self.place.file)
            .unwrap_or_else(|| self.clone())
    }

    fn with(&self, key: &str, value: &'s Value) -> Node<'s> {
        Node {
            source: self.source,
            value,
            place: self.place.child(key),
        }
    }
}
